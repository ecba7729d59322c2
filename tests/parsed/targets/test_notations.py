"""Notations beyond the labelled texts, each decided by the contract: text, kind, measures, deadline, grade,
residual.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.parsed.targets import parse_targets

TABLE = Path(__file__).with_name("notations.tsv")
SIGNS = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<", "eq": "=", "approx": "≈", "between": "..", "plus_minus": "±"}


def _plain(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")


def _measure(row: dict[str, Any]) -> str:
    lower, upper = _plain(row["lower_value"]), _plain(row["upper_value"])
    sign = SIGNS[row["comparator"]] + ("*" if row["is_comparator_inherited"] else "")
    number = f"{lower} {upper}" if row["comparator"] in ("between", "plus_minus") else lower or upper
    return f"{row['joiner'] + ' ' if row['joiner'] else ''}{sign} {number} {row['unit_text'] or '-'}"


Description = tuple[str, str, str, str, str, str]


def _described(texts: list[str], names: list[str | None], fiscal_year: int | None) -> list[Description]:
    frame = pl.DataFrame(
        {"target_text": texts, "indicator_name": names, "fiscal_year": [fiscal_year] * len(texts)},
        schema={"target_text": pl.String, "indicator_name": pl.String, "fiscal_year": pl.Int32},
    )
    found = []
    for input_row, group in groupby(parse_targets(frame).rows(named=True), key=lambda row: row["input_row"]):
        rows = list(group)
        first = rows[0]
        measures = "; ".join(_measure(row) for row in rows if row["target_kind"] == "quantity")
        deadline = f"{first['deadline_comparator']} {first['deadline_text']}" if first["deadline_text"] else ""
        kind, grade, residual = first["target_kind"], first["parse_grade"], first["residual"]
        found.append((texts[input_row], kind, measures, deadline, grade, residual))
    return found


def described(text: str, name: str | None = None, fiscal_year: int | None = 2024) -> Description:
    """The reading in the table's notation."""
    return _described([text], [name], fiscal_year)[0]


def _table() -> list[tuple[str, ...]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]


def test_each_notation_is_read_as_decided() -> None:
    table = _table()
    texts = [row[0] for row in table]
    read = _described(texts, [None] * len(texts), 2024)
    assert [(got, want) for got, want in zip(read, table, strict=True) if got != want] == []


@pytest.mark.parametrize(
    ("text", "name", "measures", "deadline", "grade"),
    [
        ("3", "成果（份）", "= 3 份", "", "B"),
        ("3500", "户数(≥**户)", "≥* 3500 户", "", "B"),
        ("3500户", "户数(≥**户)", "≥* 3500 户", "", "B"),
        ("3500元", "户数(≥**户)", "= 3500 元", "", "A"),
        ("85", "满意度(%)", "= 85 %", "", "B"),
        ("0.95", "满意度(%)", "= 0.95 %", "", "C"),
        ("5.2", "成本（万元）", "= 52000 元", "", "B"),
        ("5", "成本(≤**万元)", "≤* 50000 元", "", "B"),
        ("5万", "成本(≤**万元)", "≤* 50000 元", "", "C"),
        ("22.8", "公猪舍(≥**平方米)", "≥* 22.8 平方米", "", "B"),
        (">=85", "收入(≥**元/人·月)", "≥ 85 元/人·月", "", "B"),
        ("31", "购置仪器设备(不计低值小零件和定制产品)", "= 31 -", "", "A"),
        ("7", "新建高校(校区)", "= 7 -", "", "A"),
        ("44,561", "完成时间", "", "eq 2021-12-31", "B"),
        ("44561", "项目成本", "= 44561 -", "", "A"),
        ("2024", "完成时间", "", "eq 2024", "B"),
        ("20241231", "竣工日期", "", "eq 2024-12-31", "B"),
    ],
)
def test_the_name_completes_what_the_text_leaves_out(
    text: str, name: str, measures: str, deadline: str, grade: str
) -> None:
    assert described(text, name)[2:5] == (measures, deadline, grade)


@pytest.mark.parametrize(
    ("text", "comparator", "unit", "measures", "grade"),
    [
        ("95", "≥", "%", "≥ 95 %", "A"),
        ("95", "大于等于", "百分比", "≥ 95 %", "A"),
        ("95", "=", "台（套）", "= 95 台（套）", "A"),
        ("95", "小于等于", "份", "≤ 95 份", "A"),
        ("5", "≤", "万元", "≤ 50000 元", "A"),
        ("95", " ＞＝ ", "％", "≥ 95 %", "A"),
        ("95", "≥（大于等于）", "%", "≥ 95 %", "A"),
        ("95", "大于 等于", "%", "≥ 95 %", "A"),
        ("95", "不低于", "%", "≥ 95 %", "A"),
        ("95", "＝", "%", "= 95 %", "A"),
        ("95", "等于", "%", "= 95 %", "A"),
        ("95", "定量", "%", "= 95 %", "A"),
        ("95", "定量指标", "%", "= 95 %", "A"),
        ("95", "正向", "％", "= 95 %", "C"),
        ("95", "正向指标", "%", "= 95 %", "C"),
        ("≥95%", "正向", "%", "≥ 95 %", "A"),
        ("≥95%", "正向（≥）", "%", "≥ 95 %", "A"),
        ("95", "正向（≥）", "%", "≥ 95 %", "A"),
        ("≤5%", "正向", "%", "≤ 5 %", "C"),
        ("≤5%", "反向", "%", "≤ 5 %", "A"),
        ("5", "逆向指标", "%", "= 5 %", "C"),
        ("95", "定性", "%", "= 95 %", "C"),
        ("95", "是", "%", "= 95 %", "C"),
        ("95", "否", None, "= 95 -", "C"),
        ("95", "某某", "%", "= 95 %", "C"),
        ("95", "≥≤大", "%", "= 95 %", "C"),
        ("95", "≥,≤", "%", "= 95 %", "C"),
        ("3个、5次", "≥", None, "= 3 个", "C"),
        ("12", "≥", "44,561", "≥ 12 -", "C"),
        ("≥95%", "≥", "%", "≥ 95 %", "A"),
        ("28.8万元", "=", "%", "= 288000 元", "C"),
        ("≥95%", "≤", "%", "≥ 95 %", "C"),
        ("12", None, "标段", "= 12 标段", "C"),
    ],
)
def test_columns_of_their_own_give_comparator_and_unit(
    text: str, comparator: str | None, unit: str | None, measures: str, grade: str
) -> None:
    frame = pl.DataFrame(
        {"target_text": [text], "stated_comparator": [comparator], "stated_unit": [unit]},
        schema={"target_text": pl.String, "stated_comparator": pl.String, "stated_unit": pl.String},
    )
    row = parse_targets(frame).row(0, named=True)
    assert (_measure(row), row["parse_grade"]) == (measures, grade)


@pytest.mark.parametrize(
    ("text", "comparator", "deadline", "grade"),
    [
        ("2024年12月31日", "≤", "le 2024-12-31", "A"),
        ("12月31日", "小于等于", "le 2024-12-31", "A"),
        ("12月31日前", "≤", "le 2024-12-31", "A"),
        ("12月31日前", "≥", "le 2024-12-31", "C"),
        ("2024年12月31日", "定性", "eq 2024-12-31", "A"),
        ("2024年12月31日", "=", "eq 2024-12-31", "A"),
        ("2024年12月31日", "某某", "eq 2024-12-31", "C"),
    ],
)
def test_a_column_bounds_a_date(text: str, comparator: str, deadline: str, grade: str) -> None:
    frame = pl.DataFrame({"target_text": [text], "stated_comparator": [comparator], "fiscal_year": [2024]})
    row = parse_targets(frame).row(0, named=True)
    assert (f"{row['deadline_comparator']} {row['deadline_text']}", row["parse_grade"]) == (deadline, grade)


def test_a_deadline_without_a_year_takes_the_fiscal_year_or_stays_open() -> None:
    assert described("12月底前", fiscal_year=2023)[3] == "le 2023-12-31"
    assert described("12月底前", fiscal_year=None)[3] == "le --12-31"
    assert described("6月", fiscal_year=None)[3] == "eq --06"
    assert described("2月底", fiscal_year=2023)[3] == "eq 2023-02-28"
    assert described("次年3月底前", fiscal_year=2024)[3] == "le 2025-03-31"


def test_a_number_with_more_digits_than_the_type_holds_is_not_rounded() -> None:
    assert described("0.1234567%")[1] == "other"
    assert described("9" * 40 + "元")[1] == "other"
    assert described("0.1234567万元")[2] == "= 1234.567 元"
