"""Reader of HTML, however broken: every table of the HTML5 tree, its cells placed as a browser places them.

Belongs here: the walk over the tree, visible text (line breaks, superscripts, hidden cells marked) and the grid with
its spans. The tree comes from lexbor, which keeps cells that libxml2's parser drops (formats.md §2).
Does not run scripts, load anything, or decide which tables hold data: layout tables come too, with their children.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.raw.encoding import DecodedText
from pipelines.raw.flow import Flow, FlowTable
from pipelines.raw.sniff import MEDIA_TYPES
from pipelines.raw.table import Cell, Position, RawDocument
from pipelines.raw.visible_text import VisibleText, superscript

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

READER = "html_reader"
_UNSEEN = frozenset(
    {"script", "style", "template", "noscript", "head", "title", "object", "iframe", "select", "option", "textarea"}
)
_BLOCKS = frozenset(
    "address article aside blockquote center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li "
    "main nav ol p pre section ul tr td th table".split()
)
_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_TABLE_PARTS = _GROUPS | {"caption", "tr", "td", "th"}
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_LARGEST_SPAN = 1000  # HTML's own limit for colspan
_MOST_ROWS = 65534  # and for rowspan


@dataclass(eq=False)
class _OpenCell:
    node: LexborNode
    text: VisibleText
    hidden: bool
    row: int
    number: int


@dataclass(eq=False)
class _OpenTable:
    """A table whose end tag has not come: rows by group, each a list of closed cells."""

    node: LexborNode
    flow: FlowTable
    number: int
    groups: dict[str, list[list[list[Cell]]]] = field(default_factory=lambda: {"thead": [], "tbody": [], "tfoot": []})
    rows: list[list[Cell]] | None = None
    row_number: int = 0
    cell: _OpenCell | None = None
    caption: tuple[int, VisibleText] | None = None


def read_html(sha256: str, decoded: DecodedText) -> RawDocument:
    """Read decoded HTML; ``Position.reference`` counts tables, rows and cells of the source in document order."""
    from selectolax.lexbor import LexborHTMLParser

    walk = _Walk()
    root = LexborHTMLParser(decoded.text).root
    if root is not None:
        for node, entering in _steps(root):
            walk.enter(node) if entering else walk.leave(node)
    walk.flush()
    document = walk.flow.document(sha256, READER, MEDIA_TYPES["html"], decoded.encoding)
    if decoded.damaged:
        document.notes.append("damaged_encoding")
    return document


def _steps(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Each node on the way in and out, without recursion: markup may be nested a million deep."""
    stack: list[LexborNode] = []
    node: LexborNode | None = root
    while node is not None:
        yield node, True
        child = node.child if node.tag not in _UNSEEN else None
        if child is not None:
            stack.append(node)
            node = child
            continue
        while node is not None:
            yield node, False
            if node.next is not None:
                node = node.next
                break
            node = stack.pop() if stack else None


class _Walk:
    """State of one pass over the tree."""

    def __init__(self) -> None:
        self.flow = Flow()
        self._tables: list[_OpenTable] = []
        self._outside = VisibleText()
        self._hidden_at: list[int] = []  # nodes that hide what they hold, outermost first
        self._raised: list[tuple[int, VisibleText]] = []  # superscripts being collected
        self._table_count = 0

    def enter(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "")
            return
        if tag.startswith(("-", "!")) or tag in _UNSEEN:
            return
        table = self._tables[-1] if self._tables else None
        if _hides(node):
            self._hidden_at.append(node.mem_id)
        if tag == "table":
            self._start_table(node)
        elif table and tag in _TABLE_PARTS:
            self._enter_part(node, tag, table)
        elif tag == "br":
            self._sink().line_break()
        elif tag == "sup":
            self._raised.append((node.mem_id, VisibleText()))
        elif tag in _BLOCKS:
            self._sink().block_edge()
        elif tag == "img" and table and table.cell and "image_in_cell" not in table.flow.notes:
            table.flow.notes.append("image_in_cell")

    def _enter_part(self, node: LexborNode, tag: str, table: _OpenTable) -> None:
        if tag == "caption":
            table.caption = node.mem_id, VisibleText()
        elif tag in _GROUPS:
            table.rows = []
            table.groups[tag].append(table.rows)
        elif tag == "tr":
            if table.rows is None:
                table.rows = []
                table.groups["tbody"].append(table.rows)
            table.rows.append([])
            table.row_number += 1
        elif table.rows:
            number = len(table.rows[-1]) + 1
            table.cell = _OpenCell(node, VisibleText(), bool(self._hidden_at), table.row_number, number)

    def leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag.startswith(("-", "!")) or tag in _UNSEEN:
            return
        table = self._tables[-1] if self._tables else None
        if self._raised and self._raised[-1][0] == node.mem_id:
            raised = self._raised.pop()[1].text()
            self._sink().add(superscript(raised))
        if tag == "table" and table and table.node.mem_id == node.mem_id:
            self._end_table()
        elif table and table.cell and table.cell.node.mem_id == node.mem_id:
            self._end_cell(table, table.cell)
        elif table and table.caption and table.caption[0] == node.mem_id:
            table.flow.caption = table.caption[1].text()
            table.caption = None
        elif tag in _BLOCKS and tag not in ("table", "td", "th"):
            self._sink().block_edge()
        if self._hidden_at and self._hidden_at[-1] == node.mem_id:
            self._hidden_at.pop()

    def flush(self) -> None:
        """Hand the text collected so far to the flow, as lines of the place where it stands."""
        owner = self._tables[-1].flow if self._tables else None
        sink = self._tables[-1].cell.text if self._tables and self._tables[-1].cell else self._outside
        self.flow.line(sink.unflushed(), owner)

    def _sink(self) -> VisibleText:
        if self._raised:
            return self._raised[-1][1]
        table = self._tables[-1] if self._tables else None
        if table and table.caption:
            return table.caption[1]
        return table.cell.text if table and table.cell else self._outside

    def _text(self, text: str) -> None:
        table = self._tables[-1] if self._tables else None
        if self._hidden_at and not (table and table.cell and table.cell.hidden):
            return  # a hidden piece of what is otherwise seen; a cell hidden whole keeps its text and is marked
        self._sink().add_collapsed(text)

    def _start_table(self, node: LexborNode) -> None:
        self.flush()
        self._sink().block_edge()
        parent = self._tables[-1].flow if self._tables else None
        self._table_count += 1
        self._tables.append(_OpenTable(node, self.flow.start(parent), self._table_count))

    def _end_table(self) -> None:
        table = self._tables.pop()
        groups = table.groups
        place(table.flow, [*groups["thead"], *groups["tbody"], *groups["tfoot"]])
        self.flow.end(table.flow)
        if not self._tables:
            self._outside.block_edge()
        else:
            self._sink().block_edge()

    def _end_cell(self, table: _OpenTable, cell: _OpenCell) -> None:
        text = cell.text.text()
        self.flow.line(cell.text.unflushed(), table.flow)
        table.cell = None
        reference = f"table {table.number} row {cell.row} cell {cell.number}"
        flags = ({"hidden"} if cell.hidden else set()) | ({"damaged"} if "\ufffd" in text else set())
        row_span = _span(cell.node, "rowspan", _MOST_ROWS)
        assert table.rows is not None
        table.rows[-1].append(
            Cell(
                row=0,  # given in place()
                column=0,
                text=text,
                row_span=_MOST_ROWS if row_span == 0 else row_span,
                column_span=_span(cell.node, "colspan", _LARGEST_SPAN) or 1,
                raw=text,
                positions=[Position("html", reference)],
                flags=flags,
            )
        )


def place(table: FlowTable, groups: list[list[list[Cell]]]) -> None:
    """Give each cell the first free place of its row, as HTML's table model does; rows without any cell are left out.

    A row span ends with its row group.
    """
    first = 0
    for group in groups:
        taken: dict[int, int] = {}  # column → first row of this group that is free again
        rows = 0
        for row in group:
            if not row and not any(until > rows for until in taken.values()):
                continue
            column = 0
            for cell in row:
                while taken.get(column, 0) > rows:
                    column += 1
                cell.row, cell.column = first + rows, column
                for covered in range(column, column + cell.column_span):
                    taken[covered] = max(taken.get(covered, 0), rows + cell.row_span)
                column += cell.column_span
                table.cells.append(cell)
            rows += 1
        for cell in table.cells:
            if cell.row >= first:
                cell.row_span = min(cell.row_span, first + rows - cell.row)
        first += rows
    table.row_count = first


def _hides(node: LexborNode) -> bool:
    attributes = node.attributes
    return bool(attributes) and ("hidden" in attributes or bool(_HIDING.search(attributes.get("style") or "")))


def _span(node: LexborNode, name: str, largest: int) -> int:
    """The leading digits of the attribute, as browsers read it; 1 when there are none."""
    found = re.match(r"\s*\+?(\d{1,9})", node.attributes.get(name) or "")
    return min(int(found.group(1)), largest) if found else 1
