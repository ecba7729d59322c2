"""Family B2: an annual target with one more column that explains it.

Does not hold plain grids (``targets``).
"""

from __future__ import annotations

from bench.forms.content import Project
from bench.forms.grid import Column
from bench.forms.labels import Taste
from bench.forms.page import Form
from bench.forms.targets import classic, levels, start


def b2_standard(taste: Taste) -> Form:
    """指标值及单位 | 绩效标准."""
    columns = [*levels(taste), Column("annual", taste.pick("指标值及单位", "指标值")), Column("standard", "绩效标准")]
    return classic(start(taste, "B2"), columns)


def b2_content(taste: Taste) -> Form:
    """指标内容 | 指标值 | 绩效标准."""
    columns = [
        *levels(taste),
        Column("content", "指标内容"),
        Column("annual", taste.label("annual")),
        Column("standard", "绩效标准"),
    ]
    return classic(start(taste, "B2"), columns)


def b2_note(taste: Taste) -> Form:
    """指标值 | 指标说明."""
    columns = [
        *levels(taste),
        Column("annual", taste.label("annual")),
        Column("description", taste.pick("指标说明", "指标解释", "备注")),
    ]
    return classic(start(taste, "B2"), columns)


def b2_described(taste: Taste) -> Form:
    """绩效指标描述 | 指标值, several forms; the description sometimes repeats the name."""
    form = start(taste, "B2", 2)
    columns = [
        *levels(taste),
        Column("description", taste.pick("绩效指标描述", "指标描述")),
        Column("annual", taste.label("annual")),
    ]
    return classic(form, columns)


def b2_weight(taste: Taste) -> Form:
    """指标值 | 分值 | 指标解释 with 产出指标(40分)."""
    columns = [
        *levels(taste),
        Column("annual", taste.label("annual")),
        Column("weight", taste.pick("分值", "权重")),
        Column("description", taste.pick("指标解释", "指标说明")),
    ]
    return classic(start(taste, "B2", new_rules=True), columns, suffixes=True)


def b2_goal_value(taste: Taste) -> Form:
    """指标目标值, cost on level 1."""
    return classic(start(taste, "B2", new_rules=True), [*levels(taste), Column("annual", "指标目标值")])


def b2_current(taste: Taste) -> Form:
    """当年度指标值."""
    return classic(start(taste, "B2"), [*levels(taste), Column("annual", taste.pick("当年度指标值", "当年指标值"))])


def b2_year_value(taste: Taste) -> Form:
    """年度数值 | 备注, levels called 产出值 and 数量值."""
    form = start(taste, "B2")
    columns = [*levels(taste), Column("annual", "年度数值"), Column("note", "备注")]
    form.set_levels = lambda project, suffixes=False: _as_values(project)  # type: ignore[method-assign]
    return classic(form, columns)


def _as_values(project: Project) -> None:
    for item in project.items:
        item.level1_text = item.level1.replace("指标", "值") if item.level1 != "满意度指标" else item.level1
        item.level2_text = item.level2.replace("指标", "值") if item.level1 != "满意度指标" else item.level2


def b2_completed(taste: Taste) -> Form:
    """项目完成指标 / 项目效益指标, 指标值(包含数字及文字描述)."""
    form = start(taste, "B2")
    named = {"产出指标": "项目完成指标", "效益指标": "项目效益指标", "成本指标": "成本指标", "满意度指标": "满意度指标"}

    def set_levels(project: Project, suffixes: bool = False) -> None:
        for item in project.items:
            item.level1_text, item.level2_text = named[item.level1], item.level2

    form.set_levels = set_levels  # type: ignore[method-assign]
    return classic(
        form,
        [*levels(taste), Column("annual", taste.pick("指标值(包含数字及文字描述)", "指标值（包含数字\n及文字描述）"))],
    )


def b2_type(taste: Taste) -> Form:
    """指标类型 | 指标名称 | 指标值 | 指标描述: 指标名称 is level 2, the indicator is the 指标描述."""
    form = start(taste, "B2")
    columns = [
        Column("level1", "指标类型"),
        Column("level2", "指标名称"),
        Column("annual", "指标值"),
        Column("name", "指标描述", None, 2),
    ]
    return classic(form, columns, template="{0}", blank_rows=False, levels="repeat")


def b2_expected(taste: Taste) -> Form:
    """二级指标 | name | 绩效标准 | 当年预期实现值."""
    columns = [
        *levels(taste)[:2],
        Column("name", taste.pick("指标内容", "三级指标")),
        Column("standard", "绩效标准"),
        Column("annual", taste.pick("当年预期实现值", "当年预期值")),
    ]
    return classic(start(taste, "B2"), columns)
