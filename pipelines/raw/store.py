"""RawDocument ↔ JSON, byte for byte the same for the same document: what the extraction cache keeps.

Belongs here: the compact JSON form of a document, its tables and cells, and its version.
Does not decide where such files lie or when they are valid: extract.py does.
"""

from __future__ import annotations

import json
from typing import Any

from pipelines.raw.table import Cell, Position, RawDocument, RawTable

_FORM = 1


def to_json(document: RawDocument) -> bytes:
    """Compact UTF-8 JSON; flags sorted and boxes rounded to 0.01 point, so that equal documents are equal bytes."""
    content = {
        "form": _FORM,
        "sha256": document.sha256,
        "reader": document.reader,
        "media_type": document.media_type,
        "encoding": document.encoding,
        "text": document.text,
        "notes": document.notes,
        "tables": [_table_content(table) for table in document.tables],
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def from_json(data: bytes) -> RawDocument:
    """The document that ``to_json`` wrote. Raises ValueError when the bytes are not of this form."""
    content = json.loads(data.decode("utf-8", "surrogatepass"))
    if not isinstance(content, dict) or content.get("form") != _FORM:
        raise ValueError("not a stored document of this form")
    return RawDocument(
        sha256=content["sha256"],
        reader=content["reader"],
        media_type=content["media_type"],
        encoding=content["encoding"],
        tables=[_table(content["sha256"], table) for table in content["tables"]],
        text=content["text"],
        notes=content["notes"],
    )


def _table_content(table: RawTable) -> dict[str, Any]:
    return {
        "reader": table.reader,
        "number": table.number,
        "rows": table.row_count,
        "columns": table.column_count,
        "parent": table.parent,
        "before": table.before,
        "after": table.after,
        "notes": table.notes,
        "cells": [_cell_content(cell) for cell in table.cells],
    }


def _cell_content(cell: Cell) -> list[Any]:
    positions = [[p.part, p.reference, p.page, _rounded(p.box)] for p in cell.positions]
    place = [cell.row, cell.column, cell.row_span, cell.column_span]
    return [*place, cell.text, cell.raw, sorted(cell.flags), positions]


def _rounded(box: tuple[float, ...] | None) -> list[float] | None:
    return None if box is None else [round(edge, 2) for edge in box]


def _table(sha256: str, content: dict[str, Any]) -> RawTable:
    return RawTable(
        sha256=sha256,
        reader=content["reader"],
        number=content["number"],
        row_count=content["rows"],
        column_count=content["columns"],
        cells=[_cell(cell) for cell in content["cells"]],
        parent=content["parent"],
        before=content["before"],
        after=content["after"],
        notes=content["notes"],
    )


def _cell(content: list[Any]) -> Cell:
    row, column, row_span, column_span, text, raw, flags, positions = content
    return Cell(
        row=row,
        column=column,
        text=text,
        row_span=row_span,
        column_span=column_span,
        raw=raw,
        positions=[
            Position(part, reference, page, (box[0], box[1], box[2], box[3]) if box else None)
            for part, reference, page, box in positions
        ],
        flags=set(flags),
    )
