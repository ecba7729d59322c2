"""A document as a flow of lines and tables (HTML, DOCX): which text stands before and after which table.

Belongs here: recording lines and tables as a reader meets them, taking one-cell tables for the text boxes they are,
and numbering, parents, surroundings and raggedness of the tables that remain.
Does not know the markup the flow came from.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.table import Cell, RawDocument, RawTable

# Far beyond any published table; spans multiply, so this is checked before a grid is built.
MOST_PLACES = 2_000_000


@dataclass(eq=False)
class FlowTable:
    """A table being read: its anchor cells in grid places, and the table in whose cell it stands."""

    parent: FlowTable | None
    cells: list[Cell] = field(default_factory=list)
    row_count: int = 0
    notes: list[str] = field(default_factory=list)
    holds_tables: bool = False
    caption: str = ""

    @property
    def is_box(self) -> bool:
        """One cell or none: a frame around text or around another table, not a table."""
        return len(self.cells) <= 1

    def ancestors(self) -> set[int]:
        """Identities of the tables around this one."""
        found, table = set(), self.parent
        while table is not None:
            found.add(id(table))
            table = table.parent
        return found


@dataclass
class _Event:
    kind: str  # line, start, end
    table: FlowTable | None
    text: str = ""


class Flow:
    """Record with ``line``, ``start`` and ``end`` in document order; ``document`` then gives the tables."""

    def __init__(self) -> None:
        """An empty flow."""
        self._events: list[_Event] = []
        self._tables: list[FlowTable] = []

    def line(self, text: str, table: FlowTable | None = None) -> None:
        """A piece of text, possibly of several lines, outside tables or in a cell of ``table``."""
        for line in text.split("\n"):
            if line.strip():
                self._events.append(_Event("line", table, line.strip()))

    def start(self, parent: FlowTable | None) -> FlowTable:
        """A table opens, inside a cell of ``parent`` or outside all tables."""
        table = FlowTable(parent)
        if parent is not None:
            parent.holds_tables = True
        self._tables.append(table)
        self._events.append(_Event("start", table))
        return table

    def end(self, table: FlowTable) -> None:
        """The table closes; its cells and row count are complete."""
        self._events.append(_Event("end", table))

    def document(self, sha256: str, reader: str, media_type: str, encoding: str | None) -> RawDocument:
        """The document: its real tables in order of their beginning, each with the lines around it."""
        tables = [table for table in self._tables if not table.is_box]
        numbers = {id(table): number for number, table in enumerate(tables, start=1)}
        starts = {id(event.table): place for place, event in enumerate(self._events) if event.kind == "start"}
        ends = {id(event.table): place for place, event in enumerate(self._events) if event.kind == "end"}
        document = RawDocument(sha256, reader, media_type, encoding, tables=[])
        for table in tables:
            raw = finished_table(sha256, reader, numbers[id(table)], table)
            raw.parent = self._parent_number(table, numbers)
            around = table.ancestors()
            raw.before = self._lines(range(starts[id(table)] - 1, -1, -1), around)[::-1]
            raw.before += [line.strip() for line in table.caption.split("\n") if line.strip()]
            raw.after = self._lines(range(ends[id(table)] + 1, len(self._events)), around)
            document.tables.append(raw)
        if not tables:
            document.text = [event.text for event in self._events if event.kind == "line"]
        return document

    def _parent_number(self, table: FlowTable, numbers: dict[int, int]) -> int | None:
        parent = table.parent
        while parent is not None and parent.is_box:
            parent = parent.parent
        return numbers[id(parent)] if parent is not None else None

    def _lines(self, places: range, around: set[int]) -> list[str]:
        """Lines met on the way until another real table begins or ends; the tables around are passed through."""
        lines = []
        for place in places:
            event = self._events[place]
            passed = event.table is None or event.table.is_box or id(event.table) in around
            if not passed:
                break
            if event.kind == "line":
                lines.append(event.text)
        return lines


def finished_table(sha256: str, reader: str, number: int, table: FlowTable) -> RawTable:
    """Clip spans to the grid, leave out rows and columns in which no cell begins, note what is ragged.

    Such rows and columns have no height or width of their own on paper: a merge over all rows, or a sliver that Word
    keeps in its grid. Without them the same table has the same grid in every format.
    """
    rows = sorted({cell.row for cell in table.cells})
    columns = sorted({cell.column for cell in table.cells})
    if len(rows) * len(columns) > MOST_PLACES:
        size = f"{len(rows)}×{len(columns)}"
        message = f"第 {number} 张表展开后有 {size} 格：跨行跨列异常，请另存 (spans beyond any real table)"
        raise RefusedDocument("hostile_structure", message)
    held = 0
    for cell in table.cells:
        cell.row, cell.row_span = _squeezed(rows, cell.row, cell.row_span)
        cell.column, cell.column_span = _squeezed(columns, cell.column, cell.column_span)
        held += cell.column_span * cell.row_span
    raw = RawTable(sha256, reader, number, len(rows), len(columns), table.cells, notes=list(table.notes))
    if table.holds_tables:
        raw.notes.append("holds_tables")
    if held < len(rows) * len(columns):
        raw.notes.append("ragged_rows")
    return raw


def _squeezed(kept: list[int], first: int, span: int) -> tuple[int, int]:
    """A place and a span counted in the rows or columns that are kept."""
    start = bisect_left(kept, first)
    return start, max(1, bisect_left(kept, first + max(span, 1)) - start)
