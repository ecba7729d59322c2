"""A document while its forms are being read: projects with what has been found of them so far, and stated facts.

Belongs here: the records that the readers fill, and the small readings of one cell: a name without template numbering, a
code before a name, a score, an amount with its unit. Does not know where on a form they stand.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.layouts.amounts import read_amount
from pipelines.layouts.labels import money_factors
from pipelines.layouts.rows import Finding, IndicatorRow, Place, UnreadableForm

_TEMPLATE_NUMBER = re.compile(
    r"^(?:指标\s*[0-9一二三四五六七八九十]+\s*[:：.、．)）]?|[(（]?[0-9]{1,2}\s*(?:[)）、．]|[.](?![0-9])))\s*"
)
_ELLIPSIS = re.compile(r"[.…·。⋯\s]*")
_CODED_NAME = re.compile(
    r"^(?!(?:19|20)[0-9]{2}\s*[-－—_~至]\s*(?:19|20)?[0-9]{2}\s*年)"  # 2023-2025年… begins with years, not with a code
    r"(?![\[【]?(?:19|20)[0-9]{2}(?![0-9A-Za-z.]))"  # nor is one year alone: 2024-…, （2024）
    r"(?:\[([0-9A-Za-z.\-]{2,})\]|【([0-9A-Za-z.\-]{2,})】|([0-9][0-9A-Za-z]{5,})\s*[-－—_ ]|([0-9]{3,5})\s*[-－—_](?!\s*[0-9]))\s*"
    r"(?=\S)"  # 100-200米 is a measure
)
_CODED_BEHIND = re.compile(r"[（(\[【](?!(?:19|20)[0-9]{2}[)）\]】])([0-9]{3,}|[0-9A-Z]{6,})[)）\]】]$")
_SCORE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(?:分|%)?")
_AMOUNT_WITH_UNIT = re.compile(r"(-?[0-9][0-9,]*(?:\.[0-9]+)?)\s*((?:人民币)?(?:(?:百万|千|万|亿)?元|万|亿))")
_NUMBERS_APART = re.compile(r"[0-9]\s+[0-9]")  # two numbers in one cell, or one that a space cut: not known
NOTHING = {"", "-", "—", "--", "——", "/", "\\", "无", "－", "―", "/0", "-0", "…", "……", "一", "*"}


@dataclass
class ProjectDraft:
    """One project as found so far."""

    number: int
    name: str
    place: Place
    code: str | None = None
    unit_name: str | None = None
    unit_code: str | None = None
    department_name: str | None = None
    goal_text: str = ""
    cycle_goal_text: str = ""
    goal_result_text: str = ""
    total_score: Decimal | None = None
    amounts: list[AmountDraft] = field(default_factory=list)
    indicators: list[IndicatorRow] = field(default_factory=list)
    executions: list[ExecutionDraft] = field(default_factory=list)


@dataclass(frozen=True)
class AmountDraft:
    """A printed amount; ``unit`` is None where the document states it once for all."""

    scope: str
    source: str
    text: str
    number: Decimal
    unit: str | None
    place: Place
    unit_name: str | None = None
    covers_to_row: int | None = None
    year: int | None = None


@dataclass(frozen=True)
class ExecutionDraft:
    """One line of budget execution; ``amounts`` maps initial, adjusted and executed to number and own unit."""

    source: str
    place: Place
    amounts: dict[str, tuple[Decimal, str | None] | None]
    rate: Decimal | None
    weight: Decimal | None
    score: Decimal | None
    texts: tuple[str, ...]


@dataclass
class DocumentDraft:
    """What the forms of a document have stated so far."""

    projects: list[ProjectDraft] = field(default_factory=list)
    subtotals: list[AmountDraft] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    departments: list[tuple[str, str | None]] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    column_years: list[tuple[str, int, Place]] = field(default_factory=list)
    money_units: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    cycle_columns: set[int] = field(default_factory=set)
    area_projects: list[ProjectDraft] = field(default_factory=list)
    areas: dict[str | None, ProjectDraft] = field(default_factory=dict)
    pending: dict[str, str | None] = field(default_factory=dict)  # who and what, stated before the project's name
    has_results: bool = False
    rows_claimed: int = 0
    rows_ignored: int = 0

    @property
    def current(self) -> ProjectDraft:
        """The project whose form is being read."""
        if not self.projects:
            raise UnreadableForm("project_missing", "指标前没有写明项目名称 (no project named before its indicators)")
        if self.pending:
            self._refuse_pending()
        return self.projects[-1]

    def _refuse_pending(self) -> None:
        stated = "；".join(filter(None, self.pending.values()))
        message = f"“{stated}”属于上一个还是下一个项目，没有写明 (stated between two projects)"
        raise UnreadableForm("project_ambiguous", message, str(self.projects[-1].place), stated)

    def state(self, name: str, text: str | None, place: Place) -> None:
        """Give the project a fact of who and what; before a form's 项目名称 it waits for the project to be named."""
        if not self.projects or self.projects[-1].indicators:
            self.pending[name] = text
            return
        known = getattr(self.projects[-1], name)
        if name in {"unit_name", "code"} and known not in (None, text):
            message = f"“{known}”与“{text}”：同一项目写有两个 (one project states two)"
            raise UnreadableForm("project_ambiguous", message, str(place), str(text))
        setattr(self.projects[-1], name, text)

    def settle_pending(self) -> None:
        """Give what waited to the project that has now been named, or to the last one where none follows."""
        for name, text in self.pending.items() if self.projects else ():
            if name in {"unit_name", "code"} and getattr(self.projects[-1], name) not in (None, text):
                self._refuse_pending()
            setattr(self.projects[-1], name, text)
        self.pending = {}

    def note_unit(self, unit: str | None) -> None:
        """Remember the money unit that a label states."""
        if unit:
            self.money_units.append(unit)


def indicator_name(text: str) -> str:
    """A name without the template's numbering: ``指标1：培训人次`` → ``培训人次``; ``……`` and a bare number → empty."""
    name = _TEMPLATE_NUMBER.sub("", text.strip())
    return "" if _ELLIPSIS.fullmatch(name) else name.strip()


def split_code(text: str) -> tuple[str | None, str]:
    """``[055]某局``, ``219-某局``, ``某局（219001）`` → code and name; no code: None and the text."""
    text = text.strip()
    found = _CODED_NAME.match(text)
    if found:
        return next(filter(None, found.groups())), text[found.end() :].strip()
    behind = _CODED_BEHIND.search(text)
    if behind and behind.start() > 0:
        return behind.group(1), text[: behind.start()].strip()
    return None, text


def read_score(text: str, place: Place) -> Decimal | None:
    """A printed weight or score; a dash or nothing is None. Raises ``UnreadableForm`` for anything else."""
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    if folded in NOTHING:
        return None
    found = _SCORE.fullmatch(folded)
    if found is None or _NUMBERS_APART.search(text):
        raise UnreadableForm(
            "score_unreadable", f"分值“{text.strip()}”无法读取 (not a number of points)", str(place), text
        )
    return Decimal(found.group(1))


def read_rate(text: str, place: Place) -> Decimal | None:
    """A printed share in percent: ``96.20%``, ``96.2``; a dash or nothing is None. Raises for anything else."""
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    if folded in NOTHING:
        return None
    number = read_amount(folded.removesuffix("%"))
    if number is None or _NUMBERS_APART.search(text):
        raise UnreadableForm("rate_unreadable", f"执行率“{text.strip()}”无法读取 (not a share)", str(place), text)
    return number


def read_money(text: str, place: Place) -> tuple[Decimal, str | None] | None:
    """An amount and the unit in its cell (``372.29万元``); a dash or nothing is None. Raises for anything else."""
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    if folded in NOTHING:
        return None
    found = _AMOUNT_WITH_UNIT.fullmatch(folded)
    number = read_amount(found.group(1) if found else folded)
    unit = found.group(2) + "元" if found and not found.group(2).endswith("元") else (found.group(2) if found else None)
    is_known = unit is None or unit in money_factors()
    if number is None or not is_known or _NUMBERS_APART.search(text):
        raise UnreadableForm("amount_unreadable", f"金额“{text.strip()}”无法读取 (not an amount)", str(place), text)
    return number, unit
