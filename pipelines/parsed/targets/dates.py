"""Date tokens → year, month, day and precision; with a fiscal year → the deadline's date and its ISO 8601 text.

Belongs here: every written form of a day, month, quarter, half-year and year. Never looks at today's date: what
states no year takes the fiscal year, or stays open (``--12-31``). Does not decide whether a date is a deadline.
"""

from __future__ import annotations

import calendar
import re
from functools import cache, lru_cache
from typing import NamedTuple

import polars as pl

from pipelines.parsed.targets.lexicon import YEAR_WORDS
from pipelines.parsed.targets.numerals import numeral_value


class DateParts(NamedTuple):
    """A date as written. ``year`` is None for the fiscal year, which ``year_offset`` shifts (次年: 1, 上年: -1).

    ``day`` 0 means the month's last day. ``is_vague`` marks 上旬, 中旬, 初.
    """

    year: int | None
    year_offset: int
    month: int
    day: int
    precision: str
    is_vague: bool = False


_NUMBER = "[0-9]+|[一二三四五六七八九十]+"
_YEAR = (
    r"(?P<year>(?:19|20)[0-9]{2}|[0-9]{2}(?=年))?(?:年)?"
    rf"(?P<word>{'|'.join(YEAR_WORDS)}|本?预算年|本?财政年|本?会计年)?(?:度)?的?"
)
_FORMS = [
    re.compile(r"(?P<year>[0-9]{4})[-./](?P<month>[0-9]{1,2})[-./](?P<day>[0-9]{1,2})日?"),
    re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
    re.compile(r"(?P<year>(?:19|20)[0-9]{2})[.-](?P<month>[0-9]{1,2})"),
    re.compile(r"(?P<month>[0-9]{1,2})\.(?P<day>[0-9]{1,2})"),
    re.compile(
        rf"{_YEAR}(?P<month>{_NUMBER})月份?(?:(?P<day>{_NUMBER})[日号]|(?P<part>月?[底末]|初|中旬|上旬|下旬|中)?)"
    ),
    re.compile(rf"{_YEAR}(?:前|第)?(?P<quarter>[一二两三四1-4])个?季度(?P<part>[底末初])?"),
    re.compile(rf"{_YEAR}(?P<half>[上下])半年(?P<part>[底末])?"),
    re.compile(rf"{_YEAR}(?P<end>年?[底末终]|度[末终]|年度[末终]|全年度?|年?全年|年度?内|度内|内|年?初|年中|底底)?"),
]


@lru_cache(maxsize=10_000)
def date_parts(token: str) -> DateParts | None:
    """The parts of one date token, or None where it names no possible date (``2月30日``)."""
    if token.startswith("二零"):
        token = "".join(str("零一二三四五六七八九".index(digit)) for digit in token[:4]) + token[4:]
    for form in _FORMS:
        if match := form.fullmatch(token):
            return _parts(match.groupdict())
    return None


def _parts(found: dict[str, str | None]) -> DateParts | None:
    year = _integer(found.get("year"))
    if year is not None and year < 100:
        year += 2000
    offset = YEAR_WORDS.get(found.get("word") or "", 0)
    part = found.get("part")
    if found.get("month"):
        month, day = _integer(found["month"]), _integer(found.get("day"))
        if month is None or not 1 <= month <= 12:
            return None
        if day is not None:
            is_possible = 1 <= day <= calendar.monthrange(year or 2024, month)[1]
            return DateParts(year, offset, month, day, "day") if is_possible else None
        if part and part[-1] in "底末":
            return DateParts(year, offset, month, 0, "day")
        vague_day = {"上旬": 10, "初": 10, "中旬": 20, "中": 20}.get(part or "", 0)
        return DateParts(year, offset, month, vague_day, "month", part is not None)
    if found.get("quarter"):
        quarter = _integer(found["quarter"])
        assert quarter is not None
        is_end = part in ("底", "末")
        return DateParts(year, offset, 3 * quarter, 0, "day" if is_end else "quarter", part == "初")
    if found.get("half"):
        return DateParts(year, offset, 6 if found["half"] == "上" else 12, 0, "day" if part else "quarter")
    end = found.get("end") or ""
    if end.endswith("中"):
        return DateParts(year, offset, 6, 0, "month", True)
    if end.endswith("初"):
        return DateParts(year, offset, 1, 0, "month", True)
    is_day = end.endswith(("底", "末", "终"))
    return DateParts(year, offset, 12, 0, "day" if is_day else "year")


def _integer(text: str | None) -> int | None:
    if not text:
        return None
    value = int(text) if text.isascii() else numeral_value(text)
    return None if value is None else int(value)


PARTS_SCHEMA: dict[str, pl.DataType] = {
    "date_year": pl.Int32(),
    "date_year_offset": pl.Int32(),
    "date_month": pl.Int32(),
    "date_day": pl.Int32(),
    "deadline_precision": pl.String(),
    "date_is_vague": pl.Boolean(),
}


def parts_frame(tokens: pl.Series) -> pl.DataFrame:
    """Date tokens → one row of ``PARTS_SCHEMA`` each; all null where the token is null or names no possible date."""
    distinct = [token for token in tokens.unique().to_list() if token is not None]
    rows = [(token, *parts) for token in distinct if (parts := date_parts(token)) is not None]
    table = pl.DataFrame(rows, schema={"token": pl.String(), **PARTS_SCHEMA}, orient="row")
    return pl.DataFrame({"token": tokens}).join(table, on="token", how="left", maintain_order="left").drop("token")


@cache
def deadline_columns() -> list[pl.Expr]:
    """``deadline_date`` and ``deadline_text`` from the parts and ``fiscal_year``.

    Without any year the date is null and the text ISO 8601's open form: ``--12-31``, ``--12``.
    """
    year = pl.coalesce("date_year", pl.col("fiscal_year") + pl.col("date_year_offset"))
    first = pl.date(pl.coalesce(year, pl.lit(2024)), pl.coalesce("date_month", pl.lit(1)), 1)
    last_day = first.dt.month_end().dt.day().cast(pl.Int32)
    # 29 February in a year that has none is the month's end.
    day = pl.when((pl.col("date_day") == 0) | (pl.col("date_day") > last_day)).then(last_day).otherwise("date_day")
    known = pl.col("date_month").is_not_null()
    date = pl.when(known & year.is_not_null()).then(
        pl.date(pl.coalesce(year, pl.lit(2024)), pl.coalesce("date_month", pl.lit(1)), day)
    )
    month_text = pl.col("date_month").cast(pl.String).str.zfill(2)
    day_text = pl.concat_str(month_text, pl.lit("-"), day.cast(pl.String).str.zfill(2))
    precision = pl.col("deadline_precision")
    opened = pl.when(precision == "month").then(pl.lit("--") + month_text).otherwise(pl.lit("--") + day_text)
    stated = (
        pl.when(precision == "year")
        .then(year.cast(pl.String))
        .when(precision == "month")
        .then(pl.concat_str(year.cast(pl.String), pl.lit("-"), month_text))
        .otherwise(pl.concat_str(year.cast(pl.String), pl.lit("-"), day_text))
    )
    text = pl.when(known & year.is_not_null()).then(stated).when(known).then(opened)
    return [date.alias("deadline_date"), text.alias("deadline_text")]
