"""``parse_targets``: target texts with their context → one typed row per text and measure.

Belongs here: the order of the steps, and fetching readings to rows. Texts are read in ``known``. Does not raise on odd
text: it grades it.
"""

from __future__ import annotations

import polars as pl

from pipelines.parsed.fetched import FLAG, places_of, runs
from pipelines.parsed.targets.context import DATE_NAME, stating_part
from pipelines.parsed.targets.known import CONTEXT, KnownTexts
from pipelines.parsed.targets.model import CODED_TYPES
from pipelines.parsed.targets.numerals import VALUE

TARGET_SCHEMA: dict[str, pl.DataType] = {
    "input_row": pl.UInt32(),
    "measure_no": pl.Int32(),
    "joiner": CODED_TYPES["joiner"],
    "target_kind": CODED_TYPES["target_kind"],
    "comparator": CODED_TYPES["comparator"],
    "lower_value": VALUE,
    "upper_value": VALUE,
    "unit_text": CODED_TYPES["unit_text"],
    "unit_name": CODED_TYPES["unit_name"],
    "is_unit_known": pl.Boolean(),
    "qualifier": CODED_TYPES["qualifier"],
    "is_comparator_inherited": pl.Boolean(),
    "deadline_comparator": CODED_TYPES["deadline_comparator"],
    "deadline_date": pl.Date(),
    "deadline_text": CODED_TYPES["deadline_text"],
    "deadline_precision": CODED_TYPES["deadline_precision"],
    "parse_grade": CODED_TYPES["parse_grade"],
    "residual": CODED_TYPES["residual"],
}
_FETCHED = [name for name in TARGET_SCHEMA if name != "input_row"]
BATCH_ROWS = 1_250_000


def parse_targets(frame: pl.DataFrame, known: KnownTexts | None = None) -> pl.DataFrame:
    """Reads target texts.

    Input: ``target_text`` String, or ``known.texts.kind`` (null: nothing printed, or cut off), and, where known,
    ``indicator_name`` String, ``fiscal_year`` Int32, ``stated_comparator`` and ``stated_unit`` String. Output:
    ``TARGET_SCHEMA``, at least one row per input row, in input order; ``input_row`` is the row's place in ``frame``,
    ``measure_no`` counts from 1.
    ``unit_text`` is written without its magnitude, which is multiplied into the values; values keep the stated unit
    (90 for 90%). Without any year a deadline has no date and ISO 8601's open text (``--12-31``). ``residual`` holds
    the characters that no rule consumed. Never raises on text.

    ``known`` keeps what was read for later calls: the batches of one load should share one. It changes no result.
    """
    known = KnownTexts() if known is None else known
    kind = known.texts.kind if frame.schema["target_text"] == known.texts.kind else pl.String()
    rows = frame.select_seq(
        pl.col("target_text").cast(kind).fill_null(pl.lit("", dtype=kind)),
        *(pl.col(name).cast(dtype) for name, dtype in CONTEXT.items() if name in frame.columns),
    ).rechunk()  # names are fetched by their places, which in several chunks takes four times as long
    starts = range(0, rows.height, BATCH_ROWS)
    parts = [_parse(rows.slice(start, BATCH_ROWS), start, known) for start in starts]
    return pl.concat(parts) if parts else pl.DataFrame(schema=TARGET_SCHEMA)


def _parse(rows: pl.DataFrame, offset: int, known: KnownTexts) -> pl.DataFrame:
    known.make_room()
    texts = known.texts.numbers(rows["target_text"])
    measures = known.texts.table.select_seq("begin", "count")[texts]
    places, completed = _completed(rows, texts, known)
    begins = measures["begin"].scatter(places, completed) if len(places) else measures["begin"]
    measures = runs(begins, measures["count"])
    input_row = (measures["row"] + offset).cast(pl.UInt32).alias("input_row")
    return known.fetch(measures["place"], _FETCHED).insert_column(0, input_row)


def _completed(rows: pl.DataFrame, texts: pl.Series, known: KnownTexts) -> tuple[pl.Series, pl.Series]:
    """The rows whose text lacks something that stands beside it, and where their completed measures begin."""
    stated = [rows[name] for name in ("stated_comparator", "stated_unit") if name in rows.columns]
    has_columns = any(column.null_count() < rows.height for column in stated)
    # Names are looked at only where the text lacks something, which few texts do; the rest of the context where that
    # may be in it.
    is_candidate = ~known.texts.table["is_complete"] if not has_columns else known.texts.table["count"] > 0
    places = places_of(is_candidate.cast(FLAG).gather(texts) == 1)
    lacking = known.texts.table.select_seq("is_open", "lacks", "is_bare", "is_quantity")[texts.gather(places)]
    lacking = lacking.with_columns_seq(has_template=_has_template(rows, places) & lacking["lacks"])
    kept = places_of(lacking["has_template"] | lacking["is_bare"] | lacking["is_open"] | has_columns)
    places = places.gather(kept)
    few = (
        pl.DataFrame({"place": places, "text": texts.gather(places)})
        .hstack(_context(rows, places))
        .hstack(lacking[kept])
    )
    # Names are searched only where it matters: null elsewhere.
    names = pl.col("indicator_name")
    name_of_bare = pl.when("is_bare").then(names)
    is_stated = pl.col("is_quantity") & (
        pl.col("stated_comparator").is_not_null() | pl.col("stated_unit").is_not_null()
    )
    has_hint = pl.col("has_template") | name_of_bare.str.contains("[(（]")
    is_dated = name_of_bare.str.contains(DATE_NAME)
    concerned = has_hint | is_dated | is_stated | (pl.col("is_open") & pl.col("fiscal_year").is_not_null())
    few = few.filter(concerned.fill_null(False))
    wanted = few.select_seq(
        "text",
        "stated_comparator",
        "stated_unit",
        indicator_name=stating_part(pl.when("lacks").then(names)),
        fiscal_year=pl.when(pl.col("is_open")).then("fiscal_year"),
    )
    return few["place"], known.completed_begins(wanted.select_seq("text", *CONTEXT))


def _has_template(rows: pl.DataFrame, places: pl.Series) -> pl.Series:
    """Whether the name at each place holds a number that is left to be filled in (``户数(≥**户)``); null without a name."""
    if "indicator_name" not in rows.columns:
        return pl.repeat(None, len(places), dtype=pl.Boolean, eager=True)
    return rows["indicator_name"].gather(places).str.contains("[*＊×]")


def _context(rows: pl.DataFrame, places: pl.Series) -> list[pl.Series]:
    """The columns of ``CONTEXT`` at these places; those that ``rows`` does not have are null."""
    return [
        rows[name].gather(places)
        if name in rows.columns
        else pl.Series(name, [None], dtype=dtype).new_from_index(0, len(places))
        for name, dtype in CONTEXT.items()
    ]
