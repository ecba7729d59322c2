"""What XLSX and XLS share: a sheet's cells → one RawTable of the whole used area.

Belongs here: covered places left out, empty places filled, what is hidden marked, the area trimmed at its far edges.
Does not trim titles or notes, which are rows of the grid: layouts know them. Knows no file format.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.raw.flow import MOST_PLACES
from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.table import Cell, Position, RawTable

MOST_ROWS = 200_000
MOST_COLUMNS = 500


@dataclass
class SheetContent:
    """A visible sheet; rows and columns count from 0.

    ``values``: shown text and stored value by place; ``merges``: first row, first column, last row, last column.
    """

    name: str
    values: dict[tuple[int, int], tuple[str, str | int | float | bool | None]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    flags: dict[tuple[int, int], set[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def column_letters(column: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def sheet_table(sha256: str, reader: str, number: int, sheet: SheetContent) -> RawTable | None:
    """The sheet as one table from A1 to the last text; None when it has no text. ``Position.reference`` is ``C7``."""
    texts = {place: value for place, value in sheet.values.items() if value[0] != ""}
    if not texts:
        return None
    spans, covered = _spans(sheet, set(texts))
    row_count = max(row + spans.get((row, column), (1, 1))[0] for row, column in texts)
    column_count = max(column + spans.get((row, column), (1, 1))[1] for row, column in texts)
    if row_count > MOST_ROWS or column_count > MOST_COLUMNS or row_count * column_count > MOST_PLACES:
        size = f"{row_count}×{column_count}"
        message = f"工作表「{sheet.name}」大小 {size} 异常：请删除多余行列后另存 (sheet beyond any real table)"
        raise RefusedDocument("hostile_structure", message)
    part = f"sheet:{sheet.name}"
    letters = [column_letters(column) for column in range(column_count)]
    cells = []
    for row in range(row_count):
        for column in range(column_count):
            if (row, column) in covered:
                continue
            text, raw = sheet.values.get((row, column), ("", None))
            row_span, column_span = spans.get((row, column), (1, 1))
            flags = set(sheet.flags.get((row, column), ()))
            if row in sheet.hidden_rows or column in sheet.hidden_columns:
                flags.add("hidden")
            position = Position(part, f"{letters[column]}{row + 1}")
            row_span, column_span = min(row_span, row_count - row), min(column_span, column_count - column)
            cells.append(Cell(row, column, text, row_span, column_span, raw, [position], flags))
    return RawTable(sha256, reader, number, row_count, column_count, cells, notes=list(sheet.notes))


def _spans(
    sheet: SheetContent, texts: set[tuple[int, int]]
) -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]]]:
    """Spans by anchor, and the places they cover. A merge is clipped to the area that holds texts or begins merges."""
    last_row = max(row for row, _ in texts)
    last_column = max(column for _, column in texts)
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for top, left, bottom, right in sheet.merges:
        if (top, left) not in texts:
            bottom, right = min(bottom, last_row), min(right, last_column)
        if bottom - top >= MOST_ROWS or right - left >= MOST_COLUMNS or (bottom - top + 1) * (right - left + 1) > 10**6:
            message = f"工作表「{sheet.name}」合并单元格异常：请取消合并后另存 (merge beyond any real table)"
            raise RefusedDocument("hostile_structure", message)
        if bottom < top or right < left:
            continue
        spans[top, left] = bottom - top + 1, right - left + 1
        covered.update((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
        covered.discard((top, left))
    return spans, covered
