"""What stands beside a target text completes its reading: the indicator's name, stated columns, the fiscal year.

Belongs here: units and template bounds in names (``户数(≥**户)``), comparator and unit from columns of their own,
years and Excel serials in a date's place. Works on the few texts that lack something. Does not change what a text
states itself.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from pipelines.parsed.targets.dates import date_parts, deadline_columns
from pipelines.parsed.targets.stated import STATED_COMPARATORS, Hint, resolve_and_fold, stated_hint, written_unit

_MASK = r"[*×xX_□…]+"
_TEMPLATE = re.compile(
    rf"(?P<sign>[≥≤<>=≈]{{1,2}}|大于等于|小于等于|不低于|不少于|不超过|不高于|大于|小于)?:?\s*{_MASK}(?P<unit>[^()*×≥≤<>=,;。]*)"
)
_BRACKET = re.compile(r"\((?:单位:?|计量单位:?)?(?P<unit>[^()0-9≥≤<>=*×]{1,10}(?:\([^()]{1,3}\))?)\)")
DATE_NAME = "时间|年份|时限|日期|期限|时点|截止|竣工|完工|何时"


@lru_cache(maxsize=200_000)
def name_hint(name: str) -> Hint:
    """The unit and comparator an indicator's name states: ``…（份）``, ``…(≥**万元)``; an empty hint where it states
    none.
    """
    printed, folded = resolve_and_fold(name)
    for match in _TEMPLATE.finditer(folded):
        unit = written_unit(match["unit"], printed[slice(*match.span("unit"))])
        comparator = STATED_COMPARATORS.get(match["sign"] or "")
        if comparator and (unit or not match["unit"]):
            return (unit or Hint())._replace(comparator=comparator)
        if unit:
            return unit
    for match in _BRACKET.finditer(folded):
        if unit := written_unit(match["unit"], printed[slice(*match.span("unit"))]):
            return unit
    return Hint()


@lru_cache(maxsize=100_000)
def date_number(token: str) -> tuple[int, int, int, str] | None:
    """(year, month, day, precision) of a bare number in a date's place: an Excel serial, 2024, 2024.12 or 20241231."""
    digits = token.replace(",", "")
    if re.fullmatch("[0-9]{5}", digits) and 36526 <= int(digits) <= 55153:  # the years 2000 to 2050
        day = date(1899, 12, 30) + timedelta(days=int(digits))
        return day.year, day.month, day.day, "day"
    if re.fullmatch("20[0-9]{2}", digits):
        return int(digits), 12, 31, "year"
    parts = date_parts(digits) if re.fullmatch(r"20[0-9]{2}\.?[0-9]{2}(?:[0-9]{2})?", digits) else None
    return (parts.year, parts.month, parts.day, parts.precision) if parts and parts.year else None


def stating_part(name: pl.Expr) -> pl.Expr:
    """The part of a name that a hint can come from: brackets, template bounds, words for a date; few names differ in
    it.
    """
    parts = name.str.extract_all(
        rf"[(（][^()（）]*(?:[(（][^()（）]*[)）][^()（）]*)?[)）]?|[≥≤<>=＜＞＝≧≦大小不][^(（*＊×]{{0,6}}[*＊×]+[^)）]{{0,12}}|{DATE_NAME}"
        "|率|数量|次数|天数|个数|金额"
    )
    return parts.list.join("")


_HINTS = {
    "hint_comparator": pl.String(),
    "hint_factor": pl.Int64(),
    "hint_unit_text": pl.String(),
    "hint_unit_name": pl.String(),
    "hint_allowed": pl.String(),
}


def hints(keys: pl.DataFrame) -> pl.DataFrame:
    """Distinct (indicator_name, stated_comparator, stated_unit) rows → the same rows with hint columns.

    ``is_stated`` tells a hint from a column (certain) from one in the name (an inference).
    """
    rows = []
    for name, comparator, unit in keys.select_seq("indicator_name", "stated_comparator", "stated_unit").iter_rows():
        stated = stated_hint(comparator, unit)
        named = name_hint(name) if name else Hint()
        own = stated if stated.unit_text else named
        # 补助（万元） beside a column that says 元: by which of the two the number was written stays open.
        is_torn = stated.unit_name is not None and named.unit_name == stated.unit_name and named.factor != stated.factor
        allowed = "" if is_torn else stated.allowed
        merged = own._replace(comparator=stated.comparator or named.comparator, allowed=allowed)
        rows.append((*merged, stated.comparator is not None or stated.unit_text is not None))
    schema = {**_HINTS, "is_stated": pl.Boolean()}
    return pl.concat([keys, pl.DataFrame(rows, schema=schema, orient="row")], how="horizontal")


def completed(rows: pl.DataFrame) -> pl.DataFrame:
    """Measure rows with ``fiscal_year``, ``indicator_name`` and hint columns → the same rows, completed and graded."""
    rows = _with_hints(_as_dates(rows))
    return rows.with_columns_seq(deadline_columns())


def _names_date() -> pl.Expr:
    """Whether the indicator's name asks for a date."""
    name = pl.col("indicator_name")
    return name.str.contains(DATE_NAME) & ~name.str.contains("率|数量|次数|天数|个数|金额")


# 12, 12.31, 1231 under 完成时间: a month, a day, or so many of something.
_MONTH_LIKE = r"^(?:0?[1-9]|1[0-2])(?:\.(?:0?[1-9]|[12][0-9]|3[01])|0[1-9]|[12][0-9]|3[01])?$"


def _as_dates(rows: pl.DataFrame) -> pl.DataFrame:
    """A bare number in a date's place is a date: ``44,561`` under 完成时间."""
    if rows.height == 0:
        return rows
    in_place = (
        (pl.col("target_kind") == "quantity")
        & _names_date()
        & pl.col("unit_text").is_null()
        & (pl.col("hint_unit_text").is_null() | (pl.col("hint_unit_text") == "年"))
        & pl.col("comparator").is_in(["eq", "le", "ge"])
        & ~pl.col("has_magnitude")
    ).fill_null(False)
    candidates = rows["number_token"].set(~rows.select_seq(in_place).to_series(), None)
    tokens = [token for token in candidates.unique().to_list() if token and date_number(token)]
    if not tokens:
        return rows
    parts = pl.DataFrame(
        [(token, *(date_number(token) or ())) for token in tokens],
        schema={"token": pl.String(), "y": pl.Int32(), "m": pl.Int32(), "d": pl.Int32(), "p": pl.String()},
        orient="row",
    )
    rows = rows.with_columns_seq(token=candidates).join(parts, on="token", how="left", maintain_order="left")
    found = pl.col("y").is_not_null()
    empty = ["comparator", "lower_value", "upper_value", "unit_text", "unit_name", "joiner", "qualifier"]
    return (
        rows.with_columns_seq(
            target_kind=pl.when(found).then(pl.lit("deadline")).otherwise("target_kind"),
            deadline_comparator=pl.when(found).then("comparator").otherwise("deadline_comparator"),
            date_year=pl.coalesce("y", "date_year"),
            date_month=pl.coalesce("m", "date_month"),
            date_day=pl.coalesce("d", "date_day"),
            deadline_precision=pl.coalesce("p", "deadline_precision"),
            parse_grade=pl.when(found).then(pl.lit("B")).otherwise("parse_grade"),
        )
        .with_columns_seq(
            *(pl.when(pl.col("y").is_not_null()).then(None).otherwise(name).alias(name) for name in empty)
        )
        .drop("token", "y", "m", "d", "p")
    )


def _with_hints(rows: pl.DataFrame) -> pl.DataFrame:
    is_quantity = pl.col("target_kind") == "quantity"
    is_bare = pl.col("unit_text").is_null()
    has_hint_unit = pl.col("hint_unit_text").is_not_null()
    takes_unit = is_quantity & is_bare & has_hint_unit
    agrees = is_bare | ~has_hint_unit | pl.col("unit_name").eq_missing(pl.col("hint_unit_name"))
    agrees = agrees | pl.col("is_stated")  # a wrong unit in its column says nothing against the comparator's
    single = pl.len().over("variant") == 1
    takes_comparator = (
        is_quantity
        & single
        & agrees
        & pl.col("hint_comparator").is_not_null()
        & ~pl.col("is_explicit")
        & (pl.col("comparator") == "eq")
    )
    multiplies = takes_unit & (pl.col("hint_factor") > 1) & ~pl.col("has_magnitude")
    rows = rows.with_columns_seq(takes_unit=takes_unit, takes_comparator=takes_comparator, multiplies=multiplies)
    return _hinted(rows.with_columns_seq(doubtful=_contradicts(single)))


def _contradicts(single: pl.Expr) -> pl.Expr:
    """Whether a quantity and what stands beside it do not go together: another unit or bound, a word that is none."""
    is_bare = pl.col("unit_text").is_null()
    has_hint_unit = pl.col("hint_unit_text").is_not_null()
    other_unit = ~pl.col("unit_name").eq_missing(pl.col("hint_unit_name"))
    value = pl.coalesce("lower_value", "upper_value")
    is_stated, takes_unit = pl.col("is_stated"), pl.col("takes_unit")
    has_bound = pl.col("hint_comparator").is_not_null()
    final = pl.when("takes_comparator").then("hint_comparator").otherwise("comparator")
    is_bounded = pl.col("is_explicit") | pl.col("takes_comparator")
    is_allowed = is_bounded & pl.col("hint_allowed").str.contains(final, literal=True)
    bounds = ["ge", "le", "gt", "lt"]
    other_bound = is_stated & pl.col("hint_comparator").is_in(bounds) & pl.col("deadline_comparator").is_in(bounds)
    other_bound = other_bound & (pl.col("hint_comparator") != pl.col("deadline_comparator"))
    is_deadline = pl.col("target_kind") == "deadline"
    doubtful_date = is_deadline & (other_bound | (pl.col("hint_allowed") == "")).fill_null(False)
    return doubtful_date | (pl.col("target_kind") == "quantity") & (
        (pl.col("hint_allowed").is_not_null() & ~is_allowed)
        | (~single & is_stated & ~pl.col("is_explicit") & has_bound)
        | (takes_unit & pl.col("has_magnitude") & (pl.col("hint_factor") > 1))
        | (~is_bare & has_hint_unit & other_unit & is_stated)
        | (takes_unit & (pl.col("hint_unit_name") == "%") & ~is_stated & (value <= 1) & (value > 0))
        | (is_stated & pl.col("is_explicit") & has_bound & (pl.col("hint_comparator") != pl.col("comparator")))
        | (takes_unit & is_stated & pl.col("hint_unit_name").is_null())
        | (is_bare & _names_date() & ~has_hint_unit & pl.col("number_token").str.contains(_MONTH_LIKE))
        | (takes_unit & (pl.col("hint_unit_text") == "月"))
    )


def _hinted(rows: pl.DataFrame) -> pl.DataFrame:
    """What a row takes from its hints, put in; ``doubtful`` costs the grade."""
    factor = pl.when("multiplies").then("hint_factor").otherwise(1).cast(pl.Decimal(38, 0))
    hinted = pl.col("hint_comparator")
    # ≤ | 12月底: the column bounds the date.
    is_dated = (
        (pl.col("target_kind") == "deadline")
        & (pl.col("deadline_comparator") == "eq")
        & pl.col("is_stated")
        & hinted.is_in(["ge", "le", "gt", "lt"])
    )
    rows = rows.with_columns_seq(
        lower_value=pl.when(pl.col("takes_comparator") & hinted.is_in(["le", "lt"]))
        .then(None)
        .otherwise("lower_value"),
        upper_value=pl.when(pl.col("takes_comparator") & hinted.is_in(["ge", "gt"]))
        .then(None)
        .otherwise("upper_value"),
        comparator=pl.when("takes_comparator").then(hinted).otherwise("comparator"),
        deadline_comparator=pl.when(is_dated).then(hinted).otherwise("deadline_comparator"),
        is_comparator_inherited=pl.col("is_comparator_inherited") | (pl.col("takes_comparator") & ~pl.col("is_stated")),
        unit_text=pl.when("takes_unit").then("hint_unit_text").otherwise("unit_text"),
        unit_name=pl.when("takes_unit").then("hint_unit_name").otherwise("unit_name"),
    )
    inferred = (pl.col("takes_unit") | pl.col("takes_comparator")) & ~pl.col("is_stated")
    return rows.with_columns_seq(
        lower_value=(pl.col("lower_value") * factor).cast(rows.schema["lower_value"]),
        upper_value=(pl.col("upper_value") * factor).cast(rows.schema["upper_value"]),
        parse_grade=pl.when(pl.col("doubtful").fill_null(False) & (pl.col("parse_grade") < "C"))
        .then(pl.lit("C"))
        .when(inferred & (pl.col("parse_grade") < "B"))
        .then(pl.lit("B"))
        .otherwise("parse_grade"),
    )
