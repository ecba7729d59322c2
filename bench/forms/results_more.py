"""Family E, the rarer self-evaluations: Xinjiang, Suzhou, Yinchuan, Nankai, Sichuan's shares.

Does not hold the common ones (``results``).
"""

from __future__ import annotations

from decimal import Decimal

from bench.forms.content import Money
from bench.forms.grid import Column, grid
from bench.forms.labels import Taste
from bench.forms.page import Form, Sheet
from bench.forms.parts import foot, goal, identity, titles, total_row
from bench.forms.results import SELF, evaluation, execution_rows
from bench.forms.targets import levels, start, widths_of


def _short(form: Form, columns: list[Column], total: bool = True, lead: str | None = None) -> Form:
    """Identity, one execution row, goal, grid."""
    taste, project = form.taste, form.content.projects[0]
    sheet = Sheet(sum(c.span for c in columns) + bool(lead))
    head = titles(form, SELF)
    identity(form, sheet, project)
    execution_rows(form, sheet, project)
    goal(form, sheet, project)
    grid(form, sheet, project, columns, lead, blank_rows=False, template=taste.pick("{0}", "{1}.{0}"))
    if total:
        total_row(form, sheet, project, columns, bool(lead))
    form.table_block(sheet, head, foot(form, project), widths_of(columns, bool(lead)))
    return form


def e8(taste: Taste) -> Form:
    """The widest: 指标值设置依据, 上年完成值, 指标赋分规则, 佐证资料, 完成率."""
    columns = [
        *levels(taste),
        Column("annual", "指标值"),
        Column("description", "指标值设置依据"),
        Column("previous", "上年完成值"),
        Column("weight", "指标分值权重"),
        Column("method", "指标赋分规则"),
        Column("evidence", "佐证资料"),
        Column("actual", "指标实际完成值"),
        Column("rate", "完成率"),
        Column("score", "指标得分"),
        Column("reason", "偏差原因分析及改进措施"),
    ]
    return evaluation(start(taste, "E8", kind="self_evaluation"), columns)


def e9(taste: Taste) -> Form:
    """Suzhou: 项目类别 (投入目标, 产出目标, 结果目标) | 指标名称 | 目标值 | 权重 | 实际完成值 | 自评分: one level only."""
    form = start(taste, "E9", kind="self_evaluation")
    named = {"产出指标": "产出目标", "效益指标": "结果目标", "满意度指标": "结果目标", "成本指标": "投入目标"}
    for item in form.content.projects[0].items:
        item.level1_text, item.level2_text = named[item.level1], ""
    columns = [
        Column("level1", "项目类别"),
        Column("name", "指标名称", None, 2),
        Column("annual", "目标值"),
        Column("weight", "权重"),
        Column("actual", "实际完成值"),
        Column("score", "自评分"),
    ]
    form = _short(form, columns)
    for record in form.truth["indicators"]:
        record["level2"] = None
        record["level1"] = {"产出目标": "产出指标", "结果目标": "效益指标"}.get(record["level1_text"])
    return form


def e10_reference(taste: Taste) -> Form:
    """Yinchuan: level 1 项目产出 and 项目效益; 参考分值 | 指标值(A) | 全年实际值(B) | 得分."""
    form = start(taste, "E10", kind="self_evaluation")
    named = {"产出指标": "项目产出", "效益指标": "项目效益", "满意度指标": "满意度", "成本指标": "项目成本"}
    for item in form.content.projects[0].items:
        item.level1_text, item.level2_text = named[item.level1], item.level2.replace("指标", "")
    columns = [
        *levels(taste),
        Column("weight", "参考分值"),
        Column("annual", "指标值(A)"),
        Column("actual", "全年实际值(B)"),
        Column("score", "得分"),
    ]
    return _short(form, columns)


def e10_set_value(taste: Taste) -> Form:
    """Nankai: 预算设定指标值 | 项目完成指标值."""
    form = start(taste, "E10", kind="self_evaluation")
    form.set_levels(form.content.projects[0])
    columns = [*levels(taste), Column("annual", "预算设定指标值"), Column("actual", "项目完成指标值")]
    if taste.wild:
        columns.append(Column("reason", "偏差说明"))
    return _short(form, columns, False, "grid")


def e10_share(taste: Taste) -> Form:
    """Sichuan: 指标值 | 完成值 | 权重 with a share (20%) | 得分."""
    form = start(taste, "E10", kind="self_evaluation")
    form.set_levels(form.content.projects[0])
    columns = [
        *levels(taste),
        Column("annual", "指标值"),
        Column("actual", "完成值"),
        Column("weight", taste.pick("权重", "权重（%）")),
        Column("score", "得分"),
    ]
    return _short(form, columns, True, "grid")


def e1_sources(taste: Taste) -> Form:
    """Money by source with 上年结转资金, and a total that was left at 0: it is printed, and it is not the sum."""
    form = start(taste, "E1", kind="self_evaluation")
    project = form.content.projects[0]
    total, fiscal, other = project.money
    fiscal.label, fiscal.fixed = "其中：本年财政拨款", True
    rest = Money("carried_over", "上年结转资金", *[Decimal(30000)] * 3, None)
    if taste.draw.random() < 0.5:
        total.initial = total.adjusted = total.executed = Decimal(0)
        project.execution_score = "0"
    else:
        for name in ("initial", "adjusted", "executed"):
            setattr(total, name, getattr(total, name) + 30000)
    project.money = [total, fiscal, rest, other]
    project.total_score = format(sum(Decimal(i.score) for i in project.items) + Decimal(project.execution_score), "f")
    columns = [
        *levels(taste),
        *[
            Column(key, label)
            for key, label in (("annual", "年度指标值"), ("actual", "实际完成值"), ("weight", "分值"))
        ],
        Column("score", "得分"),
        Column("reason", "偏差原因分析及改进措施"),
    ]
    return evaluation(form, columns, suffixes=True)


def e4_official(taste: Taste) -> Form:
    """Sichuan's form whole: done goal first, 预算执行情况(10分) by five sources, 绩效指标(90分), conclusions."""
    form = start(taste, "E4", kind="self_evaluation")
    project = form.content.projects[0]
    form.money_unit = form.truth["money_unit"] = "万元"
    form.set_levels(project)
    columns = [
        *levels(taste),
        Column("sign", "指标性质"),
        Column("number", "指标值"),
        Column("unit_column", "度量单位"),
    ]
    columns += [
        Column("actual", "完成值"),
        Column("weight", "权重"),
        Column("score", "得分"),
        Column("reason", "未完成原因分析"),
    ]
    sheet = Sheet(11)
    head = ["报表编号：510000_0013zp", f"部门预算项目支出绩效自评表（{form.content.year}年度）"]
    form.truth["title"] = head[1]
    form.add_project(project, project_code=project.code, goal_done=project.goal_done)
    form.truth["projects"][-1]["other_names"] = [f"{project.code}-{project.name}"]
    sheet.add(("项目名称", 2), (f"{project.code}-{project.name}", 0))
    sheet.add(("主管部门", 2), (form.content.department, 4), ("实施单位\n（盖章）", 2), (project.unit, 0))
    sheet.add(("项目基本情况", 1, 4), ("1.项目年度目标完成情况", 0))
    sheet.add(("项目年度目标", 5), ("年度目标完成情况", 0))
    sheet.add((project.goal, 5), (project.goal_done, 0))
    sheet.add(("2.项目实施内容及过程概述", 2), ("按计划实施。", 0))
    heads = ["年初预算", "调整后预算数", "预算执行数", "预算执行率", "权重", "得分"]
    total, fiscal, other = project.money
    zero = Money("special_account", "财政专户管理资金", *[Decimal(0)] * 3, None)
    own = Money("unit_funds", "单位资金", *[Decimal(0)] * 3, None)
    total.label, fiscal.label = "总额", "其中：财政资金"
    sheet.add(("预算执行情况（10分）", 1, 6), ("年度预算数（万元）", 2), *[(text, 1) for text in heads], ("原因", 0))
    for one in (total, fiscal, zero, own, other):
        amounts = {key: getattr(one, key) for key in ("initial", "adjusted", "executed")}
        texts = [form.amount(value) for value in amounts.values()]
        rate = f"{100 * one.executed / one.adjusted:.2f}%" if one.adjusted and one.executed is not None else ""
        points = ("10", project.execution_score) if one is total else ("/", "/")
        sheet.add((one.label, 2), *[(text, 1) for text in (*texts, rate, *points)], ("", 0))
        if one.adjusted is not None:
            weight, score = points if one is total else (None, None)
            form.truth["execution"].append(
                {"project_no": 1, "source": one.source, "rate": rate.removesuffix("%") or None, "weight": weight, "score": score,
                 "amounts": {key: f"{value:.2f}" for key, value in amounts.items()}, "stated_texts": texts}
            )  # fmt: skip
    grid(form, sheet, project, columns, "grid_90", template="{0}", blank_rows=False, levels="merge")
    total_row(form, sheet, project, columns)
    for label, text in (("评价结论", "项目总体执行较好。"), ("存在问题", "暂无"), ("改进措施", "暂无")):
        sheet.add((label, 1), (text, 0))
    people = f"项目负责人：{project.person}　　财务负责人："
    form.truth["ignored"].append(people)
    form.table_block(sheet, head, [people], widths_of(columns))
    return form
