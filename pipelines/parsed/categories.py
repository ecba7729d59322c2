"""Printed level names → canonical categories of a rule set, from reviewed tables.

The 2015 rules (财预〔2015〕88号) list cost under output; the 2021 rules (财预〔2021〕101号) make it a level of its own. Which
one a document follows is read from where it puts cost. A level that is left blank is implied only where the level above
it has a single member in both rule sets, as 满意度指标 has. Does not supply a default: an unknown name stays null.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

_VOCABULARY = Path(__file__).with_name("vocabulary")
COST = "成本指标"
_NUMBER = r"\d+(?:\.\d+)?"
_POINTS = rf"{_NUMBER}(?:[-~—–至]{_NUMBER})?"
# What forms print around a name: `11-`, `一、` before it, its weight `(50分)`, `(40-50)分`, `30分` behind it.
_CODE = r"^(?:\d{1,2}[-—–.、:]|[一二三四五六七八九十]{1,2}、|\([一二三四五六七八九十\d]{1,2}\))"
_WEIGHT = rf"(?:\((?:权重|分值)?:?{_POINTS}(?:分|%)?\)(?:分)?|{_POINTS}分)$"
# 产出指标, 产出目标, 产出值 and 产出 are one name; the reviewed table holds it without its ending.
_ENDING = r"(?:指标|目标|值)$"


@cache
def categories() -> pl.DataFrame:
    """taxonomy, level1_code, level1_name, level2_code, level2_name: all String."""
    return pl.read_csv(_VOCABULARY / "categories.csv", infer_schema=False)


@cache
def _aliases(level: int) -> pl.DataFrame:
    """alias String (without its ending), name String."""
    table = pl.read_csv(_VOCABULARY / "category_aliases.csv", infer_schema=False)
    return table.filter(pl.col("level") == str(level)).select("alias", "name")


@cache
def _only_members() -> pl.DataFrame:
    """taxonomy, level1_name, only_level2_name: the level 1 names that have one level 2 name."""
    members = categories().group_by("taxonomy", "level1_name").agg("level2_name")
    return members.filter(pl.col("level2_name").list.len() == 1).select(
        "taxonomy", "level1_name", pl.col("level2_name").list.first().alias("only_level2_name")
    )


def bare_level(text: pl.Expr) -> pl.Expr:
    """A level as printed → its bare name: ``11-数量指标（50分）`` → 数量. White space, full-width forms, codes, weights go."""
    folded = text.str.normalize("NFKC").str.replace_all(r"\s", "")
    return folded.str.replace(_CODE, "").str.replace(_WEIGHT, "").str.replace(_ENDING, "")


def _named(indicators: pl.DataFrame, level: int) -> pl.DataFrame:
    """Add ``level1_name`` or ``level2_name``. Every distinct text is looked up once."""
    text = f"level{level}_text"
    known = (
        indicators.select(pl.col(text).drop_nulls().unique())
        .with_columns(alias=bare_level(pl.col(text)))
        .join(_aliases(level), on="alias", how="inner")
        .select(text, pl.col("name").alias(f"level{level}_name"))
    )
    return indicators.join(known, on=text, how="left", maintain_order="left")


def add_categories(indicators: pl.DataFrame) -> pl.DataFrame:
    """Add ``taxonomy``, ``level1_name``, ``level2_name`` to a frame with ``document_id``, ``level1_text``, ``level2_text``.

    Level names are null unless the pair exists in the taxonomy. Row order is kept.
    """
    named = _named(_named(indicators, 1), 2).with_columns(
        taxonomy=pl.when((pl.col("level1_name") == COST).any().over("document_id", "sha256"))
        .then(pl.lit("mof_2021"))
        .otherwise(pl.lit("mof_2015"))
    )
    is_blank = pl.col("level2_text").str.strip_chars().fill_null("") == ""
    named = (
        named.join(_only_members(), on=["taxonomy", "level1_name"], how="left", maintain_order="left")
        .with_columns(level2_name=pl.when(is_blank).then("only_level2_name").otherwise("level2_name"))
        .drop("only_level2_name")
    )
    keys = ["taxonomy", "level1_name", "level2_name"]
    known = categories().select(*keys, is_known=pl.lit(True))
    return named.join(known, on=keys, how="left", maintain_order="left").with_columns(
        pl.when("is_known").then(pl.col(name)).alias(name) for name in ("level1_name", "level2_name")
    )
