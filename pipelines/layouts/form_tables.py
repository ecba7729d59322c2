"""The tables of a document as a form means them: page furniture aside, pieces of one table joined, lost cells put back.

A web page wraps its table in others; a converter cuts one table at a page. Belongs here: which raw tables are one, and
which row of the document each row was. Does not know what a column means: the form says what a header looks like.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from pipelines.layouts.rows import Place
from pipelines.raw.realign import realign
from pipelines.raw.table import Cell, RawDocument, RawTable

_LONGEST_MENU_WORD = 12
IsForm = Callable[[RawTable], bool]


@dataclass(frozen=True)
class FormTable:
    """One table of a form. ``origins`` has, per row, the number of the raw table and the row in it, both from 1.

    ``has_soft_wraps``: a line break in a cell is where the page's line ended, not something that its writer typed.
    """

    table: RawTable
    origins: tuple[tuple[int, int], ...]
    has_soft_wraps: bool = False

    def unwrap(self, text: str) -> str:
        """A running text as its writer typed it."""
        return text.replace("\n", "") if self.has_soft_wraps else text

    def place(self, row: int, column: int | None = None) -> Place:
        """Where a row (from 0) stands in the document; ``column`` counts from 1 in the whole form."""
        number, own_row = self.origins[row]
        return Place(number, own_row, column)


def form_tables(document: RawDocument, is_form: IsForm) -> tuple[list[FormTable], list[RawTable]]:
    """The document's form tables, and the raw tables that are neither form, nor piece of one, nor page furniture."""
    holders = {table.parent for table in document.tables}
    pieces: list[list[RawTable]] = []
    unknown: list[RawTable] = []
    for table in document.tables:
        if table.number in holders or not any(cell.text.strip() for cell in table.cells):
            continue
        if is_form(table):
            pieces.append([table])
        elif pieces and not unknown and _continues(pieces[-1], table):
            pieces[-1].append(table)
        elif not _is_furniture(table):
            unknown.append(table)
    return [_joined(group, document.media_type == "application/pdf") for group in pieces], unknown


def find_cell(document: RawDocument, place: Place, is_form: IsForm) -> Cell | None:
    """The printed cell of a place that a form table has given, or ``None``."""
    for form in form_tables(document, is_form)[0]:
        if (place.table, place.row) in form.origins and place.column is not None:
            row = form.origins.index((place.table, place.row))
            cells = form.table.cells
            return next((cell for cell in cells if (cell.row, cell.column) == (row, place.column - 1)), None)
    return None


def _continues(pieces: list[RawTable], table: RawTable) -> bool:
    """A table right behind, with no text between and no more columns, is the rest of the one before."""
    last = pieces[-1]
    return not last.after and not table.before and table.column_count <= pieces[0].column_count


def _is_furniture(table: RawTable) -> bool:
    """A menu: a row or two of short words without a digit."""
    texts = [cell.text.strip() for cell in table.cells]
    return table.row_count <= 2 and all(
        len(text) <= _LONGEST_MENU_WORD and not any(character.isdigit() for character in text) for text in texts
    )


def _joined(pieces: list[RawTable], has_soft_wraps: bool) -> FormTable:
    first = pieces[0]
    cells: list[Cell] = []
    origins: list[tuple[int, int]] = []
    for piece in pieces:
        cells += [replace(cell, row=cell.row + len(origins)) for cell in piece.cells]
        origins += [(piece.number, row + 1) for row in range(piece.row_count)]
    table = replace(first, row_count=len(origins), cells=cells, after=pieces[-1].after)
    return FormTable(realign(table), tuple(origins), has_soft_wraps)
