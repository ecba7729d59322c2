"""Units of measures: as written, canonical, with what 每… counts by, and without the noun behind the measure word.

Belongs here: expressions over the columns ``unit``, ``unit_folded`` and ``each_…``. Does not find units in a text, nor list
them: that is ``vocabulary.units``.
"""

from __future__ import annotations

import polars as pl

from pipelines.parsed.targets.lexicon import folded_units
from pipelines.parsed.vocabulary.units import canonical_name


def with_units(rows: pl.DataFrame) -> pl.DataFrame:
    """``unit_text`` as written and ``unit_name`` canonical; 每月1次 becomes 次/月, percent in words becomes %."""
    percent = pl.col("number_token").str.slice(0, 3)
    sign = pl.when(percent.is_in(["百分之", "百分百"])).then(pl.lit("%")).when(percent == "千分之").then(pl.lit("‰"))
    rows = _without_nouns(rows).with_columns_seq(
        unit=pl.coalesce("unit", sign), unit_folded=pl.coalesce("unit_folded", sign)
    )
    denominator = (
        pl.when(pl.col("each_1").is_not_null())
        .then(
            pl.concat_str(
                pl.lit("/"),
                "each_1_folded",
                pl.when(pl.col("each_2").is_not_null())
                .then(pl.lit("/") + pl.col("each_2_folded"))
                .otherwise(pl.lit("")),
            )
        )
        .otherwise(pl.lit(""))
    )
    has_unit = pl.col("unit").is_not_null() | pl.col("each_1").is_not_null()
    rows = rows.with_columns_seq(
        unit_text=pl.when(has_unit).then(pl.concat_str(pl.col("unit").fill_null(""), denominator)),
        unit_folded=pl.when(has_unit).then(pl.concat_str(pl.col("unit_folded").fill_null(""), denominator)),
    )
    return rows.with_columns_seq(unit_name=canonical_units_of(rows["unit_folded"])).with_columns_seq(
        # The sign's name is the sign: 百分比, ％ → %.
        unit_text=pl.when(pl.col("unit_name").is_in(["%", "‰"])).then("unit_name").otherwise("unit_text"),
    )


# 5人工作专班, 12场所属院团: words that the pattern cut so that the measure word went with them.
_MEASURE_WORDS = "^([个人次场户件项处座所名位家台套条起批篇份本册部间栋辆])\\p{Han}{2,}$"
# 3个人才驿站, 2起次生灾害: units of two characters of which the second begins a word.
_BEGUN_WORDS = {"个人": "才|工智|工费|民|大代|大常|社局|群|力|物|格|文|口", "起次": "生|要", "个次": "生|要|级"}


def _without_nouns(rows: pl.DataFrame) -> pl.DataFrame:
    """Units that hold the beginning of the noun behind them, or all of it → the measure word; the noun goes to ``after``."""
    unit, after = pl.col("unit_folded"), pl.col("after")
    begins = [(unit == name) & after.str.contains(f"^(?:{words})") for name, words in _BEGUN_WORDS.items()]
    cut_off = (pl.col("unit_is_word") & unit.str.contains(_MEASURE_WORDS)) | pl.any_horizontal(begins)
    places = rows.select_seq(cut_off.fill_null(False)).to_series().arg_true()
    if len(places) == 0:
        return rows
    few = rows.select_seq("unit", "unit_folded", "after", "parse_grade")[places].with_columns_seq(
        after=pl.concat_str(pl.col("unit").str.slice(1), "after", ignore_nulls=True),
        unit=pl.col("unit").str.slice(0, 1),
        unit_folded=pl.col("unit_folded").str.slice(0, 1),
        parse_grade=pl.max_horizontal("parse_grade", pl.lit("C")),
    )
    return rows.with_columns_seq(rows[name].scatter(places, few[name]) for name in few.columns)


def canonical_units_of(folded: pl.Series) -> pl.Series:
    """Folded unit texts → canonical names, null where a unit is not in the vocabulary."""
    names = {name: folded_units().get(name) or canonical_name(name) for name in folded.unique().to_list() if name}
    return (
        folded.replace_strict(list(names), list(names.values()), default=None, return_dtype=pl.String)
        if names
        else folded
    )
