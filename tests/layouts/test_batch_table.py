"""The batch form: projects, subtotals and totals told apart by what they hold and by their sums."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.layouts.recognise import read_rows
from pipelines.layouts.rows import UnreadableForm
from pipelines.raw.read import read_document
from tests.conftest import NANSHA
from tests.layouts.batch import HEAD, INDICATOR, TITLE, batch_document, read_batch


def _project(name: str, total: str, fiscal: str = "", special: str = "", other: str = "") -> str:
    return f"{name}\t{total}\t{fiscal}\t{special}\t{other}\t目标\t{INDICATOR}"


def test_the_nansha_document_reads_whole() -> None:
    rows = read_rows(read_document(NANSHA), 2024)
    totals = {
        project.project_name: next(
            amount.amount_cny
            for amount in rows.amounts
            if amount.project_number == project.number and amount.source == "total"
        )
        for project in rows.projects
    }
    assert totals == {
        "国际化社区工作经费": Decimal("980000.00"),
        "广州南沙粤港合作咨询委员会综合保障经费": Decimal("3380600.00"),
        "工作经费": Decimal("60000.00"),
        "办公运行经费": Decimal("80000.00"),
        "港澳与外事工作经费": Decimal("2032500.00"),
        "办公设备购置经费": Decimal("55000.00"),
        "机构运行辅助经费": Decimal("300000.00"),
        "南沙驻香港实体办事机构专项经费": Decimal("4220000.00"),
        "广州南沙港澳商协会服务集聚区综合保障经费": Decimal("1797400.00"),
        "广州南沙粤澳发展促进会综合保障经费": Decimal("2638000.00"),
    }
    assert rows.department_name == "广州南沙经济技术开发区港澳合作事务办公室"
    assert (rows.money_unit, rows.fiscal_year, rows.document_type) == ("万元", 2024, "target")
    assert (rows.rows_read, rows.rows_claimed, rows.rows_ignored) == (13, 13, 0)
    repaired = [finding.project_number for finding in rows.findings if finding.rule_code == "shifted_columns_repaired"]
    assert repaired == [5, 6, 7, 8, 9, 10]


def test_subtotals_name_the_unit_of_the_projects_below_them() -> None:
    rows = read_batch(
        "\n".join(
            [
                "合计\t60\t60\t\t\t\t",
                "甲所\t30\t30\t\t\t\t",
                _project("甲一", "10", "10"),
                _project("甲二", "20", "20"),
                "乙所\t30\t30\t\t\t\t",
                _project("乙一", "30", "30"),
            ]
        )
    )
    assert [(project.unit_name, project.project_name) for project in rows.projects] == [
        ("甲所", "甲一"),
        ("甲所", "甲二"),
        ("乙所", "乙一"),
    ]
    covered = [(one.scope, one.unit_name, one.covers_to_row) for one in rows.amounts if one.source == "total"]
    assert covered == [
        ("document", None, None),
        ("unit", "甲所", 5),
        ("project", "甲所", None),
        ("project", "甲所", None),
        ("unit", "乙所", 7),
        ("project", "乙所", None),
    ]


def test_a_department_subtotal_may_stand_above_the_units() -> None:
    rows = read_batch(
        "\n".join(
            ["某某局\t30\t30\t\t\t\t", "甲所\t10\t10\t\t\t\t", _project("甲一", "10", "10"), "乙所\t20\t20\t\t\t\t"]
            + [_project("乙一", "20", "20")]
        )
    )
    assert [project.unit_name for project in rows.projects] == ["甲所", "乙所"]


def test_without_subtotals_the_department_is_the_unit() -> None:
    assert [project.unit_name for project in read_batch(_project("甲", "1", "1")).projects] == ["某某局"]


def test_a_printed_zero_is_an_amount_and_a_blank_is_none() -> None:
    rows = read_batch(_project("甲", "1", "1", "0.00", ""))
    assert [(one.source, one.stated_text) for one in rows.amounts] == [
        ("total", "1"),
        ("fiscal_appropriation", "1"),
        ("special_account", "0.00"),
    ]


def test_a_row_without_goal_and_indicators_that_is_no_subtotal_stops_the_document() -> None:
    with pytest.raises(UnreadableForm, match="neither project nor subtotal") as refused:
        read_batch("\n".join(["神秘\t7\t7\t\t\t\t", _project("甲", "1", "1")]))
    assert refused.value.reason_code == "row_ambiguous"


def test_a_total_that_is_not_the_sum_stops_the_document() -> None:
    with pytest.raises(UnreadableForm, match="合计 3 与项目之和 1 不符") as refused:
        read_batch("\n".join(["合计\t3\t3\t\t\t\t", _project("甲", "1", "1")]))
    assert (refused.value.reason_code, refused.value.place) == ("total_mismatch", "表1 第2行")


def test_a_total_may_differ_by_printed_rounding_only() -> None:
    projects = [_project(name, "0.33", "0.33") for name in ("甲", "乙", "丙")]
    assert len(read_batch("\n".join(["合计\t1.01\t1.01\t\t\t\t", *projects])).projects) == 3
    with pytest.raises(UnreadableForm, match="不符"):
        read_batch("\n".join(["合计\t1.02\t1.02\t\t\t\t", *projects]))


@pytest.mark.parametrize("lost_column", [2, 3, 4])
def test_a_lost_cell_is_put_back_only_where_its_place_is_unique(lost_column: int) -> None:
    short = _project("丙", "2", "2").split("\t")
    del short[lost_column]
    body = "\n".join([_project("甲", "1", "1"), "\t".join(short)])
    if lost_column == 2:  # the fiscal amount itself is gone: the total has no source left to agree with
        with pytest.raises(UnreadableForm, match="位置不唯一"):
            read_batch(body)
    else:
        rows = read_batch(body)
        assert [one.source for one in rows.amounts if one.project_number == 2] == ["total", "fiscal_appropriation"]


def test_two_possible_places_stop_the_document() -> None:
    body = "\n".join([_project("甲", "1", "1"), _project("乙", "1", "", "1"), "丙\t2\t2\t\t目标\t" + INDICATOR])
    with pytest.raises(UnreadableForm, match="位置不唯一") as refused:
        read_batch(body)
    assert refused.value.reason_code == "cells_shifted"


@pytest.mark.parametrize("amount", ["12万", "1,2345", "约3", "1.2.3", "--"])
def test_an_amount_that_is_no_number_stops_the_document(amount: str) -> None:
    with pytest.raises(UnreadableForm) as refused:
        read_batch(_project("甲", "1", "1", "", amount))
    assert refused.value.reason_code == "amount_unreadable"


def test_an_unknown_column_stops_the_document_and_is_named() -> None:
    with pytest.raises(UnreadableForm, match="列名“备用金”不在词表中") as refused:
        read_batch(_project("甲", "1", "1"), head=HEAD.replace("其他资金", "备用金"))
    assert refused.value.place == "表1 第1行 第5列"


def test_text_above_the_header_inside_the_table_stops_the_document() -> None:
    body = f"{HEAD}\n{_project('甲', '1', '1')}"
    with pytest.raises(UnreadableForm) as refused:
        read_rows(batch_document(body, head="说明\t\t\t\t\t\t"), 2024)
    assert refused.value.reason_code == "cell_unclaimed"


@pytest.mark.parametrize(
    ("before", "reason_code"),
    [
        (("某某局2024年项目支出绩效目标表",), "money_unit_missing"),
        (("某某局2024年项目支出绩效目标表", "单位：万元", "金额单位：元"), "money_unit_missing"),
        (("某某局2024年项目支出绩效目标表", "单位：美元"), "money_unit_unknown"),
        (("单位：万元",), "title_missing"),
        (("项目支出绩效目标表", "单位：万元"), "department_missing"),
        ((TITLE, "单位：万元", "部门名称：甲局", "部门名称：乙局"), "department_conflict"),
    ],
)
def test_a_fact_that_is_missing_or_stated_twice_stops_the_document(before: tuple[str, ...], reason_code: str) -> None:
    with pytest.raises(UnreadableForm) as refused:
        read_batch(_project("甲", "1", "1"), before=before)
    assert refused.value.reason_code == reason_code


def test_department_and_money_unit_may_stand_on_one_line() -> None:
    rows = read_batch(_project("甲", "1", "1"), before=("2024年项目支出绩效目标表", "部门名称：某某局单位：万元"))
    assert (rows.department_name, rows.money_unit) == ("某某局", "万元")


def test_the_year_comes_from_the_folder_or_the_title_and_their_conflict_is_a_finding() -> None:
    document = batch_document(_project("甲", "1", "1"))
    assert read_rows(document, None).fiscal_year == 2024
    conflicting = read_rows(document, 2023)
    assert conflicting.fiscal_year == 2023
    assert [finding.rule_code for finding in conflicting.findings] == ["fiscal_year_conflict"]
    yearless = batch_document(_project("甲", "1", "1"), before=("项目支出绩效目标表", "部门名称：某某局", "单位：万元"))
    with pytest.raises(UnreadableForm) as refused:
        read_rows(yearless, None)
    assert refused.value.reason_code == "fiscal_year_missing"


@pytest.mark.parametrize(
    ("unit", "yuan"), [("元", "12.50"), ("千元", "12500"), ("万元", "125000"), ("亿元", "1250000000")]
)
def test_amounts_are_converted_to_yuan(unit: str, yuan: str) -> None:
    rows = read_batch(_project("甲", "12.50", "12.50"), before=(TITLE, f"金额单位：{unit}"))
    assert {one.amount_cny for one in rows.amounts} == {Decimal(yuan)}
