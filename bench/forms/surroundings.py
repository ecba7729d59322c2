"""A plain form among what stands around it on real pages: a letter, another table, a mirror's traditional characters.

Does not hold another layout of the form itself.
"""

from __future__ import annotations

from typing import Any

from bench.forms.labels import Taste
from bench.forms.page import Block, Form, Sheet
from bench.forms.targets import b1, b1_many

TRADITIONAL = str.maketrans(
    "项标级数单实产质时务护万资额总财拨业绩终满对办运维报结维条农县区学图书馆编码费训举设购备维养护补贴员众园环卫绿体"
    "际传统广响应经济会态续响责电话称门会计划范围长间发种类执况显达标严规检测评议际东临桥岭岚",
    "項標級數單實產質時務護萬資額總財撥業績終滿對辦運維報結維條農縣區學圖書館編碼費訓舉設購備維養護補貼員眾園環衛綠體"
    "際傳統廣響應經濟會態續響責電話稱門會計劃範圍長間發種類執況顯達標嚴規檢測評議際東臨橋嶺嵐",
)


def letter(taste: Taste) -> Form:
    """A letter above the form, with another year, another body and an amount in it."""
    form = b1(taste)
    year = form.content.year
    place = form.content.department[:3]
    lines = [
        f"{place}财政局关于批复{year}年部门预算项目绩效目标的通知",
        "各预算单位：",
        f"根据{year - 1}年12月20日会议审议结果，现将绩效目标批复给你们，涉及资金1200万元，请认真执行。",
        f"{place}财政局",
        f"{year - 1}年12月28日",
    ]
    form.blocks[0].before = lines + form.blocks[0].before
    # The letter's own heading is a title, too: which of the two is kept is not a matter of right and wrong.
    form.truth["title"] = None
    return form


def other_table(taste: Taste) -> Form:
    """A summary of projects and amounts in front of their forms; a reader may refuse what it does not know."""
    form = b1_many(taste)
    sheet = Sheet(3)
    sheet.add(("序号", 1), ("项目名称", 1), (f"预算金额（{form.money_unit}）", 1))
    for number, project in enumerate(form.content.projects, start=1):
        sheet.add((str(number), 1), (project.name, 1), (form.amount(project.money[0].initial), 1))
    form.blocks.insert(0, Block([f"{form.content.department}{form.content.year}年项目汇总表"], sheet.table("other")))
    form.truth["may_refuse"] = True
    form.truth["title"] = None
    return form


def traditional(taste: Taste) -> Form:
    """A mirror that turned every character into its traditional form."""
    form = b1(taste)
    for block in form.blocks:
        block.before = [line.translate(TRADITIONAL) for line in block.before]
        block.after = [line.translate(TRADITIONAL) for line in block.after]
        for row in block.table.rows if block.table else []:
            for cell in row:
                cell.text = cell.text.translate(TRADITIONAL)
    kept = {
        "family",
        "document_type",
        "source",
        "horizon",
        "comparator",
        "level1",
        "level2",
        "money_unit",
        "amount_cny",
    }

    def turned(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: turned(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [turned(one, key) for one in value]
        return value.translate(TRADITIONAL) if isinstance(value, str) and key not in kept else value

    form.truth = turned(form.truth)
    form.truth["may_refuse"] = True
    return form
