"""Family E with points of their own: 80 + 20 (E6), and decision and management scoring before the grid (E7).

Does not hold the common self-evaluations (``results``).
"""

from __future__ import annotations

from decimal import Decimal

from bench.forms.content import Item
from bench.forms.grid import Column, grid
from bench.forms.labels import Taste
from bench.forms.page import Form, Sheet, target
from bench.forms.parts import foot, goal, identity, titles
from bench.forms.results import SELF, execution_rows
from bench.forms.targets import levels, start, widths_of


def e6(taste: Taste) -> Form:
    """80 + 20: 年初目标值(A) | 实际完成值(B) | 得分 under 年度绩效目标1(80分); execution is worth 20."""
    form = start(taste, "E6", kind="self_evaluation")
    project = form.content.projects[0]
    form.set_levels(project)
    columns = [
        *levels(taste),
        Column("annual", "年初目标值（A）"),
        Column("actual", "实际完成值（B）"),
        Column("score", "得分"),
    ]
    sheet = Sheet(6)
    head = titles(form, SELF)
    identity(form, sheet, project)
    total = project.money[0]
    assert total.adjusted is not None and total.executed is not None
    label = taste.unit_label("预算执行情况", form.money_unit).replace("情况（", "情况（")
    sheet.add(
        (f"{label}（20分）", 1, 2),
        ("", 1),
        ("预算数（A）", 1),
        ("执行数（B）", 1),
        ("执行率（B/A）", 1),
        ("得分（20分*执行率）", 1),
    )
    rate = 100 * total.executed / total.adjusted
    score = format((rate / 5).quantize(Decimal("0.01")), "f")
    texts = [form.amount(total.adjusted), form.amount(total.executed)]
    sheet.add(("年度财政资金总额", 1), (texts[0], 1), (texts[1], 1), (f"{rate:.2f}%", 1), (score, 1))
    form.truth["execution"].append(
        {
            "project_no": 1,
            "source": "total",
            "rate": f"{rate:.2f}",
            "weight": None,
            "score": score,
            "stated_texts": texts,
            "amounts": {"adjusted": f"{total.adjusted:.2f}", "executed": f"{total.executed:.2f}"},
        }
    )
    sheet.add(("年度绩效目标1（80分）", 1), (project.goal, 0))
    form.truth["optional_facts"] = ["execution_weight"]
    grid(form, sheet, project, columns, None, template="{0}", blank_rows=False)
    final = format(sum(Decimal(i.score) for i in project.items) + Decimal(score), "f")
    sheet.add((taste.label("total_score"), 5), (final, 1))
    form.truth["total_score"].append({"project_no": 1, "score": final})
    sheet.add(("偏差大或目标未完成原因分析", 1), ("无重大偏差。", 0))
    sheet.add(("改进措施及结果应用方案", 1), ("继续加强预算执行管理。", 0))
    form.table_block(sheet, head, foot(form, project), widths_of(columns, False))
    return form


def e7(taste: Taste) -> Form:
    """指标名称(三级指标) | 年初指标值 | 年终完成值 | 自评分 | 复核分 | 评价标准, after 项目决策 and 项目管理 scoring."""
    form = start(taste, "E7", kind="self_evaluation")
    project = form.content.projects[0]
    form.set_levels(project)
    columns = [
        *levels(taste)[:2],
        Column("name", "指标名称（三级指标）"),
        Column("annual", "年初指标值"),
        Column("actual", "年终完成值"),
        Column("score", "自评分"),
        Column("review", "复核分"),
        Column("description", "评价标准"),
    ]
    sheet = Sheet(8)
    head = titles(form, SELF)
    identity(form, sheet, project)
    execution_rows(form, sheet, project)
    goal(form, sheet, project)
    sheet.add(*[(c.label, 1) for c in columns])
    scoring = [
        ("项目决策", "项目立项", "立项依据充分性", "4"),
        ("项目决策", "绩效目标", "绩效目标合理性", "3"),
        ("项目管理", "组织实施", "管理制度健全性", "5"),
        ("项目管理", "资金管理", "资金使用合规性", "5"),
    ]
    for first, second, name, points in scoring:
        sheet.add(*[(text, 1) for text in (first, second, name, "", "", points, points, "按制度评分")])
    record = form.truth["projects"][-1]
    for first, second, name, points in scoring:
        item = Item(first, second, name, "", "", "", "", "", level1_text=first, level2_text=second)
        form.add_indicator(record, item, [target("annual", "")], score=points, actual=None, optional=True)
    for item in project.items:
        text = form.value(item)
        row = [
            item.level1_text,
            item.level2_text,
            item.name,
            text,
            item.actual,
            item.score,
            item.score,
            "按完成比例计分",
        ]
        sheet.add(*[(cell, 1) for cell in row])
        form.add_indicator(record, item, [target("annual", text)], score=item.score, actual=item.actual)
    form.table_block(sheet, head, foot(form, project), [1, 1, 2.2, 1.3, 1.3, 0.8, 0.8, 1.3])
    form.truth["numbered"] = False
    return form
