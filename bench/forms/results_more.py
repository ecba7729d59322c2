"""Family E, the rarer self-evaluations: Xinjiang, Suzhou, Yinchuan, Nankai, Sichuan's shares.

Does not hold the common ones (``results``).
"""

from __future__ import annotations

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
