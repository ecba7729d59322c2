"""How labels are worded and spaced: one plain wording, and the others that are met, by lot.

Does not place labels: page.py and the families do.
"""

from __future__ import annotations

import random

SYNONYMS: dict[str, list[str]] = {
    "project": ["项目名称", "专项名称", "项目(资金)名称", "项目名称：", "专项资金名称", "项目支出名称"],
    "code": ["项目编码", "项目代码", "项目编号"],
    "department": ["主管部门", "预算主管部门", "主管部门名称", "主管部门：", "主管单位"],
    "department_code": ["主管部门及代码", "主管部门及代码：", "主管部门\n及代码"],
    "unit": ["实施单位", "项目单位", "资金使用单位", "项目实施单位", "预算单位", "项目承担单位"],
    "category": ["项目类别", "项目属性", "项目类型", "资金性质"],
    "period": ["项目期", "项目实施期", "项目起止时间"],
    "year": ["预算年度", "年度", "所属年度", "填报年度"],
    "head": ["项目负责人", "负责人"],
    "phone": ["联系电话", "联系人电话"],
    "money": ["项目资金", "资金情况", "预算资金", "项目资金来源", "资金总额"],
    "amount": ["预算金额", "预算数", "年度预算", "项目总额", "资金总额"],
    "total": ["年度资金总额", "资金总额", "本年度预算资金", "合计", "年度资金总额："],
    "cycle_total": ["中期资金总额", "实施期资金总额", "实施期金额"],
    "fiscal_appropriation": ["其中：财政拨款", "财政拨款", "其中:财政资金", "一般公共预算拨款", "其中：当年财政拨款"],
    "other": ["其他资金", "其他资金：", "其他资金:", "　　其他资金", "其他"],
    "goal": ["年度目标", "年度总体目标", "年度绩效目标", "总体目标", "绩效目标", "项目年度绩效目标"],
    "goal_cycle": ["中期目标", "长期目标", "实施期目标", "实施周期总目标", "项目总目标"],
    "goal_plan": ["预期目标", "年初设定目标", "年度目标", "预期总体目标"],
    "goal_done": ["实际完成情况", "目标实际完成情况", "年度总体目标完成情况综述", "全年实际完成情况"],
    "grid": ["绩效指标", "年度绩效指标", "绩\n效\n指\n标", "绩 效 指 标", "绩效\n指标", "绩效目标指标"],
    "grid_90": ["绩效指标（90分）", "绩效指标\n（90分）"],
    "level1": ["一级指标", "一级\n指标", "一 级 指 标"],
    "level2": ["二级指标", "二级\n指标", "二 级 指 标"],
    "name": ["三级指标", "三级\n指标", "三 级 指 标", "三级指标名称"],
    "annual": ["指标值", "年度指标值", "目标值", "年度\n指标值", "指 标 值", "绩效指标值"],
    "annual_result": ["年度指标值", "年度目标值", "年度\n指标值", "年初目标值", "指标值", "预期指标值", "全年目标值"],
    "cycle": ["实施周期目标值", "中期指标值", "实施周期\n指标值", "实施期指标值"],
    "sign": ["指标性质", "指标\n性质", "指标符号"],
    "number": ["指标值", "目标值", "指标\n值"],
    "unit_column": ["度量单位", "计量单位", "度量\n单位", "单位"],
    "weight": ["分值", "权重", "指标分值", "分 值", "权重（分）"],
    "actual": ["实际完成值", "全年实际值", "全年完成值", "实际完成情况", "实际\n完成值", "全年实际完成值"],
    "score": ["得分", "自评得分", "得 分", "自评分", "指标得分"],
    "reason": ["偏差原因分析及改进措施", "偏差原因分析\n及改进措施",
               "未完成原因分析及拟采取的改进措施", "偏差原因", "未完成原因及改进措施"],
    "note": ["备注", "备 注", "说明"],
    "total_score": ["总分", "总 分", "合计", "总得分"],
    "execution_rate": ["执行率", "预算执行率", "执行率（%）", "执行率\n（B/A）"],
    "initial": ["年初预算数", "年初预算", "年初\n预算数", "年初预算数（A）"],
    "adjusted": ["全年预算数", "全年预算数（A）", "全年\n预算数", "调整预算数"],
    "executed": ["全年执行数", "全年执行数（B）", "全年\n执行数", "实际执行数"],
}  # fmt: skip


# Where a label names its funding source differently from the block's usual line.
SOURCE_OF_LABEL = {"一般公共预算拨款": "general_public_budget"}


class Taste:
    """The lot of one document: ``wild`` documents word and space their labels as they like, others plainly."""

    def __init__(self, draw: random.Random, wild: bool) -> None:
        """``draw`` decides everything."""
        self.draw = draw
        self.wild = wild

    def chance(self, share: float) -> bool:
        """True in that share of the wild documents, never in plain ones."""
        return self.draw.random() < share and self.wild

    def pick(self, *choices: str) -> str:
        """The first choice in a plain document, any in a wild one."""
        return self.draw.choice(choices) if self.wild else choices[0]

    def label(self, key: str) -> str:
        """A wording of a known label: mostly the usual one, rare ones rarely."""
        usual, *others = SYNONYMS[key]
        return self.spaced(self.draw.choice(others) if self.chance(0.45) else usual)

    def spaced(self, label: str) -> str:
        """Sometimes with blanks or a line break inside, as typists fill a cell."""
        if not self.chance(0.12) or len(label) < 3 or "\n" in label or " " in label:
            return label
        if len(label) <= 4 and self.draw.random() < 0.5:
            return " ".join(label)
        place = self.draw.randint(2, len(label) - 1)
        return f"{label[:place]}{self.draw.choice([chr(10), ' ', '　'])}{label[place:]}"

    def unit_label(self, label: str, unit: str) -> str:
        """A money label that names its unit: 项目资金（万元）."""
        shape = self.pick("{0}（{1}）", "{0}({1})", "{0}\n（{1}）", "{0}（单位：{1}）", "{0}（ {1} ）")
        return shape.format(label.rstrip("：:"), unit)
