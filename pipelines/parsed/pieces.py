"""What stands in one piece of a packed cell, between two separators: a record's head, a level, a value.

Belongs here: the tables of distinct pieces, which repeat: each is read once. Does not know which pieces make a record.
"""

from __future__ import annotations

import polars as pl

from pipelines.parsed.distinct import Distinct
from pipelines.parsed.fetched import FLAG

CYCLE_LABEL, ANNUAL_LABEL = "实施周期指标值", "年度指标值"
LEVEL = pl.Categorical(pl.Categories("indicator_level"))  # few names, a number each instead of a text
MARK = "\x1e"  # the general path has its own use for it
# What follows an annual value, behind its 。 where it has one.
SOMETHING, NOTHING, A_HEAD = 0, 1, 2
_HEAD = r"^(?P<no>[0-9]{1,4})、(?P<code>[0-9]{1,4})-(?P<level1>[^。]*)$"
_FOREIGN = rf"{MARK}|。[ \n]*[0-9]{{1,4}}、[0-9]{{1,4}}-"
_NO_PIECE = ";"  # cells are cut at it
_LABELS_DIFFER = len(CYCLE_LABEL) - len(ANNUAL_LABEL)


class KnownPieces:
    """The distinct pieces met so far with what is in them. Widths and places are in characters (Int32), flags ``FLAG``.

    ``head``: ``head_chars``, ``indicator_no``, ``level1_code`` and ``level1_name``, and what it is (``follows``).
    ``level2``: ``level2_chars``, ``level2_code``, ``level2_name``, ``is_level2``.
    ``cycle``: ``cycle_text``, ``cycle_chars`` of the whole piece, ``cycle_lead`` of what stands before the text,
    ``cycle_width`` of it, ``is_cycle``; ``as_annual``: the same value as an annual piece up to its 。 (``_NO_PIECE`` where the
    value has a 。 of its own: which one ends it would be open).
    ``annual``, without the first 。 and what is behind it: the same; it ``may_stop`` with a 。, or ``may_end`` without.
    """

    def __init__(self, text_type: pl.DataType) -> None:
        """No piece is known yet; values become ``text_type``."""
        self.head = Distinct(_head)
        self.level2 = Distinct(_level2)
        self.cycle = Distinct(lambda pieces: _cycle(pieces, text_type))
        self.annual = Distinct(lambda pieces: _annual(pieces, text_type))

    def annual_values(self) -> pl.DataFrame:
        """The cycle's values as annual ones, and behind them those of ``annual``; rows move when new ``cycle`` pieces are met."""
        as_annual = self.cycle.table.select_seq(
            annual_text="cycle_text",
            annual_chars=pl.col("cycle_chars") - _LABELS_DIFFER,
            annual_lead=pl.col("cycle_lead") - _LABELS_DIFFER,
            annual_width="cycle_width",
        )
        return pl.concat([as_annual, self.annual.table.select_seq(as_annual.columns)], rechunk=True)


def width(column: str) -> pl.Expr:
    """Characters of a text."""
    return pl.col(column).str.len_chars().cast(pl.Int32)


def _level2(pieces: pl.Series) -> pl.DataFrame:
    piece = pl.col("piece")
    return (
        pieces.to_frame("piece")
        .select_seq(
            level2_chars=width("piece"),
            level2=piece.str.strip_chars().str.splitn("-", 2).struct.rename_fields(["level2_code", "level2_name"]),
            is_level2=(piece.str.contains("-", literal=True) & ~piece.str.contains(_FOREIGN)).cast(FLAG),
        )
        .unnest("level2")
        .with_columns_seq(pl.col("level2_code", "level2_name").cast(LEVEL))
    )


def _labelled(pieces: pl.Series, label: str, text_type: pl.DataType) -> pl.DataFrame:
    """Pieces with ``label`` → the ``text`` behind it: ``chars`` of the whole piece, ``lead`` of what stands before the text,
    ``width`` of it.
    """
    frame = pieces.to_frame("piece").with_columns_seq(stripped=pl.col("piece").str.strip_chars_start())
    frame = frame.with_columns_seq(body=pl.col("stripped").str.slice(len(label) + 1).str.strip_chars_start())
    frame = frame.with_columns_seq(
        text=pl.col("body").str.strip_chars_end(), chars=width("piece"), body_chars=width("body")
    )
    return frame.select_seq(
        pl.col("text").cast(text_type),
        "chars",
        lead=pl.col("chars") - pl.col("body_chars"),
        width=width("text"),
        is_empty=pl.col("text") == "",
        is_labelled=pl.col("stripped").str.starts_with(label + "：") | pl.col("stripped").str.starts_with(label + ":"),
    )


def _cycle(pieces: pl.Series, text_type: pl.DataType) -> pl.DataFrame:
    value = _labelled(pieces, CYCLE_LABEL, text_type)
    piece = pl.lit(pieces)
    as_annual = piece.str.replace(CYCLE_LABEL, ANNUAL_LABEL, literal=True) + "。"
    return value.select_seq(
        cycle_text="text",
        cycle_chars="chars",
        cycle_lead="lead",
        cycle_width="width",
        is_cycle=(pl.col("is_labelled") & ~piece.str.contains(_FOREIGN)).cast(FLAG),
        as_annual=pl.when(piece.str.contains("。", literal=True)).then(pl.lit(_NO_PIECE)).otherwise(as_annual),
    )


def _annual(pieces: pl.Series, text_type: pl.DataType) -> pl.DataFrame:
    value = _labelled(pieces, ANNUAL_LABEL, text_type)
    is_value = pl.col("is_labelled") & ~pl.lit(pieces).str.contains(MARK, literal=True)
    return value.select_seq(
        annual_text="text",
        annual_chars="chars",
        annual_lead="lead",
        annual_width="width",
        may_stop=is_value.cast(FLAG),
        # A label without a value is cut off.
        may_end=(is_value & ~pl.col("is_empty")).cast(FLAG),
    )


def _head(pieces: pl.Series) -> pl.DataFrame:
    is_head = pl.col("no").is_not_null() & ~pl.lit(pieces).str.contains(MARK, literal=True)
    return (
        pieces.to_frame("piece")
        .select_seq(head_chars=width("piece"), found=pl.col("piece").str.extract_groups(_HEAD))
        .unnest("found")
        .select_seq(
            "head_chars",
            indicator_no=pl.col("no").cast(pl.Int32).fill_null(0),
            level1_code=pl.col("code").fill_null("").cast(LEVEL),
            level1_name=pl.col("level1").str.strip_chars().fill_null("").cast(LEVEL),
            follows=pl.when(is_head)
            .then(A_HEAD)
            .when(pl.lit(pieces) == "")
            .then(NOTHING)
            .otherwise(SOMETHING)
            .cast(FLAG),
        )
    )
