"""Reader of XLSX: every visible sheet as a person sees it, number formats applied.

Belongs here: guards over the sheets' XML, openpyxl's cells turned into shown texts, merges, hidden rows and columns.
Does not compute formulas: what the program that saved the file has stored is shown; a formula without a stored
value shows itself and is flagged damaged.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from pipelines.raw.number_format import CHINESE_BUILTIN, render
from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.sniff import MEDIA_TYPES
from pipelines.raw.spreadsheet import MOST_COLUMNS, MOST_ROWS, SheetContent, sheet_table
from pipelines.raw.table import RawDocument
from pipelines.raw.visible_text import superscript
from pipelines.raw.zip_guard import open_zip, read_part

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

READER = "xlsx_reader"
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s+ref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")
_FAR_ROW = re.compile(rb"""<(?:\w+:)?(?:row|c)\s(?:[^>]*\s)?r=["']([A-Z]{0,4})(\d{6,})["']""")
_FAR_COLUMN = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*\s)?r=["']([A-Z]{3,})(\d+)["']""")
_NO_VALUE = re.compile(
    rb"</?(?:\w+:)?f(?:\s[^>]*/|/)?>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def read_xlsx(sha256: str, data: bytes) -> RawDocument:
    """Read every visible sheet into one table; ``raw`` is the stored value (dates as ISO 8601)."""
    archive = open_zip(data)
    unvalued = _guard_sheets(archive)
    workbook = _workbook(data, data_only=True)
    formulas = _workbook(data, data_only=False) if unvalued else None
    document = RawDocument(sha256, READER, MEDIA_TYPES["xlsx"], None, tables=[])
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            document.notes.append(f"hidden_sheet:{sheet.title}")
            continue
        content = _content(sheet, formulas[sheet.title] if formulas else None)
        table = sheet_table(sha256, READER, len(document.tables) + 1, content)
        if table is not None:
            document.tables.append(table)
    return document


def _workbook(data: bytes, *, data_only: bool) -> Any:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of pictures and extensions it leaves out; cells it keeps
        try:
            return load_workbook(io.BytesIO(data), data_only=data_only, rich_text=True, keep_links=False)
        except MemoryError:
            raise
        except Exception as error:  # openpyxl raises many kinds on broken parts
            line = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise RefusedDocument(
                "damaged", f"XLSX 内容损坏（{line}）：请在 Excel/WPS 中另存后重试 (broken workbook)"
            ) from error


def _guard_sheets(archive: zipfile.ZipFile) -> bool:
    """Refuse sheets whose references lie beyond any table; True when a formula has no stored value."""
    unvalued = False
    for name in archive.namelist():
        if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
            continue
        content = read_part(archive, name)
        far = _far_reference(content)
        if far:
            raise RefusedDocument(
                "hostile_structure", f"{name} 中的 {far} 超出任何真实表格：请删除多余行列后另存 (far reference)"
            )
        unvalued = unvalued or _NO_VALUE.search(content) is not None
    return unvalued


def _far_reference(content: bytes) -> str | None:
    for found in _MERGE.finditer(content):
        left, top, right, bottom = found.groups()
        rows = int(bottom) - int(top) + 1
        columns = _column_number(right) - _column_number(left) + 1
        if rows * columns > 10**6 or rows > MOST_ROWS:
            return found.group().decode("ascii", "replace")
    for pattern in (_FAR_ROW, _FAR_COLUMN):
        for found in pattern.finditer(content):
            letters, row = found.groups()
            if int(row) > MOST_ROWS or (letters and _column_number(letters) > MOST_COLUMNS):
                return found.group().decode("ascii", "replace")[-40:]
    return None


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _content(sheet: Worksheet, formulas: Worksheet | None) -> SheetContent:
    content = SheetContent(sheet.title)
    unknown: set[str] = set()
    codes: dict[int, str] = {}
    for row_number, row in enumerate(sheet.iter_rows(min_row=1, min_col=1)):
        for column_number, cell in enumerate(row):
            value, place = cell.value, (row_number, column_number)
            if value is None:
                formula = formulas[cell.coordinate].value if formulas is not None else None
                if formula is not None:
                    content.values[place] = str(getattr(formula, "text", formula)), None
                    content.flags[place] = {"damaged"}
                continue
            text, known = _shown(cell, value, codes)
            if not known:
                unknown.add(cell.number_format)
            content.values[place] = text, _raw(value)
    content.merges = [(m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in sheet.merged_cells.ranges]
    content.hidden_rows = {row - 1 for row, dimension in sheet.row_dimensions.items() if dimension.hidden}
    for letters, dimension in sheet.column_dimensions.items():
        if dimension.hidden:
            first = dimension.min or _column_number(letters.encode())
            content.hidden_columns.update(range(first - 1, min(dimension.max or first, MOST_COLUMNS)))
    content.notes += [f"unknown_number_format:{code}" for code in sorted(unknown)]
    return content


def _shown(cell: Any, value: Any, codes: dict[int, str]) -> tuple[str, bool]:
    """The shown text, and whether the number format was understood; otherwise the text is the stored value's.

    ``codes`` keeps the format codes of the workbook by number: openpyxl works one out anew for each cell.
    """
    from openpyxl.cell.rich_text import CellRichText

    number = cell._style.numFmtId if cell.has_style else 0
    if isinstance(value, CellRichText):
        value = _rich_text(value)
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").replace("_x000D_\n", "\n").replace("_x000D_", "\n")
        if number == 0:
            return value.strip(" "), True
    if number not in codes:
        codes[number] = CHINESE_BUILTIN.get(number) or cell.number_format
    # Formats 27-58 have no text in the file and none in openpyxl, which then takes their dates for numbers.
    if number in CHINESE_BUILTIN and isinstance(value, int | float) and not isinstance(value, bool):
        value = _date_of(cell, value)
    shown = render(value, codes[number])
    if shown is None:
        return (value.isoformat(" ") if isinstance(value, datetime) else str(value)), False
    return shown.strip(" "), True


def _date_of(cell: Any, value: float) -> Any:
    from openpyxl.utils.datetime import from_excel

    try:
        return from_excel(value, cell.parent.parent.epoch)
    except (ValueError, OverflowError):
        return value


def _rich_text(value: Any) -> str:
    pieces = []
    for piece in value:
        if isinstance(piece, str):
            pieces.append(piece)
        else:
            raised = piece.font is not None and piece.font.vertAlign == "superscript"
            pieces.append(superscript(piece.text or "") if raised else piece.text or "")
    return "".join(pieces)


def _raw(value: Any) -> str | int | float | bool | None:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds() / 86400
    if isinstance(value, bool | int | float | str):
        return value
    return str(value)
