"""Forms whose texts look like what a reader skips, strips or splits: labels, foot notes, totals and codes.

Does not hold another layout: the traps stand in plain B1, D1 and E1 forms.
"""

from __future__ import annotations

from bench.forms.columns import d1
from bench.forms.content import Content, Item
from bench.forms.grid import Column
from bench.forms.labels import Taste
from bench.forms.page import Form
from bench.forms.results import evaluation
from bench.forms.targets import classic, levels, start

# Names that begin as a foot note, a signature, a total or a label does.
NAMES = [
    "注册志愿者人数", "说明会召开次数", "填报数据准确率", "联系服务企业家数", "合计发放补贴人数", "总分馆建设数量",
    "备注信息完整率",
    "得分率提升幅度", "指标值采集点数量", "小计算机教室改造间数", "单位能耗下降率", "1类疫苗接种率", "2023年新建泵站数量",
    "评价结论采纳率", "存在问题整改率", "年度目标任务完成率", "其中：脱贫户参与人数", "绩效指标库更新次数", "5G基站数量",
    "三级指标监测点数量",
]  # fmt: skip
PROJECTS = [
    "绩效目标管理工作经费", "总分馆制图书馆建设项目", "120急救指挥体系建设",
    "2023-2025年管网改造工程", "项目库（一期）建设", "年度目标考核奖补资金",
]  # fmt: skip
UNITS = ["12345政务服务热线中心", "120急救指挥中心", "云溪-临河联合水务中心", "101工程指挥部", "（本级）机关后勤中心"]
GOALS = [
    "一级指标：产出。数量指标：完成培训6次；质量指标：合格率达到95%以上。",
    "合计投入120万元（其中：财政拨款100万元，其他资金20万元），年度指标值全部完成。",
    "1.完成年初设定目标；\n2.总分达到90分以上；\n注：按季度考核。",
]
VALUES = [
    "≥3次（其中：县级1次）",
    "2023年底前",
    "合计不少于5场",
    "无",
    "100%",
    "（一）按计划；（二）按标准",
    "1:1配套",
    "/",
]


def _set(content: Content, taste: Taste) -> None:
    """Put the traps into names, units, goals and some values; the meaning of a number is kept."""
    draw = taste.draw
    unit = draw.choice(UNITS)
    for project, name in zip(content.projects, draw.sample(PROJECTS, len(content.projects)), strict=True):
        project.name, project.unit, project.goal = name, unit, draw.choice(GOALS)
        names = iter(draw.sample(NAMES, len(NAMES)))
        for item in project.items:
            item.name = next(names)
            if item.in_words or draw.random() < 0.2:
                _put_words(item, draw.choice(VALUES))


def _put_words(item: Item, text: str) -> None:
    item.sign, item.unit = "", ""
    item.number = item.cycle = item.previous = text


def b1_traps(taste: Taste) -> Form:
    """Traps in a target form."""
    form = start(taste, "B1", taste.draw.randint(1, 2))
    _set(form.content, taste)
    options = {"template": taste.pick("{0}", "指标{1}：{0}"), "blank_rows": False}
    return classic(form, [*levels(taste), Column("annual", taste.label("annual"))], **options)


def e1_traps(taste: Taste) -> Form:
    """Traps in a self-evaluation, whose columns stand in another order now and then."""
    form = start(taste, "E1", kind="self_evaluation")
    _set(form.content, taste)
    rest = [
        Column(key, taste.label(label))
        for key, label in (("annual", "annual_result"), ("actual", "actual"), ("weight", "weight"), ("score", "score"))
    ]
    if taste.wild:
        rest = [rest[n] for n in taste.draw.choice([(1, 0, 2, 3), (2, 1, 0, 3), (2, 3, 0, 1), (0, 1, 2, 3)])]
    columns = [*levels(taste), *rest, Column("reason", taste.label("reason"))]
    return evaluation(form, columns, template="{0}", blank_rows=False, total=False)


def d1_traps(taste: Taste) -> Form:
    """Traps in a Sichuan batch."""
    return d1(taste, _set)
