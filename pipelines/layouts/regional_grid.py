"""Grids with one value column per sub-area: each area is a spending unit of the project, with indicators of its own.

Belongs here: giving every area its project. The column without an area's name (合计) is the project itself. Does not find
the columns (``grid_header``).
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.layouts.drafts import DocumentDraft, ProjectDraft
from pipelines.layouts.grid_rows import GridState, area_targets, read_indicator_row
from pipelines.layouts.merged_cells import refuse_spanned
from pipelines.layouts.rows import UnreadableForm
from pipelines.layouts.sheet import Sheet


def read_area_row(sheet: Sheet, state: GridState, row: int, draft: DocumentDraft) -> None:
    """Append a row's indicator to the project of every area that states a value for it."""
    whole = draft.areas.get(None) or draft.current
    draft.areas[None] = whole
    refuse_spanned(sheet, [sheet.owner(row, column) for column in state.header.groups[0].areas], row)
    targets = area_targets(sheet, state, row)
    before = len(whole.indicators)
    read_indicator_row(sheet, state, row, draft, whole)
    if len(whole.indicators) == before:
        if targets:
            text = " | ".join(sheet.line(cell) for cell in sheet.printed(row))
            message = "指标值没有指标名称 (value without an indicator name)"
            raise UnreadableForm("indicator_unnamed", message, str(sheet.form.place(row)), text[:200])
        return
    indicator = whole.indicators.pop()
    for area, target in targets.items():
        project = whole if area is None else _project_of(area, whole, draft)
        number = len(project.indicators) + 1
        project.indicators.append(
            replace(indicator, project_number=project.number, number=number, targets=(target,), place=indicator.place)
        )


def _project_of(area: str, whole: ProjectDraft, draft: DocumentDraft) -> ProjectDraft:
    """The area's share of the project: same name, the area as its unit; money is stated for the whole only."""
    if area not in draft.areas:
        project = ProjectDraft(0, whole.name, whole.place, code=whole.code, unit_name=area)
        project.department_name = whole.department_name
        project.goal_text = whole.goal_text
        draft.area_projects.append(project)
        draft.areas[area] = project
    return draft.areas[area]
