"""The blocks most forms are put together from: titles, identity, money, goals, indicator grid, execution, foot.

Does not decide which of them a family has, nor their order.
"""

from __future__ import annotations

from typing import Any

from bench.forms import vocabulary as words
from bench.forms.content import Project
from bench.forms.grid import Column
from bench.forms.page import Form, Sheet


def titles(form: Form, what: str, first: bool = True, in_rows: bool = True) -> list[str]:
    """Title lines with the year in one of the ways it is printed, the same for all forms of a document.

    ``in_rows``: the year may stand in a row of the identity block alone.
    """
    if not first:
        return form.title_lines
    year, taste = form.content.year, form.taste
    department = form.content.department
    way = taste.pick("line", "line", "wide", "inside", "lost", "named", *(["cell"] if in_rows else []))
    what = taste.pick(what, what, what.replace("项目支出", "部门预算项目支出"), what.replace("项目支出", "项目资金"))
    form.truth["year_in_cell"] = way == "cell"
    lines = {
        "line": [what, f"({year}年度)"],
        "wide": [what, f"（{year} 年度）"],
        "inside": [f"{year}年{what}"],
        "lost": [what, f"{year}年度)"],
        "named": [f"{department}{year}年{what}"],
        "cell": [what],
    }[way]
    form.truth["title"] = lines[0]
    form.title_lines = lines
    return list(lines)


def identity(form: Form, sheet: Sheet, project: Project, code: bool = False) -> None:
    """Project, department and unit; now and then code, category, period, and a person in charge."""
    taste = form.taste
    printed: dict[str, Any] = {}
    name = (taste.label("project"), project.name)
    department = form.content.department
    if taste.draw.random() < 0.5:
        shape = taste.pick("[{0}]{1}", "{0}-{1}", "{1}")
        where = (taste.label("department_code"), shape.format(form.content.department_code, department))
    else:
        where = (taste.label("department"), department)
    coded = f"{form.content.department_code}001-{project.unit}" if taste.chance(0.15) else project.unit
    unit = (taste.label("unit"), coded)
    more: list[tuple[str, str]] = []
    if code or taste.chance(0.25):
        printed["project_code"] = project.code
        more.append((taste.label("code"), project.code))
    if taste.chance(0.3):
        more.append((taste.label("category"), taste.draw.choice(["新增项目", "延续项目", project.category])))
    if taste.chance(0.2):
        more.append((taste.label("period"), taste.draw.choice(["1年", "3年", f"{form.content.year}年全年"])))
    if form.truth.get("year_in_cell"):
        more.append((taste.label("year"), taste.draw.choice([f"{form.content.year}", f"{form.content.year}年"])))
    named = bool(form.truth["title"]) and form.content.department in form.truth["title"]
    who = [where, unit] if not taste.chance(0.2) else [unit, where]
    if taste.chance(0.1):
        who = [where]
        printed["unit_name"] = form.content.department
    elif named and taste.chance(0.3):
        who = [unit]
    form.add_project(project, **printed)
    if len(who) == 2 and taste.chance(0.25) and sheet.columns >= 4:
        sheet.pairs(taste, name, unit)
        sheet.pairs(taste, where)
    else:
        sheet.pairs(taste, name)
        sheet.pairs(taste, *who)
    for start in range(0, len(more), 2):
        sheet.pairs(taste, *more[start : start + 2])
    if taste.chance(0.1):
        sheet.pairs(taste, ("项目负责人及电话", f"{project.person} {project.phone}"))
    elif taste.chance(0.25):
        sheet.pairs(taste, (taste.label("head"), project.person), (taste.label("phone"), project.phone))


def goal(form: Form, sheet: Sheet, project: Project, label: str | None = None) -> None:
    """The year's goal in one cell."""
    sheet.add((label or form.taste.label("goal"), 1), (project.goal, 0))


def goals_side_by_side(form: Form, sheet: Sheet, project: Project, lead: bool = True) -> None:
    """Long-term and annual goal next to each other, with a heading row."""
    year = form.content.year
    form.truth["projects"][-1]["goal_cycle"] = project.goal_cycle
    half = (sheet.columns - lead) // 2
    period = f"（{year}年—{year + 2}年）" if form.taste.draw.random() < 0.5 else ""
    heads: list[tuple[Any, ...]] = [("绩效\n目标" if form.taste.wild else "绩效目标", 1, 2)] if lead else []
    sheet.add(*heads, (form.taste.label("goal_cycle") + period, half), (form.taste.pick("年度目标", "年度总体目标"), 0))
    sheet.add((project.goal_cycle, half), (project.goal, 0))


def goals_and_done(form: Form, sheet: Sheet, project: Project) -> None:
    """Planned goal and what was done."""
    record = form.truth["projects"][-1]
    record["goal_done"] = project.goal_done
    half = (sheet.columns - 1) // 2
    sheet.add(("年度总体目标", 1, 2), (form.taste.label("goal_plan"), half), (form.taste.label("goal_done"), 0))
    sheet.add((project.goal, half), (project.goal_done, 0))


def total_row(form: Form, sheet: Sheet, project: Project, columns: list[Column], lead: bool = True) -> None:
    """总分: the weights' sum and the score."""
    place = next(n for n, column in enumerate(columns) if column.key == "weight")
    score = next((n for n, column in enumerate(columns) if column.key == "score"), None)
    before = sum(column.span for column in columns[:place]) + lead
    cells: list[tuple[Any, ...]] = [(form.taste.label("total_score"), before)]
    for number, column in enumerate(columns[place:], start=place):
        cells.append(("100" if number == place else project.total_score if number == score else "", column.span))
    sheet.add(*cells)
    form.truth["total_score"].append({"project_no": form.truth["projects"][-1]["no"], "score": project.total_score})


def foot(form: Form, project: Project) -> list[str]:
    """Notes, and the people who must not be loaded."""
    draw = form.taste.draw
    lines = [draw.choice(words.NOTES)] if draw.random() < 0.4 else []
    if draw.random() < 0.5:
        shape = draw.choice(
            ["填表人：{0}　　联系电话：{1}", "填报人: {0}  电话:{1}  填报日期:{2}年1月15日", "联系人：{0} {1}"]
        )
        lines.append(shape.format(project.person, project.phone, form.content.year))
    form.truth["ignored"] += lines
    return lines
