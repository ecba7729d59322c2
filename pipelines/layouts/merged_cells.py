"""Merged cells in a grid's rows: what one printed text over several columns or rows can be said to state.

Belongs here: refusing a text that may belong to any of its columns or rows. Does not read a row (``grid_rows``).
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.layouts.drafts import NOTHING
from pipelines.layouts.grid_header import GridGroup
from pipelines.layouts.labels import normalise_label
from pipelines.layouts.rows import UnreadableForm
from pipelines.layouts.sheet import Sheet
from pipelines.raw.table import Cell

_FACTS = ("name", "cycle", "annual", "actual", "weight", "score", "unit", "previous", "nature", "reason")


def group_cell(sheet: Sheet, group: GridGroup, name: str, row: int) -> Cell | None:
    """The printed cell of a group's field that covers a row."""
    column = group.first(name)
    cell = sheet.owner(row, column) if column is not None else None
    return cell if cell is not None and cell.text.strip() else None


def refuse_shared(sheet: Sheet, group: GridGroup, row: int) -> None:
    """One text over a name and its value, or over two values, is not known to be either."""
    facts = {name: group_cell(sheet, group, name, row) for name in _FACTS}
    levels = [group_cell(sheet, group, name, row) for name in ("level1", "level2")]
    cells = {name: cell for name, cell in facts.items() if cell and normalise_label(cell.text) not in NOTHING}
    sheet.refuse_shared(cells)
    values = {name: cell for name, cell in cells.items() if name != "name"}
    for level in levels:  # a level may be the indicator's name, never its value
        sheet.refuse_shared({**values, "level": level})


def is_continued(sheet: Sheet, group: GridGroup, name_cell: Cell, row: int) -> bool:
    """Whether a row only goes on with the one above. Raises where it shares a value with another indicator.

    Several indicators beside one value: it may be each one's, or all of theirs together.
    """
    values = [cell for name in ("annual", "cycle", "actual") if (cell := group_cell(sheet, group, name, row))]
    if all(cell.row == row for cell in values):
        return False
    own = [cell for cell in sheet.printed(row) if any(cell.column in numbers for numbers in group.columns.values())]
    if name_cell.row < row and not own:
        return True
    refuse_spanned(sheet, values, row)
    return False


def refuse_spanned(sheet: Sheet, values: Sequence[Cell | None], row: int) -> None:
    """Refuse a value that reaches down from another indicator's row."""
    for cell in values:
        if cell is not None and cell.row < row and normalise_label(cell.text) not in NOTHING:
            text = sheet.line(cell)
            message = f"“{text[:30]}”合并了几行，无法确定属于哪项指标 (one value beside several indicators)"
            raise UnreadableForm("value_over_rows", message, str(sheet.place(cell)), text[:200])
