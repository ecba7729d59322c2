"""Labels as forms print them: white space, brackets, years and points aside, and nothing guessed."""

from __future__ import annotations

import pytest

from pipelines.layouts.labels import amount_label, form_label, grid_label


@pytest.mark.parametrize(
    ("text", "field", "horizon", "year"),
    [
        ("一级\n指标", "level1", None, None),
        ("二级指标(长期)", "level2", "cycle", None),
        ("三 级 指 标", "name", None, None),
        ("年初目标值(A)", "annual", None, None),
        ("*指标值", "annual", None, None),
        ("指标值（包含数字及文字描述）", "annual", None, None),
        ("2021年实际实现值", "previous", None, 2021),
        ("预期2022年实现值", "annual", None, 2022),
        ("全年实际值（B）", "actual", None, None),
        ("权重(20%)", "weight", None, None),
        ("未完成原因及拟采取的改进措施", "reason", None, None),
        ("实施周期指标值", "cycle", None, None),
    ],
)
def test_header_cells(text: str, field: str, horizon: str | None, year: int | None) -> None:
    label = grid_label(text)
    assert label is not None and (label.field, label.horizon, label.year) == (field, horizon, year)


@pytest.mark.parametrize(
    ("text", "field", "money_unit"),
    [
        ("主管部门（编码）及名称", "department_name", None),
        ("一、项目基本情况", "section", None),
        ("项目资金\n（ 万元 ）", "section", "万元"),
        ("年度绩效目标1（80分）", "goal", None),
        ("中期目标（2023年—2025年）", "cycle_goal", None),
        ("全年执行数（B）", "executed", None),
        ("执行率（B/A）", "rate", None),
        ("得分（20分*执行率）", "execution_score", None),
        ("项目负责人及联系电话", "ignored", None),
    ],
)
def test_labels_of_a_form(text: str, field: str, money_unit: str | None) -> None:
    label = form_label(text)
    assert label is not None and (label.field, label.money_unit) == (field, money_unit)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("其中：财政拨款", "fiscal_appropriation"),
        ("　　其他资金：", "other"),
        ("年度资金总额：", "total"),
        ("中期资金总额", "cycle_total"),
        ("其中:中央财政资金", "central_transfer"),
        ("自筹资金及其他", "other"),
        ("单位资金", "unit_funds"),
        ("上年结转结余资金", "carried_over"),
    ],
)
def test_labels_of_amounts(text: str, source: str) -> None:
    label = amount_label(text)
    assert label is not None and label.field == source


@pytest.mark.parametrize("text", ["指标（暂定）", "完成道路硬化3公里", "某某镇", "≥95%", "", "（2023年度）"])
def test_what_is_no_label_stays_none(text: str) -> None:
    assert grid_label(text) is None and form_label(text) is None


def test_a_rule_is_told_from_a_listed_label() -> None:
    listed, by_rule = form_label("项目概况"), form_label("项目地质概况")
    assert listed is not None and listed.is_listed
    assert by_rule is not None and not by_rule.is_listed
