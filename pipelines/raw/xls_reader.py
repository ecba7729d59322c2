"""Reader of old XLS (BIFF): every visible sheet as a person sees it, number formats applied.

Belongs here: xlrd's cells turned into shown texts, merges, hidden rows and columns, raised characters.
Does not compute formulas; the stored results are shown.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pipelines.raw.number_format import CHINESE_BUILTIN, Value, render
from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.sniff import MEDIA_TYPES
from pipelines.raw.spreadsheet import SheetContent, sheet_table
from pipelines.raw.table import RawDocument
from pipelines.raw.visible_text import superscript

if TYPE_CHECKING:
    from xlrd.book import Book
    from xlrd.sheet import Sheet

READER = "xls_reader"
_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR = 1, 2, 3, 4, 5
_RAISED = 1  # Font.escapement


def read_xls(sha256: str, data: bytes) -> RawDocument:
    """Read every visible sheet into one table; ``raw`` is the stored value (dates as ISO 8601)."""
    document = RawDocument(sha256, READER, MEDIA_TYPES["xls"], None, tables=[])
    book = _book(data)
    for sheet in book.sheets():
        if sheet.visibility != 0:
            document.notes.append(f"hidden_sheet:{sheet.name}")
            continue
        table = sheet_table(sha256, READER, len(document.tables) + 1, _content(book, sheet))
        if table is not None:
            document.tables.append(table)
    return document


def _book(data: bytes) -> Book:
    import xlrd

    with open(os.devnull, "w") as nowhere:
        try:
            return xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=nowhere)
        except MemoryError:
            raise
        except Exception as error:  # xlrd raises whatever broken records lead it to
            if "encrypted" in str(error).lower():
                raise RefusedDocument("encrypted", "文档已加密：请取得不带密码的版本 (a password is needed)") from error
            line = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            message = f"XLS 内容损坏（{line}）：请在 Excel/WPS 中另存为 XLSX 后重试 (broken workbook)"
            raise RefusedDocument("damaged", message) from error


def _content(book: Book, sheet: Sheet) -> SheetContent:
    content = SheetContent(sheet.name)
    unknown: set[str] = set()
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            kind = sheet.cell_type(row, column)
            if kind not in (_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR):
                continue
            text, raw, known = _shown(book, sheet, row, column, kind)
            content.values[row, column] = text, raw
            if not known:
                unknown.add(_format(book, sheet, row, column)[1])
    content.merges = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
    content.hidden_rows = {row for row, info in sheet.rowinfo_map.items() if info.hidden}
    content.hidden_columns = {column for column, info in sheet.colinfo_map.items() if info.hidden}
    content.notes += [f"unknown_number_format:{code}" for code in sorted(unknown)]
    return content


def _format(book: Book, sheet: Sheet, row: int, column: int) -> tuple[int, str]:
    key: Any = book.xf_list[sheet.cell_xf_index(row, column)].format_key
    return key, CHINESE_BUILTIN.get(key) or book.format_map[key].format_str


def _shown(
    book: Book, sheet: Sheet, row: int, column: int, kind: int
) -> tuple[str, str | int | float | bool | None, bool]:
    """Shown text, stored value, and whether the number format was understood."""
    import xlrd

    stored: Any = sheet.cell_value(row, column)  # the stubs say str; it is what the kind says
    if kind == _ERROR:
        text = xlrd.error_text_from_code.get(stored, "#N/A")
        return text, text, True
    value: Value = stored
    raw: str | int | float | bool | None = stored
    if kind == _BOOLEAN:
        value = raw = bool(stored)
    elif kind == _TEXT:
        value = raw = _raised(book, sheet, row, column, stored).replace("\r\n", "\n")
    elif kind == _NUMBER and stored == int(stored):
        value = raw = int(stored)
    elif kind == _DATE:
        try:
            value = xlrd.xldate_as_datetime(stored, book.datemode)
            raw = value.isoformat()
        except (ValueError, OverflowError):
            return str(stored), stored, False
    shown = render(value, _format(book, sheet, row, column)[1])
    return (str(stored) if shown is None else shown.strip(" ")), raw, shown is not None


def _raised(book: Book, sheet: Sheet, row: int, column: int, text: str) -> str:
    """The text with its raised runs as superscripts."""
    runs = sheet.rich_text_runlist_map.get((row, column))
    if not runs:
        return text
    pieces, raised, start = [], False, 0
    for offset, font in [*runs, (len(text), None)]:
        piece = text[start:offset]
        pieces.append(superscript(piece) if raised else piece)
        start = offset
        raised = font is not None and book.font_list[font].escapement == _RAISED
    return "".join(pieces)
