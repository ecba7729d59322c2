"""Doubts that only the written values show: what is no minus sign, what counts nothing, what is not certain.

Belongs here: expressions over the measures' columns that take a sign away or lower a grade. Does not compute values.
"""

from __future__ import annotations

import polars as pl

from pipelines.parsed.targets.numerals import VALUE


def minus_signs(rows: pl.DataFrame, runs: pl.DataFrame) -> dict[str, pl.Expr]:
    """``is_negative`` only where a dash stands before the number: 扩大到300人 and 至90% are positive, and the range that
    ``~50%`` is the end of has lost its beginning.
    """
    place = (rows["first_run"].cast(pl.Int64) + rows["number"] - 1).clip(lower_bound=0)
    sign = pl.lit(runs["token"].gather(place.cast(pl.UInt32)))
    negative = pl.col("is_negative")
    # pH6-9: nor is the dash behind a name's last digit.
    start = runs["start"].gather(place.cast(pl.UInt32)).cast(pl.Int64)
    before = pl.col("folded").str.slice(pl.lit((start - 1).clip(lower_bound=0)), 1)
    behind_name = pl.lit(start > 0) & before.str.contains("[0-9A-Za-z]") & (pl.col("comparator") != "plus_minus")
    # -18℃--22℃: one of two dashes may be a minus sign.
    second = (rows["first_run"].cast(pl.Int64) + rows["second"].fill_null(1) - 1).cast(pl.UInt32)
    is_doubled = pl.lit(runs["token"].gather(second).str.starts_with("--")) & (pl.col("comparator") == "between")
    return {
        "is_negative": negative & ~sign.is_in(["至", "到"]),
        "is_open_range": negative & sign.is_in(["至", "到"]),
        "is_cut_range": negative
        & (sign.str.starts_with("~") | sign.str.starts_with("--") | (sign == "->") | behind_name | is_doubled),
    }


def is_ordinal() -> pl.Expr:
    """Whether a number names a day, an edition or a year group and counts nothing: 每月25日, 2024版, 2024级."""
    is_bare = pl.col("comparator").is_in(["eq", "between"]) & pl.col("magnitude").is_null()
    day_of_month = pl.col("unit_folded").is_in(["日/月", "号/月"])
    is_year = pl.col("number_token").str.contains("^(?:19[89]|20[0-4])[0-9]$")
    edition = is_year & pl.col("unit_folded").is_in(["版", "级", "届", "款", "号", "版本", "期", "学年", "学年度"])
    return (is_bare & (day_of_month | edition)).fill_null(False)


def lowered() -> pl.Expr:
    """The grade after a look at the values: percentages above 100, years, unknown units are not taken for certain."""
    grade = pl.col("parse_grade")
    unknown = pl.col("unit_text").is_not_null() & pl.col("unit_name").is_null()
    length = pl.col("unit_text").str.len_chars()
    counted_word = (pl.col("target_kind") == "qualitative") & pl.col("folded").str.contains(
        "[0-9]|^[零一二两三四五六七八九十百千万亿点]+$|^[当本]年度?.{0,4}$|^[OoIl]\\p{Han}"
    )
    doubtful = (
        counted_word
        | (
            (pl.col("unit_name") == "%")
            & (pl.col("comparator") == "eq")
            & (pl.col("first_value") > pl.lit(100).cast(VALUE))
        )
        | (
            pl.col("unit_text").is_null()
            & ~pl.col("is_explicit")
            & pl.col("number_token").str.contains("^(?:19|20)[0-9]{2}([.].*|[0-9]{1,4})?$")
        )
        | (unknown & ((length > 2) | ~pl.col("is_explicit")))
        | ((pl.col("is_negative") | pl.col("is_open_range")) & (pl.col("comparator") == "eq"))
        | pl.col("unit_name").is_in(["成"])
        # 每校不少于2名: the rate's denominator is no unit we know.
        | ((pl.col("target_kind") == "quantity") & pl.col("before").str.contains("^每|每[^,，;；、]{1,6}$"))
        | (pl.col("number_token") == "半")
        # 24年: a year without its century, or a length of time.
        | ((pl.col("unit_text") == "年") & ~pl.col("is_explicit") & pl.col("folded").str.contains("^2[1-9]年$"))
        # 优于5%: which side is the better one, only the indicator knows.
        | ((pl.col("target_kind") == "quantity") & pl.col("folded").str.contains("优于"))
        | ((pl.col("number_token") == "十") & (pl.col("unit_name") == "分"))
        | pl.col("number_token").str.contains("^0[0-9]")
    ).fill_null(False)
    return (
        pl.when("unreadable")
        .then(pl.lit("D"))
        .when(doubtful & (grade < "C"))
        .then(pl.lit("C"))
        .when(unknown & (grade < "B"))
        .then(pl.lit("B"))
        .otherwise(grade)
    )
