"""Reader of DOCX: tables and lines as the document shows them with all tracked changes accepted.

Belongs here: the walk through WordprocessingML – content controls, insertions, smart tags, text boxes, nested tables –
and the grid from gridSpan, vMerge, gridBefore and gridAfter. python-docx and what builds on it lose cells there
(formats.md §5).
Does not number lists, read page headers, or open what is embedded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.raw.flow import Flow, FlowTable
from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.sniff import MEDIA_TYPES
from pipelines.raw.symbols import symbol, without_private_symbols
from pipelines.raw.table import Cell, Position, RawDocument
from pipelines.raw.visible_text import VisibleText, superscript
from pipelines.raw.zip_guard import open_zip, read_part

if TYPE_CHECKING:
    from lxml.etree import _Element

READER = "docx_reader"
# Elements that only wrap what they hold; names without namespace, which strict and transitional files share.
_WRAPPERS = frozenset(
    "sdt sdtContent ins moveTo smartTag customXml hyperlink fldSimple ruby rubyBase dir bdo AlternateContent Choice "
    "drawing pict inline anchor graphic graphicData wsp txbx txbxContent shape rect textbox group wgp wpc "
    "oMath oMathPara e sup sub num den sSup sSub f r d rad deg nary func fName acc bar box".split()
)
_BLOCK_WRAPPERS = frozenset("sdt sdtContent ins moveTo smartTag customXml body txbxContent".split())
_LARGEST_SPAN = 1000


def read_docx(sha256: str, data: bytes, reader: str = READER, media_type: str = MEDIA_TYPES["docx"]) -> RawDocument:
    """Read the main document part; ``Position.reference`` counts tables, rows and cells in document order."""
    archive = open_zip(data)
    names = [name for name in archive.namelist() if re.fullmatch(r"word/document\d*\.xml", name)]
    if not names:
        raise RefusedDocument("damaged", "DOCX 中没有正文部件：请在 Word/WPS 中另存后重试 (no main document part)")
    body = next((child for child in _parsed(read_part(archive, names[0])) if _name(child) == "body"), None)
    walk = _Walk()
    if body is not None:
        walk.blocks(body, None)
    return walk.flow.document(sha256, reader, media_type, None)


def _parsed(content: bytes) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        line = " ".join(str(error).split())[:200]
        raise RefusedDocument("damaged", f"DOCX 正文不是有效的 XML（{line}）：请另存后重试 (broken XML)") from error


def _name(element: _Element) -> str:
    """The name without its namespace; comments and instructions have none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _child(element: _Element | None, *path: str) -> _Element | None:
    for name in path:
        element = next((child for child in element if _name(child) == name), None) if element is not None else None
    return element


def _value(element: _Element | None, attribute: str = "val") -> str | None:
    if element is None:
        return None
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == attribute), "")


def _number(element: _Element | None, least: int) -> int:
    found = re.fullmatch(r"\d{1,12}", _value(element) or "")
    return max(least, min(int(found.group()), _LARGEST_SPAN)) if found else least


def _is_on(element: _Element | None) -> bool:
    """A toggle property: present without a value, or with one that is not false."""
    return element is not None and (_value(element) or "1") not in ("0", "false", "off", "none")


class _Walk:
    """The document read so far."""

    def __init__(self) -> None:
        self.flow = Flow()
        self._table_count = 0

    def blocks(self, element: _Element, table: FlowTable | None) -> None:
        """Paragraphs and tables that stand outside tables, in order."""
        for child in element:
            name = _name(child)
            if name == "p":
                self.flow.line(self._paragraph(child, table), table)
            elif name == "tbl":
                self._table(child, table)
            elif name in _BLOCK_WRAPPERS:
                self.blocks(child, table)

    def _paragraph(self, element: _Element, table: FlowTable | None) -> str:
        text = VisibleText()
        self._inline(element, text, table)
        return text.text()

    def _inline(self, element: _Element, text: VisibleText, table: FlowTable | None) -> None:
        """The runs of a paragraph; a table or paragraph met in a text box is taken where it stands."""
        for child in element:
            name = _name(child)
            if name == "r" and _child(child, "t") is None and _child(child, "rPr") is None and not len(child):
                continue
            if name == "r":
                self._run(child, text, table)
            elif name == "sup" and _is_math(child):
                raised = VisibleText()
                self._inline(child, raised, table)
                text.add(superscript(raised.text()))
            elif name == "AlternateContent":
                self._alternate(child, text, table)
            elif name == "p":
                text.block_edge()
                self._inline(child, text, table)
                text.block_edge()
            elif name == "tbl":
                self._table(child, table)
            elif name == "t" and _is_math(child):
                text.add(child.text or "")
            elif name in _WRAPPERS:
                self._inline(child, text, table)

    def _alternate(self, element: _Element, text: VisibleText, table: FlowTable | None) -> None:
        """One of two forms of the same drawing: the first that holds text."""
        for form in element:
            if next((True for part in form.iter() if _name(part) == "t"), False):
                self._inline(form, text, table)
                return

    def _run(self, run: _Element, text: VisibleText, table: FlowTable | None) -> None:
        properties = _child(run, "rPr")
        if _is_on(_child(properties, "vanish")):
            return
        fonts = _child(properties, "rFonts")
        font = next((value for key in ("ascii", "hAnsi", "eastAsia") if (value := _value(fonts, key))), "") or "Symbol"
        raised = _value(_child(properties, "vertAlign")) == "superscript"
        for child in run:
            name = _name(child)
            if name == "t":
                written = without_private_symbols(child.text or "", font if "dings" in font else "Symbol")
                text.add(superscript(written) if raised else written)
            elif name == "sym":
                code = re.fullmatch(r"[0-9A-Fa-f]{1,5}", _value(child, "char") or "")
                text.add(symbol(int(code.group(), 16), _value(child, "font") or "") if code else "")
            elif name in ("tab", "ptab"):
                text.add("\t")
            elif name in ("br", "cr"):
                text.line_break()
            elif name == "noBreakHyphen":
                text.add("-")
            elif name == "AlternateContent":
                self._alternate(child, text, table)
            elif name in _WRAPPERS:
                self._inline(child, text, table)

    def _table(self, element: _Element, parent: FlowTable | None) -> None:
        table = self.flow.start(parent)
        self._table_count += 1
        rows = _Rows(table, self._table_count)
        for row in _parts(element, "tr"):
            properties = _child(row, "trPr")
            if _child(properties, "del") is not None:
                continue  # a row whose deletion is tracked
            rows.start(_number(_child(properties, "gridBefore"), 0), _is_on(_child(properties, "hidden")))
            for cell in _parts(row, "tc"):
                if _child(cell, "tcPr", "cellDel") is None:
                    rows.add(cell, self._cell_text(cell, table))
            rows.end(_number(_child(properties, "gridAfter"), 0))
        table.row_count = rows.count
        self.flow.end(table)

    def _cell_text(self, cell: _Element, table: FlowTable) -> str:
        """A cell's paragraphs, one a line; tables inside it are read apart."""
        text = VisibleText()
        self._cell_blocks(cell, text, table)
        self.flow.line(text.unflushed(), table)
        return text.text()

    def _cell_blocks(self, element: _Element, text: VisibleText, table: FlowTable) -> None:
        for child in element:
            name = _name(child)
            if name == "p":
                text.block_edge()
                self._inline(child, text, table)
                text.block_edge()
            elif name == "tbl":
                self.flow.line(text.unflushed(), table)
                self._table(child, table)
            elif name in _BLOCK_WRAPPERS:
                self._cell_blocks(child, text, table)


def _is_math(element: _Element) -> bool:
    return "/math" in str(element.tag)


def _parts(element: _Element, wanted: str) -> Iterator[_Element]:
    """Rows of a table or cells of a row, also inside content controls and tracked insertions."""
    for child in element:
        name = _name(child)
        if name == wanted:
            yield child
        elif name in _BLOCK_WRAPPERS:
            yield from _parts(child, wanted)


class _Rows:
    """Places cells row by row: spans to the right by gridSpan and hMerge, downwards by vMerge."""

    def __init__(self, table: FlowTable, number: int) -> None:
        self._table, self._number = table, number
        self.count = 0
        self._column = 0
        self._cell_number = 0
        self._hidden = False
        self._last: Cell | None = None
        self._above: dict[int, Cell] = {}  # column → anchor that the next row may continue
        self._open: dict[int, Cell] = {}

    def start(self, before: int, hidden: bool) -> None:
        self._column, self._cell_number, self._hidden, self._last = 0, 0, hidden, None
        self._above, self._open = self._open, {}
        self._fill(before)

    def add(self, element: _Element, text: str) -> None:
        self._cell_number += 1
        properties = _child(element, "tcPr")
        span = _number(_child(properties, "gridSpan"), 1)
        down, across = _child(properties, "vMerge"), _child(properties, "hMerge")
        if across is not None and _value(across) != "restart" and self._last is not None:
            self._last.column_span += span
        elif down is not None and _value(down) != "restart" and self._column in self._above:
            anchor = self._above[self._column]
            anchor.row_span = self.count - anchor.row + 1
            if text:
                anchor.text = f"{anchor.text}\n{text}" if anchor.text else text
            self._open[self._column] = anchor
            self._last = None
        else:
            self._last = self._anchor(text, span)
            if down is not None:
                self._open[self._column] = self._last
        self._column += span

    def end(self, after: int) -> None:
        self._fill(after)
        self.count += 1

    def _anchor(self, text: str, span: int) -> Cell:
        reference = f"table {self._number} row {self.count + 1} cell {self._cell_number}"
        flags = {"hidden"} if self._hidden else set()
        cell = Cell(self.count, self._column, text, 1, span, text, [Position("document", reference)], flags)
        self._table.cells.append(cell)
        return cell

    def _fill(self, count: int) -> None:
        """Grid places before the first or after the last cell: seen as empty."""
        for _ in range(count):
            self._table.cells.append(Cell(self.count, self._column, ""))
            self._column += 1
