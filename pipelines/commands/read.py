"""The work of ``jixiao read FILE``: what a reader saw in one document, as a grid for eyes or as JSON for machines.

Belongs here: reading one file and writing it out; the table of cells with their spans and flags.
Does not parse options (main.py does), load anything, or interpret a cell (recognised.py asks the stages that do).
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from pipelines.commands.recognised import one_line, recognised
from pipelines.raw.read import RefusedDocument, read_document
from pipelines.raw.store import to_json
from pipelines.raw.table import Cell, RawDocument, RawTable

_PLAIN_WIDTH = 200  # where the output is not a terminal
_COVERED_ABOVE, _COVERED_LEFT, _NO_CELL = "↑", "←", "∅"


@dataclass(frozen=True)
class ReadRequest:
    """What was asked of ``jixiao read``; ``fiscal_year`` is what an inbox folder would state."""

    path: Path
    as_table: bool = False
    accept_low_confidence: bool = False
    fiscal_year: int | None = None


def read_file(request: ReadRequest, output: TextIO | None = None) -> int:
    """Read a document and write JSON, or grids with ``as_table``, to ``output`` (stdout); 0, or 1 when refused.

    Behind the tables stands what the later stages make of them: projects and indicators, or why the form is not read.

    A refusal is one line on stderr for people, and one JSON object ``{"refused": code, "message": …}`` otherwise.
    """
    output, path, as_table = output or sys.stdout, request.path, request.as_table
    try:
        document = read_document(path, accept_low_confidence=request.accept_low_confidence)
    except RefusedDocument as refusal:
        if as_table:
            print(f"{path}: {refusal.message} [{refusal.reason_code}]", file=sys.stderr)
        else:
            answer = {"file": str(path), "refused": refusal.reason_code, "message": refusal.message}
            print(json.dumps(answer, ensure_ascii=False), file=output)
        return 1
    found = recognised(document, request.fiscal_year)
    if as_table:
        write_grids(document, output)
        print(one_line(found), file=output)
    else:
        content = {**document_content(document, path), **found}
        print(json.dumps(content, ensure_ascii=False, indent=1, default=str), file=output)
    return 0


def document_content(document: RawDocument, path: Path) -> dict[str, Any]:
    """The document as plain objects: as stored, plus each table's grid (None where a span covers the place)."""
    stored = json.loads(to_json(document))
    cells = {
        table.number: [
            {
                "row": cell.row,
                "column": cell.column,
                "row_span": cell.row_span,
                "column_span": cell.column_span,
                "text": cell.text,
                "raw": cell.raw,
                "flags": sorted(cell.flags),
                "positions": [
                    {"part": p.part, "reference": p.reference, "page": p.page, "box": p.box} for p in cell.positions
                ],
            }
            for cell in table.cells
        ]
        for table in document.tables
    }
    tables = [
        {**content, "grid": table.grid(), "cells": cells[table.number]}
        for content, table in zip(stored["tables"], document.tables, strict=True)
    ]
    return {"file": str(path), **{key: value for key, value in stored.items() if key != "form"}, "tables": tables}


def write_grids(document: RawDocument, output: TextIO) -> None:
    """Every table as a ruled grid whose columns line up with Chinese text, with what stands around it."""
    from rich.console import Console

    width = None if output.isatty() else _PLAIN_WIDTH
    console = Console(file=output, highlight=False, markup=False, emoji=False, width=width)
    seen = [document.media_type, document.encoding, document.reader, *document.notes]
    console.print(" · ".join(part for part in seen if part))
    for line in document.text:
        console.print(line)
    for table in document.tables:
        _write_grid(table, console)


def _write_grid(table: RawTable, console: Any) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console.print()
    for line in table.before:
        console.print(f"  {line}")
    inside = f" · 在表 {table.parent} 内" if table.parent else ""
    notes = f" · {'、'.join(table.notes)}" if table.notes else ""
    console.print(f"表 {table.number}: {table.row_count} 行 × {table.column_count} 列{inside}{notes}")
    grid = Table(box=box.ASCII, show_lines=True, show_header=True, header_style="", pad_edge=False)
    grid.add_column("", justify="right", no_wrap=True)
    for column in range(table.column_count):
        grid.add_column(str(column), overflow="fold")
    for number, row in enumerate(shown_grid(table)):
        grid.add_row(str(number), *(Text(text) for text in row))
    console.print(grid)
    for line in table.after:
        console.print(f"  {line}")


def shown_grid(table: RawTable) -> list[list[str]]:
    """Texts with flags; ``←`` or ``↑`` where a cell from the left or above covers the place, ``∅`` for no cell."""
    rows = [[_NO_CELL] * table.column_count for _ in range(table.row_count)]
    for cell in table.cells:
        for row in range(cell.row, min(cell.row + cell.row_span, table.row_count)):
            for column in range(cell.column, min(cell.column + cell.column_span, table.column_count)):
                rows[row][column] = _COVERED_LEFT if row == cell.row else _COVERED_ABOVE
        rows[cell.row][cell.column] = _with_flags(cell)
    return rows


def _with_flags(cell: Cell) -> str:
    return f"{cell.text} ⟨{'、'.join(sorted(cell.flags))}⟩" if cell.flags else cell.text
