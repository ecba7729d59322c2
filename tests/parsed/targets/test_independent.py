"""Texts labelled by someone who had not seen the parser: how many are read exactly, and that none is silently wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .test_gold import _read

LABELS = Path(__file__).parents[2] / "gold" / "independent_values.jsonl"
FIELDS = ("kind", "measures", "joiner", "deadline", "comparator")

_CLASS = "a number that names a class is read as an amount"
_LOST_BOUND = "prose between the bound and its number: read as a plain number, to be looked at"
_SIZE = "a size and a count, or two counts, with a noun between them: which, the noun alone would tell"
_CONDITION = "an amount that is a condition stands before the target's: neither is taken"
_ONLY_CONDITION = "a condition that nothing but its words tells from a target"
_EXPLAINED = "a number that only explains the other is taken as a second one"
_FILLED_IN = "a blank's own lines or brackets around what was filled in"
_START = "a day from which something holds is taken for the day"
# Texts that are not read as labelled, each with the reason. All are graded C or D unless they stand in EQUAL_QUANTITY.
NOT_REACHED = {
    "不低于上年度90%的水平": _LOST_BOUND,
    "DN100-DN300": _CLASS,
    "12-31前": "a date without 月 and 日 is taken for a range",
    "202412": "a year and a month without anything between them",
    "一季度25%，二季度50%": "quarters of a schedule: the last is taken for the deadline of all",
    "三、五公里": "an approximate pair of numerals",
    "24年": "a year without its century, or a length of time",
    "￥50000": "a currency sign before the number is not read as its unit",
    "上半年50%，全年100%": "half-years of a schedule are no deadlines of the shares",
    "自2024年1月起": _START,
    "2024年1月1日起": _START,
    "9月开学前": "before an event in a month: the month is taken for the deadline",
    "本年度": "says no more than the document's own year",
    "不超过1000元/半天": "half a day is no unit",
    "2024年全年12次": "a year's whole length beside an amount is no deadline",
    "110kV变电站1座": _SIZE,
    "10kV线路5公里": _SIZE,
    "5吨压缩车2辆": _SIZE,
    "3.5米宽道路6公里": _SIZE,
    "1个中心3个基地": _SIZE,
    "60分以上为合格": "what a grade begins with is no target of words either",
    "5年内不返修": "how long something does not happen is taken for the target",
    "不低于2023年的95%": "the bound before a year is taken for a bound of the year",
    "三": "a numeral alone counts nothing, even beside a unit of its own",
    "工95%": "≥ misread as a character: the number is kept, to be looked at",
    "≥95,5%": "a comma for a point makes two numbers",
    "80M": "metres or megabits",
    "（万元）12": "a unit in brackets before its number",
    "1类2项3目": "a place in a list is read as amounts",
    "4大类12项": _SIZE,
    "3·15活动": "a day that is a name stands without quotes",
    "1#楼": _CLASS,
    "一期完成80%": "a stage is taken for an amount",
    "同比下降（≥5%）": "an amount in brackets behind a verb stays with its words",
    "约5-10人": "an approximate range is read as a range",
    "2024年11月30日24时前": "an hour behind a day",
    "2023年5月1日12时至8月16日12时": "an hour behind a day",
    "28个省际“出口路”、4个“断头路”连通工程": "two counts of quoted names: what joins them is not told",
    "因征地拆迁，推迟至2024年5月完工": "至 before a date is taken for a bound",
    "三千米以上": "read as 3000 米, which is the same length",
    "春、秋各一次": "a numeral behind 各 amid words",
    "辖区内4个国控断面水质达标率100%": _CONDITION,
    "1—6年级课后服务覆盖率100%": _CONDITION,
    "以下5类问题整改率100%": _CONDITION,
    "亿元以上项目开工9个": _CONDITION,
    "实施期第3年末达标率90%": _CONDITION,
    "1万元以下采购当日办结": _ONLY_CONDITION,
    "1.2米以下儿童免票入园": _ONLY_CONDITION,
    "20万吨级码头泊位2个": _SIZE,
    "0.4千伏线路改造18公里": _SIZE,
    "3、4号机组大修1次": _CLASS,
    "承办中超3场次": "a league's name ends like a comparator",
    "一点二万亩": "a Chinese decimal with a magnitude",
    "2024年Q3前": "a quarter in Latin letters",
    "6月第2周": "a week of a month",
    "一、三季度各1次": "two quarters: the last is taken for the deadline",
    "每千名活产儿死亡不超过3例": "where the noun of the rate ends is not told",
    "-18℃至-22℃": "a range written from its upper end",
    "第二人民医院购置64排128层CT 1台": _CLASS,
    "315千伏安变压器2台": _SIZE,
    "2023版国家通用语言文字教材配备率100%": _CLASS,
    "第3期500册": _CLASS,
    "新建500平方米以上村级文化广场3个": _CONDITION,
    "30户以上自然村4G网络覆盖率达到98%": _CONDITION,
    "70岁以上老人免费乘车刷卡45.6万人次": _CONDITION,
    "投资5000万元以上项目开工率≥90%": _CONDITION,
    "6个月以内短期借款占比不高于20%": _CONDITION,
    "少于5人的教学点撤并4个": _CONDITION,
    "多于20户的聚居点配备灭火器60具": _CONDITION,
    "大于1公顷图斑核查率100%": _CONDITION,
    "日处理50吨以上站点在线监测联网率100%": _CONDITION,
    "PM2.5超过75μg/m3时洒水不少于4次/天": _CONDITION,
    "气温低于-5℃时除雪响应不超过30分钟": _CONDITION,
    "单笔10万元以下补贴3个工作日内兑付": _CONDITION,
    "最近3年无重大违法记录": _ONLY_CONDITION,
    "连续无降雨20天以上启动应急送水": _ONLY_CONDITION,
    "单次金额5万元以上采购实行公开询价": _ONLY_CONDITION,
    "24小时不间断值守": _ONLY_CONDITION,
    "满分100分，得分92.5分": _EXPLAINED,
    "5年一评选，本次评选30名": _EXPLAINED,
    "每年2次，3年共6次": _EXPLAINED,
    "实际完成41家，未达45家目标": _EXPLAINED,
    "已发放1-11月补贴，12月待发": _EXPLAINED,
    "低于3‰（含3‰）": "a bound that is in and out",
    "9月底（第三季度）前完成": "前 behind a bracket is not seen",
    "是（支付率99.3%）": "a number with words of its own in brackets stays with its words",
    "2024/9-2025/6": "months written with strokes",
    "2024-2025年采暖季": "a season over two years is taken for a period",
    "2千余万元": "a magnitude in two parts with 余 between",
    "人民币叁拾伍万元整": "numerals as on a cheque",
    "≥__120__人次": _FILLED_IN,
    "（  12  ）次": _FILLED_IN,
    "XX村道路硬化2.5公里": "a mask in a name counts as a mask of the number",
}
EQUAL_QUANTITY = {"三千米以上"}


def _labels() -> list[dict[str, Any]]:
    return [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]


def _wrong() -> list[tuple[str, str]]:
    """(text, grade) of every text that is not read exactly as labelled."""
    labels = _labels()
    found = []
    for label, reading in zip(labels, _read(labels), strict=True):
        want = {field: label.get(field) or ([] if field == "measures" else None) for field in FIELDS}
        if want != {field: reading[field] for field in FIELDS}:
            found.append((label["text"], reading["grade"]))
    return found


def test_every_text_is_read_exactly_or_listed_with_its_reason() -> None:
    assert {text for text, _ in _wrong()} == set(NOT_REACHED)
    assert len(_labels()) >= 5300


def test_no_text_is_read_wrongly_with_grade_a_or_b() -> None:
    assert [text for text, grade in _wrong() if grade < "C" and text not in EQUAL_QUANTITY] == []
