"""Families G and A2: one value column per area, and indicators packed in one cell.

Does not hold grids with one value column.
"""

from __future__ import annotations

from typing import Any

from bench.forms import vocabulary as words
from bench.forms.grid import Column, runs
from bench.forms.labels import Taste
from bench.forms.page import Block, Form, Sheet, number_meaning, target
from bench.forms.parts import foot, identity, titles
from bench.forms.targets import classic, levels, start
from bench.held_out_content import Cell, Table


def _areas(taste: Taste, extra: list[Column], group: str | None = None) -> Form:
    form = start(taste, "G")
    project = form.content.projects[0]
    form.set_levels(project)
    draw = taste.draw
    areas = draw.sample(["东岭村", "上坪村", "福安镇", "长桥乡", "石牌村", "新联村", "龙湖镇"], draw.randint(3, 5))
    fixed = [*levels(taste), *extra]
    sheet = Sheet(len(fixed) + len(areas))
    title = titles(form, "项目支出区域绩效目标表")
    identity(form, sheet, project)
    label = taste.unit_label(taste.label("amount"), form.money_unit)
    sheet.pairs(taste, (label, form.state_amount("total", project.money[0].initial)))
    sheet.add((taste.label("goal"), 1), (project.goal, 0))
    sheet.add(*[(c.label, 1, 2 if group else 1) for c in fixed], *([(group, 0)] if group else [(a, 1) for a in areas]))
    if group:
        sheet.add(*[(area, 1) for area in areas])
    record = form.truth["projects"][-1]
    first, second = (
        runs([i.level1_text for i in project.items]),
        runs([(i.level1_text, i.level2_text) for i in project.items]),
    )
    for place, item in enumerate(project.items):
        cells: list[tuple[Any, ...]] = [(item.level1_text, 1, first[place])] if first[place] else []
        cells += [(item.level2_text, 1, second[place])] if second[place] else []
        cells.append((item.name, 1))
        signs = any(c.key == "sign" for c in extra)
        sign = ("是/否" if item.number in ("是", "否") else "定性") if item.in_words else item.sign
        for column in extra:
            cells.append((sign if column.key == "sign" else draw.choice(words.DESCRIPTIONS), 1))
        targets = []
        for area in areas:
            blank = draw.random() < 0.1
            number = item.number if item.in_words or item.unit == "%" else str(draw.randint(1, 60))
            text = "" if blank else number + item.unit if signs else f"{form.sign(item)}{number}{item.unit}"
            cells.append((text, 1))
            if not blank:
                means = None if item.in_words else number_meaning(item.sign, number, item.unit)
                targets.append(
                    target("annual", text, None, None, area=area, means=means)
                    | ({"comparator": target("", "", item, item.sign)["comparator"]} if signs and item.sign else {})
                )
        sheet.add(*cells)
        form.add_indicator(record, item, targets)
    form.table_block(sheet, title, foot(form, project))
    form.truth["may_refuse"] = True
    form.truth["areas"] = areas
    form.truth["numbered"] = False  # an area numbers the rows that it fills
    return form


def g_villages(taste: Taste) -> Form:
    """三级指标 | 指标解释 | one column per village."""
    return _areas(taste, [Column("description", "指标解释")])


def g_direction(taste: Taste) -> Form:
    """… | 指标方向 | one column per village."""
    return _areas(taste, [Column("description", "指标解释"), Column("sign", "指标方向")])


def g_grouped(taste: Taste) -> Form:
    """指标解释 | 区域目标值, sub-columns the counties."""
    return _areas(taste, [Column("description", "指标解释")], "区域目标值")


def g_single(taste: Taste) -> Form:
    """区域绩效目标表 of one area: a B1 grid under another title."""
    columns = [*levels(taste), Column("annual", taste.label("annual"))]
    return classic(start(taste, "G"), columns, what="转移支付区域绩效目标表")


def a2(taste: Taste) -> Form:
    """Prose goal, then 【产出指标-数量指标】指标1:name(≥77台) packed in one cell; money in yuan."""
    form = start(taste, "A2", taste.draw.randint(2, 4))
    form.money_unit = form.truth["money_unit"] = taste.pick("元", "万元")
    form.sign_style = {}
    head = titles(form, "项目支出绩效目标表", in_rows=False)
    labels = [
        taste.pick("单位名称", "预算单位"),
        "项目名称",
        taste.pick("预算金额", "金额"),
        taste.pick("绩效目标", "总体目标"),
        "绩效指标",
    ]
    rows = [[Cell(label) for label in labels]]
    for project in form.content.projects:
        form.set_levels(project)
        record = form.add_project(project)
        goal = "".join(f"{n}.{part.rstrip('。')}。" for n, part in enumerate(project.goal.split("；"), start=1))
        record["goal_annual"] = goal
        packed, number, before = [], 0, ("", "")
        for item in project.items:
            levels_now = (item.level1_text, item.level2_text)
            number = number + 1 if levels_now == before else 1
            opening = f"【{levels_now[0]}-{levels_now[1]}】" if levels_now != before else ""
            before = levels_now
            text = form.value(item)
            name = item.name.replace("（%）", "").replace("（份）", "")
            item.name = name
            packed.append(f"{opening}指标{number}:{name}({text})")
            form.add_indicator(record, item, [target("annual", text)])
        joiner = taste.pick("；", "\n", "，", "")
        row = [
            project.unit,
            project.name,
            form.state_amount("total", project.money[0].initial),
            goal,
            joiner.join(packed),
        ]
        rows.append([Cell(text) for text in row])
    if form.content.department not in "".join(head):
        head.append(f"部门名称：{form.content.department}")
    line = f"单位：{form.money_unit}"
    form.blocks.append(
        Block([*head, line], Table("packed", [1, 1.2, 0.9, 2, 5], rows, 1), foot(form, form.content.projects[0]))
    )
    return form
