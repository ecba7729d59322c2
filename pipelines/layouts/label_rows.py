"""The rows of a form outside its grid: labels with their values, money, goals.

Belongs here: what a label's value is – the cell behind it, the cell below it, or the rest of its own cell. Does not decide
where a form or a grid begins (``form_reader``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from pipelines.layouts.drafts import (
    NOTHING,
    AmountDraft,
    DocumentDraft,
    ProjectDraft,
    read_money,
    read_score,
    split_code,
)
from pipelines.layouts.execution import EXECUTION_FIELDS, fill_execution, fill_points
from pipelines.layouts.identity import is_identity_line
from pipelines.layouts.labels import Label, form_field, form_label, normalise_label
from pipelines.layouts.rows import PROJECT, PROJECT_CYCLE, TOTAL, Place, UnreadableForm
from pipelines.layouts.sheet import Sheet
from pipelines.raw.table import Cell

GOALS = {"goal": "goal_text", "cycle_goal": "cycle_goal_text", "goal_result": "goal_result_text"}
_BUDGETS = {"initial", "adjusted"}
_PARTS = re.compile(r"\s+(?=[^\s:：]{2,16}[:：])")
_STATING = {*GOALS, "unit_name", "department_name", "project_code", "unit_code", "fiscal_year"}
_COLON = re.compile(r"[:：]")
_LONGEST_LABEL = 20
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_LONGEST_HEADING = 12
NOTE = re.compile(
    r"(?:备?注|说明|填表说明|填报说明|联系人|填报人|填表人|制表人|制表|经办人|负责人|单位负责人|财务负责人|项目负责人|审核人|审核|"
    r"复核人|公开日期|填报日期|填表日期|填报时间|填报单位负责人|评价人员|单位盖章|联系电话|电话)"
    r"(?:[:：0-9(（、.]|$)"
)


def is_note(text: str) -> bool:
    """Whether a text begins a foot note or says who signed."""
    return bool(NOTE.match(normalise_label(text)))


def is_goal_header(sheet: Sheet, row: int) -> bool:
    """A row of nothing but goal labels, whose texts stand in the row below."""
    labels = [form_label(cell.text) for cell in sheet.printed(row)]
    goals = [label for label in labels if label and label.field in GOALS]
    return (
        bool(goals)
        and all(label and label.field in {*GOALS, "section"} for label in labels)
        and row + 1 < sheet.row_count
    )


def read_goals_below(sheet: Sheet, row: int, draft: DocumentDraft) -> int:
    """Read goals that stand under their labels; returns the first row behind them."""
    cells = sheet.printed(row)
    sheet.claim(*cells)
    heads = [cell for cell in cells if cell.row_span == 1 and (own := form_label(cell.text)) and own.field in GOALS]
    side = next((cell for cell in cells if cell.row_span > 1), None)
    end = side.row + side.row_span if side else row + 2
    own = form_label(side.text) if side else None
    is_goals = own is not None and own.field in GOALS  # whatever stands beside that label is a goal, 完成情况 too
    if not heads and side:
        heads = [side]
    below = row + 1
    while below < min(end, sheet.row_count):
        labels = [label for cell in sheet.printed(below) if (label := form_field(cell.text))]
        if not is_goals and labels and (any(one.is_listed for one in labels) or len(sheet.printed(below)) > len(heads)):
            break
        for head in heads:
            label = form_label(head.text)
            cell = sheet.owner(below, head.column)
            if label and cell and cell.row == below and cell.text.strip():
                add_goal(sheet, label, cell, draft.current)
        below += 1
    return below


def add_goal(sheet: Sheet, label: Label, cell: Cell, project: ProjectDraft, part: str | None = None) -> None:
    """Add a cell's text, or the ``part`` of it that follows a label, to the goal, or its result, that the label names."""
    name = GOALS[label.field]
    if label.field == "goal" and label.horizon == "cycle":
        name = "cycle_goal_text"
    sheet.claim(cell)
    text = sheet.paragraph(cell) if part is None else part.strip()
    known = getattr(project, name)
    setattr(project, name, f"{known}\n{text}" if known and known != text else text)


def read_label_row(sheet: Sheet, row: int, draft: DocumentDraft) -> None:
    """Read labels with the values behind them. What is no label, value or known line stays unclaimed."""
    cells = sheet.cells(row)
    fields = [label.field for cell in cells if (label := form_label(cell.text))]
    is_execution = sum(field in EXECUTION_FIELDS for field in fields) >= 2
    position = 0
    while position < len(cells):
        cell = cells[position]
        position += 1
        if sheet.is_claimed(cell) or not cell.text.strip():
            continue
        label = form_field(cell.text)
        if label is None:
            _read_one_cell(sheet, cell, draft)
            continue
        draft.note_unit(label.money_unit)
        sheet.claim(cell)
        value = cells[position] if position < len(cells) else None
        if label.field in _BUDGETS and not is_execution:
            label = replace(label, field="amount:total")  # 预算数 alone is the budget, not a column of its execution
        follower = form_field(value.text) if value is not None and value.text.strip() else None
        # A value that states its own label (年度资金总额：186.33) is read on its own.
        is_stated = value is not None and label_and_value(value.text.strip()) is not None
        is_money = label.field.startswith("amount:")
        needs_amount = label.field == "section" or (is_money and (follower is not None or is_stated))
        is_heading = needs_amount and value is not None and not _is_amount(value.text)
        if value is None or is_heading or (follower and follower.is_listed and label.field != "project_name"):
            _refuse_label_as_value(sheet, label, cells[position:])
            continue
        position += 1
        _take(sheet, label, value, draft)


def _refuse_label_as_value(sheet: Sheet, label: Label, behind: list[Cell]) -> None:
    """``年度目标 | 项目管理``, and nothing more: the second is a label without a value, or the first one's value."""
    printed = [cell for cell in behind if cell.text.strip()]
    if label.field in _STATING and len(printed) == 1 and not any(cell.row_span > 1 for cell in behind):
        text = sheet.line(printed[0])
        message = f"“{text[:30]}”可能是标签，也可能是它前面标签的内容 (a label, or what the label before it states?)"
        raise UnreadableForm("value_ambiguous", message, str(sheet.place(printed[0])), text[:200])


def _read_one_cell(sheet: Sheet, cell: Cell, draft: DocumentDraft) -> None:
    """A cell that is a line of its own: a stated fact, ``label：value``, a foot note, or a heading beside the form."""
    line = sheet.line(cell)
    if is_note(line):
        sheet.ignore(cell)
        return
    stated = label_and_value(cell.text.strip())
    several = facts_in(cell.text)
    if several:
        sheet.claim(cell)
        for label, value in several:
            draft.note_unit(label.money_unit)
            if label.field != "ignored":
                _fill(sheet, label, cell, value, draft)
    elif stated is not None:
        if stated[0].field in GOALS and not stated[0].is_listed:
            stated = stated[0], sheet.paragraph(cell)  # 目标2：… is the goal's own numbering
        sheet.claim(cell)
        draft.note_unit(stated[0].money_unit)
        if stated[0].field != "ignored":
            _fill(sheet, stated[0], cell, stated[1], draft)
    elif all(is_identity_line(part) for part in cell.text.split("\n") if part.strip()):
        sheet.claim(cell)
        draft.lines += [part.strip() for part in cell.text.split("\n") if part.strip()]
    elif cell.column == 0 and cell.row_span > 1 and len(normalise_label(line)) <= _LONGEST_HEADING:
        sheet.claim(cell)


def facts_in(text: str) -> list[tuple[Label, str]]:
    """``主管部门：教育局　实施单位：一小``: two facts or more below or beside each other, or none where a part is no fact."""
    parts = [label_and_value(part) for part in _PARTS.split(text.strip())]
    found = [part for part in parts if part and part[0].is_listed and part[0].field not in GOALS]
    return found if len(found) == len(parts) > 1 else []


def label_and_value(text: str) -> tuple[Label, str] | None:
    """``其中：财政资金：8936.11`` → the label before one of its colons, and what stands behind that colon."""
    for colon in _COLON.finditer(text, 0, _LONGEST_LABEL):
        label, value = form_field(text[: colon.start()]), text[colon.end() :].strip()
        if label is not None and value:
            return label, value
    return None


def _take(sheet: Sheet, label: Label, value: Cell, draft: DocumentDraft) -> None:
    """Give a label's field the value's text."""
    if label.field == "ignored":
        sheet.ignore(value)
    else:
        sheet.claim(value)
        if value.text.strip():
            _fill(sheet, label, value, value.text, draft)


def _fill(sheet: Sheet, label: Label, cell: Cell, text: str, draft: DocumentDraft) -> None:
    line = (sheet.line(cell) if text is cell.text else text.strip()).lstrip(":：").strip()
    place = sheet.place(cell)
    name = label.field
    if name == "project_name":
        code, project_name = split_code(line)
        draft.projects.append(ProjectDraft(len(draft.projects) + 1, project_name, place, code=code))
        draft.settle_pending()
        draft.areas.clear()
        draft.cycle_columns.clear()
    elif name == "department_name":
        code, department = split_code(line)
        draft.departments.append((department, code))
        draft.state("department_name", department, place)
    elif name in {"unit_name", "unit_code", "project_code"}:
        _fill_unit(name, line, draft, place)
    elif name == "fiscal_year":
        year = _YEAR.search(unicodedata.normalize("NFKC", line))
        if year:
            draft.years.append(int(year.group(0)))
    elif name in GOALS:
        add_goal(sheet, label, cell, draft.current, None if text is cell.text else text)
    elif name.startswith("amount:") or name == "section":
        _fill_amount(label, line, cell, sheet, draft)
    elif name == "table_total":
        draft.current.total_score = read_score(line, place)
    elif name in {"execution_weight", "execution_score"}:
        fill_points(name, line, cell, sheet, draft)
    elif name in EXECUTION_FIELDS:
        fill_execution(name, line, cell, sheet, draft)


def _fill_unit(name: str, line: str, draft: DocumentDraft, place: Place) -> None:
    if name == "unit_name":
        code, unit = split_code(line)
        draft.state("unit_name", unit, place)
        if code:
            draft.state("unit_code", code, place)
    else:
        draft.state("code" if name == "project_code" else name, line, place)


def _fill_amount(label: Label, line: str, cell: Cell, sheet: Sheet, draft: DocumentDraft) -> None:
    """An amount of the year, or of the whole cycle where its column is headed by 中期资金总额."""
    found = read_money(line, sheet.place(cell))
    source = TOTAL if label.field == "section" else label.field.removeprefix("amount:")
    if source == "cycle_total" or label.horizon == "cycle":
        draft.cycle_columns.add(cell.column)
        source, scope = (TOTAL if source == "cycle_total" else source), PROJECT_CYCLE
    else:
        scope = PROJECT_CYCLE if cell.column in draft.cycle_columns and source != TOTAL else PROJECT
    if found is None:
        return
    number, unit = found
    place, stated = sheet.place(cell), unit or label.money_unit
    draft.current.amounts.append(AmountDraft(scope, source, line, number, stated, place, year=label.year))


def _is_amount(text: str) -> bool:
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    return folded not in NOTHING and bool(re.fullmatch(r"-?[0-9][0-9,]*(?:\.[0-9]+)?(?:[百千万亿]*元|万|亿)?", folded))
