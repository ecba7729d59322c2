"""Grids → parsed tables: columns of their own for comparator and unit, actual values, places, counts, executions."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from pipelines.layouts.rows import CYCLE, ExecutionRow, IndicatorRow, Place, TargetText
from pipelines.parsed.flatten import amount_step
from pipelines.parsed.schema import TABLES
from tests.parsed.grid import indicator, parse, place

# Target as printed | comparator column | unit column | actual as printed
#   → comparator, bound and unit of the target | actual's comparator, value, unit, grade; ~ a unit taken from the target.
READINGS = """
≥50次      |    |      | 50        | ge 50 次      | eq 50 次 B ~
≥50次      |    |      | 52次      | ge 50 次      | eq 52 次 A
≥50        | ≥  | 次   | 48        | ge 50 次      | eq 48 次 A
50         | 大于等于 | 次 | 48     | ge 50 次      | eq 48 次 A
5          | ≤  | 万元 | 4.8       | le 50000 元   | eq 48000 元 A
≥95%       |    |      | 96        | ge 95 %       | eq 96 % B ~
≥95%       |    |      | 0.96      | ge 95 %       | eq 0.96  A
95         | ≥  | %    | 1         | ge 95 %       | eq 1  A
≤5万元     |    |      | 4.8       | le 50000 元   | eq 48000 元 C ~
≤5万元     |    |      | 48000     | le 50000 元   | eq 48000 元 C ~
≤5万元     |    |      | 4.8万     | le 50000 元   | eq 48000 元 C ~
≤5万元     |    |      | 400       | le 50000 元   | eq 400  A
≤5万元     |    |      | 0         | le 50000 元   | eq 0 元 C ~
≥1.2万人次 |    |      | 13000     | ge 12000 人次 | eq 13000 人次 C ~
≥1.2万人次 |    |      | 1.3       | ge 12000 人次 | eq 13000 人次 C ~
≥48万平方米 |   |      | 49        | ge 480000 平方米 | eq 490000 平方米 C ~
≥3百户     |    |      | 300       | ge 300 户     | eq 300  A
≤5千米     |    |      | 4         | le 5 千米     | eq 4 千米 B ~
≥3         |    | /    | 3         | ge 3          | eq 3  A
≥50次      |    |      | 60人      | ge 50 次      | eq 60 人 A
≥50次      |    |      | ≥55       | ge 50 次      | ge 55 次 B ~
"""


def shown(row: dict[str, object]) -> str:
    bound = next((row[side] for side in ("lower_value", "upper_value") if row[side] is not None), None)
    number = f"{bound.normalize():f}" if isinstance(bound, Decimal) else ""
    return f"{row['comparator']} {number} {row['unit_text'] or ''}"


@pytest.mark.parametrize("line", READINGS.strip().splitlines())
def test_targets_and_actual_values_read_what_stands_beside_them(line: str) -> None:
    target, comparator, unit, actual, expected_target, expected_actual = (cell.strip() for cell in line.split("|"))
    frames = parse(indicator(1, target, actual, comparator=comparator or None, unit=unit or None))
    (stated,) = frames["parsed_targets"].iter_rows(named=True)
    (reached,) = frames["parsed_results"].iter_rows(named=True)
    assert shown(stated).strip() == expected_target
    inherited = " ~" if reached["is_unit_inherited"] else ""
    assert f"{shown(reached)} {reached['parse_grade']}{inherited}" == expected_actual


def test_a_target_with_two_units_gives_none_to_a_bare_number() -> None:
    frames = parse(indicator(1, "≥180批次或600人次", "200"))
    assert frames["parsed_results"]["unit_text"].to_list() == [None]


def test_every_table_has_exactly_its_columns_with_rows_and_without() -> None:
    for frames in (parse(), parse(indicator(1, actual="50"))):
        for name, frame in frames.items():
            assert dict(frame.schema) == TABLES[name], name


def test_places_lead_to_whole_cells_and_a_blank_cell_has_none() -> None:
    frames = parse(indicator(1, " ≥50次\n", "约1600m <sup>2</sup>"), indicator(2, "", ""))
    place_columns = ["source_row", "source_column", "source_start", "source_end"]
    assert frames["parsed_targets"].select("target_text", "target_kind", *place_columns).rows() == [
        ("≥50次", "quantity", 2, 4, 0, 6),
        (None, "missing", 3, 4, None, None),
    ]
    assert frames["parsed_results"].select("actual_text", "target_kind", *place_columns).rows() == [
        ("约1600m²", "quantity", 2, 5, 0, 19),
        (None, "missing", 3, 5, None, None),
    ]
    assert frames["parsed_indicators"].select("indicator_text", *place_columns).rows()[0] == ("次数", 2, 3, 0, 2)


def test_a_deadline_is_read_in_the_documents_year_and_keeps_its_precision() -> None:
    (row,) = parse(indicator(1, "12月底前", "11月"))["parsed_results"].iter_rows(named=True)
    assert (row["target_kind"], row["deadline_date"], row["deadline_precision"]) == (
        "deadline",
        datetime.date(2024, 11, 30),
        "month",
    )


def test_every_measure_of_an_actual_value_is_a_row_and_repeats_the_score() -> None:
    frames = parse(indicator(1, "≥180批次或600人次", "200批次，700人次"))
    assert frames["parsed_results"].select("measure_no", "joiner", "unit_text", "score").rows() == [
        (1, "and", "批次", Decimal("9.0000")),
        (2, "and", "人次", Decimal("9.0000")),
    ]


def test_an_indicator_keeps_weight_description_and_previous_value() -> None:
    row = indicator(1, weight=Decimal("7.5"), description="说明", previous_text="45次")
    frames = parse(row)
    kept = frames["parsed_indicators"].select("weight", "description_text", "previous_text")
    assert kept.rows() == [(Decimal("7.5000"), "说明", "45次")]
    assert frames["parsed_results"].is_empty()


def test_an_indicator_without_a_target_has_one_that_is_missing() -> None:
    bare = IndicatorRow(1, 1, "产出指标", "数量指标", "次数", place(2, 3), targets=())
    assert parse(bare)["parsed_targets"].select("horizon", "target_kind").rows() == [("annual", "missing")]


def test_a_cycle_target_gives_its_unit_only_where_there_is_no_annual_one() -> None:
    cycle = TargetText(CYCLE, "≥150人次", place(2, 6))
    for targets, unit in [((cycle,), "人次"), ((cycle, *indicator(1).targets), "次")]:
        row = indicator(1, actual="50")
        frames = parse(IndicatorRow(1, 1, "产出指标", "数量指标", "次数", row.place, targets, row.result))
        assert frames["parsed_results"]["unit_text"].to_list() == [unit]


def test_unknown_levels_are_a_finding_with_the_printed_words() -> None:
    frames = parse(indicator(1, levels=("成本指标(20分)", None)), indicator(2, levels=(None, None), name="面积"))
    assert frames["parsed_findings"].select("rule_code", "indicator_no", "evidence").rows() == [
        ("unknown_category", 1, "成本指标(20分)"),  # the second prints no level that could be unknown
    ]


def test_a_projects_own_department_goals_and_score_are_kept() -> None:
    given = {"department_name": "某处", "cycle_goal_text": "三年", "goal_result_text": "完成"}
    projects = parse(total_score=Decimal("95.5"), **given)["parsed_projects"]
    assert projects.select(*given, "total_score").rows() == [("某处", "三年", "完成", Decimal("95.5000"))]
    assert parse()["parsed_projects"]["department_name"].to_list() == ["某局"]


def test_an_execution_keeps_amounts_rate_and_how_finely_they_were_printed() -> None:
    line = ExecutionRow(
        1,
        "total",
        Place(1, 4, 2),
        Decimal(200000),
        Decimal(155500),
        Decimal(150000),
        Decimal("96.5"),
        Decimal(10),
        Decimal("9.65"),
        ("20", "15.55", "15", "96.5%"),
    )
    (row,) = parse(executions=(line,))["parsed_executions"].iter_rows(named=True)
    assert row["stated_text"] == "20 | 15.55 | 15 | 96.5%"
    assert (row["amount_step_cny"], row["execution_rate"], row["execution_rate_decimals"]) == (
        Decimal("100.00"),
        Decimal("96.5000"),
        1,
    )


def test_a_blank_line_of_execution_makes_no_row_and_a_printed_zero_does() -> None:
    blank = ExecutionRow(1, "other", Place(1, 5), stated_texts=("", "", "—"))
    zero = ExecutionRow(1, "special_account", Place(1, 6), executed_cny=Decimal(0), stated_texts=("0",))
    frame = parse(executions=(blank, zero))["parsed_executions"]
    assert frame["funding_source_code"].to_list() == ["special_account"]


@pytest.mark.parametrize(
    ("amounts", "step"),
    [(["155000", "123400"], "100"), (["20000"], "10000"), (["0.25"], "0.01"), (["0"], None), ([], None)],
)
def test_the_step_of_amounts_is_their_common_power_of_ten(amounts: list[str], step: str | None) -> None:
    assert amount_step([Decimal(amount) for amount in amounts]) == (Decimal(step) if step else None)
