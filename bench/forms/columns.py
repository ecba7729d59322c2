"""Families D, G and A2: comparator and unit in columns of their own, one value column per area, packed cells.

Does not hold forms with results (``results``), except Chongqing's, whose table is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from bench.forms.content import SIGN_WORDS, Content, Item
from bench.forms.grid import Column, grid, runs
from bench.forms.labels import Taste
from bench.forms.page import Block, Form, Sheet, target
from bench.forms.parts import foot, identity, titles
from bench.forms.targets import classic, levels, start
from bench.held_out_content import Cell, Table


def _batch(form: Form, heads: list[tuple[str, str]], project_keys: list[str], **options: Any) -> Form:
    """One long table: the project's cells merged over, or repeated on, its indicator rows."""
    taste, content = form.taste, form.content
    merged = options.get("merged", taste.pick("merge", "merge", "repeat") == "merge")
    levels_merged = options.get("levels_merged", False)
    title = titles(form, options.get("what", "部门预算项目绩效目标表"), in_rows=False)
    rows: list[list[Cell]] = [[Cell(label) for _, label in heads]]
    if options.get("totals"):
        total = sum((p.money[0].initial or Decimal(0) for p in content.projects), Decimal(0))
        for name in (content.department, content.projects[0].unit):
            texts = {"unit": name, "amount": form.amount(total)}
            rows.append([Cell(texts.get(key, "")) for key, _ in heads])
    for project in content.projects:
        form.set_levels(project, options.get("suffixes", False))
        if options.get("shuffle"):
            taste.draw.shuffle(project.items)
        record = form.add_project(project, **({"project_code": project.code} if "code" in project_keys else {}))
        cells = {
            "unit": project.unit,
            "project": project.name,
            "code": project.code,
            "category": project.category,
            "amount": form.state_amount("total", project.money[0].initial),
            "goal": project.goal,
        }
        first = runs([i.level1_text for i in project.items])
        second = runs([(i.level1_text, i.level2_text) for i in project.items])
        for place, item in enumerate(project.items):
            row: list[Cell] = []
            for key, _ in heads:
                if key in project_keys:
                    row += [Cell(cells[key], len(project.items) if merged else 1)] if place == 0 or not merged else []
                elif key in ("level1", "level2") and levels_merged:
                    run = (first if key == "level1" else second)[place]
                    row += [Cell(item.level1_text if key == "level1" else item.level2_text, run)] if run else []
                else:
                    row.append(Cell(_batch_cell(item, key, options)))
            rows.append(row)
            comparator = _batch_cell(item, "sign", options)
            stated = target("annual", item.number, item, comparator)
            more = {"weight": item.weight} if any(k == "weight" for k, _ in heads) else {}
            if any(k == "polarity" for k, _ in heads):
                more["polarity"] = item.polarity
            form.add_indicator(record, item, [stated], **more)
    wide = {"goal": 2.4, "project": 1.4, "name": 1.8, "unit": 1.2}
    table = Table("batch", [wide.get(key, 0.8) for key, _ in heads], rows, 1)
    if content.department not in "".join(title):
        title.append(f"{taste.pick('部门名称', '部门', '主管部门')}：{content.department}")
    form.blocks.append(
        Block([*title, f"{taste.pick('金额单位', '单位')}：{form.money_unit}"], table, foot(form, content.projects[0]))
    )
    return form


def _batch_cell(item: Item, key: str, options: dict[str, Any]) -> str:
    if key == "sign":
        return (
            options.get("qualitative", "定性") if item.in_words else options.get("signs", {}).get(item.sign, item.sign)
        )
    return {
        "level1": item.level1_text,
        "level2": item.level2_text,
        "name": item.name,
        "number": item.number,
        "unit_column": item.unit,
        "weight": item.weight,
        "polarity": item.polarity,
    }[key]


def d1(taste: Taste, change: Callable[[Content, Taste], None] | None = None) -> Form:
    """Sichuan batch: comparator, value, unit, weight, polarity; department and unit rows carry only totals."""
    form = start(taste, "D1", taste.draw.randint(2, 4))
    if change:
        change(form.content, taste)
    form.money_unit = form.truth["money_unit"] = taste.pick("元", "万元")
    heads = [
        ("unit", "单位名称"),
        ("project", taste.pick("项目名称", "项目支出名称")),
        ("amount", taste.pick("预算数", "预算金额")),
        ("goal", taste.label("goal")),
        ("level1", taste.label("level1")),
        ("level2", taste.label("level2")),
        ("name", taste.label("name")),
        ("sign", taste.label("sign")),
        ("number", taste.label("number")),
        ("unit_column", taste.pick("度量单位", "计量单位", "度量\n单位")),
        ("weight", taste.label("weight")),
        ("polarity", taste.pick("指标方向性", "指标方向")),
    ]
    options = {"totals": taste.draw.random() < 0.7, "shuffle": taste.chance(0.5)}
    return _batch(form, heads, ["unit", "project", "amount", "goal"], **options)


def d2(taste: Taste) -> Form:
    """Inner Mongolia: polarity in 指标性质, the comparator in words in 指标方向, points in level 1."""
    form = start(taste, "D2", taste.draw.randint(1, 3))
    heads = [
        ("project", "项目名称"),
        ("unit", taste.pick("项目单位", "预算单位")),
        ("category", "项目类别"),
        ("amount", "预算数"),
        ("goal", "年度绩效目标"),
        ("level1", taste.label("level1")),
        ("level2", taste.label("level2")),
        ("name", taste.label("name")),
        ("polarity", "指标性质"),
        ("sign", "指标方向"),
        ("number", taste.pick("目标值", "指标值")),
        ("unit_column", "计量单位"),
        ("weight", "分值"),
    ]
    keys = ["project", "unit", "category", "amount", "goal"]
    options = {"levels_merged": taste.chance(0.5), "what": "项目支出绩效目标表", "suffixes": taste.draw.random() < 0.6}
    return _batch(form, heads, keys, signs=SIGN_WORDS, qualitative="", shuffle=taste.chance(0.3), **options)


def _flat(taste: Taste, columns: list[Column], kind: str, projects: int, result: bool = False) -> Form:
    """Chongqing: no levels; 定性 rows may have no value."""
    form = start(taste, "D3", projects, kind)
    for number, project in enumerate(form.content.projects):
        for item in project.items:
            item.level1_text = item.level2_text = ""
            if item.in_words and taste.draw.random() < 0.4:
                item.number = ""
        head = titles(form, "项目支出绩效自评表" if result else "部门预算项目绩效目标表", number == 0)
        sheet = Sheet(len(columns) + 1)
        identity(form, sheet, project)
        label = taste.unit_label(taste.label("amount"), form.money_unit)
        if result:
            form.truth["execution"] += []
            sheet.pairs(taste, (label, form.state_amount("total", project.money[0].initial)))
        else:
            sheet.pairs(taste, (label, form.state_amount("total", project.money[0].initial)))
        sheet.add((taste.pick("当年整体绩效目标", "年度目标", "项目当年绩效目标"), 1), (project.goal, 0))
        grid(form, sheet, project, columns, "grid", blank_rows=False, template="{0}")
        form.table_block(sheet, head, foot(form, project), [0.8, 2.2, *[1.0] * (len(columns) - 1)])
    return form


def d3(taste: Taste) -> Form:
    """指标名称 | 计量单位 | 指标性质 | 指标值."""
    columns = [
        Column("name", "指标名称"),
        Column("unit_column", "计量单位"),
        Column("sign", "指标性质"),
        Column("number", "指标值"),
    ]
    return _flat(taste, columns, "target", 1)


def d3_weight(taste: Taste) -> Form:
    """指标 | 指标权重 | 计量单位 | 指标性质 | 指标值, the table repeated per project."""
    columns = [
        Column("name", taste.pick("指标", "指标名称")),
        Column("weight", taste.pick("指标权重", "指标权重（%）")),
        Column("unit_column", "计量单位"),
        Column("sign", "指标性质"),
        Column("number", "指标值"),
    ]
    return _flat(taste, columns, "target", taste.draw.randint(2, 3))


def d3_result(taste: Taste) -> Form:
    """Self-evaluation: … | 指标权重(分) | 全年完成值 | 指标得分(分) | 说明."""
    columns = [
        Column("name", "指标名称"),
        Column("unit_column", "计量单位"),
        Column("sign", "指标性质"),
        Column("number", "年初指标值"),
        Column("weight", "指标权重（分）"),
        Column("actual", "全年完成值"),
        Column("score", "指标得分（分）"),
        Column("note", "说明"),
    ]
    return _flat(taste, columns, "self_evaluation", 1, True)


def d4(taste: Taste) -> Form:
    """三级指标 | 单位 | 指标值, the comparator and the unit in the value too: % and ≥95%."""
    columns = [*levels(taste), Column("unit_column", taste.pick("单位", "计量单位")), Column("annual", "指标值")]
    return classic(start(taste, "D4"), columns, blank_rows=False)


def d5(taste: Taste) -> Form:
    """Comparator and unit in the name: 公猪舍(≥**平方米) and 22.8."""
    form = start(taste, "D5")
    columns = [*levels(taste), Column("annual", taste.pick("年度指标值", "指标值"))]
    bare: dict[str, Item] = {}
    for item in form.content.projects[0].items:
        if not item.in_words:
            bare[item.name] = item
            plain = item.name.replace("（%）", "").replace("（份）", "")
            item.name = f"{plain}({item.sign}**{item.unit})"
    kept = form.value
    form.value = lambda item, horizon="annual": item.number if not item.in_words else kept(item, horizon)  # type: ignore[method-assign]
    classic(form, columns, template="{0}")
    by_name = {item.name: item for item in form.content.projects[0].items}
    for record in form.truth["indicators"]:
        item = by_name[record["name"]]
        if not item.in_words:
            record["targets"][0] |= target("annual", item.number, item, item.sign)
            record["other_names"] = [item.name.split("(")[0]]
    return form
