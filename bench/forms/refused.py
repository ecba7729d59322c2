"""Family H and prose: what must be refused by name, because its cells are no targets of the kind the warehouse holds.

Does not hold forms that can be read.
"""

from __future__ import annotations

from bench.forms import vocabulary as words
from bench.forms.labels import Taste
from bench.forms.page import Block, Form, Sheet
from bench.forms.parts import foot, identity, titles
from bench.forms.targets import start


def _refused(form: Form, reason: str) -> Form:
    form.truth["refused"] = reason
    for key in ("projects", "indicators", "execution", "total_score"):
        form.truth[key] = []
    return form


def h_grades(taste: Taste) -> Form:
    """Hebei: 绩效指标 | 绩效指标描述 | 优 | 良 | 中 | 差, four thresholds and no target."""
    form = start(taste, "H")
    project = form.content.projects[0]
    form.set_levels(project)
    sheet = Sheet(8)
    head = titles(form, "部门预算项目绩效目标表")
    identity(form, sheet, project)
    sheet.add(("绩效目标", 1), (project.goal, 0))
    top = ["一级指标", "二级指标", "绩效指标", "绩效指标描述"]
    sheet.add(*[(text, 1, 2) for text in top], ("评价标准", 4))
    sheet.add(*[(text, 1) for text in "优良中差"])
    for item in project.items:
        grades = ["≥95%", "≥85%", "≥60%", "<60%"]
        row = [item.level1_text, item.level2_text, item.name, taste.draw.choice(words.DESCRIPTIONS), *grades]
        sheet.add(*[(text, 1) for text in row])
    form.table_block(sheet, head, foot(form, project))
    return _refused(form, "graded")


def h_review(taste: Taste) -> Form:
    """2017 绩效目标评审表: 投入(时效目标/成本目标) · 产出 · 效益目标; 定量指标一, 定性指标描述."""
    form = start(taste, "H")
    project = form.content.projects[0]
    sheet = Sheet(5)
    head = titles(form, "项目绩效目标评审表")
    identity(form, sheet, project)
    for first, seconds in (
        ("投入", ["时效目标", "成本目标"]),
        ("产出", ["数量目标", "质量目标"]),
        ("效益目标", ["社会效益"]),
    ):
        for number, second in enumerate(seconds):
            lead = [(first, 1, 2 * len(seconds))] if number == 0 else []
            sheet.add(*lead, (second, 1, 2), ("定量指标一", 1), (project.items[number].text(), 0))
            sheet.add(("定性指标描述", 1), ("达到计划要求", 0))
    form.table_block(sheet, head, foot(form, project))
    return _refused(form, "graded_or_old")


def h_sample(taste: Taste) -> Form:
    """2018 sample: 指标 | 指标内容 | 指标值 only."""
    form = start(taste, "H")
    project = form.content.projects[0]
    sheet = Sheet(3)
    head = titles(form, "项目支出绩效目标表")
    sheet.add(("项目名称", 1), (project.name, 0))
    sheet.add(("指标", 1), ("指标内容", 1), ("指标值", 1))
    for item in project.items:
        sheet.add((item.level2.replace("指标", ""), 1), (item.name, 1), (f"各{item.text()}", 1))
    form.table_block(sheet, head, foot(form, project))
    return _refused(form, "graded_or_old")


def h_content(taste: Taste) -> Form:
    """2019: 评价内容 | 指标名称 | 指标说明 | 目标值 | 分值 | 备注."""
    form = start(taste, "H")
    project = form.content.projects[0]
    sheet = Sheet(6)
    head = titles(form, "项目绩效评价指标表")
    identity(form, sheet, project)
    sheet.add(*[(text, 1) for text in ("评价内容", "指标名称", "指标说明", "目标值", "分值", "备注")])
    for item in project.items:
        sheet.add(*[(text, 1) for text in (item.level1[:2], item.name, "按台账统计", item.text(), item.weight, "")])
    form.table_block(sheet, head, foot(form, project))
    return _refused(form, "graded_or_old")


def a3_prose(taste: Taste) -> Form:
    """Prose in a notice, no grid."""
    form = start(taste, "A3")
    project = form.content.projects[0]
    lines = titles(form, "项目支出绩效目标公开说明")
    lines += [f"（一）项目名称：{project.name}。", f"（二）总体目标：{project.goal}", "（三）绩效指标："]
    lines += [f"{item.level2}：{item.name}{item.text()}；" for item in project.items]
    form.blocks.append(Block(lines))
    return _refused(form, "prose")


def blank_year(taste: Taste) -> Form:
    """A blank ( 年度) in the title and no year anywhere: only the folder can say it."""
    from bench.forms.targets import b1

    form = b1(Taste(taste.draw, False))
    block = form.blocks[0]
    block.before = ["项目支出绩效目标表", "（    年度）"]
    block.after = []
    form.truth["title"] = block.before[0]
    year = str(form.content.year)
    if taste.wild:
        form.truth["folder_year"] = form.content.year
    for row in block.table.rows if block.table else []:
        for cell in row:
            cell.text = cell.text.replace(f"{year}年", "当年")
    for record in form.truth["indicators"]:
        for one in record["targets"]:
            one["text"] = one["text"].replace(f"{year}年", "当年")
    return form if taste.wild else _refused(form, "no_year")
