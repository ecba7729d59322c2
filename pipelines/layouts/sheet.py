"""A form's table as it is walked: who owns each place, what is printed there, and which cells have been claimed.

Belongs here: the bookkeeping that lets a reader prove that nothing printed was passed over. Does not know a label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipelines.layouts.form_tables import FormTable
from pipelines.layouts.rows import Place, UnreadableForm
from pipelines.raw.table import Cell

_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])\s*\n\s*(?=[0-9])")
# What only a formula holds: a cell's address, a function, arithmetic. ``=95%`` is a target that somebody typed.
_FORMULA = re.compile(r"^=.*(?:\$?[A-Z]{1,3}\$?[0-9]+|[A-Z]{2,}\(|[0-9)]\s*[-+*/^]\s*[0-9(])")
_BREAK = re.compile(r"[ \t]*\n[ \t]*")


class Sheet:
    """One table with spans resolved. Rows and columns count from 0, as in ``RawTable``."""

    def __init__(self, form: FormTable) -> None:
        """Index the cells by every place that they cover."""
        self.form = form
        self.row_count, self.column_count = form.table.row_count, form.table.column_count
        self._owners: dict[tuple[int, int], Cell] = {}
        self._rows: list[list[Cell]] = [[] for _ in range(self.row_count)]
        self._claimed: set[tuple[int, int]] = set()
        self._ignored: set[tuple[int, int]] = set()
        for cell in sorted(form.table.cells, key=lambda one: (one.row, one.column)):
            self._rows[cell.row].append(cell)
            for row in range(cell.row, min(cell.row + cell.row_span, self.row_count)):
                for column in range(cell.column, min(cell.column + cell.column_span, self.column_count)):
                    self._owners[row, column] = cell

    def cells(self, row: int) -> list[Cell]:
        """The cells that begin in a row, blank ones too, from left to right."""
        return self._rows[row]

    def printed(self, row: int) -> list[Cell]:
        """The cells with text that begin in a row."""
        return [cell for cell in self._rows[row] if cell.text.strip()]

    def owner(self, row: int, column: int) -> Cell | None:
        """The cell that covers a place."""
        return self._owners.get((row, column))

    def text(self, row: int, column: int) -> str:
        """What is printed over a place, on one line."""
        cell = self.owner(row, column)
        return "" if cell is None else self.line(cell)

    def line(self, cell: Cell) -> str:
        """A cell's text as one line: a break stands where the cell was too narrow, except between two digits.

        Two numbers one above the other may be two numbers: they keep a blank between them.
        """
        text = cell.text.strip()
        if "damaged" in cell.flags and _FORMULA.search(text):
            message = "公式没有保存计算结果，请重新计算后另存 (a formula without its result: calculate and save again)"
            raise UnreadableForm("formula_without_result", message, str(self.place(cell)), text[:200])
        if "\n" not in text:
            return text
        if self.form.has_soft_wraps:
            return self.form.unwrap(text)
        return _BREAK.sub("", _BETWEEN_DIGITS.sub(" ", text))

    def paragraph(self, cell: Cell) -> str:
        """A running text with the breaks that its writer typed."""
        return self.form.unwrap(cell.text.strip())

    def place(self, cell: Cell) -> Place:
        """Where a cell stands in the document."""
        return self.form.place(cell.row, cell.column + 1)

    def claim(self, *cells: Cell | None) -> None:
        """These cells have been read into a field, or are its label."""
        self._claimed.update((cell.row, cell.column) for cell in cells if cell is not None)

    def ignore(self, *cells: Cell | None) -> None:
        """These cells are known and hold nothing to keep: notes, who signed, whom to ring."""
        self._ignored.update((cell.row, cell.column) for cell in cells if cell is not None)

    def is_claimed(self, cell: Cell) -> bool:
        """Whether a cell was claimed or ignored."""
        return (cell.row, cell.column) in self._claimed or (cell.row, cell.column) in self._ignored

    def refuse_shared(self, cells: Mapping[str, Cell | None]) -> None:
        """One printed text over columns of different fields is not known to be either. Raises ``UnreadableForm``."""
        owners: dict[tuple[int, int], Cell] = {}
        for cell in cells.values():
            if cell is None or not cell.text.strip():
                continue
            if (cell.row, cell.column) in owners:
                text = self.line(cell)
                message = f"“{text[:30]}”合并了几列，无法确定属于哪一列 (one cell over columns of different fields)"
                raise UnreadableForm("cell_over_columns", message, str(self.place(cell)), text[:200])
            owners[cell.row, cell.column] = cell

    def row_counts(self) -> tuple[int, int]:
        """Rows with a claimed cell, and the others (blank, notes, signatures)."""
        claimed = {row for row, _ in self._claimed}
        return len(claimed), self.row_count - len(claimed)

    def refuse_unclaimed(self) -> None:
        """Raises ``UnreadableForm`` that names the printed cells which no rule has claimed."""
        left = [cell for row in range(self.row_count) for cell in self.printed(row) if not self.is_claimed(cell)]
        if not left:
            return
        named = "；".join(f"{self.place(cell)}“{self.line(cell)[:30]}”" for cell in left[:5])
        more = f" 等 {len(left)} 处" if len(left) > 5 else ""
        raise UnreadableForm(
            "cell_unclaimed",
            f"有未识别的单元格 (cells that no rule claims): {named}{more}",
            str(self.place(left[0])),
            " | ".join(self.line(cell) for cell in left)[:200],
        )
