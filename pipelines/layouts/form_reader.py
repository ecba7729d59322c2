"""Forms with an indicator grid, read from top to bottom: one project's page, several of them, or a tall table of many.

Belongs here: what kind of row comes next – a header, a label row, money, goals, an indicator, the points' total, a note –
and which reader takes it. Does not read a cell's meaning.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.layouts.drafts import DocumentDraft, read_score
from pipelines.layouts.execution import is_execution_header, read_execution
from pipelines.layouts.form_tables import FormTable
from pipelines.layouts.grid_header import SIDE, GridHeader, find_header
from pipelines.layouts.grid_rows import GridState, read_indicator_row
from pipelines.layouts.identity import begins_form, is_identity_line
from pipelines.layouts.label_rows import (
    GOALS,
    add_goal,
    facts_in,
    is_goal_header,
    is_note,
    label_and_value,
    read_goals_below,
    read_label_row,
)
from pipelines.layouts.labels import form_field, form_label, grid_label, normalise_label
from pipelines.layouts.middle_levels import middle_levels
from pipelines.layouts.passed_over import pass_over
from pipelines.layouts.regional_grid import read_area_row
from pipelines.layouts.rows import ANNUAL, CYCLE, UnreadableForm
from pipelines.layouts.sheet import Sheet
from pipelines.layouts.tall_table import TallState, read_tall_row
from pipelines.raw.table import Cell, RawTable

_REMARKS = {"ignored", "goal_result"}
_NAMED = ("name", "project_name", "unit_name")
_VALUES = ("annual", "cycle", "actual")
_SECTION = re.compile(r"(?:年度)?绩效目标[0-9一二三四五六七八九十]*(?:\([0-9]+分?\))?")


def is_form(table: RawTable) -> bool:
    """Whether a table names a project beside a label, or has an indicator grid's header."""
    sheet = Sheet(FormTable(table, tuple((table.number, row + 1) for row in range(table.row_count))))
    for row in range(table.row_count):
        labels = [form_label(cell.text) for cell in sheet.printed(row)]
        if any(label and label.field == "project_name" for label in labels):
            return True
        try:
            if find_header(sheet, row):
                return True
        except UnreadableForm:
            return True  # a header, with a column that nobody knows: the form's reader says so
    return False


def _is_section(cell: Cell) -> bool:
    """A heading over a part of the form: 一、项目基本情况, 四、绩效目标."""
    label = form_label(cell.text)
    return label is not None and label.field in {"section", *GOALS}


class FormReader:
    """Walks the tables of a document in order; a grid in a table of its own belongs to the project named before it."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self.draft = DocumentDraft()
        self.is_tall = False
        self._state: GridState | None = None
        self._tall: TallState | None = None
        self._is_in_notes = False
        self._horizon: str | None = None

    def read(self, form: FormTable) -> None:
        """Read one table into the draft. Raises ``UnreadableForm`` for what no rule understands."""
        sheet = Sheet(form)
        self._state, self._tall, self._is_in_notes, self._horizon = None, None, False, None
        row = 0
        while row < sheet.row_count:
            row = self._next(sheet, row)
        sheet.refuse_unclaimed()
        claimed, ignored = sheet.row_counts()
        self.draft.rows_claimed += claimed
        self.draft.rows_ignored += ignored

    def _next(self, sheet: Sheet, row: int) -> int:
        """Read what begins in ``row``; returns the row to go on with."""
        printed = [cell for cell in sheet.printed(row) if not sheet.is_claimed(cell)]
        if not printed and not self._is_under_span(sheet, row):
            return row + 1
        header = find_header(sheet, row)
        if header is not None:
            self._begin_grid(sheet, header)
            return header.last + 1
        if is_execution_header(sheet, row) and not self._tall:
            self._state = None
            return read_execution(sheet, row, self.draft)
        if self._is_identity_row(sheet, printed):
            self._state, self._tall, self._is_in_notes = None, None, False
        if self._state is not None:
            self._grid_row(sheet, row, printed)
            return row + 1
        return self._form_row(sheet, row, printed)

    def _is_under_span(self, sheet: Sheet, row: int) -> bool:
        return self._state is not None and any(sheet.text(row, column) for column in range(sheet.column_count))

    def _begin_grid(self, sheet: Sheet, header: GridHeader) -> None:
        for row in range(header.first, header.last + 1):
            sheet.claim(*(sheet.owner(row, column) for column in range(sheet.column_count)))
        if self._state is not None and self._state.header.groups == header.groups:
            if self._tall is not None:
                self._tall.header = header  # which may state another money unit
            return  # the same header again, at the top of another page: levels go on
        beside = [grid_label(sheet.text(header.first, column)) for column in header.side_columns]
        stated = {"cycle_side": CYCLE, "annual_side": ANNUAL}
        horizon = next((stated[label.field] for label in beside if label and label.field in stated), self._horizon)
        self._state = GridState(header, horizon)
        for number, group in enumerate(header.groups):
            placed = middle_levels(sheet, header, group)
            if placed is not None:
                self._state.placed[number] = placed
        self._tall = TallState(header) if header.has_projects else None
        self.is_tall = self.is_tall or header.has_projects
        self._is_in_notes = False
        self.draft.money_units += header.money_units.values()
        place = sheet.form.place(header.last)
        self.draft.column_years += [(name, year, place) for name, year in header.years]

    def _is_identity_row(self, sheet: Sheet, printed: list[Cell]) -> bool:
        """A row that begins another form: its first cell is a label of who and what, with something behind it."""
        label = form_label(printed[0].text) if printed else None
        stated = label_and_value(printed[0].text.strip()) if len(printed) == 1 and self._state else None
        if stated is not None and stated[0].is_listed and stated[0].field == "project_name" and not self._tall:
            return True  # 项目名称：…, in a cell that fills its row
        if label is None or not label.is_listed or self._tall or len(sheet.cells(printed[0].row)) < 2:
            return False
        return label.field in {"project_name", "department_name", "unit_name", "project_code"} and len(printed) >= 2

    def _grid_row(self, sheet: Sheet, row: int, printed: list[Cell]) -> None:
        """A row under a grid's header."""
        for cell in printed:
            if self._is_side(cell):
                self._turn_horizon(cell)
        state = self._state
        assert state is not None
        body = [cell for cell in printed if not self._is_side(cell)] or printed
        is_further = self._is_in_notes and len(body) == 1 and not self._is_named(body[0])
        if is_further and begins_form(sheet.line(body[0])):
            self._lone_cell(sheet, body[0])
        elif body and (is_further or self._is_note_row(sheet, body)):
            self._is_in_notes = True
            sheet.ignore(*printed)
        elif body and self._is_closing(sheet, body):
            self._close(sheet, row, body)
        elif len(body) == 1 and body[0].column_span > 1 and self._lone_cell(sheet, body[0]):
            return
        elif self._tall is not None:
            read_tall_row(sheet, state, self._tall, row, self.draft)
        elif state.header.groups[0].areas:
            read_area_row(sheet, state, row, self.draft)
        else:
            read_indicator_row(sheet, state, row, self.draft)

    def _is_named(self, cell: Cell) -> bool:
        """Whether a cell stands where an indicator's or a project's name does."""
        return cell.column in self._columns(_NAMED) and (cell.column > 0 and cell.column_span == 1)

    def _columns(self, fields: tuple[str, ...]) -> set[int]:
        groups = self._state.header.groups if self._state is not None else ()
        return {column for group in groups for name in fields for column in group.columns.get(name, [])}

    def _is_note_row(self, sheet: Sheet, body: list[Cell]) -> bool:
        """A foot note or signatures. Raises where it may as well be an indicator that is called 审核 or 备注."""
        first = sheet.line(body[0])
        if not is_note(first):
            return False
        columns, names = self._columns(_VALUES), self._columns(_NAMED)
        has_value = any(cell.column in columns and cell.column_span == 1 for cell in body[1:])
        is_signed = any(is_note(sheet.line(cell)) for cell in body[1:])
        if body[0].column not in names or not has_value or is_signed or re.search("[:：]", first):
            return True
        if re.search("[(（]", first):
            return False  # 电话（部）: a name with its unit
        message = f"“{first}”可能是签字或备注，也可能是指标 (a note, or an indicator of that name?)"
        raise UnreadableForm("row_ambiguous", message, str(sheet.place(body[0])), first)

    def _is_side(self, cell: Cell) -> bool:
        """A heading beside the grid; a total that begins in the same column is none."""
        assert self._state is not None
        label = form_label(cell.text)
        is_closing = label is not None and label.field in {"table_total", "subtotal", *_REMARKS} and cell.row_span == 1
        return cell.column in self._state.header.side_columns and not is_closing

    def _is_closing(self, sheet: Sheet, body: list[Cell]) -> bool:
        """合计, 总分, or a closing remark such as 存在问题, where an indicator's levels would stand."""
        label = form_label(sheet.line(body[0]))
        if label is None or self._tall is not None or self._state is None:
            return False
        if label.field in {"table_total", "subtotal"}:
            return label.is_listed and body[0].column != self._state.header.groups[0].first("name")
        # A remark fills its row; where the words are no listed label, only its shape tells it from an indicator.
        is_wide = len(body) == 1 or (len(body) == 2 and body[1].column_span >= 2 and body[0].column == 0)
        return label.field in _REMARKS and is_wide and (label.is_listed or body[0].column == 0)

    def _close(self, sheet: Sheet, row: int, body: list[Cell]) -> None:
        """The points' total, or a remark that is no fact."""
        label = form_label(sheet.line(body[0]))
        assert label is not None and self._state is not None
        if label.field == "table_total":
            column = self._state.header.groups[-1].first("score")
            cell = sheet.owner(row, column) if column is not None else None
            if cell is not None and cell is not body[0] and cell.text.strip():
                self.draft.current.total_score = read_score(sheet.line(cell), sheet.place(cell))
            elif column is None or cell is body[0]:
                weights = {group.first("weight") for group in self._state.header.groups}
                numbers = [one for one in body[1:] if one.column not in weights or one is cell]
                if self.draft.has_results and numbers:
                    self.draft.current.total_score = read_score(sheet.line(numbers[-1]), sheet.place(numbers[-1]))
            sheet.claim(*body)
        elif label.field == "goal_result" and len(body) == 2:
            sheet.claim(*body)
            add_goal(sheet, label, body[1], self.draft.current)
        else:
            sheet.ignore(*body)

    def _heading(self, sheet: Sheet, cell: Cell) -> bool:
        """A lone cell over a part of the grid: 长期绩效指标, 年度绩效目标1（80分）."""
        label = grid_label(cell.text)
        is_wide = cell.column_span >= max(2, sheet.column_count - 2)
        if label and label.field in SIDE and is_wide:
            self._turn_horizon(cell)
        elif not (is_wide and (_SECTION.fullmatch(normalise_label(cell.text)) or _is_section(cell))):
            return False
        sheet.claim(cell)
        return True

    def _turn_horizon(self, cell: Cell) -> None:
        """What a heading says of the rows below: behind a long-term part, 年度绩效指标 is the year's."""
        label = grid_label(cell.text)
        if label is None or label.field not in SIDE:
            return
        known = (self._state.horizon if self._state is not None else None) or self._horizon
        is_year = label.field == "annual_side" or (known == CYCLE and "年度" in normalise_label(cell.text))
        self._horizon = CYCLE if label.field == "cycle_side" else ANNUAL if is_year else known
        if self._state is not None:
            self._state = replace(self._state, horizon=self._horizon)

    def _form_row(self, sheet: Sheet, row: int, printed: list[Cell]) -> int:
        """A row outside any grid."""
        if self._goals_beside(sheet, row):
            return row + 1
        if is_goal_header(sheet, row) and find_header(sheet, row + 1) is None:
            return read_goals_below(sheet, row, self.draft)
        block = form_label(printed[0].text)
        if block is not None and block.field == "ignored_block":
            return pass_over(sheet, row, printed[0])
        if len(printed) == 1 and self._lone_cell(sheet, printed[0]):
            return row + 1
        read_label_row(sheet, row, self.draft)
        return row + 1

    def _lone_cell(self, sheet: Sheet, cell: Cell) -> bool:
        """A title, a year, a note, or a heading that fills its row."""
        line = sheet.line(cell)
        is_further = self._is_in_notes and form_field(cell.text) is None and not begins_form(line)
        if is_note(line) or is_further:
            self._is_in_notes = True
            sheet.ignore(cell)
            return True
        if self._heading(sheet, cell):
            return True
        if self.draft.projects and facts_in(cell.text):
            return False
        parts = [part.strip() for part in cell.text.split("\n") if part.strip()]
        if all(is_identity_line(part) for part in parts) or is_identity_line(line):
            sheet.claim(cell)
            self.draft.lines += parts if all(is_identity_line(part) for part in parts) else [line]
            return True
        if not self.draft.projects and self._state is None and form_field(cell.text) is None:
            sheet.ignore(cell)  # a letter above the form, as it may also stand above the table
            return True
        return False

    def _goals_beside(self, sheet: Sheet, row: int) -> bool:
        """Further lines of a goal whose label spans several rows."""
        side = sheet.owner(row, 0)
        label = form_label(side.text) if side is not None and side.row < row else None
        further = [cell for cell in sheet.printed(row) if not sheet.is_claimed(cell)]
        if label is None or label.field not in GOALS or any(form_field(cell.text) for cell in further):
            return False
        for cell in further:
            add_goal(sheet, label, cell, self.draft.current)
        return bool(further)
