"""Tall tables: every row is an indicator and names, or continues, its unit and project.

Belongs here: when a row begins another project, its money and goal, and rows that hold only a unit's total. Does not read
the indicator's own columns (``grid_rows``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.layouts.bracket_cell import read_bracket_cell
from pipelines.layouts.drafts import AmountDraft, DocumentDraft, ProjectDraft, read_money, split_code
from pipelines.layouts.grid_header import GridHeader
from pipelines.layouts.grid_rows import GridState, read_indicator_row
from pipelines.layouts.labels import form_label, normalise_label
from pipelines.layouts.rows import DOCUMENT, PROJECT, UNIT, UnreadableForm
from pipelines.layouts.sheet import Sheet
from pipelines.raw.table import Cell

_FIELDS = {"goal": "goal_text", "cycle_goal": "cycle_goal_text", "project_code": "code", "unit_code": "unit_code"}
_YEARS = {"年度", "预算年度"}
_TOTALS = {"合计", "总计", "总合计", "全部合计"}


@dataclass
class TallState:
    """The unit and department as carried down, and the cell or text that the current project was named by."""

    header: GridHeader
    unit: Cell | None = None
    department: Cell | None = None
    named_by: Cell | None = None
    seen: set[tuple[int, int]] = field(default_factory=set)


def read_tall_row(sheet: Sheet, state: GridState, tall: TallState, row: int, draft: DocumentDraft) -> None:
    """Read a row: its project's columns, then its indicator."""
    columns = tall.header.groups[0].columns
    _carry(sheet, tall, row)
    name_cell = sheet.owner(row, columns["project_name"][0])
    has_name = name_cell is not None and bool(name_cell.text.strip())
    indicator_cells = _indicator_cells(sheet, tall.header, row)
    if not indicator_cells and not (has_name and name_cell is not None and name_cell.row < row):
        _read_total(sheet, tall, row, draft)
        return
    if has_name and name_cell is not None and _is_new(sheet, tall, name_cell, draft):
        _begin(sheet, tall, name_cell, draft)
    _fill_project(sheet, tall, row, draft)
    packed = columns.get("packed")
    cell = sheet.owner(row, packed[0]) if packed else None
    if cell is None:
        read_indicator_row(sheet, state, row, draft)
    elif cell.row == row:
        sheet.claim(cell)
        draft.current.indicators += read_bracket_cell(cell.text, sheet.place(cell), draft.current)


def _carry(sheet: Sheet, tall: TallState, row: int) -> None:
    columns = tall.header.groups[0].columns
    for name, attribute in (("unit_name", "unit"), ("department_name", "department")):
        cell = sheet.owner(row, columns[name][0]) if name in columns else None
        if cell is not None and cell.text.strip():
            sheet.claim(cell)
            setattr(tall, attribute, cell)


def _indicator_cells(sheet: Sheet, header: GridHeader, row: int) -> list[Cell]:
    """Cells of the indicator's own columns that are printed in this row."""
    names = {"name", "annual", "cycle", "actual", "level1", "level2", "packed"}
    numbers = {column for group in header.groups for name in names for column in group.columns.get(name, [])}
    return [cell for cell in sheet.printed(row) if cell.column in numbers]


def _is_new(sheet: Sheet, tall: TallState, cell: Cell, draft: DocumentDraft) -> bool:
    """Another project: named in another cell, by another text or under another unit."""
    if tall.named_by is cell:
        return False
    if not draft.projects or tall.named_by is None:
        return True
    project = draft.projects[-1]
    unit = split_code(sheet.line(tall.unit))[1] if tall.unit else None
    is_same = split_code(sheet.line(cell))[1] == project.name and unit == project.unit_name
    row, columns = cell.row, tall.header.groups[0].columns
    code = sheet.text(row, columns["project_code"][0]) if "project_code" in columns else ""
    if not is_same or (code and project.code and code != project.code):
        return True
    goal = sheet.owner(row, columns["goal"][0]) if "goal" in columns else None
    if goal is not None and goal.text.strip() and goal.row == row and sheet.paragraph(goal) != project.goal_text:
        text = sheet.line(cell)
        message = f"“{text}”再次出现，目标不同，可能是另一个项目 (the same name with another goal: another project?)"
        raise UnreadableForm("project_ambiguous", message, str(sheet.place(cell)), text)
    return cell.row_span > 1 and tall.named_by.row_span > 1


def _begin(sheet: Sheet, tall: TallState, cell: Cell, draft: DocumentDraft) -> None:
    code, name = split_code(sheet.line(cell))
    project = ProjectDraft(len(draft.projects) + 1, name, sheet.place(cell), code=code)
    if tall.unit is not None:
        project.unit_code, project.unit_name = split_code(sheet.line(tall.unit))
    if tall.department is not None:
        project.department_name = split_code(sheet.line(tall.department))[1]
    tall.named_by = cell
    draft.projects.append(project)


def _fill_project(sheet: Sheet, tall: TallState, row: int, draft: DocumentDraft) -> None:
    """Columns about the project: each cell once, however many rows it spans or repeats over."""
    project, columns = draft.current, tall.header.groups[0].columns
    if tall.named_by is not None:
        sheet.claim(tall.named_by, sheet.owner(row, columns["project_name"][0]))
    for name, numbers in columns.items():
        for column in numbers:
            cell = sheet.owner(row, column)
            if cell is None or not cell.text.strip():
                continue
            if name in _FIELDS:
                sheet.claim(cell)
                text = sheet.paragraph(cell) if name.endswith("goal") else sheet.line(cell)
                if not getattr(project, _FIELDS[name]):
                    setattr(project, _FIELDS[name], text)
                elif getattr(project, _FIELDS[name]) != text and not name.endswith("goal"):
                    message = "同一项目的编码前后不一 (one project with two codes)"
                    raise UnreadableForm("code_conflict", message, str(sheet.place(cell)), text)
                elif getattr(project, _FIELDS[name]) != text and (cell.row, cell.column) not in tall.seen:
                    setattr(project, _FIELDS[name], f"{getattr(project, _FIELDS[name])}\n{text}")
                tall.seen.add((cell.row, cell.column))
            elif name == "project_ignored":
                sheet.ignore(cell)
                if normalise_label(sheet.text(tall.header.last, column)) in _YEARS and cell.text.strip()[:4].isdigit():
                    draft.years.append(int(cell.text.strip()[:4]))
            elif name.startswith("amount:"):
                _amount(sheet, tall, cell, name, draft)


def _amount(sheet: Sheet, tall: TallState, cell: Cell, name: str, draft: DocumentDraft) -> None:
    """A project's amount; printed again on each of its rows it must be the same."""
    sheet.claim(cell)
    source = name.removeprefix("amount:")
    known = next((one for one in draft.current.amounts if one.source == source), None)
    found = read_money(sheet.line(cell), sheet.place(cell))
    if found is None or (cell.row, cell.column) in tall.seen:
        return
    tall.seen.add((cell.row, cell.column))
    unit = found[1] or tall.header.money_units.get(cell.column)
    if known is None:
        place = sheet.place(cell)
        draft.current.amounts.append(AmountDraft(PROJECT, source, sheet.line(cell), found[0], unit, place))
    elif known.number != found[0]:
        message = "同一项目的金额前后不一 (one project with two amounts)"
        raise UnreadableForm("amount_conflict", message, str(sheet.place(cell)), sheet.line(cell))


def _read_total(sheet: Sheet, tall: TallState, row: int, draft: DocumentDraft) -> None:
    """A row with money and no indicator: 合计, or the total of a department or unit."""
    columns = tall.header.groups[0].columns
    printed = sheet.printed(row)
    amounts = {
        name: cell
        for name, numbers in columns.items()
        if name.startswith("amount:") and (cell := sheet.owner(row, numbers[0])) is not None and cell.row == row
    }
    heads = [cell for cell in printed if cell not in amounts.values()]
    is_total = any(normalise_label(cell.text) in _TOTALS for cell in heads)
    label = form_label(heads[0].text) if heads else None
    name_column = columns["project_name"][0]
    if not is_total and (not amounts or any(cell.column == name_column for cell in heads) or len(heads) != 1):
        is_money = any(cell.text.strip() for cell in amounts.values())
        if label is not None and label.field in {"table_total", "subtotal"} and not is_money:
            sheet.claim(*printed)
        return  # stays unclaimed, and is named
    sheet.claim(*printed)
    for name, cell in amounts.items():
        found = read_money(sheet.line(cell), sheet.place(cell))
        if found is not None:
            draft.subtotals.append(
                AmountDraft(
                    DOCUMENT if is_total else UNIT,
                    name.removeprefix("amount:"),
                    sheet.line(cell),
                    found[0],
                    found[1] or tall.header.money_units.get(cell.column),
                    sheet.place(cell),
                    None if is_total else split_code(sheet.line(heads[0]))[1],
                )
            )
