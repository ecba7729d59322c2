"""Cells of grids → the parsed tables of indicators, targets and results.

Belongs here: what stands beside a cell (columns of comparator and unit, the target beside an actual value) and where
the text came from. Does not read a value (``targets``), split a packed cell (``packed``) or name a category.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.parsed.indicators import INDICATOR_SCHEMA, normalised_name, with_values
from pipelines.parsed.markup import resolve_markup
from pipelines.parsed.schema import POINTS, TABLES, conform
from pipelines.parsed.targets import KnownTexts, parse_targets

_INDICATOR = ["document_id", "sha256", "fiscal_year", "project_no", "indicator_no"]
_KEY_SCHEMA = {name: TABLES["parsed_targets"][name] for name in _INDICATOR}
_CELL_SCHEMA = _KEY_SCHEMA | {
    "printed": pl.String,
    **dict.fromkeys(("source_table", "source_row", "source_column", "start", "end"), pl.Int32),
}
_INPUT: dict[str, dict[str, Any]] = {
    "indicators": _CELL_SCHEMA
    | {"level1_text": pl.String, "level2_text": pl.String, "weight": POINTS}
    | {"description_text": pl.String, "previous_text": pl.String},
    "targets": _CELL_SCHEMA | {"horizon": pl.String, "stated_comparator": pl.String, "stated_unit": pl.String},
    "results": _CELL_SCHEMA | {"score": POINTS, "deviation_reason": pl.String},
}
# A magnitude before the unit: 5万元, 1.2万人次, 五万元; not that of 千米 or 百分比, which begin a unit.
_MAGNITUDE = r"[0-9０-９]\s*[十百千万亿]|[一二三四五六七八九十百千两]\s*[万亿]"
_UNIT_LIKE_MAGNITUDE = "^[百千]"
_LARGE_MAGNITUDE = r"[0-9０-９]\s*(万亿|千万|百万|十万|千|万|亿)"
_FACTORS = {"千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}
# `238` beside `≤238万元` is 238万元, `2380000` is yuan: within ten times of the one number it is thousands of times off
# the other.
_NEAR = 10
_NO_UNIT = ["", "-", "—", "/", "无"]


@dataclass(frozen=True)
class ParsedGrids:
    """``indicators`` with the columns of ``INDICATOR_SCHEMA``; targets and results as the parsed tables."""

    indicators: pl.DataFrame
    targets: pl.DataFrame
    results: pl.DataFrame


def parse_grids(
    indicators: list[dict[str, Any]],
    targets: list[dict[str, Any]],
    results: list[dict[str, Any]],
    known: KnownTexts | None = None,
) -> ParsedGrids:
    """Parse cells given as rows of the columns in ``flatten``; ``printed`` is the text, null or blank where none is.

    At least one target row per target and one result row per result: what is not printed is of kind missing.
    """
    known = KnownTexts() if known is None else known
    named = _with_place(pl.DataFrame(indicators, schema=_INPUT["indicators"])).rename({"text": "indicator_text"})
    named = named.with_columns(indicator_name=normalised_name(pl.col("indicator_text")))
    stated = _with_place(pl.DataFrame(targets, schema=_INPUT["targets"])).rename({"text": "target_text"})
    is_unit = ~pl.col("stated_unit").str.strip_chars(" \n　").is_in(_NO_UNIT)
    stated = stated.with_columns(stated_unit=pl.when(is_unit).then("stated_unit"))
    names = named.select(*_INDICATOR, "indicator_text")
    read = _targets(stated, names, known)
    actual = _with_place(pl.DataFrame(results, schema=_INPUT["results"])).rename({"text": "actual_text"})
    return ParsedGrids(
        indicators=named.select(pl.col(name).cast(kind) for name, kind in INDICATOR_SCHEMA.items()),
        targets=conform("parsed_targets", read),
        results=conform("parsed_results", _results(actual, names, _stated_units(read), known)),
    )


def _with_place(cells: pl.DataFrame) -> pl.DataFrame:
    """``text`` with its markup resolved, null where nothing is printed; without an ``end`` the place is the whole cell."""
    text = resolve_markup(pl.col("printed"))
    cells = cells.with_columns(text=pl.when(text.str.strip_chars("　") != "").then(text))
    is_printed = pl.col("text").is_not_null()
    return cells.with_columns(
        source_start=pl.when(is_printed).then("start"),
        source_end=pl.when(is_printed).then(pl.coalesce("end", pl.col("printed").str.len_chars().cast(pl.Int32))),
    ).drop("printed", "start", "end")


def _targets(stated: pl.DataFrame, names: pl.DataFrame, known: KnownTexts) -> pl.DataFrame:
    texts = stated.join(names, on=_INDICATOR, how="left", maintain_order="left").with_row_index("input_row")
    context = {"indicator_name": "indicator_text"}
    given = texts.select("target_text", "fiscal_year", "stated_comparator", "stated_unit", **context)
    values = parse_targets(given, known)
    return with_values(texts, values)


def _stated_units(targets: pl.DataFrame) -> pl.DataFrame:
    """Per indicator the unit that a bare number beside its target has: the form's unit column, else the target's unit.

    Of a target it is the one unit of all its measures; where its number has a magnitude (``≥5万元``), ``magnitude`` says
    which and ``printed_value`` is the number before it (5). Columns: the indicator's, ``row_unit``, ``magnitude``,
    ``printed_value`` and ``is_of_target``.
    """
    has_magnitude = pl.col("target_text").str.contains(_MAGNITUDE) & ~pl.col("unit_text").str.contains(
        _UNIT_LIKE_MAGNITUDE
    )
    large = pl.when(has_magnitude).then(pl.col("target_text").str.extract(_LARGE_MAGNITUDE))
    value = pl.coalesce("lower_value", "upper_value").cast(pl.Float64)
    # The year's target says what the year's result is measured in; a cycle's target only where there is no other.
    is_annual = pl.col("horizon") == "annual"
    measures = (
        targets.filter(pl.col("target_kind") == "quantity")
        .filter(is_annual | ~is_annual.any().over(_INDICATOR))
        .with_columns(
            magnitude=large, is_readable=~has_magnitude | (large.is_not_null() & (pl.len().over(_INDICATOR) == 1))
        )
        .with_columns(printed_value=value / pl.col("magnitude").replace_strict(_FACTORS, return_dtype=pl.Float64))
    )
    is_single = (
        (pl.col("unit_text").n_unique() == 1) & pl.col("unit_text").is_not_null().all() & pl.col("is_readable").all()
    )
    own = measures.group_by(_INDICATOR).agg(
        pl.when(is_single).then(pl.col("unit_text").first()).alias("own_unit"),
        pl.col("magnitude").first(),
        pl.col("printed_value").first(),
    )
    columns = targets.group_by(_INDICATOR).agg(column_unit=pl.col("stated_unit").drop_nulls().first())
    has_column = pl.col("column_unit").is_not_null()
    return columns.join(own, on=_INDICATOR, how="left").select(
        *_INDICATOR,
        pl.coalesce("column_unit", "own_unit").alias("row_unit"),
        pl.when(~has_column).then("magnitude").alias("magnitude"),
        "printed_value",
        is_of_target=~has_column,
    )


def _results(actual: pl.DataFrame, names: pl.DataFrame, units: pl.DataFrame, known: KnownTexts) -> pl.DataFrame:
    """Actual values, read without a unit column first: only a number without a unit of its own takes the row's."""
    texts = actual.join(names, on=_INDICATOR, how="left", maintain_order="left").join(
        units, on=_INDICATOR, how="left", maintain_order="left"
    )
    texts = texts.rename({"indicator_text": "printed_name"}).with_row_index("input_row")
    context = {"indicator_name": pl.col("printed_name"), "target_text": pl.col("actual_text")}
    alone = parse_targets(texts.select("fiscal_year", **context), known)
    taken = _taken_units(texts, alone)
    stated = texts.join(taken, on="input_row", how="left", maintain_order="left")
    takes_unit = stated["stated_unit"].is_not_null()
    bare = stated.filter(takes_unit)
    again = parse_targets(bare.select("fiscal_year", "stated_unit", **context), known)
    again = again.with_columns(input_row=bare["input_row"].gather(again["input_row"]))
    values = pl.concat([alone.filter(~pl.col("input_row").is_in(bare["input_row"].implode())), again])
    values = values.sort("input_row", "measure_no")
    read = with_values(stated.with_columns(is_unit_inherited=takes_unit & pl.col("is_of_target")), values)
    is_inferred = pl.col("is_unit_inherited").fill_null(False) & pl.col("unit_text").is_not_null()
    best = pl.when(pl.col("magnitude").is_null()).then(pl.lit("B")).otherwise(pl.lit("C"))
    return read.with_columns(
        is_unit_inherited=is_inferred,
        parse_grade=pl.when(is_inferred).then(pl.max_horizontal("parse_grade", best)).otherwise("parse_grade"),
    )


def _taken_units(texts: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """``input_row`` and ``stated_unit`` of texts whose one measure is a number without a unit, beside one it can have.

    ``0.96`` beside ``≥95%`` may be 0.96% or 96%: a fraction takes no percent sign. Beside a target with a magnitude the
    number's size says whether it has that magnitude too; where it fits neither way it takes nothing.
    """
    single = values.filter(pl.len().over("input_row") == 1).join(
        texts.select("input_row", "row_unit", "magnitude", "printed_value"), on="input_row", how="inner"
    )
    value = pl.coalesce("lower_value", "upper_value").cast(pl.Float64)
    factor = pl.col("magnitude").replace_strict(_FACTORS, return_dtype=pl.Float64)
    unit = (
        pl.when(pl.col("magnitude").is_null())
        .then("row_unit")
        .when((value / pl.col("printed_value")).is_between(1 / _NEAR, _NEAR))
        .then(pl.col("magnitude") + pl.col("row_unit"))
        .when(value == 0)
        .then("row_unit")
        .when((value / pl.col("printed_value") / factor).is_between(1 / _NEAR, _NEAR))
        .then("row_unit")
    )
    is_fraction = pl.col("row_unit").str.contains("[%％]|百分比") & (value > 0) & (value <= 1)
    is_bare = (pl.col("target_kind") == "quantity") & pl.col("unit_text").is_null()
    return single.filter(is_bare & ~is_fraction.fill_null(False)).select("input_row", stated_unit=unit).drop_nulls()
