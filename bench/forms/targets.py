"""Families B and F: one page-form per project, annual targets, with or without a column that explains.

Does not hold forms with a long-term target (``periods``) nor with results (``results``).
"""

from __future__ import annotations

from typing import Any

from bench.forms import vocabulary as words
from bench.forms.content import Item, Project, draw_content
from bench.forms.grid import Column, grid
from bench.forms.labels import Taste
from bench.forms.money import money
from bench.forms.page import Form, Sheet
from bench.forms.parts import foot, goal, goals_side_by_side, identity, titles

WHAT = "项目支出绩效目标表"


def start(taste: Taste, family: str, projects: int = 1, kind: str = "target", **more: Any) -> Form:
    """A form with content."""
    return Form(draw_content(taste.draw, projects, **more), taste, family, kind)


def widths_of(columns: list[Column], lead: bool = True) -> list[float]:
    """Widths for paper."""
    wide = {"name": 2.2, "description": 1.8, "content": 1.8, "reason": 2.2, "annual": 1.6, "cycle": 1.6, "method": 1.5}
    found = [0.8] if lead else []
    for column in columns:
        found += [wide.get(column.key, 1.0)] * column.span
    return found


def classic(form: Form, columns: list[Column], lead: str | None = "grid", **options: Any) -> Form:
    """Identity, money, goal, grid for each project; ``side`` puts a long-term goal next to the annual one."""
    taste = form.taste
    way = options.pop("money", None)
    side = options.pop("side", False)
    suffixes = options.pop("suffixes", False)
    what = options.pop("what", WHAT)
    width = sum(column.span for column in columns) + bool(lead)
    for number, project in enumerate(form.content.projects):
        head = titles(form, what, number == 0) if number == 0 or taste.wild else []
        sheet = Sheet(width)
        form.set_levels(project, suffixes)
        identity(form, sheet, project)
        first_goal = not side and taste.chance(0.2)
        if first_goal:
            goal(form, sheet, project)
        lines = money(form, sheet, project, way)
        if side:
            goals_side_by_side(form, sheet, project)
        elif not first_goal:
            goal(form, sheet, project)
        grid(form, sheet, project, columns, lead, **dict(options))
        form.table_block(sheet, head + lines, foot(form, project), widths_of(columns, bool(lead)))
    return form


def levels(taste: Taste, name: str = "name") -> list[Column]:
    """一级 · 二级 · 三级."""
    return [
        Column("level1", taste.label("level1")),
        Column("level2", taste.label("level2")),
        Column("name", taste.label(name)),
    ]


def b1(taste: Taste) -> Form:
    """一级 | 二级 | 三级 | 指标值."""
    form = start(taste, "B1")
    span = 2 if taste.draw.random() < 0.4 else 1
    return classic(
        form,
        [*levels(taste)[:2], Column("name", taste.label("name"), None, span), Column("annual", taste.label("annual"))],
    )


def b1_unit(taste: Taste) -> Form:
    """指标值及单位."""
    return classic(
        start(taste, "B1"),
        [*levels(taste), Column("annual", taste.pick("指标值及单位", "指标值\n及单位", "目标值及单位"))],
    )


def b1_many(taste: Taste) -> Form:
    """Several forms on one page."""
    form = start(taste, "B1", taste.draw.randint(2, 4))
    return classic(form, [*levels(taste), Column("annual", taste.label("annual"))])


def b1_blank(taste: Taste) -> Form:
    """L1 and L2 printed once, then empty cells without a merge."""
    return classic(start(taste, "B1"), [*levels(taste), Column("annual", taste.label("annual"))], levels="blank")


def b1_repeat(taste: Taste) -> Form:
    """L1 and L2 printed on each row."""
    return classic(start(taste, "B1"), [*levels(taste), Column("annual", taste.label("annual"))], levels="repeat")


def b1_period(taste: Taste) -> Form:
    """项目来源 · 项目期; rows that do not apply."""
    form = start(taste, "B1")
    form.level_style = "full"
    project = form.content.projects[0]
    form.set_levels(project)
    sheet = Sheet(5)
    head = titles(form, WHAT)
    identity(form, sheet, project)
    sheet.pairs(
        taste, ("项目来源", taste.draw.choice(["上级下达", "本级预算"])), ("项目期", taste.draw.choice(["1年", "3年"]))
    )
    lines = money(form, sheet, project, "rows")
    goal(form, sheet, project)
    none = Item(
        *words.ECOLOGY,
        "本项目不适用此指标",
        "",
        "无",
        "",
        "无",
        "无",
        level1_text="效益指标",
        level2_text="生态效益指标",
    )
    project.items = [i for i in project.items if i.level2 != words.ECOLOGY[1]]
    place = next(n for n, i in enumerate(project.items) if i.level1 == "满意度指标")
    project.items.insert(place, none)
    for item in project.items:
        item.level2_text = "满意度指标" if item.level1 == "满意度指标" else item.level2_text
    columns = [*levels(taste), Column("annual", taste.label("annual"))]
    optional = {"more": lambda item, values: {"optional": item is none}}
    grid(form, sheet, project, columns, blank_rows=False, template="{0}", levels="merge", **optional)
    form.table_block(sheet, head + lines, foot(form, project), widths_of(columns))
    return form


def b1_template(taste: Taste) -> Form:
    """指标1：name, blank template rows, ……"""
    columns = [*levels(taste), Column("annual", taste.label("annual"))]
    return classic(start(taste, "B1"), columns, template="指标{1}：{0}", blank_rows=True)


def b1_side(taste: Taste) -> Form:
    """项目总目标 · 年度总体目标 side by side above one value column."""
    return classic(
        start(taste, "B1"), [*levels(taste), Column("annual", taste.pick("年度指标值", "指标值"))], side=True
    )


def b1_in_cell(taste: Taste) -> Form:
    """The unit of money stands in each cell: 372.29万元."""
    return classic(start(taste, "B1"), [*levels(taste), Column("annual", taste.label("annual"))], money="in_cell")


def b1_cut(taste: Taste) -> Form:
    """Labels cut to one character by too narrow cells; a reader may refuse it, but must not guess."""
    form = classic(start(taste, "B1"), [*levels(taste), Column("annual", "年度")], "grid")
    for row in form.blocks[0].table.rows:  # type: ignore[union-attr]
        row[0].text = {"绩效指标": "绩", "年度目标": "总"}.get(row[0].text, row[0].text)
    form.truth["may_refuse"] = True
    return form


def b3_application(taste: Taste) -> Form:
    """Long application form: 基本情况, 资金情况, 年度进度计划, 长期绩效目标, 本年度绩效目标."""
    form = start(taste, "B3")
    project, year = form.content.projects[0], form.content.year
    form.set_levels(project)
    columns = [*levels(taste), Column("annual", taste.pick("指标值", "年度指标值")), Column("note", "备注")]
    sheet = Sheet(6)
    head = titles(form, "项目支出绩效目标申报表")
    sheet.add(("一、项目基本情况", 0))
    identity(form, sheet, project, code=True)
    sheet.add(("立项依据", 1), ("根据本级党委政府年度重点工作安排立项。", 0))
    sheet.add(("二、资金情况", 0))
    lines = money(form, sheet, project, "rows")
    sheet.add(("三、年度进度计划", 0))
    sheet.add(("序号", 1), ("实施内容", 3), ("开始时间", 1), ("完成时间", 1))
    sheet.add(("1", 1), ("方案编制和政府采购", 3), (f"{year}年1月", 1), (f"{year}年5月", 1))
    sheet.add(("2", 1), ("组织实施和验收", 3), (f"{year}年6月", 1), (f"{year}年12月", 1))
    sheet.add(("四、绩效目标", 0))
    form.truth["projects"][-1]["goal_cycle"] = project.goal_cycle
    sheet.add((taste.pick("长期绩效目标", "项目长期绩效目标"), 1), (project.goal_cycle, 0))
    goal(form, sheet, project, taste.pick("本年度绩效目标", "项目年度绩效目标"))
    grid(form, sheet, project, columns)
    sheet.add(("单位审核意见", 1), ("同意申报。", 0))
    form.table_block(sheet, head + lines, foot(form, project), widths_of(columns))
    return form


def b3_audited(taste: Taste) -> Form:
    """Local and upper-level money in two cells of one row, each 250万; goals of the period and the year; an audit row."""
    form = start(taste, "B2")
    project = form.content.projects[0]
    form.money_unit = form.truth["money_unit"] = "万元"
    form.level_style = "full"
    form.set_levels(project)
    for item in project.items:
        if item.level1 == "满意度指标":
            item.level2_text = "社会公众或服务对象满意度指标"
    columns = [*levels(taste), Column("annual", "指标值及单位"), Column("standard", "绩效标准")]
    sheet = Sheet(6)
    head = [*titles(form, "项目支出绩效目标申报表", in_rows=False), "填报单位：(盖章)　　　　　　单位：万元"]
    form.add_project(project, unit_name=form.content.department, goal_cycle=project.goal_cycle)
    sheet.add(("项目支出名称", 1), (project.name, 2), ("预算部门", 1), (form.content.department, 2))
    local = project.money[1].initial
    assert local is not None
    number = f"{(local / 10000).normalize():f}"
    amounts = form.truth["projects"][-1]["amounts"]
    for source, text, yuan in (("local", f"{number}万", local), ("superior_subsidy", "0", local * 0)):
        amounts.append({"source": source, "horizon": "annual", "stated_text": text, "amount_cny": f"{yuan:.2f}"})
    sheet.add(("年度本级\n预算金额", 1), (f"{number}万", 2), ("该项目支出上级资金", 1), ("0", 2))
    sheet.add(("项目支出实施期", 1), (f"{form.content.year}.01-{form.content.year}.12", 0))
    sheet.add(("实施期绩效目标", 1), (project.goal_cycle, 0))
    sheet.add(("本年度绩效目标", 1), (project.goal, 0))
    grid(form, sheet, project, columns, template="{0}", blank_rows=taste.draw.random() < 0.5)
    sheet.add(("财政部门审核意见", 1), ("", 0))
    form.table_block(sheet, head, foot(form, project), widths_of(columns))
    return form


def b4_department(taste: Taste) -> Form:
    """指标值类型 | *指标值 | 计量单位 | *指标解释 | *评(扣)分标准 | 备注."""
    columns = [
        *levels(taste),
        Column("sign", "指标值类型"),
        Column("number", "*指标值"),
        Column("unit_column", "计量单位"),
        Column("description", "*指标解释"),
        Column("method", "*评（扣）分标准"),
        Column("note", "备注"),
    ]
    return classic(start(taste, "B4"), columns, blank_rows=False)


def f_investment(taste: Taste) -> Form:
    """Central investment plan: 实施效果指标 and 过程管理指标 on level 1; counts without a unit."""
    form = start(taste, "F")
    project = form.content.projects[0]
    plans = [
        Item("过程管理指标", "计划管理指标", "投资计划分解（转发）用时", "≤", "20", "工作日", "20", "20"),
        Item("过程管理指标", "资金管理指标", "地方建设投资到位率", "≥", "100", "%", "100", "100"),
        Item("过程管理指标", "项目管理指标", "总投资完成率", "≥", "90", "%", "90", "90"),
        Item("过程管理指标", "项目管理指标", "项目开工情况", "", "按计划实施", "", "按计划实施", "按计划实施"),
        Item("过程管理指标", "监督检查指标", "审计、督查、巡视等指出问题项目比例", "≤", "1", "%", "1", "1"),
    ]
    count = next(item for item in project.items if item.level2 == "数量指标")
    count.name, count.sign, count.number, count.unit = "建设项目数量", "", "1", ""
    for item in plans:
        item.weight = "0"
    project.items += plans

    def set_levels(_: Project, suffixes: bool = False) -> None:
        for item in project.items:
            effect = item.level1 != "过程管理指标"
            item.level1_text = "实施效果指标" if effect else item.level1
            # Level 1 and 2 of the usual tree stand one step lower here.
            item.level2_text = item.level1 if effect else item.level2

    form.set_levels = set_levels  # type: ignore[method-assign]
    columns = [*levels(taste), Column("annual", taste.pick("指标值", "绩效目标值"))]
    return classic(form, columns, what="中央预算内投资计划项目绩效目标表", template="{0}")
