"""``parse_targets``: target texts with their context → one typed row per text and measure.

Belongs here: the order of the steps. Every distinct text is read once; the few that need their context are read once
per distinct context; rows only carry a number into that table. Does not raise on odd text: it grades it.
"""

from __future__ import annotations

import polars as pl

from pipelines.parsed.targets.context import DATE_NAME, completed, hints, stating_part
from pipelines.parsed.targets.kinds import wordless_kinds
from pipelines.parsed.targets.measures import measured
from pipelines.parsed.targets.numerals import VALUE
from pipelines.parsed.targets.tokens import cut

TARGET_SCHEMA: dict[str, pl.DataType] = {
    "input_row": pl.UInt32(),
    "measure_no": pl.Int32(),
    "joiner": pl.String(),
    "target_kind": pl.String(),
    "comparator": pl.String(),
    "lower_value": VALUE,
    "upper_value": VALUE,
    "unit_text": pl.String(),
    "unit_name": pl.String(),
    "is_unit_known": pl.Boolean(),
    "qualifier": pl.String(),
    "is_comparator_inherited": pl.Boolean(),
    "deadline_comparator": pl.String(),
    "deadline_date": pl.Date(),
    "deadline_text": pl.String(),
    "deadline_precision": pl.String(),
    "parse_grade": pl.String(),
    "residual": pl.String(),
}
_CONTEXT = {
    "indicator_name": pl.String(),
    "fiscal_year": pl.Int32(),
    "stated_comparator": pl.String(),
    "stated_unit": pl.String(),
}
BATCH_ROWS = 250_000


def parse_targets(frame: pl.DataFrame) -> pl.DataFrame:
    """Reads target texts.

    Input: ``target_text`` String (null: nothing printed, or cut off), and, where known, ``indicator_name`` String,
    ``fiscal_year`` Int32, ``stated_comparator`` and ``stated_unit`` String. Output: ``TARGET_SCHEMA``, at least one
    row per input row, in input order; ``input_row`` is the row's place in ``frame``, ``measure_no`` counts from 1.
    ``unit_text`` is written without its magnitude, which is multiplied into the values; values keep the stated unit
    (90 for 90%). Without any year a deadline has no date and ISO 8601's open text (``--12-31``). ``residual`` holds
    the characters that no rule consumed. Never raises on text.
    """
    rows = frame.select(
        pl.col("target_text").cast(pl.String).fill_null(""),
        *(
            (pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype=dtype)).alias(name)
            for name, dtype in _CONTEXT.items()
        ),
    )
    parts = [_parse(part).with_columns(pl.col("input_row") + offset) for offset, part in _batches(rows)]
    return pl.concat(parts) if parts else pl.DataFrame(schema=TARGET_SCHEMA)


def _batches(rows: pl.DataFrame) -> list[tuple[int, pl.DataFrame]]:
    return [(start, rows.slice(start, BATCH_ROWS)) for start in range(0, rows.height, BATCH_ROWS)]


def _parse(rows: pl.DataFrame) -> pl.DataFrame:
    texts = rows.select(pl.col("target_text").unique(maintain_order=True)).with_row_index("text_id")
    ids = rows.select("target_text").join(texts, on="target_text", how="left", maintain_order="left")["text_id"]
    table = read_texts(texts["target_text"])
    rows = rows.with_columns(ids.alias("variant"))
    rows, table = _with_context(rows, table)
    first = table.with_row_index("row").group_by("variant", maintain_order=True).agg(pl.col("row").first(), pl.len())
    first = first.sort("variant")
    begin, count = first["row"].gather(rows["variant"]), first["len"].gather(rows["variant"])
    places = pl.DataFrame(
        {"input_row": pl.int_range(rows.height, dtype=pl.UInt32, eager=True), "row": begin, "len": count}
    )
    if count.max() != 1:
        places = places.select("input_row", row=pl.int_ranges("row", pl.col("row") + pl.col("len"))).explode("row")
    kept = [name for name in TARGET_SCHEMA if name != "input_row"]
    found = table.select(pl.col(kept).gather(places["row"]))
    return found.with_columns(input_row=places["input_row"]).select(list(TARGET_SCHEMA))


def read_texts(texts: pl.Series) -> pl.DataFrame:
    """Distinct texts → measure rows in order, without context; ``variant`` is the text's position."""
    kinds = wordless_kinds(texts)
    simple = kinds.filter(pl.col("target_kind").is_not_null())
    to_cut = kinds.filter(pl.col("target_kind").is_null())
    tokens = cut(to_cut)
    rows = measured(tokens)
    rows = rows.with_columns(variant=to_cut["variant"].gather(rows["text_id"]), residual=_residuals(tokens, rows)).drop(
        "text_id"
    )
    blank = simple.select(
        "variant",
        "target_kind",
        parse_grade=pl.lit("A"),
        measure_no=pl.lit(1, dtype=pl.Int32),
        residual=pl.lit(""),
        is_explicit=False,
        has_magnitude=False,
        is_comparator_inherited=False,
    )
    table = pl.concat([rows, blank], how="diagonal").sort("variant", maintain_order=True)
    return _dated(table)


def _dated(table: pl.DataFrame) -> pl.DataFrame:
    no_hint = {
        "hint_comparator": pl.String(),
        "hint_factor": pl.Int64(),
        "hint_unit_text": pl.String(),
        "hint_unit_name": pl.String(),
    }
    del no_hint
    from pipelines.parsed.targets.dates import deadline_columns

    return (
        table.with_columns(fiscal_year=pl.lit(None, dtype=pl.Int32))
        .with_columns(deadline_columns())
        .drop("fiscal_year")
        .with_columns(_is_known())
    )


def _is_known() -> pl.Expr:
    return (pl.col("unit_text").is_null() | pl.col("unit_name").is_not_null()).alias("is_unit_known")


def _residuals(tokens: object, rows: pl.DataFrame) -> pl.Series:
    texts, runs = tokens.texts, tokens.runs  # type: ignore[attr-defined]
    marked = (
        rows.select("text_id", "roles", "target_kind")
        .with_row_index("place")
        .filter(pl.col("roles").str.contains("r", literal=True) | (pl.col("target_kind") == "other"))
    )
    residual = pl.Series([""], dtype=pl.String).new_from_index(0, rows.height)
    if marked.height == 0:
        return residual
    raw = texts["raw"].gather(marked["text_id"]).to_list()
    firsts = texts["first_run"].gather(marked["text_id"]).to_list()
    values = []
    for text, first, roles in zip(raw, firsts, marked["roles"].to_list(), strict=True):
        if "r" not in roles:
            values.append(text)
            continue
        starts = runs["start"].slice(first, len(roles)).to_list()
        ends = runs["end"].slice(first, len(roles)).to_list()
        kept = "".join(text[s:e] if role == "r" else "\x00" for s, e, role in zip(starts, ends, roles, strict=True))
        values.append(" ".join(filter(None, kept.split("\x00"))))
    table = pl.DataFrame({"place": marked["place"], "found": values})
    numbered = pl.DataFrame({"place": pl.int_range(rows.height, dtype=pl.UInt32, eager=True)})
    return numbered.join(table, on="place", how="left", maintain_order="left")["found"].fill_null("")


def _with_context(rows: pl.DataFrame, table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows whose text lacks something that stands beside it get a variant of the text's reading."""
    quantity = pl.col("target_kind") == "quantity"
    is_open = pl.col("date_month").is_not_null() & pl.col("date_year").is_null()
    has_columns = rows["stated_comparator"].null_count() + rows["stated_unit"].null_count() < 2 * rows.height
    lacks = quantity & (pl.col("unit_text").is_null() | ~pl.col("is_explicit"))
    needs = (
        table.group_by("variant", maintain_order=True)
        .agg(
            is_open=is_open.any(),
            lacks=lacks.any(),
            is_bare=(quantity & pl.col("unit_text").is_null()).any(),
            is_quantity=quantity.any(),
        )
        .sort("variant")
        .drop("variant")
    )
    # Names are looked at only where the text lacks something, which few texts do.
    flags = needs.select(pl.any_horizontal("is_open", "lacks", "is_bare") | pl.lit(has_columns)).to_series()
    candidates = flags.gather(rows["variant"]).arg_true()
    if len(candidates) == 0:
        return rows, table
    few = rows.select(pl.all().gather(candidates)).with_columns(place=candidates)
    few = few.with_columns(needs.select(pl.all().gather(few["variant"])))
    names = pl.col("indicator_name")
    has_hint = (pl.col("lacks") & names.str.contains("[*＊×]")) | (pl.col("is_bare") & names.str.contains("[(（]"))
    is_dated = pl.col("is_bare") & names.str.contains(DATE_NAME)
    is_stated = pl.col("is_quantity") & (
        pl.col("stated_comparator").is_not_null() | pl.col("stated_unit").is_not_null()
    )
    concerned = has_hint | is_dated | is_stated | (pl.col("is_open") & pl.col("fiscal_year").is_not_null())
    few = few.filter(concerned.fill_null(False))
    places = few["place"]
    if few.height == 0:
        return rows, table
    keys = ["variant", "indicator_name", "fiscal_year", "stated_comparator", "stated_unit"]
    wanted = few.select(*keys, "lacks", "is_open", "is_bare")
    wanted = wanted.with_columns(
        indicator_name=pl.when(pl.col("lacks")).then(stating_part(pl.col("indicator_name"))),
        fiscal_year=pl.when(pl.col("is_open")).then("fiscal_year"),
    ).select(keys)
    variants = wanted.unique(maintain_order=True)
    variants = hints(variants).with_columns(new=pl.int_range(pl.len(), dtype=pl.UInt32) + table["variant"].max() + 1)
    renamed = wanted.join(variants.select(*keys, "new"), on=keys, how="left", nulls_equal=True, maintain_order="left")[
        "new"
    ]
    dropped = ["deadline_date", "deadline_text", "is_unit_known"]
    patched = variants.join(table.drop(dropped), on="variant", how="left", maintain_order="left_right")
    patched = completed(patched.with_columns(variant=pl.col("new"))).with_columns(_is_known())
    table = pl.concat([table, patched.select(table.columns)])
    return rows.with_columns(rows["variant"].scatter(places, renamed)), table
