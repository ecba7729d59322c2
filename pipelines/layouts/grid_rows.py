"""The rows under a grid's header → indicators: levels carried down, template rows passed over, values as printed.

Belongs here: what one row says. Does not decide where a grid ends (``form_reader``), nor read a value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pipelines.layouts.drafts import DocumentDraft, ProjectDraft, indicator_name, read_score
from pipelines.layouts.grid_header import GridGroup, GridHeader
from pipelines.layouts.labels import normalise_label
from pipelines.layouts.merged_cells import group_cell, is_continued, refuse_shared
from pipelines.layouts.middle_levels import Levels
from pipelines.layouts.rows import ANNUAL, CYCLE, IndicatorRow, ResultText, TargetText, UnreadableForm
from pipelines.layouts.sheet import Sheet
from pipelines.raw.table import Cell

_NUMBERED_NAME = re.compile(r"指标\s*[0-9一二三四五六七八九十]+\s*[:：.、．]|(?:^|\s)[0-9]{1,2}[、.．](?![0-9])")
# Signs and words that compare, as printed in a column of their own; other words there say which way is better.
COMPARING = set("≥≤=＝><＞＜≧≦") | {
    *(
        ">=",
        "<=",
        "=>",
        "=<",
        "大于等于",
        "小于等于",
        "等于",
        "大于",
        "小于",
        "不低于",
        "不高于",
        "不少于",
        "不超过",
        "不小于",
        "不大于",
        "至少",
    ),
    *("至多", "大于或等于", "小于或等于", "约", "定性"),
}


@dataclass
class GridState:
    """Levels as carried down, per group, and the horizon that a heading over the grid states."""

    header: GridHeader
    horizon: str | None = None
    level1: dict[int, Cell] = field(default_factory=dict)
    level2: dict[int, Cell] = field(default_factory=dict)
    placed: dict[int, tuple[Levels, Levels]] = field(default_factory=dict)  # levels printed in the middle of their rows


def read_indicator_row(
    sheet: Sheet, state: GridState, row: int, draft: DocumentDraft, project: ProjectDraft | None = None
) -> None:
    """Append what a row states to ``project`` (the current one). Claims its cells; a blank template row states nothing."""
    project = project or draft.current
    row_start = len(project.indicators)
    for number, group in enumerate(state.header.groups):
        _carry_levels(sheet, state, number, group, row)
        indicator = _indicator(sheet, state, number, row, project)
        if indicator is not None:
            draft.has_results = draft.has_results or indicator.result is not None
            _append(project, row_start, indicator)
    for column in state.header.side_columns:
        _claim_side(sheet, row, column)


def _claim_side(sheet: Sheet, row: int, column: int) -> None:
    """A heading beside the grid: it spans rows, or is one of the known words."""
    cell = sheet.owner(row, column)
    if cell is not None and (cell.row < row or len(normalise_label(cell.text)) <= 12):
        sheet.claim(cell)


def _carry_levels(sheet: Sheet, state: GridState, number: int, group: GridGroup, row: int) -> None:
    """A printed level replaces the one above; a new level 1 forgets level 2."""
    if number in state.placed:
        for cells, carried in zip(state.placed[number], (state.level1, state.level2), strict=True):
            carried.pop(number, None)
            if row in cells:
                carried[number] = cells[row]
                sheet.claim(cells[row])
        return
    for name, carried in (("level1", state.level1), ("level2", state.level2)):
        column = group.first(name)
        cell = sheet.owner(row, column) if column is not None else None
        if cell is None or not cell.text.strip():
            continue
        sheet.claim(cell)
        if name == "level1" and carried.get(number) is not cell:
            state.level2.pop(number, None)
        carried[number] = cell


def _own(cell: Cell | None, row: int) -> bool:
    return cell is not None and cell.row == row


def _indicator(sheet: Sheet, state: GridState, number: int, row: int, project: ProjectDraft) -> IndicatorRow | None:
    group = state.header.groups[number]
    refuse_shared(sheet, group, row)
    horizon = group.horizon or state.horizon or (None if len(state.header.groups) == 1 else (CYCLE, ANNUAL)[number])
    name_cell = group_cell(sheet, group, "name", row)
    name = indicator_name(sheet.line(name_cell)) if name_cell else ""
    if name_cell is not None and len(_NUMBERED_NAME.findall(name_cell.text)) > 1:
        message = "一个单元格里有几项指标的名称 (several indicators named in one cell)"
        raise UnreadableForm("names_in_one_cell", message, str(sheet.place(name_cell)), sheet.line(name_cell)[:200])
    if name_cell is not None and is_continued(sheet, group, name_cell, row):
        return None
    targets = _targets(sheet, group, row, horizon)
    result = _result(sheet, group, row)
    printed = [target for target in targets if target.text]
    if not name:
        if printed or (result is not None and result.actual_text) or _has_points(sheet, group, row):
            return _unnamed(sheet, state, number, row)
        _claim_blank(sheet, group, row)
        return None
    sheet.claim(name_cell)
    weight = _points(sheet, group, "weight", row)
    _claim_rest(sheet, group, row)
    assert name_cell is not None
    level1, level2 = state.level1.get(number), state.level2.get(number)
    return IndicatorRow(
        project_number=project.number,
        number=len(project.indicators) + 1,
        level1_text=sheet.line(level1) if level1 else None,
        level2_text=sheet.line(level2) if level2 else None,
        name=name,
        place=sheet.place(name_cell),
        targets=tuple(targets),
        result=result,
        weight=weight,
        description=_joined(sheet, group, "description", row),
        previous_text=_text(sheet, group, "previous", row),
    )


def _has_points(sheet: Sheet, group: GridGroup, row: int) -> bool:
    """Points in a row that names no indicator; the noughts of a blank template row are none."""
    return any(_points(sheet, group, name, row) for name in ("weight", "score"))


def _unnamed(sheet: Sheet, state: GridState, number: int, row: int) -> IndicatorRow:
    """A value without a name cannot be said to belong to anything."""
    cells = [cell for cell in sheet.printed(row) if cell.column not in state.header.side_columns]
    text = " | ".join(sheet.line(cell) for cell in cells)
    message = f"第{number + 1}组指标值没有指标名称 (value without an indicator name)"
    raise UnreadableForm("indicator_unnamed", message, str(sheet.form.place(row)), text[:200])


def _targets(sheet: Sheet, group: GridGroup, row: int, horizon: str | None) -> list[TargetText]:
    comparator = _stated_comparator(sheet, group, row)
    unit_cell = group_cell(sheet, group, "unit", row)
    unit = sheet.line(unit_cell) if unit_cell else None
    sheet.claim(unit_cell)
    found = []
    for name in ("cycle", "annual"):
        column = group.first(name)
        cell = sheet.owner(row, column) if column is not None else None
        if cell is None:
            continue
        sheet.claim(cell)
        own = CYCLE if name == "cycle" else (horizon or ANNUAL)
        found.append(TargetText(own, sheet.line(cell), sheet.place(cell), comparator, unit))
    return found


def _stated_comparator(sheet: Sheet, group: GridGroup, row: int) -> str | None:
    """The sign or word of the comparing columns: Sichuan's 指标性质 holds ≥, Inner Mongolia's 指标方向 holds 大于等于."""
    texts = []
    for column in group.columns.get("nature", []):
        cell = sheet.owner(row, column)
        if cell is not None and cell.text.strip():
            sheet.claim(cell)
            texts.append(sheet.line(cell))
    comparing = [text for text in texts if normalise_label(text) in COMPARING]
    return next(iter(comparing or texts), None)


def _result(sheet: Sheet, group: GridGroup, row: int) -> ResultText | None:
    column = group.first("actual")
    cell = sheet.owner(row, column) if column is not None else None
    if cell is None:
        return None
    sheet.claim(cell)
    text = sheet.line(cell)
    score = _points(sheet, group, "score", row)
    return ResultText(text or None, score, _joined(sheet, group, "reason", row), sheet.place(cell))


def _points(sheet: Sheet, group: GridGroup, name: str, row: int) -> Decimal | None:
    """Weight or score of this row alone: a cell over several indicators states the points of none of them."""
    cell = group_cell(sheet, group, name, row)
    sheet.claim(cell)
    if cell is None or cell.row_span > 1:
        return None
    return read_score(sheet.line(cell), sheet.place(cell))


def _text(sheet: Sheet, group: GridGroup, name: str, row: int) -> str | None:
    cell = group_cell(sheet, group, name, row)
    sheet.claim(cell)
    return sheet.line(cell) if cell else None


def _joined(sheet: Sheet, group: GridGroup, name: str, row: int) -> str | None:
    cells = []
    for column in group.columns.get(name, []):
        cell = sheet.owner(row, column)
        if cell is not None and cell.text.strip() and cell not in cells:
            sheet.claim(cell)
            cells.append(cell)
    texts = [sheet.line(cell) for cell in cells]
    return "；".join(texts) or None


def _claim_rest(sheet: Sheet, group: GridGroup, row: int) -> None:
    for name in ("ignored", "project_ignored", "reason", "description"):
        for column in group.columns.get(name, []):
            sheet.claim(sheet.owner(row, column))


def _claim_blank(sheet: Sheet, group: GridGroup, row: int) -> None:
    """A template row that was left blank: its number, dashes and zero points are no facts."""
    for name in ("name", "weight", "score", "unit", "nature", "ignored", "description", "reason", "previous"):
        for column in group.columns.get(name, []):
            cell = sheet.owner(row, column)
            if cell is not None and _own(cell, row):
                sheet.ignore(cell)


def _append(project: ProjectDraft, row_start: int, indicator: IndicatorRow) -> None:
    """Add an indicator; where the row names it for both horizons, side by side, it is one."""
    for position, other in enumerate(project.indicators[row_start:], start=row_start):
        is_same = (other.level1_text, other.level2_text, other.name) == (
            indicator.level1_text,
            indicator.level2_text,
            indicator.name,
        )
        if is_same and not {one.horizon for one in indicator.targets} & {one.horizon for one in other.targets}:
            both = sorted((*other.targets, *indicator.targets), key=lambda target: target.horizon == ANNUAL)
            project.indicators[position] = replace(other, targets=tuple(both))
            return
    project.indicators.append(indicator)


def area_targets(sheet: Sheet, state: GridState, row: int) -> dict[str | None, TargetText]:
    """Targets of the sub-areas' columns, by area (None: the total); blank cells are left out."""
    group = state.header.groups[0]
    comparator = _stated_comparator(sheet, group, row)
    unit_cell = group_cell(sheet, group, "unit", row)
    found = {}
    sheet.refuse_shared({str(column): sheet.owner(row, column) for column in group.areas})
    for column, area in group.areas.items():
        cell = sheet.owner(row, column)
        if cell is not None and cell.text.strip():
            sheet.claim(cell)
            unit = sheet.line(unit_cell) if unit_cell else None
            found[area] = TargetText(ANNUAL, sheet.line(cell), sheet.place(cell), comparator, unit)
    return found
