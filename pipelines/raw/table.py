"""The one form in which every reader hands over a table: ``RawTable``, its cells and their places.

Belongs here: the data classes and the two views of a table's grid. Text is what a person sees; nothing is normalised.
Does not know any file format, nor what a project or an indicator is.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Position:
    """Where a cell stands in its document.

    ``part`` names the piece of the document (``text``, ``sheet:绩效目标表``, ``page:2``); ``page`` counts from 1;
    ``box`` is (left, top, right, bottom) in points; ``reference`` is the format's own address (``C7``, ``line 12
    field 3``, ``table 3 row 5 cell 2``).
    """

    part: str
    reference: str | None = None
    page: int | None = None
    box: tuple[float, float, float, float] | None = None


@dataclass
class Cell:
    """An anchor cell: rows and columns count from 0, spans from 1. Cells covered by a span are not stored.

    ``text`` is what a person sees (number format applied, superscripts as ``²``, line breaks kept); ``raw`` is the
    stored value. ``flags``: hidden, realigned, joined, overflow, low_confidence, damaged, header_repeat.
    """

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    raw: str | int | float | bool | None = None
    positions: list[Position] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)


@dataclass
class RawTable:
    """One table of one document, with the text around it (titles, 单位：万元, notes).

    Lines between two tables stand in ``after`` of the first and again in ``before`` of the second: which of the two
    they belong to is not for a reader to say. ``notes`` of the reader: ``ragged_rows``, ``realigned_rows``.

    ``number`` counts the document's tables from 1; ``parent`` is the number of the table this one is nested in.
    """

    sha256: str
    reader: str
    number: int
    row_count: int
    column_count: int
    cells: list[Cell]
    parent: int | None = None
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def grid(self) -> list[list[str | None]]:
        """Rows of texts: ``None`` where a span covers the place or the row is shorter, ``""`` where a cell is empty."""
        rows: list[list[str | None]] = [[None] * self.column_count for _ in range(self.row_count)]
        for cell in self.cells:
            rows[cell.row][cell.column] = cell.text
        return rows

    def expanded(self) -> list[list[str | None]]:
        """Rows of texts with every spanned place repeating its anchor's text."""
        rows = self.grid()
        for cell in self.cells:
            for row in range(cell.row, min(cell.row + cell.row_span, self.row_count)):
                for column in range(cell.column, min(cell.column + cell.column_span, self.column_count)):
                    rows[row][column] = cell.text
        return rows


@dataclass
class RawDocument:
    """Everything a reader found in one document. ``encoding`` is given for text formats only.

    ``text`` holds the lines outside tables when the document has no table at all.
    """

    sha256: str
    reader: str
    media_type: str
    encoding: str | None
    tables: list[RawTable]
    text: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
