"""Blocks of a form that are no fact of ours: progress plans, marks for how money was managed.

Belongs here: where such a block ends. Does not decide which blocks they are (``vocabulary/form_labels.csv``).
"""

from __future__ import annotations

from pipelines.layouts.grid_header import find_header
from pipelines.layouts.label_rows import GOALS
from pipelines.layouts.labels import form_field, form_label
from pipelines.layouts.sheet import Sheet
from pipelines.raw.table import Cell

_BLOCKS = {*GOALS, "section", "project_name", "department_name", "unit_name", "ignored_block"}


def pass_over(sheet: Sheet, row: int, heading: Cell) -> int:
    """Ignore the rows beside or below a block's heading; returns the first row behind them."""
    end = heading.row + heading.row_span if heading.row_span > 1 else sheet.row_count
    at = row
    while at < min(end, sheet.row_count):
        if at > row and heading.row_span == 1 and _begins_part(sheet, at):
            break
        sheet.ignore(*sheet.printed(at))
        at += 1
    return at


def _begins_part(sheet: Sheet, row: int) -> bool:
    """Whether a row begins a part that is read: a label of it, money, or the header of a grid."""
    printed = sheet.printed(row)
    first = form_label(printed[0].text) if printed else None
    if first is not None and first.is_listed and first.field in _BLOCKS:
        return True
    amount = form_field(printed[0].text) if printed else None
    is_total = first is not None and first.field in {"table_total", "subtotal"}  # of the block's own columns
    return (amount is not None and amount.field.startswith("amount:") and not is_total) or bool(find_header(sheet, row))
