"""Read documents → parsed tables: what each document states, row by row, typed; and what could not be loaded.

Belongs here: joining the recognised rows of many documents into frames. Does not read a value's meaning (``targets``),
nor split a packed cell (``packed``).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.layouts.recognise import read_rows
from pipelines.layouts.rows import DocumentRows, Finding, UnreadableForm
from pipelines.parsed.appearances import appearance_row, appearances_of
from pipelines.parsed.categories import add_categories
from pipelines.parsed.flatten import FlatRows, flatten, stated_executions
from pipelines.parsed.grids import parse_grids
from pipelines.parsed.indicators import parse_packed_cells, unknown_categories
from pipelines.parsed.schema import TABLES, conform, empty
from pipelines.parsed.targets import KnownTexts
from pipelines.parsed.vocabulary.regions import known_regions
from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.table import RawDocument
from pipelines.sources.landing import Observation

_DOCUMENT = ["document_id", "sha256", "fiscal_year"]


@dataclass(frozen=True)
class ReadDocument:
    """A landed document with what the raw stage made of it."""

    observation: Observation
    is_source_present: bool
    fiscal_year: int | None
    raw: RawDocument | RefusedDocument
    is_return: bool = False  # its place had shown these bytes before, and others in between


def parse_documents(documents: Iterable[ReadDocument], known: KnownTexts | None = None) -> dict[str, pl.DataFrame]:
    """All parsed tables of the documents, by name, with the columns of ``schema.TABLES``.

    The same bytes seen at two places are one document; a document that is not wholly understood makes one row in
    ``parsed_quarantined_documents`` and none elsewhere. ``known`` keeps what was read of values for the next documents.
    """
    rows = FlatRows()
    for group in _same_document(documents):
        document = group[0]
        try:
            if isinstance(document.raw, RefusedDocument):
                raise UnreadableForm(document.raw.reason_code, document.raw.message)
            add_document(group, document.raw, read_rows(document.raw, document.fiscal_year), rows)
        except UnreadableForm as reason:
            rows.tables["parsed_quarantined_documents"].extend(
                _quarantined(one, reason) for one in group if not one.is_return
            )
    return parse_rows(rows, known)


def parse_rows(rows: FlatRows, known: KnownTexts | None = None) -> dict[str, pl.DataFrame]:
    """The parsed tables of flattened documents."""
    frames = {
        name: pl.DataFrame(table, schema=TABLES[name]) if table else empty(name) for name, table in rows.tables.items()
    }
    return _add_indicators(frames, rows, KnownTexts() if known is None else known)


def _same_document(documents: Iterable[ReadDocument]) -> list[list[ReadDocument]]:
    """Observations of equal bytes that state the same, the first fetched first."""
    groups: dict[tuple[Any, ...], list[ReadDocument]] = {}
    for document in sorted(documents, key=lambda one: (one.observation.fetched_at, one.observation.name)):
        stated = document.observation.statement
        key = (document.observation.sha256, document.fiscal_year, stated.publisher, stated.document_id)
        groups.setdefault(key, []).append(document)
    return list(groups.values())


def add_document(group: list[ReadDocument], raw: RawDocument, read: DocumentRows, rows: FlatRows) -> None:
    """Add what a form handed over for a document, under the identity that its first observation and it state."""
    observation = group[0].observation
    stated = observation.statement
    publisher = stated.publisher or read.department_name
    identity = {
        "document_id": stated.document_id or f"{publisher}/{read.fiscal_year}/{read.document_type}",
        "sha256": observation.sha256,
        "fiscal_year": read.fiscal_year,
    }
    rows.tables["parsed_documents"].append(
        {
            **identity,
            "source_uri": observation.source_uri,
            "source_url": stated.source_url,
            "publisher": publisher,
            "department_name": read.department_name,
            "region_code": stated.region_code,
            "title": read.title,
            "document_type": read.document_type,
            "media_type": raw.media_type,
            "layout": read.layout,
            "encoding": raw.encoding,
            "money_unit": read.money_unit,
            "published_on": datetime.date.fromisoformat(stated.published_on) if stated.published_on else None,
            "fetched_at": datetime.datetime.fromisoformat(observation.fetched_at),
            "is_source_present": any(one.is_source_present for one in group),
            "rows_read": read.rows_read,
            "rows_claimed": read.rows_claimed,
            "rows_ignored": read.rows_ignored,
            "pieces_read": len(read.indicators),
            "pieces_rejected": 0,
            "results_read": sum(indicator.result is not None for indicator in read.indicators),
            "executions_read": len(stated_executions(read)),
        }
    )
    rows.tables["parsed_appearances"].extend(
        appearance_row(identity, read.document_type, shown) for shown in appearances_of(group)
    )
    if stated.region_code and stated.region_code not in known_regions():
        message = "行政区划代码不在词表中，地区记为未注明 (unknown region code; add it to regions.csv)"
        read.findings.append(Finding("unknown_region", "warning", message, stated.region_code))
    flatten(identity, read, rows)


def _quarantined(document: ReadDocument, reason: UnreadableForm) -> dict[str, Any]:
    observation = document.observation
    return {
        "sha256": observation.sha256,
        "fiscal_year": document.fiscal_year,
        "source_uri": observation.source_uri,
        "reason_code": reason.reason_code,
        "message": reason.message,
        "place": reason.place or None,
        "evidence": reason.text or None,
        "fetched_at": datetime.datetime.fromisoformat(observation.fetched_at),
    }


def _add_indicators(frames: dict[str, pl.DataFrame], rows: FlatRows, known: KnownTexts) -> dict[str, pl.DataFrame]:
    """Fill the tables of indicators, targets and results from packed cells and grids.

    A document with an unreadable record inside a packed cell is quarantined.
    """
    packed = parse_packed_cells(rows.packed, known)
    grids = parse_grids(rows.indicators, rows.targets, rows.results, known)
    # A document's rule set is read from all of its indicators, however they are printed.
    indicators = conform("parsed_indicators", add_categories(pl.concat([packed.indicators, grids.indicators])))
    frames |= {
        "parsed_indicators": indicators,
        "parsed_targets": pl.concat([packed.targets, grids.targets]),
        "parsed_results": grids.results,
        "parsed_findings": pl.concat([frames["parsed_findings"], packed.findings, unknown_categories(indicators)]),
        "parsed_quarantined_rows": packed.quarantined_rows,
        "parsed_documents": _with_counts(frames["parsed_documents"], packed.counts),
    }
    return _without_unreadable(frames, packed.quarantined_rows)


def _with_counts(documents: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """``pieces_read`` counts the rows of grids and the records of packed cells."""
    counted = documents.join(counts, on=_DOCUMENT, how="left", maintain_order="left", suffix="_packed")
    return counted.with_columns(
        pl.col(name) + pl.col(f"{name}_packed").fill_null(0) for name in ("pieces_read", "pieces_rejected")
    ).drop("pieces_read_packed", "pieces_rejected_packed")


def _without_unreadable(frames: dict[str, pl.DataFrame], rejected: pl.DataFrame) -> dict[str, pl.DataFrame]:
    bad = rejected.filter(pl.col("reason_code") == "record_unreadable")
    if bad.is_empty():
        return frames
    first = bad.group_by(_DOCUMENT, maintain_order=True).first()
    refused = frames["parsed_documents"].join(first, on=_DOCUMENT, how="inner", maintain_order="left")
    quarantined = refused.select(
        "sha256",
        "fiscal_year",
        "source_uri",
        pl.lit("record_unreadable").alias("reason_code"),
        "message",
        pl.format("表{} 第{}行 第{}列 第{}字", "source_table", "source_row", "source_column", "source_start").alias(
            "place"
        ),
        "evidence",
        "fetched_at",
    )
    kept = {
        name: frame.join(first, on=_DOCUMENT, how="anti", maintain_order="left")
        if "document_id" in frame.columns
        else frame
        for name, frame in frames.items()
    }
    kept["parsed_quarantined_documents"] = pl.concat([frames["parsed_quarantined_documents"], quarantined])
    return kept
