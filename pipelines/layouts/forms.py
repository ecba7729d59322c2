"""A document of forms with indicator grids → ``DocumentRows``: the draft that was read, with its facts settled.

Belongs here: money units, types and totals over the whole document. Does not walk a table (``form_reader``).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pipelines.layouts.amounts import rounding_tolerance
from pipelines.layouts.drafts import AmountDraft, DocumentDraft, ExecutionDraft, ProjectDraft
from pipelines.layouts.execution import refuse_repeated
from pipelines.layouts.form_reader import FormReader
from pipelines.layouts.form_tables import FormTable
from pipelines.layouts.identity import Identity, Stated, read_identity, require_fiscal_year, require_money_unit
from pipelines.layouts.labels import money_factors
from pipelines.layouts.rows import (
    DOCUMENT,
    PROJECT,
    AmountRow,
    DocumentRows,
    ExecutionRow,
    Finding,
    ProjectRow,
    UnreadableForm,
)

_YEARLY = {"annual", "actual", "previous"}
LAYOUT, TALL_LAYOUT, RESULT_LAYOUT = "project_form", "tall_table", "self_evaluation_form"


def read_forms(forms: list[FormTable], around: list[str], folder_year: int | None) -> DocumentRows:
    """Read all forms of a document. Raises ``UnreadableForm`` for whatever is not wholly understood."""
    reader = FormReader()
    for form in forms:
        reader.read(form)
    draft = reader.draft
    draft.settle_pending()
    if not draft.projects:
        raise UnreadableForm("project_missing", "表中没有项目 (no project in the table)")
    if not any(project.indicators for project in [*draft.projects, *draft.area_projects]):
        raise UnreadableForm(
            "indicator_missing", "表中没有指标 (no indicator in the form)", str(draft.projects[0].place)
        )
    lines = [*draft.lines, *around]
    identity = read_identity(lines, _stated(draft))
    rows = DocumentRows(
        layout=RESULT_LAYOUT if draft.has_results else (TALL_LAYOUT if reader.is_tall else LAYOUT),
        title=identity.title,
        department_name=identity.department_name,
        fiscal_year=require_fiscal_year(identity, folder_year),
        document_type=_document_type(identity, draft),
        money_unit=_money_unit(identity, draft, lines),
        findings=[*draft.findings, *_conflicts(identity, draft, folder_year)],
        rows_read=draft.rows_claimed + draft.rows_ignored,
        rows_claimed=draft.rows_claimed,
        rows_ignored=draft.rows_ignored,
    )
    _refuse_other_years(draft, {rows.fiscal_year, identity.title_year})
    _add_projects(draft, rows, identity)
    return rows


def _refuse_other_years(draft: DocumentDraft, years: set[int | None]) -> None:
    """A column or amount that names another year than the document states facts of that year, not of this one."""
    stated = [(name == "previous", year, place) for name, year, place in draft.column_years if name in _YEARLY]
    stated += [(False, one.year, one.place) for project in draft.projects for one in project.amounts if one.year]
    for is_previous, year, place in stated:
        if (year in years) is is_previous:
            message = f"列名或标签写的是 {year} 年，与文件年度不符 (a column of another year than the document)"
            raise UnreadableForm("column_year_conflict", message, str(place), str(year))
    if len(set(draft.years)) > 1:
        named = "、".join(map(str, sorted(set(draft.years))))
        message = f"各表写明的年度不同：{named} (forms of different years in one document)"
        raise UnreadableForm("fiscal_year_conflict", message, "年度", named)


def _refuse_repeated(project: ProjectDraft) -> None:
    """Two amounts of one source and scope: budget and spending, two years, or a part of the other. Not told apart."""
    seen: set[tuple[str, str]] = set()
    for amount in project.amounts:
        if (amount.scope, amount.source) in seen:
            message = "同一项目的同一资金来源有两个金额 (one project with two amounts of one source)"
            raise UnreadableForm("amount_conflict", message, str(amount.place), amount.text)
        seen.add((amount.scope, amount.source))
    refuse_repeated(project.executions)


def _stated(draft: DocumentDraft) -> Stated:
    units = [project.unit_name for project in draft.projects if project.unit_name]
    departments = [name for name, _ in draft.departments] or [
        project.department_name for project in draft.projects if project.department_name
    ]
    # A tall table may print its department as nothing but the first total over its units' totals.
    over_units = [total.unit_name for total in draft.subtotals if total.unit_name and total.unit_name not in units]
    return Stated([*departments, *over_units[:1]], units, draft.years, draft.money_units)


def _document_type(identity: Identity, draft: DocumentDraft) -> str:
    if identity.document_type == "self_evaluation" and not draft.has_results:
        message = "标题是自评表，但没有实际完成值 (titled self-evaluation, no actual values)"
        raise UnreadableForm("results_missing", message, "标题", identity.title)
    return "self_evaluation" if draft.has_results else identity.document_type


def _conflicts(identity: Identity, draft: DocumentDraft, folder_year: int | None) -> list[Finding]:
    found = []
    year = require_fiscal_year(identity, folder_year)
    others = sorted({*draft.years, *([identity.title_year] if identity.title_year else [])} - {year})
    if others:
        named = "、".join(map(str, others))
        message = f"文件按 {year} 年读取，另写有 {named} 年 (the document states other years too)"
        found.append(Finding("fiscal_year_conflict", "warning", message, identity.title))
    if draft.has_results and identity.document_type == "target":
        message = "标题是目标表，但有实际完成值，按自评表读取 (titled as targets, but states results)"
        found.append(Finding("document_type_conflict", "warning", message, identity.title))
    return found


def _money_unit(identity: Identity, draft: DocumentDraft, lines: list[str]) -> str:
    """The document's unit, or the only one that its cells name. A document without any amount needs none: yuan."""
    amounts = [amount for project in draft.projects for amount in project.amounts] + draft.subtotals
    own = {amount.unit for amount in amounts} | {
        found[1]
        for project in draft.projects
        for execution in project.executions
        for found in execution.amounts.values()
        if found
    }
    if None in own or len(own - {None}) > 1:
        return require_money_unit(identity, lines) if None in own else sorted(filter(None, own))[0]
    return next(iter(own), None) or identity.money_unit or "元"


def _add_projects(draft: DocumentDraft, rows: DocumentRows, identity: Identity) -> None:
    numbered = [*draft.projects, *draft.area_projects]
    department = rows.department_name
    for number, project in enumerate(numbered, start=1):
        if identity.has_department_line:
            project.department_name = None  # 主管部门 on a form may be the department's superior
        _refuse_repeated(project)
        rows.projects.append(_project_row(number, project, department, draft))
        rows.indicators += [replace(one, project_number=number) for one in project.indicators]
        rows.amounts += [_amount_row(one, rows.money_unit, number) for one in project.amounts]
        rows.executions += [_execution_row(one, rows.money_unit, number) for one in project.executions]
    _add_totals(draft, rows)


def _project_row(number: int, project: ProjectDraft, department: str, draft: DocumentDraft) -> ProjectRow:
    own_department = project.department_name
    codes = {name: code for name, code in draft.departments if code}
    unit_name = project.unit_name or own_department or department
    return ProjectRow(
        number=number,
        unit_name=unit_name,
        project_name=project.name,
        goal_text=project.goal_text,
        place=project.place,
        unit_code=project.unit_code or codes.get(unit_name),
        project_code=project.code,
        department_name=own_department if own_department != department else None,
        cycle_goal_text=project.cycle_goal_text,
        goal_result_text=project.goal_result_text,
        total_score=project.total_score,
    )


def _amount_row(amount: AmountDraft, document_unit: str, number: int | None) -> AmountRow:
    unit = amount.unit or document_unit
    return AmountRow(
        scope=amount.scope,
        source=amount.source,
        stated_text=amount.text,
        stated_amount=amount.number,
        amount_cny=amount.number * money_factors()[unit],
        place=amount.place,
        project_number=number,
        unit_name=amount.unit_name,
        covers_to_row=amount.covers_to_row,
        stated_unit=unit,
    )


def _execution_row(execution: ExecutionDraft, document_unit: str, number: int) -> ExecutionRow:
    def yuan(name: str) -> Decimal | None:
        found = execution.amounts.get(name)
        return found[0] * money_factors()[found[1] or document_unit] if found else None

    return ExecutionRow(
        project_number=number,
        source=execution.source,
        place=execution.place,
        initial_budget_cny=yuan("initial"),
        adjusted_budget_cny=yuan("adjusted"),
        executed_cny=yuan("executed"),
        execution_rate=execution.rate,
        weight=execution.weight,
        score=execution.score,
        stated_texts=execution.texts,
    )


def _add_totals(draft: DocumentDraft, rows: DocumentRows) -> None:
    """A printed total must be the sum of the projects that it stands over; otherwise nothing of it can be trusted."""
    factors = money_factors()
    for subtotal in draft.subtotals:
        unit = subtotal.unit or rows.money_unit
        stated = subtotal.number * factors[unit]
        covered = _covered(subtotal, stated, rows)
        if covered is None:
            message = f"合计 {subtotal.text} 与其项目之和不符 (total and sum of projects differ)"
            raise UnreadableForm("total_mismatch", message, str(subtotal.place), subtotal.text)
        row = _amount_row(replace(subtotal, covers_to_row=covered), rows.money_unit, None)
        rows.amounts.append(row)


def _covered(subtotal: AmountDraft, stated: Decimal, rows: DocumentRows) -> int | None:
    """The last row of the projects whose sum the total is: all of them for 合计, else a run behind it."""
    projects = {
        amount.project_number: amount
        for amount in rows.amounts
        if amount.scope == PROJECT and amount.source == subtotal.source
    }
    amounts = list(projects.values())
    if subtotal.scope == DOCUMENT:
        numbers = [amount.amount_cny for amount in amounts]
        is_sum = abs(sum(numbers) - stated) <= rounding_tolerance(numbers, stated)
        return max((amount.place.row for amount in amounts), default=subtotal.place.row) if is_sum else None
    behind = [one for one in amounts if (one.place.table, one.place.row) > (subtotal.place.table, subtotal.place.row)]
    for count in range(len(behind), 0, -1):
        numbers = [amount.amount_cny for amount in behind[:count]]
        if abs(sum(numbers) - stated) <= rounding_tolerance(numbers, stated):
            return behind[count - 1].place.row
    return None
