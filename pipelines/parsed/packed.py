"""Packed cells (``1、1-产出指标；11-数量指标；…；实施周期指标值：≥3场；年度指标值：≥3场。2、…``) → one row per
indicator.

Belongs here: the record grammar in both punctuation dialects (``；：`` and ``; :``), the character offsets of every
piece in the printed cell, records cut off at the cell's end, and the rejects: text that is no record is handed back,
never dropped. Does not read what a value means.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from pipelines.parsed.pieces import ANNUAL_LABEL as _ANNUAL
from pipelines.parsed.pieces import CYCLE_LABEL as _CYCLE
from pipelines.parsed.pieces import LEVEL, MARK, width
from pipelines.parsed.regular import moved, put_in, regular_records

RECORD_SCHEMA: dict[str, pl.DataType] = {
    "row_id": pl.UInt32(),
    "indicator_no": pl.Int32(),
    "level1_code": LEVEL,
    "level1_name": LEVEL,
    "level2_code": LEVEL,
    "level2_name": LEVEL,
    "indicator_name": pl.String(),
    "cycle_text": pl.String(),
    "annual_text": pl.String(),
    "is_truncated": pl.Boolean(),
    "is_terminated": pl.Boolean(),
    "start": pl.Int32(),
    "end": pl.Int32(),
    "name_start": pl.Int32(),
    "name_end": pl.Int32(),
    "cycle_start": pl.Int32(),
    "cycle_end": pl.Int32(),
    "annual_start": pl.Int32(),
    "annual_end": pl.Int32(),
}
REJECT_SCHEMA: dict[str, pl.DataType] = {
    "row_id": pl.UInt32(),
    "start": pl.Int32(),
    "end": pl.Int32(),
    "text": pl.String(),
    "reason": pl.String(),
}
_STRING = pl.String()
# A record begins at the cell's start or behind a 。 with its number and level-1 code; the two signs inside the head are
# replaced one for one, so that places stay true.
_HEAD = r"(^|。)([ \n]*)([0-9]{1,4})、([0-9]{1,4})-"
_RECORD = (
    r"(?s)^[0-9]+；[0-9]+；[^；;]*[；;]\s*[0-9]+-[^；;]*[；;](?P<name>.*?)[；;]\s*实施周期指标值[：:](?P<cycle>.*?)"
    r"[；;]\s*年度指标值[：:](?P<annual>.*)$"
)


class Packed(NamedTuple):
    """``records`` (``RECORD_SCHEMA``) and ``rejects`` (``REJECT_SCHEMA``); their spans together cover every cell."""

    records: pl.DataFrame
    rejects: pl.DataFrame


def split_packed(cells: pl.DataFrame, text_type: pl.DataType = _STRING) -> Packed:
    """Splits packed cells into indicators.

    Input: ``row_id`` UInt32, ascending, ``packed`` String (null: no rows). ``text_type`` is that of ``cycle_text`` and
    ``annual_text``: String, or the type of a ``KnownTexts``' texts, which then need not be looked up again. Output in cell
    order and printed order. Offsets are character places in ``packed``, end exclusive; ``start`` and ``end`` span the whole
    record with its separators, the others the stripped text. A record that the cell's end cuts off has ``is_truncated`` and
    null for every value that is absent or may have lost characters; a missing last 。 alone is no truncation, but
    ``is_terminated`` is false there: the annual text may have lost characters that nobody can know of.
    """
    cells = cells.select_seq(pl.col("row_id").cast(pl.UInt32), "packed")
    records, covered, odd = regular_records(cells, text_type)
    if odd.is_empty() and covered.all():
        return Packed(records, pl.DataFrame(schema=REJECT_SCHEMA))
    whole = cells.filter(~covered).select_seq(
        pl.lit(None, pl.UInt32).alias("row"), "row_id", pl.lit(0).alias("begin"), "packed"
    )
    texts = pl.concat([whole, odd], how="vertical_relaxed").with_row_index("text")
    others, rejects = any_records(texts.select_seq(pl.col("text").alias("row_id"), "packed"))
    others = others.with_columns_seq(pl.col("cycle_text", "annual_text").cast(text_type))
    records = put_in(records, moved(others, texts), odd["row"])
    return Packed(records, moved(rejects, texts).select_seq(list(REJECT_SCHEMA)).sort("row_id", maintain_order=True))


def any_records(cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records and rejects of any cells, regular or not, with each field taken apart on its own."""
    fields = _fields(_pieces(cells))
    plain = _regular_records(fields.filter("is_regular"))
    records, rejects = _irregular_records(fields.filter(~pl.col("is_regular")))
    return pl.concat([plain, records]).sort("row_id", "start") if records.height else plain, rejects


def _fields(pieces: pl.DataFrame) -> pl.DataFrame:
    """Pieces with their seven fields (null where the cell's end cut them off) and whether they are a plain record."""
    lists = pieces.with_columns_seq(pl.col("piece").str.split("[；;]", literal=False).alias("fields"))
    names = ["no", "code", "level1", "level2", "name", "cycle", "annual"]
    fields = lists.select_seq(
        pl.exclude("fields"),
        field_count=pl.col("fields").list.len(),
        field=pl.col("fields").list.to_struct(fields=names),
    )
    fields = fields.with_columns_seq(pl.col("field").struct.unnest()).drop("field")
    fields = fields.with_columns_seq(
        cycle_label=pl.col("cycle").str.strip_chars_start(), annual_label=pl.col("annual").str.strip_chars_start()
    )
    annual = pl.col("annual_label")
    # The cell's end may cut the last record off: in a field, or in the annual label.
    is_whole = pl.col("cycle_label").str.starts_with(_CYCLE) & (
        annual.str.starts_with(_ANNUAL) | (pl.col("is_last") & pl.lit(_ANNUAL).str.starts_with(annual))
    )
    is_cut = pl.col("is_last") & ~pl.col("piece").str.strip_chars_end().str.ends_with("。")
    is_regular = (
        pl.when(pl.col("field_count") == 7)
        .then(is_whole & pl.col("level2").str.contains("-", literal=True))
        .when(pl.col("field_count") < 7)
        .then(is_cut)
        .otherwise(False)
    )
    return fields.with_columns_seq(is_regular=pl.col("is_record") & is_regular)


def _pieces(cells: pl.DataFrame) -> pl.DataFrame:
    """row_id, piece (same length as printed), start, end, is_record, is_last; no character is left out."""
    marked = (
        pl.col("packed")
        .str.replace_all(MARK, " ", literal=True)
        .str.replace_all(_HEAD, "${1}${2}" + MARK + "${3}；${4}；")
    )
    pieces = (
        cells.select_seq("row_id", piece=marked.str.split(MARK))
        .filter(pl.col("piece").is_not_null())
        .explode("piece", empty_as_null=False)
    )
    pieces = pieces.with_columns_seq(length=pl.col("piece").str.len_chars().cast(pl.Int64)).with_columns_seq(
        stop=pl.col("length").cum_sum(),
        is_first=pl.col("row_id") != pl.col("row_id").shift(1),
        is_last=pl.col("row_id") != pl.col("row_id").shift(-1),
    )
    pieces = pieces.with_columns_seq(pl.col("is_first", "is_last").fill_null(True))
    base = pl.when("is_first").then(pl.col("stop") - pl.col("length")).forward_fill()
    pieces = pieces.select_seq(
        "row_id",
        "piece",
        start=(pl.col("stop") - pl.col("length") - base).cast(pl.Int32),
        end=(pl.col("stop") - base).cast(pl.Int32),
        is_record=~pl.col("is_first"),
        is_last="is_last",
    )
    return pieces.filter(pl.col("is_record") | (pl.col("end") > pl.col("start")))


def _regular_records(plain: pl.DataFrame) -> pl.DataFrame:
    """Pieces with exactly the seven fields of a record; the fields' places follow from their lengths."""
    lengths = {name: width(name) for name in ("no", "code", "level1", "level2", "name", "cycle")}
    name_field = pl.col("start") + lengths["no"] + lengths["code"] + lengths["level1"] + lengths["level2"] + 4
    cycle_field = name_field + lengths["name"] + 1
    annual_field = cycle_field + lengths["cycle"] + 1
    level2 = pl.col("level2").str.strip_chars().str.splitn("-", 2).struct.rename_fields(["level2_code", "level2_name"])
    frame = plain.select_seq(
        "row_id",
        "field_count",
        "no",
        "code",
        "level1",
        "start",
        "end",
        "is_last",
        "annual",
        "cycle",
        "cycle_label",
        "annual_label",
        "name",
        level2=level2,
        name_field=name_field,
        cycle_field=cycle_field,
        annual_field=annual_field,
        cycle_value=pl.col("cycle_label").str.slice(len(_CYCLE) + 1),
        annual_value=pl.col("annual_label").str.slice(len(_ANNUAL) + 1),
    )
    return _records(frame)


def _records(frame: pl.DataFrame) -> pl.DataFrame:
    """Fields with their places → ``RECORD_SCHEMA``."""

    # Leading white space moves a start; what follows a text does not.
    frame = frame.with_columns_seq(
        name_body=pl.col("name").str.strip_chars_start(),
        cycle_body=pl.col("cycle_value").str.strip_chars_start(),
        annual_body=pl.col("annual_value").str.strip_chars_start(),
    )
    # Behind an annual value stands the record's 。, except perhaps at the cell's end.
    frame = frame.with_columns_seq(
        indicator_name=pl.col("name_body").str.strip_chars_end(),
        cycle_text=pl.col("cycle_body").str.strip_chars_end(),
        annual_text=pl.col("annual_body").str.strip_chars_end().str.strip_suffix("。").str.strip_chars_end(),
        name_start=pl.col("name_field") + width("name") - width("name_body"),
        cycle_start=pl.col("cycle_field") + width("cycle") - width("cycle_body"),
        annual_start=pl.col("annual_field") + width("annual") - width("annual_body"),
    )
    # The label's sign may be missing where the cell ends inside the label.
    is_cut = (
        pl.col("is_last")
        & (pl.col("annual_text") == "")
        & ~(pl.col("annual_label").str.contains(f"^{_ANNUAL}[：:]") & pl.col("annual_body").str.starts_with("。"))
    )
    is_terminated = ~pl.col("is_last") | pl.col("annual_body").str.strip_chars_end().str.ends_with("。")
    frame = frame.with_columns_seq(is_truncated=is_cut.fill_null(True), is_terminated=is_terminated.fill_null(False))
    complete = ~pl.col("is_truncated")
    # A value is whole only where the separator behind it is printed.
    whole = pl.col("field_count") >= 7
    return frame.select_seq(
        "row_id",
        pl.col("no").cast(pl.Int32).alias("indicator_no"),
        pl.col("code").cast(LEVEL).alias("level1_code"),
        pl.col("level1").str.strip_chars().cast(LEVEL).alias("level1_name"),
        pl.col("level2").struct.field("level2_code").cast(LEVEL),
        pl.col("level2").struct.field("level2_name").cast(LEVEL),
        "indicator_name",
        pl.when(whole).then("cycle_text").alias("cycle_text"),
        pl.when(complete).then("annual_text").alias("annual_text"),
        "is_truncated",
        "is_terminated",
        "start",
        "end",
        "name_start",
        (pl.col("name_start") + width("indicator_name")).alias("name_end"),
        pl.when(whole).then("cycle_start").alias("cycle_start"),
        pl.when(whole).then(pl.col("cycle_start") + width("cycle_text")).alias("cycle_end"),
        pl.when(complete).then("annual_start").alias("annual_start"),
        pl.when(complete).then(pl.col("annual_start") + width("annual_text")).alias("annual_end"),
    )


def _irregular_records(odd: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pieces whose fields hold separators themselves, and text that is no record."""
    odd = odd.with_columns_seq(found=pl.col("piece").str.extract_groups(_RECORD))
    is_record = pl.col("is_record") & pl.col("found").struct.field("annual").is_not_null()
    whole = odd.filter(is_record)
    rejects = odd.filter(~is_record).select_seq(
        "row_id",
        "start",
        "end",
        text=pl.when("is_record")
        .then(pl.col("piece").str.replace("；", "、", literal=True).str.replace("；", "-", literal=True))
        .otherwise("piece"),
        reason=pl.when("is_record").then(pl.lit("incomplete record")).otherwise(pl.lit("text before the first record")),
    )
    records = _rejoined(whole) if whole.height else pl.DataFrame(schema=RECORD_SCHEMA)
    return records, rejects.cast(REJECT_SCHEMA)  # type: ignore[arg-type]


def _rejoined(whole: pl.DataFrame) -> pl.DataFrame:
    """Records whose name or values contain separators: the labels decide."""
    found = pl.col("found").struct
    whole = whole.with_columns_seq(
        name=found.field("name"), cycle_value=found.field("cycle"), annual_value=found.field("annual")
    )

    # Counted from the right, where the values are; the label before a value is found behind the field's white space.
    head = pl.col("piece").str.extract(r"(?s)^([0-9]+；[0-9]+；[^；;]*[；;]\s*[0-9]+-[^；;]*[；;])")
    level2 = pl.col("level2").str.strip_chars().str.splitn("-", 2).struct.rename_fields(["level2_code", "level2_name"])
    cycle_label = pl.col("piece").str.extract(
        r"(?s)^[0-9]+；[0-9]+；[^；;]*[；;]\s*[0-9]+-[^；;]*[；;].*?([；;]\s*实施周期指标值[：:])"
    )
    annual_label = pl.col("piece").str.extract(
        r"(?s)^[0-9]+；[0-9]+；[^；;]*[；;]\s*[0-9]+-[^；;]*[；;].*?[；;]\s*实施周期指标值[：:].*?([；;]\s*年度指标值[：:])"
    )
    name_field = pl.col("start") + head.str.len_chars().cast(pl.Int32)
    cycle_field = name_field + width("name") + cycle_label.str.len_chars().cast(pl.Int32)
    annual_field = cycle_field + width("cycle_value") + annual_label.str.len_chars().cast(pl.Int32)
    frame = whole.with_columns_seq(
        level2=level2,
        name_field=name_field,
        cycle_field=cycle_field,
        annual_field=annual_field,
        field_count=pl.lit(7, dtype=pl.UInt32),
        cycle=pl.col("cycle_value"),
        annual=pl.col("annual_value"),
        annual_label=pl.lit(_ANNUAL + "："),
    )
    return _records(frame)
