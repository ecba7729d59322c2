"""Packed cells and their pieces → the parsed tables of indicators, targets, findings and rejected rows.

Belongs here: numbering, names, horizons, and what a cut cell means. Does not split a cell (``packed``), read a value
(``targets``), name a category (``categories``) or read a grid (``grids``).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import polars.selectors as cs

from pipelines.parsed.markup import resolve_markup
from pipelines.parsed.packed import Packed, split_packed
from pipelines.parsed.schema import TABLES, conform
from pipelines.parsed.targets import KnownTexts, parse_targets

_DOCUMENT = ["document_id", "sha256", "fiscal_year"]
_CELL = [*_DOCUMENT, "project_no", "source_table", "source_row", "source_column"]
CATEGORIES = ("taxonomy", "level1_name", "level2_name")
INDICATOR_SCHEMA = {name: kind for name, kind in TABLES["parsed_indicators"].items() if name not in CATEGORIES}
_CELL_SCHEMA = {name: TABLES["parsed_indicators"][name] for name in _CELL} | {"packed": pl.String}


@dataclass(frozen=True)
class ParsedIndicators:
    """Frames with the columns of the parsed tables of the same names; ``counts`` is read and rejected per document.

    ``indicators`` has no categories yet: they follow from all indicators of a document (``INDICATOR_SCHEMA``).
    """

    indicators: pl.DataFrame
    targets: pl.DataFrame
    findings: pl.DataFrame
    quarantined_rows: pl.DataFrame
    counts: pl.DataFrame


def parse_packed_cells(cells: list[dict[str, object]], known: KnownTexts | None = None) -> ParsedIndicators:
    """Parse cells given as rows of document columns, ``project_no``, place columns and ``packed``.

    Text inside a cell that is no record (not at its cut end) is left in ``quarantined_rows`` for the caller to act on.
    """
    frame = pl.DataFrame(cells, schema=_CELL_SCHEMA).with_row_index("row_id")
    split = _split(frame)
    places = frame.select("row_id", *_CELL)
    pieces = split.records.join(places, on="row_id", how="inner", maintain_order="left")
    # A record that the cell's end cuts before its first value has no name that could be trusted.
    is_cut_short = pl.col("cycle_text").is_null() & pl.col("is_truncated")
    cut_short = _cut_short(pieces.filter(is_cut_short), frame)
    rejects = split.rejects.join(places, on="row_id", how="inner", maintain_order="left")
    pieces = _numbered(pieces.filter(~is_cut_short))
    indicators = _indicators(pieces)
    rejected = pl.concat([_quarantined(rejects, "record_unreadable"), _quarantined(cut_short, "truncated_record")])
    return ParsedIndicators(
        indicators=indicators,
        targets=conform("parsed_targets", _targets(pieces, known)),
        findings=conform("parsed_findings", pl.concat(_findings(pieces, cut_short))),
        quarantined_rows=conform("parsed_quarantined_rows", rejected),
        counts=_counts(pieces, rejected),
    )


def _split(cells: pl.DataFrame) -> Packed:
    """Records and rejects of the cells, with places in the printed text, line breaks included.

    A line may be broken anywhere, inside a label or a number too, so records are found in the text without breaks.
    """
    split = split_packed(cells.with_columns(pl.col("packed").str.replace_all("\n", "", literal=True)))
    broken = {
        row["row_id"]: row["packed"] for row in cells.filter(pl.col("packed").str.contains("\n")).iter_rows(named=True)
    }
    if not broken:
        return split
    places = {row_id: [at for at, sign in enumerate(text) if sign != "\n"] for row_id, text in broken.items()}
    return Packed(_with_breaks(split.records, places), _with_breaks(split.rejects, places))


def _with_breaks(frame: pl.DataFrame, places: dict[int, list[int]]) -> pl.DataFrame:
    """Every start and end moved to where its character stands in the broken text."""
    rows = frame.to_dicts()
    for row in rows:
        known = places.get(row["row_id"])
        for name in [name for name in row if name == "start" or name.endswith("_start")] if known else []:
            if row[name] is not None and known:
                row[name] = known[row[name]] if row[name] < len(known) else known[-1] + 1
        for name in [name for name in row if name == "end" or name.endswith("_end")] if known else []:
            if row[name] is not None and known:
                row[name] = known[row[name] - 1] + 1 if row[name] else 0
    return pl.DataFrame(rows, schema=frame.schema)


def _cut_short(records: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    texts = records.join(cells.select("row_id", "packed"), on="row_id", how="left", maintain_order="left")
    return texts.with_columns(text=pl.col("packed").str.slice(pl.col("start"), pl.col("end") - pl.col("start")))


def _numbered(pieces: pl.DataFrame) -> pl.DataFrame:
    """Number, name and end of every piece.

    ``indicator_no`` is as printed, unless a number is printed twice in a cell; then it is the position.
    """
    is_repeated = pl.struct("indicator_no").is_duplicated().over("row_id").any().over("row_id")
    position = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("row_id")
    return pieces.with_columns(
        indicator_no=pl.when(is_repeated).then(position).otherwise("indicator_no"),
        indicator_text=resolve_markup(pl.col("indicator_name")),
    )


def normalised_name(text: pl.Expr) -> pl.Expr:
    """A name as it is compared over documents: no white space, brackets and percent signs in one form."""
    return text.str.replace_all(r"[\s　]", "").str.replace_many(["（", "）", "％"], ["(", ")", "%"])


def _indicators(pieces: pl.DataFrame) -> pl.DataFrame:
    named = pieces.rename({"level1_name": "level1_text", "level2_name": "level2_text"}).with_columns(
        indicator_name=normalised_name(pl.col("indicator_text")),
        weight=None,
        description_text=None,
        previous_text=None,
        source_start="start",
        source_end="end",
    )
    return named.select(pl.col(name).cast(kind) for name, kind in INDICATOR_SCHEMA.items())


def _targets(pieces: pl.DataFrame, known: KnownTexts | None) -> pl.DataFrame:
    sides = [
        pieces.select(
            *_CELL,
            "indicator_no",
            pl.lit(horizon).alias("horizon"),
            pl.col("indicator_text").alias("indicator_name"),
            resolve_markup(pl.col(f"{horizon}_text")).alias("target_text"),
            pl.col(f"{horizon}_start").alias("source_start"),
            pl.col(f"{horizon}_end").alias("source_end"),
        )
        for horizon in ("cycle", "annual")
    ]
    texts = pl.concat(sides).with_row_index("input_row")
    values = parse_targets(texts.select("target_text", "indicator_name", "fiscal_year"), known)
    return with_values(texts, values)


def with_values(texts: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Texts with ``input_row`` and their parsed values, one row per measure: the value columns of the parsed tables."""
    # The parser marks the second measure as joined to the first; a reader of any one row should see it.
    joined = values.with_columns((cs.enum() | cs.categorical()).cast(pl.String)).with_columns(
        pl.col("joiner").fill_null(pl.col("joiner").drop_nulls().first().over("input_row"))
    )
    return texts.join(joined, on="input_row", how="inner", maintain_order="left").rename({"residual": "residual_text"})


def _findings(pieces: pl.DataFrame, cut_short: pl.DataFrame) -> list[pl.DataFrame]:
    cut = pieces.filter("is_truncated").select(
        *_DOCUMENT,
        "project_no",
        "indicator_no",
        pl.lit("annual").alias("horizon"),
        *_rule("truncated_cell", "warning", "单元格在记录中间截断，年度指标值缺失 (cell cut inside a record)"),
        pl.col("indicator_text").alias("evidence"),
    )
    cut_head = cut_short.select(
        *_DOCUMENT,
        "project_no",
        pl.lit(None, pl.Int32).alias("indicator_no"),
        pl.lit(None, pl.String).alias("horizon"),
        *_rule("truncated_cell", "warning", "单元格在记录开头截断，该记录未装载 (cell cut before the record's values)"),
        pl.col("text").str.slice(0, 200).alias("evidence"),
    )
    unmarked = pieces.filter(~pl.col("is_truncated") & ~pl.col("is_terminated")).select(
        *_DOCUMENT,
        "project_no",
        "indicator_no",
        pl.lit("annual").alias("horizon"),
        *_rule("unterminated_cell", "info", "单元格末尾没有句号，末项可能不全 (no full stop at the end of the cell)"),
        pl.col("annual_text").alias("evidence"),
    )
    return [cut, cut_head, unmarked]


def unknown_categories(indicators: pl.DataFrame) -> pl.DataFrame:
    """A finding for every indicator whose levels are not in the tables, or not together; the columns of findings.

    A form that prints no levels at all has none that could be unknown.
    """
    levels = pl.concat_str("level1_text", "level2_text", separator=" / ", ignore_nulls=True)
    is_printed = pl.any_horizontal(pl.col("level1_text", "level2_text").is_not_null())
    unknown = indicators.filter(is_printed & pl.col("level2_name").is_null()).select(
        *_DOCUMENT,
        "project_no",
        "indicator_no",
        pl.lit(None, pl.String).alias("horizon"),
        *_rule("unknown_category", "warning", "一级或二级指标名称不在词表中 (unknown level 1 or level 2 name)"),
        levels.alias("evidence"),
    )
    return conform("parsed_findings", unknown)


def _rule(rule_code: str, severity: str, message: str) -> list[pl.Expr]:
    return [
        pl.lit(rule_code).alias("rule_code"),
        pl.lit(severity).alias("severity"),
        pl.lit(message).alias("message"),
    ]


def _quarantined(stretches: pl.DataFrame, reason_code: str) -> pl.DataFrame:
    return stretches.select(
        *_CELL,
        pl.lit(reason_code).alias("reason_code"),
        pl.lit("打包单元格中的这段文字不是完整的指标记录 (not a complete indicator record)").alias("message"),
        pl.col("text").alias("evidence"),
        pl.col("start").alias("source_start"),
        pl.col("end").alias("source_end"),
    )


def _counts(pieces: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    """document columns, ``pieces_read``, ``pieces_rejected``: Int32."""
    both = pl.concat([pieces.select(*_DOCUMENT, is_rejected=False), rejected.select(*_DOCUMENT, is_rejected=True)])
    return both.group_by(_DOCUMENT, maintain_order=True).agg(
        pl.len().cast(pl.Int32).alias("pieces_read"),
        pl.col("is_rejected").sum().cast(pl.Int32).alias("pieces_rejected"),
    )
