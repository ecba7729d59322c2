"""Header cells and labels → canonical fields, and money units → factors, from reviewed tables in ``vocabulary/``.

A label is compared without white space, with full-width punctuation folded, and without what a form hangs on it: a year,
a bracket with the money unit, with the points, with a column's letter, with the horizon. Does not guess: an unknown
label has no field.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from pipelines.layouts.rows import ANNUAL, CYCLE

_VOCABULARY = Path(__file__).with_name("vocabulary")
_BRACKET = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_NUMBERED = re.compile(r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十0-9]+\)|[0-9]{1,2}[.、])")
_YEAR = re.compile(r"(?:(?:19|20)[0-9]{2}|[0-9]{2}(?=年))(?:-(?:19|20)?[0-9]{2})?(?=年)|(?:19|20)[0-9]{2}")
_HORIZONS = {
    CYCLE: re.compile(r"长期|中期|实施周期|实施期|项目周期|项目期|总体|周期"),
    ANNUAL: re.compile(r"年度|当年|本年|全年"),
}
# What a bracket behind a label may hold: points, a column's letter, a share, a remark on how to fill in.
_DECORATION = re.compile(
    r"[0-9.\-~—%]*分?|[A-Z](?:[/÷][A-Z])?|(?:[A-Z]=)?[A-Z][/÷*×+\-][A-Z](?:[*×]100%?)?|包含数字及文字描述|必填|选填|可选|"
    r"三级指标|二级指标|一级指标|盖章|公章|签章|及代码|代码|编码|编码及名称|全称|含单位|%|百分比|分|资金|专项|项目|单位|"
    r"[0-9]+分?[*×](?:预算)?执行率|调整后|不含[^,，]{1,8}|含[^,，]{1,8}|如有|如无[^,，]{0,6}"
)
_PERIOD = re.compile(r"[0-9年度月至到\-—~.]*")
_OUTER = "*★☆:：·•.、-—_"


def normalise_label(text: str) -> str:
    """A header text as it is compared: NFKC (full-width forms folded), no white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@dataclass(frozen=True)
class Label:
    """A label understood: its ``field``, and what hung on it. ``year`` is the one that it names.

    ``is_listed``: it stands in the reviewed list as it is; the others follow a rule, which a sentence may do by chance.
    """

    field: str
    horizon: str | None = None
    money_unit: str | None = None
    year: int | None = None
    is_listed: bool = True


def _table(name: str) -> list[dict[str, str]]:
    with (_VOCABULARY / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def column_fields() -> dict[str, str]:
    """Normalised header label → field name (``project_or_unit``, ``amount:<source>``, ``goal``, ``packed_indicators``)."""
    return {normalise_label(row["label"]): row["field"] for row in _table("column_labels.csv")}


@cache
def money_factors() -> dict[str, Decimal]:
    """Money unit → yuan per unit."""
    return {row["unit"]: Decimal(row["factor"]) for row in _table("money_units.csv")}


@cache
def refused_forms() -> dict[str, tuple[str, str]]:
    """Label that only an old template prints → reason code and message of its refusal."""
    return {normalise_label(row["label"]): (row["reason_code"], row["message"]) for row in _table("refused_forms.csv")}


@cache
def _fields(name: str, column: str) -> dict[str, str]:
    return {normalise_label(row["label"]): row[column] for row in _table(f"{name}.csv")}


@cache
def grid_label(text: str) -> Label | None:
    """The field that a header cell of an indicator grid names (``vocabulary/grid_labels.csv``), or ``None``."""
    return _understood(text, "grid_labels", "field")


@cache
def form_label(text: str) -> Label | None:
    """The field that a label of a one-project form names (``vocabulary/form_labels.csv``), or ``None``."""
    return _understood(text, "form_labels", "field")


@cache
def amount_label(text: str) -> Label | None:
    """The funding source that an amount's label names (``vocabulary/amount_labels.csv``), or ``None``."""
    bare = re.sub(r"^其中:?", "", normalise_label(text).lstrip("-—·•1234567890.、()"))
    return _understood(bare, "amount_labels", "source")


def form_field(text: str) -> Label | None:
    """What a label names: an identity field, a goal, a heading, or ``amount:<source>``."""
    label, amount = form_label(text), amount_label(text)
    is_total = label is not None and label.field in {"table_total", "subtotal"}  # 合计 of points, where points stand
    if label is not None and (amount is None or (label.is_listed and not is_total)):
        return label
    return replace(amount, field=f"amount:{amount.field}") if amount else None


def _understood(text: str, name: str, column: str) -> Label | None:
    """The label without its decorations; ``None`` where a bracket or a word is not understood."""
    known = _fields(name, column)
    rest, horizon, unit = _NUMBERED.sub("", normalise_label(text)).strip(_OUTER), None, None
    while rest not in known:
        bracket = _BRACKET.search(rest)
        if bracket is None:
            break
        content = bracket.group(1).removeprefix("单位:").removeprefix("金额单位:").removeprefix("金额")
        if content in money_factors():
            unit = content
        elif found := _horizon(content):
            horizon = found
        elif not (_DECORATION.fullmatch(content.upper()) or _PERIOD.fullmatch(content)):
            return None
        rest = (rest[: bracket.start()] + rest[bracket.end() :]).strip(_OUTER)
    if rest in known:
        return Label(known[rest], horizon, unit, None)
    year = _YEAR.search(rest)
    bare = _YEAR.sub("", rest).strip(_OUTER) if year else rest
    candidates = [bare, bare.replace("年度", "", 1), bare.replace("年", "", 1)] if year else [rest]
    listed = next((known[one] for one in candidates if one in known), None)
    field = listed or _by_pattern(candidates, name)
    if field is None:
        return None
    digits = year.group(0) if year else ""
    if "-" in digits:  # 2024-2026年: several years are no year, but a horizon
        return Label(field, horizon or CYCLE, unit, None, listed is not None)
    return Label(field, horizon, unit, int(digits) if len(digits) == 4 else None, listed is not None)


def _by_pattern(candidates: list[str], name: str) -> str | None:
    """The field of the first rule that a whole label follows: labels are built of few words in many orders."""
    table = name.removesuffix("_labels")
    return next((field for one in candidates for rule, field in _patterns(table) if rule.fullmatch(one)), None)


@cache
def _patterns(table: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(row["pattern"]), row["field"]) for row in _table("label_patterns.csv") if row["table"] == table]


def _horizon(content: str) -> str | None:
    """The horizon that a bracket such as ``(长期)`` or ``(年度)`` states."""
    return next((name for name, pattern in _HORIZONS.items() if pattern.search(content)), None)
