"""What a form hands over → dictionaries with the columns of the parsed tables, document by document.

Belongs here: which field goes to which column. Does not read a text's meaning, nor make frames.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pipelines.layouts.rows import ANNUAL, DocumentRows, ExecutionRow, IndicatorRow, Place, ProjectRow, TargetText
from pipelines.parsed.schema import TABLES

_MOST_DECIMALS = Decimal("0.0001")
_CENT = Decimal("0.01")


@dataclass
class FlatRows:
    """Rows per parsed table; of cells whose text is still to be read: ``packed``, and of grids one list per kind."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in TABLES})
    packed: list[dict[str, Any]] = field(default_factory=list)
    indicators: list[dict[str, Any]] = field(default_factory=list)
    targets: list[dict[str, Any]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)


def flatten(identity: dict[str, Any], read: DocumentRows, rows: FlatRows) -> None:
    """Add a document's rows. ``identity`` holds the columns that every row of the document carries."""
    _add_projects(identity, read, rows)
    for amount in read.amounts:
        rows.tables["parsed_amounts"].append(
            {
                **identity,
                "scope": amount.scope,
                "project_no": amount.project_number,
                "unit_name": amount.unit_name,
                "funding_source_code": amount.source,
                "stated_text": amount.stated_text,
                "stated_amount": amount.stated_amount,
                "stated_unit": amount.stated_unit or read.money_unit,
                "amount_cny": amount.amount_cny,
                **_cell(amount.place),
                "covers_to_row": amount.covers_to_row,
            }
        )
    for finding in read.findings:
        rows.tables["parsed_findings"].append(
            {
                **identity,
                "project_no": finding.project_number,
                "indicator_no": finding.indicator_number,
                "horizon": finding.horizon,
                "rule_code": finding.rule_code,
                "severity": finding.severity,
                "message": finding.message,
                "evidence": finding.evidence,
            }
        )
    for cell in read.packed_cells:
        place = _cell(cell.place)
        rows.packed.append({**identity, "project_no": cell.project_number, "packed": cell.text, **place})
    for indicator in read.indicators:
        _add_indicator(identity, indicator, rows)
    rows.tables["parsed_executions"].extend(_execution(identity, line) for line in stated_executions(read))


def stated_executions(read: DocumentRows) -> list[ExecutionRow]:
    """The lines that state something: forms print a line for every source, and leave most of them blank."""
    return [
        line
        for line in read.executions
        if any(
            number is not None
            for number in (
                line.initial_budget_cny,
                line.adjusted_budget_cny,
                line.executed_cny,
                line.execution_rate,
                line.weight,
                line.score,
            )
        )
    ]


def _add_projects(identity: dict[str, Any], read: DocumentRows, rows: FlatRows) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for project in read.projects:
        seen[project.unit_name, project.project_name] += 1
        occurrence = seen[project.unit_name, project.project_name]
        rows.tables["parsed_projects"].append(_project(identity, project, read.department_name, occurrence))


def _project(identity: dict[str, Any], project: ProjectRow, department_name: str, occurrence: int) -> dict[str, Any]:
    return {
        **identity,
        "project_no": project.number,
        "name_occurrence": occurrence,
        "unit_code": project.unit_code,
        "unit_name": project.unit_name,
        "department_name": project.department_name or department_name,
        "project_code": project.project_code,
        "project_name": project.project_name,
        "goal_text": project.goal_text or None,
        "cycle_goal_text": project.cycle_goal_text or None,
        "goal_result_text": project.goal_result_text or None,
        "total_score": _points(project.total_score),
        **_row(project.place),
    }


def _add_indicator(identity: dict[str, Any], indicator: IndicatorRow, rows: FlatRows) -> None:
    """One indicator, its targets and its result. One without any target has an annual one that is not printed."""
    number = {**identity, "project_no": indicator.project_number, "indicator_no": indicator.number}
    rows.indicators.append(
        {
            **number,
            "level1_text": indicator.level1_text,
            "level2_text": indicator.level2_text,
            "printed": indicator.name,
            "start": indicator.start,
            "end": indicator.end,
            "weight": _points(indicator.weight),
            "description_text": indicator.description,
            "previous_text": indicator.previous_text,
            **_cell(indicator.place),
        }
    )
    for target in indicator.targets or (TargetText(ANNUAL, "", indicator.place),):
        rows.targets.append(
            {
                **number,
                "horizon": target.horizon,
                "printed": target.text,
                "start": target.start,
                "end": target.end,
                "stated_comparator": target.stated_comparator,
                "stated_unit": target.stated_unit,
                **_cell(target.place),
            }
        )
    if indicator.result is not None:
        result = indicator.result
        score = {"score": _points(result.score), "deviation_reason": result.deviation_reason or None}
        span = {"start": 0, "end": None}  # the whole cell
        rows.results.append({**number, "printed": result.actual_text, **span, **score, **_cell(result.place)})


def _execution(identity: dict[str, Any], line: ExecutionRow) -> dict[str, Any]:
    amounts = [line.initial_budget_cny, line.adjusted_budget_cny, line.executed_cny]
    rate = line.execution_rate
    exponent = rate.as_tuple().exponent if rate is not None else None
    return {
        **identity,
        "project_no": line.project_number,
        "funding_source_code": line.source,
        "stated_text": " | ".join(line.stated_texts) or None,
        "initial_budget_cny": line.initial_budget_cny,
        "adjusted_budget_cny": line.adjusted_budget_cny,
        "executed_cny": line.executed_cny,
        "amount_step_cny": amount_step([amount for amount in amounts if amount is not None]),
        "execution_rate": _points(rate),
        "execution_rate_decimals": max(0, -exponent) if isinstance(exponent, int) else None,
        "weight": _points(line.weight),
        "score": _points(line.score),
        **_cell(line.place),
    }


def amount_step(amounts: list[Decimal]) -> Decimal | None:
    """The largest power of ten in yuan, 10,000 at most, of which all amounts are multiples: what they were rounded to.

    155,000 and 123,400 were printed to 100 yuan or finer. ``None`` where every amount is 0, or none is given.
    """
    if not any(amounts):
        return None
    step = Decimal(10000)
    while step > _CENT and any(amount % step for amount in amounts):
        step = step.scaleb(-1)
    return step


def _points(number: Decimal | None) -> Decimal | None:
    """Weights, scores and rates keep four decimals, rounded half up."""
    return None if number is None else number.quantize(_MOST_DECIMALS, ROUND_HALF_UP)


def _row(place: Place) -> dict[str, int | None]:
    return {"source_table": place.table, "source_row": place.row}


def _cell(place: Place) -> dict[str, int | None]:
    return {**_row(place), "source_column": place.column}
