"""Read documents → parsed tables: what each document states, row by row, typed; and what could not be loaded.

Belongs here: joining the recognised rows of many documents into frames. Does not read a value's meaning (``targets``),
nor split a packed cell (``packed``).
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.layouts.recognise import read_rows
from pipelines.layouts.rows import DocumentRows, Place, UnreadableForm
from pipelines.parsed.appearances import appearance_row, appearances_of
from pipelines.parsed.indicators import parse_packed_cells
from pipelines.parsed.schema import TABLES, empty
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


@dataclass
class _Rows:
    """Rows per parsed table, as dictionaries."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in TABLES})
    packed: list[dict[str, Any]] = field(default_factory=list)


def parse_documents(documents: Iterable[ReadDocument]) -> dict[str, pl.DataFrame]:
    """All parsed tables of the documents, by name, with the columns of ``schema.TABLES``.

    The same bytes seen at two places are one document; a document that is not wholly understood makes one row in
    ``parsed_quarantined_documents`` and none elsewhere.
    """
    rows = _Rows()
    for group in _same_document(documents):
        document = group[0]
        try:
            if isinstance(document.raw, RefusedDocument):
                raise UnreadableForm(document.raw.reason_code, document.raw.message)
            _add_document(group, document.raw, read_rows(document.raw, document.fiscal_year), rows)
        except UnreadableForm as reason:
            rows.tables["parsed_quarantined_documents"].extend(
                _quarantined(one, reason) for one in group if not one.is_return
            )
    frames = {
        name: pl.DataFrame(table, schema=TABLES[name]) if table else empty(name) for name, table in rows.tables.items()
    }
    return _add_indicators(frames, rows.packed)


def _same_document(documents: Iterable[ReadDocument]) -> list[list[ReadDocument]]:
    """Observations of equal bytes that state the same, the first fetched first."""
    groups: dict[tuple[Any, ...], list[ReadDocument]] = {}
    for document in sorted(documents, key=lambda one: (one.observation.fetched_at, one.observation.name)):
        stated = document.observation.statement
        key = (document.observation.sha256, document.fiscal_year, stated.publisher, stated.document_id)
        groups.setdefault(key, []).append(document)
    return list(groups.values())


def _add_document(group: list[ReadDocument], raw: RawDocument, read: DocumentRows, rows: _Rows) -> None:
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
            "pieces_read": 0,
            "pieces_rejected": 0,
        }
    )
    rows.tables["parsed_appearances"].extend(
        appearance_row(identity, read.document_type, shown) for shown in appearances_of(group)
    )
    _add_rows(identity, read, rows)


def _add_rows(identity: dict[str, Any], read: DocumentRows, rows: _Rows) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for project in read.projects:
        seen[project.unit_name, project.project_name] += 1
        rows.tables["parsed_projects"].append(
            {
                **identity,
                "project_no": project.number,
                "name_occurrence": seen[project.unit_name, project.project_name],
                "unit_code": project.unit_code,
                "unit_name": project.unit_name,
                "department_name": read.department_name,
                "project_code": project.project_code,
                "project_name": project.project_name,
                "goal_text": project.goal_text or None,
                **_place(project.place),
            }
        )
    for amount in read.amounts:
        rows.tables["parsed_amounts"].append(
            {
                **identity,
                "scope": amount.scope,
                "project_no": amount.project_number,
                "unit_name": amount.unit_name,
                "funding_source_code": amount.source,
                "stated_text": amount.stated_text,
                "stated_amount": amount.stated_amount,
                "stated_unit": read.money_unit,
                "amount_cny": amount.amount_cny,
                **_place(amount.place),
                "source_column": amount.place.column,
                "covers_to_row": amount.covers_to_row,
            }
        )
    for finding in read.findings:
        rows.tables["parsed_findings"].append(
            {
                **identity,
                "project_no": finding.project_number,
                "indicator_no": finding.indicator_number,
                "horizon": finding.horizon,
                "rule_code": finding.rule_code,
                "severity": finding.severity,
                "message": finding.message,
                "evidence": finding.evidence,
            }
        )
    for cell in read.packed_cells:
        place = {**_place(cell.place), "source_column": cell.place.column}
        rows.packed.append({**identity, "project_no": cell.project_number, "packed": cell.text, **place})


def _place(place: Place) -> dict[str, int]:
    return {"source_table": place.table, "source_row": place.row}


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


def _add_indicators(frames: dict[str, pl.DataFrame], packed: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    """Fill the tables that come from packed cells. A document with an unreadable record inside a cell is quarantined."""
    parsed = parse_packed_cells(packed)
    bad = parsed.quarantined_rows.filter(pl.col("reason_code") == "record_unreadable")
    frames |= {
        "parsed_indicators": parsed.indicators,
        "parsed_targets": parsed.targets,
        "parsed_findings": pl.concat([frames["parsed_findings"], parsed.findings]),
        "parsed_quarantined_rows": parsed.quarantined_rows,
        "parsed_documents": frames["parsed_documents"].update(parsed.counts, on=_DOCUMENT),
    }
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
