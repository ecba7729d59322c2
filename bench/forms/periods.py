"""Family C: a long-term target next to, or before, the annual one.

Does not hold forms with one target only.
"""

from __future__ import annotations

from typing import Any

from bench.forms.content import Item, Project, draw_item
from bench.forms.grid import Column
from bench.forms.labels import Taste
from bench.forms.page import Form, Sheet, target
from bench.forms.parts import foot, goal, goals_side_by_side, identity, titles
from bench.forms.targets import WHAT, classic, levels, start


def _two_amounts(form: Form, sheet: Sheet, project: Project) -> None:
    """中期资金总额 and 年度资金总额 side by side, three sources each."""
    taste = form.taste
    label = taste.unit_label(taste.label("money"), form.money_unit)
    names = [("中期资金总额", "年度资金总额"), ("其中：财政拨款", "其中：财政拨款"), ("其他资金", "其他资金")]
    free = sheet.columns - 1
    left = free // 2
    first = left // 2 or 1
    for number, (one, (long, short)) in enumerate(zip(project.money, names, strict=True)):
        row: list[tuple[Any, ...]] = [(label, 1, 3)] if number == 0 else []
        cycle = form.state_amount(one.source, one.cycle, "cycle")
        annual = form.state_amount(one.source, one.initial)
        sheet.add(*row, (f"{long}：", first), (cycle, left - first), (f"{short}：", first), (annual, 0))


def _halves(form: Form, project: Project) -> list[tuple[str, list[tuple[Item | None, Item | None]]]]:
    """Per level 1: rows of a long-term and an annual indicator; sometimes one side is shorter, or names another."""
    draw, taste = form.taste.draw, form.taste
    known = {item.name for item in project.items}
    found: list[tuple[str, list[tuple[Item | None, Item | None]]]] = []
    for item in project.items:
        left: Item | None = item
        if taste.chance(0.25):
            left = (
                None if draw.random() < 0.6 else draw_item(draw, (item.level1, item.level2), known, form.content.year)
            )
            if left is not None:
                left.level1_text, left.level2_text = item.level1_text, item.level2_text
        if not found or found[-1][0] != item.level1_text:
            found.append((item.level1_text, []))
        found[-1][1].append((left, item))
    return found


def _side_by_side(taste: Taste, family: str, heads: list[str], repeat: bool) -> Form:
    form = start(taste, family)
    project = form.content.projects[0]
    form.truth["numbered"] = False
    form.set_levels(project)
    sheet = Sheet(8)
    head = titles(form, WHAT)
    identity(form, sheet, project)
    _two_amounts(form, sheet, project)
    goals_side_by_side(form, sheet, project)
    halves = _halves(form, project)
    rows = [(level, pair) for level, pairs in halves for pair in pairs]
    sheet.add((taste.label("grid"), 1, len(rows) + 1), *[(taste.spaced(label), 1) for label in heads])
    record = form.truth["projects"][-1]
    shape = taste.pick("{0}", "指标{1}：{0}", "{0}")
    merged = not repeat and taste.pick("merge", "merge", "blank") == "merge"
    done: dict[str, str] = {"left": "", "right": ""}
    place = 0
    for level, pairs in halves:
        done["left"] = done["right"] = ""
        for number, (left, right) in enumerate(pairs):
            cells: list[tuple[Any, ...]] = []
            if number == 0 or not merged:
                text = level if number == 0 or repeat else ""
                cells.append((text, 1, len(pairs) if merged else 1))
            for side, item, horizon in (("left", left, "cycle"), ("right", right, "annual")):
                if item is None:
                    cells += [("", 1), ("", 1), ("", 1)]
                    continue
                # A run of one level 2 is printed once, the rest of it is blank; a merge over half-empty rows would lie.
                printed = item.level2_text if done[side] != item.level2_text or repeat else ""
                done[side] = item.level2_text
                cells += [(printed, 1), (shape.format(item.name, number + 1), 1), (form.value(item, horizon), 1)]
            sheet.add(*cells)
            _state_pair(form, record, left, right, [cell[0] for cell in cells])
            place += 1
    form.table_block(sheet, head, foot(form, project), [0.7, 0.8, 0.9, 1.7, 1.1, 0.9, 1.7, 1.1])
    return form


def _state_pair(form: Form, record: dict[str, Any], left: Item | None, right: Item | None, cells: list[str]) -> None:
    """One indicator with two targets where both halves name the same, else one for each half."""
    if left is not None and left is right:
        both = [target("cycle", cells[-4]), target("annual", cells[-1])]
        form.add_indicator(record, left, both)
        return
    if left is not None:
        form.add_indicator(record, left, [target("cycle", cells[-4])])
    if right is not None:
        form.add_indicator(record, right, [target("annual", cells[-1])])


def c1(taste: Taste) -> Form:
    """一级 | 二级 | 三级 | 指标值 | 二级 | 三级 | 指标值."""
    value = taste.pick("指标值", "指标值", "目标值")
    return _side_by_side(taste, "C1", ["一级指标", *["二级指标", "三级指标", value] * 2], False)


def c2(taste: Taste) -> Form:
    """Suffixes in the header: 二级指标(长期) … 二级指标(年度); level 1 on each row."""
    brackets = taste.pick("({0})", "（{0}）", "\n（{0}）")
    long, short = taste.pick("长期", "中期"), "年度"
    three = ["二级指标", "三级指标", "指标值"]
    heads = [f"{name}{brackets.format(when)}" for when in (long, short) for name in three]
    return _side_by_side(taste, "C2", ["一级指标", *heads], True)


def c3(taste: Taste) -> Form:
    """长期绩效指标 block, then 年度绩效指标 block."""
    form = start(taste, "C3")
    project = form.content.projects[0]
    form.truth["numbered"] = False
    form.set_levels(project)
    heads = ["一级指标", "二级指标", taste.pick("指标内容", "三级指标"), "指标值", "备注"]
    sheet = Sheet(6)
    head = titles(form, "项目支出绩效目标申报表")
    identity(form, sheet, project)
    label = taste.unit_label(taste.label("amount"), form.money_unit)
    sheet.pairs(taste, (label, form.state_amount("total", project.money[0].initial)))
    form.truth["projects"][-1]["goal_cycle"] = project.goal_cycle
    sheet.add((taste.pick("长期绩效目标", "长期目标"), 1), (project.goal_cycle, 0))
    goal(form, sheet, project, taste.pick("年度绩效目标", "年度目标"))
    record = form.truth["projects"][-1]
    template = taste.pick("{0}", "指标{1}：{0}")
    for label, horizon in (("长期绩效指标", "cycle"), ("年度绩效指标", "annual")):
        items = [i for i in project.items if horizon == "annual" or not taste.chance(0.3)]
        sheet.add((taste.spaced(label), 1, len(items) + 1), *[(text, 1) for text in heads])
        for place, item in enumerate(items):
            first = place == 0 or items[place - 1].level1_text != item.level1_text
            second = first or items[place - 1].level2_text != item.level2_text
            text = form.value(item, horizon)
            cells = [item.level1_text if first else "", item.level2_text if second else ""]
            sheet.add(*[(one, 1) for one in (*cells, template.format(item.name, 1), text, "")])
            form.add_indicator(record, item, [target(horizon, text)])
    form.table_block(sheet, head, foot(form, project), [0.8, 1, 1, 2.2, 1.3, 0.7])
    return form


def c4(taste: Taste) -> Form:
    """Two value columns: 年度目标值 and 实施周期目标值, in either order."""
    columns = [
        Column("annual", taste.pick("年度目标值", "年度指标值", "当年指标值")),
        Column("cycle", taste.label("cycle")),
    ]
    if taste.chance(0.5):
        columns.reverse()
    return classic(start(taste, "C4"), [*levels(taste), *columns], side=taste.chance(0.5))


def c5(taste: Taste) -> Form:
    """The year before and the plan under a two-row header, with 指标标准或依据."""
    form = start(taste, "C5")
    year = form.content.year
    old, new = f"{year - 1}年实际实现值", f"预期{year}年实现值"
    columns = [
        Column("level1", "一级指标"),
        Column("level2", "二级指标"),
        Column("name", taste.pick("指标内容", "三级指标")),
        Column("previous", old, "指标值"),
        Column("annual", new, "指标值"),
        Column("standard", "指标标准或依据"),
    ]
    return classic(form, columns, blank_rows=False)


def c5_middle(taste: Taste) -> Form:
    """The levels printed in the middle row of what was their merge: carrying them down would be wrong."""
    columns = [*levels(taste), Column("previous", "上年实际值"), Column("annual", "本年计划值")]
    form = classic(start(taste, "C5"), columns, levels="middle", blank_rows=False)
    form.truth["may_refuse"] = True
    return form


def c5_levels(taste: Taste) -> Form:
    """上年度实际水平 | 本年度计划水平."""
    columns = [*levels(taste), Column("previous", "上年度实际水平"), Column("annual", "本年度计划水平")]
    return classic(start(taste, "C5"), columns)
