"""Tokens and readings → measures with their values: one row per text and measure, before any context.

Belongs here: looking up each shape's reading, fetching numbers, units, dates and words from the runs, multiplying
magnitudes in, merging two bounds, and lowering the grade where the values themselves are odd. Does not use the
indicator's name or the fiscal year: that is ``context``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl

from pipelines.parsed.targets.dates import PARTS_SCHEMA, parts_frame
from pipelines.parsed.targets.doubts import (
    has_two_units,
    is_misread,
    lowered,
    minus_signs,
    names_no_amount,
    strict_comparator,
)
from pipelines.parsed.targets.kept_patterns import Room, with_kept_patterns
from pipelines.parsed.targets.numerals import VALUE, WORKING, magnitudes, written_numbers
from pipelines.parsed.targets.rates import with_nouns
from pipelines.parsed.targets.readings import readings_frame
from pipelines.parsed.targets.tokens import Tokens
from pipelines.parsed.targets.written_units import with_units


def measured(tokens: Tokens) -> pl.DataFrame:
    """One row per text and measure, in order; see ``_finished`` for the columns.

    Texts of kind quantity have their values; the others one row with nulls.
    """
    texts = tokens.texts
    readings = readings_frame(texts["shape"].unique().to_list())
    rows = texts.join(readings, on="shape", how="left", maintain_order="left_right")
    runs = tokens.runs

    def run_at(column: str, place: str, shift: int = 0) -> pl.Expr:
        return pl.lit(runs[column]).gather((pl.col("first_run") + pl.col(place) + shift).cast(pl.UInt32))

    def token_at(place: str) -> pl.Series:
        return rows.select_seq(run_at("token", place)).to_series()

    def text_of(name: str, source: str) -> pl.Expr:
        start, end = run_at("start", f"{name}_from"), run_at("end", f"{name}_to", -1)
        return pl.col(source).str.slice(start, end - start).alias(name)

    number_token = token_at("number")
    none = pl.lit(None, dtype=pl.String)
    rows = rows.with_columns_seq(
        number_token.alias("number_token"),
        written_numbers(number_token).alias("first_value"),
        magnitudes(run_at("token", "magnitude")).alias("first_factor"),
        *(text_of(name, "folded").alias(f"{name}_folded") for name in ("unit", "each_1", "each_2")),
        text_of("unit", "raw"),
        text_of("each_1", "raw"),
        text_of("each_2", "raw"),
        text_of("before", "raw"),
        text_of("after", "raw"),
        (text_of("first_unit", "folded") if rows["first_unit_from"].null_count() < rows.height else none).alias(
            "first_unit"
        ),
        **minus_signs(rows, runs),
    )
    for each in ("each_1", "each_2"):
        rows = with_nouns(rows, each)
    rows = _with_second(rows, token_at)
    rows = _with_dates(rows, token_at)
    return _finished(_paired(with_kept_patterns(Room.VALUES, partial(_with_values, with_units(rows)))))


def _with_second(rows: pl.DataFrame, token_at: Any) -> pl.DataFrame:
    """The upper end of ranges and tolerances, which few texts have."""
    if rows["second"].null_count() == rows.height:
        nothing = pl.lit(None, dtype=WORKING)
        return rows.with_columns_seq(second_value=nothing, second_factor=pl.lit(None, dtype=pl.Decimal(38, 0)))
    return rows.with_columns_seq(
        written_numbers(token_at("second")).alias("second_value"),
        magnitudes(pl.lit(token_at("second_magnitude"))).alias("second_factor"),
    )


_MONTHS = "^([0-9]{1,2})月(?:[0-9]{1,2}[日号])?[-~至到]+([0-9]{1,2})月"


def _with_dates(rows: pl.DataFrame, token_at: Any) -> pl.DataFrame:
    if rows["date"].null_count() == rows.height:
        return rows.with_columns_seq(pl.lit(None, dtype=dtype).alias(name) for name, dtype in PARTS_SCHEMA.items())
    date_token = pl.lit(token_at("date"))
    rows = pl.concat([rows, parts_frame(token_at("date"))], how="horizontal")
    start = parts_frame(token_at("date_year_run"))["date_year"]
    impossible = pl.col("date").is_not_null() & pl.col("date_month").is_null()
    # ≥12月 may be a month or twelve months.
    is_sign = pl.col("deadline_comparator").is_in(["ge", "le", "gt", "lt"]) & (pl.col("target_kind") == "deadline")
    is_vague = pl.col("date_is_vague") | (
        is_sign & date_token.str.contains("^(?:[0-9]{1,2}月|[0-9]{4}年)$") & ~pl.col("shape").str.contains("[fb]")
    )
    # 10月15日—4月15日 ends in the year after the one in which it begins, or began in the year before.
    is_over_year = (pl.col("target_kind") == "period") & (
        pl.col("folded").str.extract(_MONTHS, 1).cast(pl.Int32)
        > pl.col("folded").str.extract(_MONTHS, 2).cast(pl.Int32)
    ).fill_null(False)
    # 24年12月: the century is inferred.
    is_short = date_token.str.contains("^[0-9]{2}年")
    # 12月前: whether December still counts, its writer alone knows.
    is_before = pl.col("shape").str.contains("f", literal=True) & (pl.col("deadline_comparator") == "le")
    is_vague = is_vague | (is_before & pl.col("deadline_precision").is_in(["month", "quarter", "year"]))
    return rows.with_columns_seq(
        # 2023年10月至次年3月: the year after the one in which it begins.
        date_year=pl.coalesce("date_year", start + pl.col("date_year_offset")),
        date_year_offset=pl.when(is_over_year).then(1).otherwise("date_year_offset").cast(pl.Int32),
        target_kind=pl.when(impossible).then(pl.lit("other")).otherwise("target_kind"),
        parse_grade=pl.when(impossible)
        .then(pl.lit("D"))
        .when((is_vague | is_over_year) & (pl.col("parse_grade") < "C"))
        .then(pl.lit("C"))
        .when(is_short & (pl.col("parse_grade") < "B"))
        .then(pl.lit("B"))
        .otherwise("parse_grade"),
    )


def _with_values(rows: pl.DataFrame) -> pl.DataFrame:
    """Lower and upper values by comparator; what no exact value can be given for becomes ``other``."""
    rows = rows.with_columns_seq(comparator=strict_comparator())
    sign = pl.when("is_negative").then(pl.lit(-1)).otherwise(pl.lit(1)).cast(pl.Decimal(38, 0))
    second_sign = pl.when("second_is_negative").then(pl.lit(-1)).otherwise(pl.lit(1)).cast(pl.Decimal(38, 0))
    # A product beyond 38 digits would raise: such numbers are not amounts.
    bounded = pl.col("first_value") < pl.lit(10**12).cast(WORKING)
    first_small = pl.when(bounded | (pl.col("first_factor") == 1)).then("first_value")
    second_small = pl.when(
        (pl.col("second_value") < pl.lit(10**12).cast(WORKING)) | (pl.col("second_factor") == 1)
    ).then("second_value")
    rows = rows.with_columns_seq(
        first=(first_small * pl.col("first_factor") * sign),
        last=(second_small * pl.col("second_factor") * second_sign),
    )
    # 95%±2%: the middle and what it may differ by.
    is_centred = (pl.col("comparator") == "plus_minus") & (pl.col("second") != pl.col("number"))
    rows = rows.with_columns_seq(
        first=pl.when(is_centred).then(pl.col("first") - pl.col("last")).otherwise("first"),
        last=pl.when(is_centred).then(pl.col("first") + pl.col("last")).otherwise("last"),
    )
    rows = rows.with_columns_seq(
        first_value=pl.col("first").cast(VALUE, strict=False), last_value=pl.col("last").cast(VALUE, strict=False)
    )
    inexact = (pl.col("first_value").cast(WORKING) != pl.col("first")) | (
        pl.col("last_value").cast(WORKING) != pl.col("last")
    )
    is_range = pl.col("comparator").is_in(["between", "plus_minus"])
    unreadable = (pl.col("target_kind") == "quantity") & (
        pl.col("first_value").is_null()
        | (is_range & (pl.col("last_value").is_null() | (pl.col("last_value") < pl.col("first_value"))))
        | inexact.fill_null(False)
        | pl.col("is_cut_range").fill_null(False)
        | names_no_amount()
        | has_two_units(rows)
        # 20246-202516 has lost its 年, 月 and 日.
        | (is_range & pl.col("unit_text").is_null() & pl.col("number_token").str.contains("^(?:19|20)[0-9]{3,6}$"))
    )
    unreadable = unreadable | is_misread()
    odd = rows.select_seq("text_id", unreadable=unreadable).filter("unreadable")["text_id"].unique()
    return _bounded(rows.with_columns_seq(unreadable=pl.col("text_id").is_in(odd.implode())))


def _bounded(rows: pl.DataFrame) -> pl.DataFrame:
    """Lower and upper value, kind and grade of rows with ``first_value``, ``last_value`` and ``unreadable``."""
    comparator = pl.col("comparator")
    is_range = comparator.is_in(["between", "plus_minus"])
    return rows.with_columns_seq(
        lower_value=pl.when(comparator.is_in(["ge", "gt", "eq", "approx", "between", "plus_minus"])).then(
            "first_value"
        ),
        upper_value=pl.when(comparator.is_in(["le", "lt", "eq", "approx"]))
        .then("first_value")
        .when(is_range)
        .then("last_value"),
        target_kind=pl.when("unreadable").then(pl.lit("other")).otherwise("target_kind"),
        parse_grade=lowered(),
    ).filter(~pl.col("unreadable") | (pl.col("measure_no") == 1))


def _paired(rows: pl.DataFrame) -> pl.DataFrame:
    """Two bounds of one unit → one ``between``; bounds of different units stay two measures."""
    if rows["pair"].max() in (0, None):
        return rows
    other = {
        name: pl.col(name).shift(-1) for name in ("unit_name", "unit_text", "lower_value", "upper_value", "comparator")
    }
    is_first = pl.col("pair") == 1
    same = (
        (pl.col("unit_name").eq_missing(other["unit_name"]))
        | pl.col("unit_text").is_null()
        | other["unit_text"].is_null()
    )
    rows = rows.with_columns_seq(merge=is_first & same & (pl.col("target_kind") == "quantity"))
    lower = pl.min_horizontal(
        pl.coalesce("lower_value", "upper_value"), pl.coalesce(other["lower_value"], other["upper_value"])
    )
    upper = pl.max_horizontal(
        pl.coalesce("lower_value", "upper_value"), pl.coalesce(other["lower_value"], other["upper_value"])
    )
    # ≥95且≤90 bounds nothing.
    first_is_lower = pl.col("lower_value").is_not_null()
    contradicts = (
        pl.when(first_is_lower)
        .then(pl.col("lower_value") > other["upper_value"])
        .otherwise(pl.col("upper_value") < other["lower_value"])
    )
    rows = rows.with_columns_seq(
        lower_value=pl.when("merge").then(lower).otherwise("lower_value"),
        upper_value=pl.when("merge").then(upper).otherwise("upper_value"),
        unit_text=pl.when("merge").then(pl.coalesce("unit_text", other["unit_text"])).otherwise("unit_text"),
        unit_name=pl.when("merge").then(pl.coalesce("unit_name", other["unit_name"])).otherwise("unit_name"),
        comparator=pl.when("merge").then(pl.lit("between")).otherwise("comparator"),
        parse_grade=pl.when(pl.col("merge") & contradicts.fill_null(False)).then(pl.lit("C")).otherwise("parse_grade"),
        is_dropped=pl.col("merge").shift(1).fill_null(False),
    )
    return rows.filter(~pl.col("is_dropped")).drop("is_dropped", "merge")


def _finished(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns that ``context`` needs; unreadable and other texts lose whatever was half read."""
    is_quantity = pl.col("target_kind") == "quantity"
    is_dated = pl.col("target_kind").is_in(["quantity", "deadline", "period"]) & pl.col("date_month").is_not_null()
    words = pl.concat_str(pl.col("before"), pl.col("after"), separator="…", ignore_nulls=True)
    return rows.select_seq(
        "text_id",
        "measure_no",
        "target_kind",
        "parse_grade",
        "roles",
        "number_token",
        *(
            pl.when(is_quantity).then(name).alias(name)
            for name in ("joiner", "comparator", "lower_value", "upper_value", "unit_text", "unit_name")
        ),
        qualifier=pl.when(is_quantity & (words != "")).then(words),
        is_explicit=pl.col("is_explicit"),
        has_magnitude=pl.col("magnitude").is_not_null(),
        is_comparator_inherited=is_quantity & pl.col("is_inherited"),
        deadline_comparator=pl.when(is_dated).then("deadline_comparator"),
        **{name: pl.when(is_dated).then(name) for name in PARTS_SCHEMA if name != "date_is_vague"},
    )
