"""Printed level names → canonical categories of a rule set, from reviewed tables.

The 2015 rules (财预〔2015〕88号) list cost under output; the 2021 rules (财预〔2021〕101号) make it a level of its own. Which
one a document follows is read from where it puts cost. Does not supply a default: an unknown name stays null.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

_VOCABULARY = Path(__file__).with_name("vocabulary")
COST = "成本指标"


@cache
def categories() -> pl.DataFrame:
    """taxonomy, level1_code, level1_name, level2_code, level2_name: all String."""
    return pl.read_csv(_VOCABULARY / "categories.csv", infer_schema=False)


@cache
def _aliases(level: int) -> pl.DataFrame:
    table = pl.read_csv(_VOCABULARY / "category_aliases.csv", infer_schema=False)
    return table.filter(pl.col("level") == str(level)).select(
        pl.col("alias").alias(f"level{level}_text"), pl.col("name").alias(f"level{level}_name")
    )


def add_categories(indicators: pl.DataFrame) -> pl.DataFrame:
    """Add ``taxonomy``, ``level1_name``, ``level2_name`` to a frame with ``document_id``, ``level1_text``, ``level2_text``.

    Level names are null unless the pair exists in the taxonomy. Row order is kept.
    """
    named = indicators.join(_aliases(1), on="level1_text", how="left", maintain_order="left").join(
        _aliases(2), on="level2_text", how="left", maintain_order="left"
    )
    named = named.with_columns(
        taxonomy=pl.when((pl.col("level1_name") == COST).any().over("document_id", "sha256"))
        .then(pl.lit("mof_2021"))
        .otherwise(pl.lit("mof_2015"))
    )
    keys = ["taxonomy", "level1_name", "level2_name"]
    known = categories().select(*keys, is_known=pl.lit(True))
    return named.join(known, on=keys, how="left", maintain_order="left").with_columns(
        pl.when("is_known").then(pl.col(name)).alias(name) for name in ("level1_name", "level2_name")
    )
