"""Family E: self-evaluations, with actual values, scores and the money spent.

Does not hold target forms.
"""

from __future__ import annotations

from typing import Any

from bench.forms.content import SIGN_WORDS, Item, Project
from bench.forms.grid import Column, grid
from bench.forms.labels import Taste
from bench.forms.money import execution
from bench.forms.page import Form, Sheet
from bench.forms.parts import foot, goals_and_done, identity, titles, total_row
from bench.forms.targets import levels, start, widths_of

SELF = "项目支出绩效自评表"


def evaluation(form: Form, columns: list[Column], **options: Any) -> Form:
    """Identity, execution, goals, grid, total for each project."""
    taste = form.taste
    suffixes = options.pop("suffixes", False)
    what = options.pop("what", SELF)
    total = options.pop("total", True)
    initial, scored = options.pop("initial", True), options.pop("scored", True)
    code = options.pop("code_prefix", False)
    width = sum(c.span for c in columns) + 1
    for number, project in enumerate(form.content.projects):
        head = titles(form, what, number == 0) if number == 0 or taste.wild else []
        form.set_levels(project, suffixes)
        sheet = Sheet(width)
        plain = project.name
        if code:
            project.name = f"{project.code}-{plain}"
        identity(form, sheet, project)
        if code:
            form.truth["projects"][-1] |= {"project_name": plain, "project_code": project.code}
            form.truth["projects"][-1]["other_names"] = [project.name]
        execution(form, sheet, project, initial, scored)
        goals_and_done(form, sheet, project)
        grid(form, sheet, project, columns, **dict(options))
        if total:
            total_row(form, sheet, project, columns)
        if taste.chance(0.3):
            sheet.add((taste.pick("自评结论", "评价结论"), 1), ("项目总体执行情况良好。", 0))
            sheet.add(("存在问题", 1), ("预算执行进度有待加快。", 0))
            sheet.add(("改进措施", 1), ("加强项目前期论证。", 0))
        form.table_block(sheet, head, foot(form, project), widths_of(columns))
    return form


def e1(taste: Taste) -> Form:
    """一级 | 二级 | 三级 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因 (the Ministry's form of 2020)."""
    columns = [
        *levels(taste),
        *[
            Column(k, taste.label(label))
            for k, label in (
                ("annual", "annual_result"),
                ("actual", "actual"),
                ("weight", "weight"),
                ("score", "score"),
                ("reason", "reason"),
            )
        ],
    ]
    return evaluation(start(taste, "E1", kind="self_evaluation"), columns, suffixes=taste.draw.random() < 0.4)


def e1_many(taste: Taste) -> Form:
    """Several self-evaluations in one document."""
    columns = [
        *levels(taste),
        *[
            Column(k, taste.label(label))
            for k, label in (
                ("annual", "annual_result"),
                ("actual", "actual"),
                ("weight", "weight"),
                ("score", "score"),
                ("reason", "reason"),
            )
        ],
    ]
    return evaluation(start(taste, "E1", 2, "self_evaluation"), columns)


def e2(taste: Taste) -> Form:
    """分值 before the values."""
    columns = [
        *levels(taste),
        *[
            Column(k, taste.label(label))
            for k, label in (
                ("weight", "weight"),
                ("annual", "annual_result"),
                ("actual", "actual"),
                ("score", "score"),
                ("reason", "reason"),
            )
        ],
    ]
    return evaluation(start(taste, "E2", kind="self_evaluation"), columns)


def e2_parents(taste: Taste) -> Form:
    """★ parent rows and 其中 child rows: only parents are scored."""
    form = start(taste, "E2", kind="self_evaluation")
    project = form.content.projects[0]
    place = next(n for n, item in enumerate(project.items) if item.level2 == "数量指标")
    parent = project.items[place]
    area = [("小麦", "320"), ("玉米", "180"), ("大豆", "96")][: taste.draw.randint(2, 3)]
    total = sum(int(a[1]) for a in area)
    parent.name, parent.sign, parent.number, parent.unit = "★补助各类粮食作物种植面积", "≥", str(total), "亩"
    parent.actual, parent.score, parent.reason = f"{total}亩", parent.weight, ""
    parent.cycle = parent.previous = parent.number
    children = [
        Item(*("产出指标", "数量指标"), f"其中：{name}", "≥", number, "亩", number, number, "0", "", f"{number}亩")
        for name, number in area
    ]
    project.items[place + 1 : place + 1] = children
    columns = [
        *levels(taste),
        Column("weight", "分值"),
        Column("annual", taste.label("annual_result")),
        Column("actual", taste.label("actual")),
        Column("score", "得分"),
        Column("reason", taste.label("reason")),
    ]
    original = form.set_levels

    def set_levels(one: Project, suffixes: bool = False) -> None:
        original(one, suffixes)
        for child in children:
            child.weight = ""

    form.set_levels = set_levels  # type: ignore[method-assign]
    return evaluation(form, columns, template="{0}", blank_rows=False)


def e2_method(taste: Taste) -> Form:
    """指标值(A) | 全年实际值(B) | 得分计算方法."""
    columns = [
        *levels(taste),
        Column("weight", "分值"),
        Column("annual", taste.pick("年度指标值(A)", "指标值（A）")),
        Column("actual", taste.pick("全年实际值(B)", "实际完成值（B）")),
        Column("method", "得分计算方法"),
        Column("score", "得分"),
        Column("reason", taste.label("reason")),
    ]
    return evaluation(start(taste, "E2", kind="self_evaluation"), columns)


def e3(taste: Taste) -> Form:
    """Transfer payments: 资金管理情况 block, A / B / (B/A) money rows, no weights."""
    form = start(taste, "E3", kind="self_evaluation")
    project = form.content.projects[0]
    form.set_levels(project)
    columns = [
        *levels(taste),
        Column("annual", "指标值"),
        Column("actual", taste.pick("全年实际完成值", "实际完成值")),
        Column("reason", "未完成原因和改进措施"),
    ]
    sheet = Sheet(7)
    head = titles(form, "转移支付区域（项目）绩效自评表")
    identity(form, sheet, project)
    label = taste.unit_label(taste.pick("资金投入情况", "项目资金"), form.money_unit)
    sheet.add((label, 1, 4), ("", 2), ("全年预算数（A）", 1), ("全年执行数（B）", 1), ("预算执行率（B/A×100%）", 2))
    names = [taste.pick("年度资金总额：", "资金总额"), "其中：中央财政资金", "其他资金"]
    for name, one in zip(names, project.money, strict=True):
        rate = f"{100 * one.executed / one.adjusted:.2f}%" if one.adjusted and one.executed is not None else ""
        texts = [form.amount(one.adjusted), form.amount(one.executed)]
        sheet.add((name, 2), (texts[0], 1), (texts[1], 1), (rate, 2))
        if one.adjusted is not None:
            source = one.source if one.source == "total" else "other" if one.source == "other" else "central"
            form.truth["execution"].append(
                {
                    "project_no": 1,
                    "source": source,
                    "rate": rate.removesuffix("%") or None,
                    "weight": None,
                    "score": None,
                    "amounts": {"adjusted": f"{one.adjusted:.2f}", "executed": f"{one.executed:.2f}"},
                    "stated_texts": texts,
                }
            )
    duties = ["分配科学性", "下达及时性", "拨付合规性", "使用规范性", "执行准确性"][: taste.draw.randint(3, 5)]
    sheet.add(("资金管理情况", 1, len(duties) + 1), ("", 2), ("情况说明", 2), ("存在问题和改进措施", 2))
    for duty in duties:
        sheet.add((duty, 2), (taste.draw.choice(["按规定执行", "分配合理", "及时下达"]), 2), ("无", 2))
    goals_and_done(form, sheet, project)
    grid(form, sheet, project, columns)
    form.table_block(sheet, head, foot(form, project), widths_of(columns))
    return form


def e3_headless(taste: Taste) -> Form:
    """A heading without 二级指标 above data that has it; a reader may refuse it."""
    form = start(taste, "E3", kind="self_evaluation")
    columns = [
        *levels(taste),
        Column("annual", "指标值"),
        Column("actual", "全年实际完成值"),
        Column("reason", "未完成原因和改进措施"),
    ]
    columns[1] = Column("level2", "")
    form.truth["may_refuse"] = True
    return evaluation(form, columns, total=False, scored=False, initial=False, levels="merge", blank_rows=False)


def e4(taste: Taste) -> Form:
    """Sichuan 0013: 指标性质 | 指标值 | 度量单位 | 完成值 | 权重 | 得分 | 未完成原因分析; the code before the name."""
    columns = [
        *levels(taste),
        Column("sign", "指标性质"),
        Column("number", "指标值"),
        Column("unit_column", "度量单位"),
        Column("actual", taste.pick("完成值", "实际完成值")),
        Column("weight", "权重"),
        Column("score", "得分"),
        Column("reason", "未完成原因分析"),
    ]
    form = start(taste, "E4", kind="self_evaluation")
    return evaluation(form, columns, code_prefix=True, blank_rows=False, template="{0}")


def e5(taste: Taste) -> Form:
    """Yunnan: 年度指标值 spans 指标性质 · 指标值 · 度量单位; ≧ and ═; money in yuan."""
    group = "年度指标值"
    columns = [
        *levels(taste),
        Column("sign", "指标性质", group),
        Column("number", "指标值", group),
        Column("unit_column", "度量单位", group),
        Column("actual", "实际完成值"),
        Column("weight", "分值"),
        Column("score", "得分"),
        Column("reason", taste.label("reason")),
    ]
    form = start(taste, "E5", kind="self_evaluation")
    form.money_unit = form.truth["money_unit"] = "元"
    signs = taste.draw.choice([{"≥": "≧", "≤": "≦", "=": "═"}, SIGN_WORDS, {}])
    return evaluation(form, columns, signs=signs, blank_rows=False, suffixes=taste.draw.random() < 0.3)


def execution_rows(form: Form, sheet: Sheet, project: Project) -> None:
    """预算数 and 执行数 as a plain row of labels."""
    total = project.money[0]
    assert total.adjusted is not None and total.executed is not None
    unit = form.money_unit
    texts = [form.amount(total.adjusted), form.amount(total.executed)]
    rate = f"{100 * total.executed / total.adjusted:.2f}%"
    form.taste.wild, wild = False, form.taste.wild
    sheet.pairs(form.taste, (f"全年预算数（{unit}）", texts[0]), (f"全年执行数（{unit}）", texts[1]), ("执行率", rate))
    form.taste.wild = wild
    form.truth["execution"].append(
        {
            "project_no": form.truth["projects"][-1]["no"],
            "source": "total",
            "rate": rate.removesuffix("%"),
            "weight": None,
            "score": None,
            "amounts": {"adjusted": f"{total.adjusted:.2f}", "executed": f"{total.executed:.2f}"},
            "stated_texts": texts,
        }
    )
