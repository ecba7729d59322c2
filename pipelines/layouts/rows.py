"""What a recognised form hands over: the document's own facts, its projects, amounts, indicator cells and findings.

Texts are as printed. Belongs here: plain records only. Does not read meaning from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

# In the scope of an amount: a project's own row (of the year, or of its whole cycle), a spending unit's subtotal, the
# document's 合计.
PROJECT, PROJECT_CYCLE, UNIT, DOCUMENT = "project", "project_cycle", "unit", "document"
TOTAL = "total"
ANNUAL, CYCLE = "annual", "cycle"


@dataclass(frozen=True)
class Place:
    """A row of a table: ``table`` counts from 1 in the document, ``row`` from 1 in the table (the header is a row)."""

    table: int
    row: int
    column: int | None = None

    def __str__(self) -> str:
        column = "" if self.column is None else f" 第{self.column}列"
        return f"表{self.table} 第{self.row}行{column}"


@dataclass(frozen=True)
class ProjectRow:
    """One project as printed. ``number`` counts a document's projects from 1.

    ``goal_text`` is the year's goal, ``cycle_goal_text`` that of the whole cycle; of a self-evaluation
    ``goal_result_text`` says what came of it and ``total_score`` is its printed 总分.
    """

    number: int
    unit_name: str
    project_name: str
    goal_text: str
    place: Place
    unit_code: str | None = None
    project_code: str | None = None
    department_name: str | None = None  # where the project states one of its own
    cycle_goal_text: str = ""
    goal_result_text: str = ""
    total_score: Decimal | None = None


@dataclass(frozen=True)
class AmountRow:
    """One printed amount. ``source`` is ``total`` or a funding source code; ``amount_cny`` is in yuan.

    A subtotal covers the projects from its own row down to ``covers_to_row``.
    """

    scope: str
    source: str
    stated_text: str
    stated_amount: Decimal
    amount_cny: Decimal
    place: Place
    project_number: int | None = None
    unit_name: str | None = None
    covers_to_row: int | None = None
    stated_unit: str | None = None  # where it is not the document's


@dataclass(frozen=True)
class PackedCell:
    """A cell that holds all indicators of one project."""

    project_number: int
    text: str
    place: Place


@dataclass(frozen=True)
class TargetText:
    """One printed target. Comparator, unit and kind are given where the form has columns for them."""

    horizon: str
    text: str
    place: Place
    stated_comparator: str | None = None
    stated_unit: str | None = None
    start: int = 0  # where in the cell; the whole of it without ``end``
    end: int | None = None


@dataclass(frozen=True)
class ResultText:
    """What a self-evaluation prints beside a target; ``None`` where the form has no such column or the cell is blank."""

    actual_text: str | None
    score: Decimal | None
    deviation_reason: str | None
    place: Place


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator of a grid. ``number`` counts a project's indicators from 1, as printed.

    ``level1_text`` and ``level2_text`` are as printed, suffixes such as ``(50分)`` included, carried down over merged
    rows; ``None`` where the form does not print the level.
    """

    project_number: int
    number: int
    level1_text: str | None
    level2_text: str | None
    name: str
    place: Place
    targets: tuple[TargetText, ...]
    result: ResultText | None = None
    weight: Decimal | None = None
    description: str | None = None
    previous_text: str | None = None  # the value of the year before, where it is printed
    start: int = 0
    end: int | None = None


@dataclass(frozen=True)
class ExecutionRow:
    """One line of a self-evaluation's budget execution: all amounts in yuan, ``execution_rate`` in percent as printed.

    ``source`` is ``total`` or a funding source code; ``stated_texts`` are the printed cells in column order.
    """

    project_number: int
    source: str
    place: Place
    initial_budget_cny: Decimal | None = None
    adjusted_budget_cny: Decimal | None = None
    executed_cny: Decimal | None = None
    execution_rate: Decimal | None = None
    weight: Decimal | None = None
    score: Decimal | None = None
    stated_texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """Something a reader of the data should know. ``evidence`` is the printed text it rests on."""

    rule_code: str
    severity: str
    message: str
    evidence: str
    project_number: int | None = None
    indicator_number: int | None = None
    horizon: str | None = None


@dataclass
class DocumentRows:
    """A whole document, read. ``rows_read`` = ``rows_claimed`` + ``rows_ignored`` holds for every one that is returned."""

    layout: str
    title: str
    department_name: str
    fiscal_year: int
    document_type: str
    money_unit: str
    projects: list[ProjectRow] = field(default_factory=list)
    amounts: list[AmountRow] = field(default_factory=list)
    packed_cells: list[PackedCell] = field(default_factory=list)
    indicators: list[IndicatorRow] = field(default_factory=list)
    executions: list[ExecutionRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rows_read: int = 0
    rows_claimed: int = 0
    rows_ignored: int = 0


class UnreadableForm(Exception):
    """A document that is quarantined whole: why, where, and the text that stands there."""

    def __init__(self, reason_code: str, message: str, place: str = "", text: str = "") -> None:
        """``reason_code`` is for queries, ``message`` for people (Chinese first)."""
        super().__init__(message)
        self.reason_code = reason_code
        self.message = message
        self.place = place
        self.text = text
