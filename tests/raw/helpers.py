"""What the tests of the readers share: where their documents lie, and a table written as lines of cells."""

from __future__ import annotations

from pathlib import Path

from pipelines.raw.read import ReadOptions, read_bytes
from pipelines.raw.table import Cell, RawDocument, RawTable

DOCUMENTS = Path(__file__).parent / "documents"


def read_here(data: bytes | str, **options: bool) -> RawDocument:
    """Read bytes (or UTF-8 text) in this process."""
    return read_bytes(data.encode() if isinstance(data, str) else data, ReadOptions(**options))


def only_table(data: bytes | str, **options: bool) -> RawTable:
    """The one table of a document."""
    (table,) = read_here(data, **options).tables
    return table


def table_of(text: str) -> RawTable:
    """A table from lines of cells parted by ``|``; blanks around a cell are not part of it."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    cells = [Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row)]
    return RawTable("0" * 64, "test", 1, len(rows), max(map(len, rows)), cells)


def lines_of(table: RawTable) -> str:
    """The grid as ``table_of`` takes it; ``.`` stands where no cell is."""
    return "\n".join(" | ".join("." if text is None else text for text in row).rstrip() for row in table.grid())
