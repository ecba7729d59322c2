"""Forms on which a reader could load a wrong fact, or pass over a printed one, and not notice: each is read or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.layouts.drafts import split_code
from pipelines.layouts.rows import UnreadableForm
from tests.layouts.test_form_reader import HEAD, NAME, SELF_TITLE, TITLE, read

GRID = f"{HEAD}\n产出指标|数量指标|面积|3米"
SELF_GRID = "一级指标|二级指标|三级指标|指标值|实际完成值|分值|得分\n产出指标|数量指标|面积|3米|3米|10|10"
EXECUTION = "项目资金（万元）||年初预算数|全年预算数|全年执行数|执行率\n^|年度资金总额|10|12|6"
TALL = "单位名称|项目名称|预算数（元）|年度目标|一级指标|二级指标|三级指标|指标值"


def reason(body: str, title: str = TITLE) -> str:
    """Why a document is refused."""
    with pytest.raises(UnreadableForm) as refused:
        read(body, title)
    return refused.value.reason_code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("校舍维修（2024）", (None, "校舍维修（2024）")),
        ("2024-校舍维修", (None, "2024-校舍维修")),
        ("500 千伏线路", (None, "500 千伏线路")),
        ("100-200米管网", (None, "100-200米管网")),
        ("219-教育局", ("219", "教育局")),
        ("128001-120急救中心", ("128001", "120急救中心")),
        ("第一小学（219001）", ("219001", "第一小学")),
    ],
)
def test_years_and_measures_are_no_codes(text: str, found: tuple[str | None, str]) -> None:
    assert split_code(text) == found


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("2023年指标值", "column_year_conflict"),
        ("2024-2026年指标值|指标值", "column_repeated"),
        ("2024年实际完成值|指标值", "column_year_conflict"),  # 年实际完成值 is listed as the year before
    ],
)
def test_a_column_of_another_year_is_refused(head: str, code: str) -> None:
    values = "|".join(["3米"] * len(head.split("|")))
    assert reason(f"{NAME}|<|<\n一级指标|二级指标|三级指标|{head}\n产出指标|数量指标|面积|{values}") == code


def test_a_result_of_the_year_before_the_target_is_no_result() -> None:
    rows = read(f"{NAME}|<|<\n一级指标|二级指标|三级指标|2023年实际值|2024年指标值\n产出指标|数量指标|面积|3米|4米")
    assert [(one.previous_text, one.result) for one in rows.indicators] == [("3米", None)]


def test_years_over_columns_are_no_areas() -> None:
    head = "一级指标|二级指标|三级指标|指标值|<\n^|^|^|2023年|2024年"
    assert reason(f"{NAME}|<|<|<\n{head}\n产出指标|数量指标|面积|3米|4米") == "column_repeated"


@pytest.mark.parametrize(
    "amounts",
    [
        "资金总额（万元）|50|总投资|100",
        "预算数（万元）|10|执行数|6\n其中：财政拨款|8|其中：财政拨款|5",
        "资金总额（万元）|100|财政拨款|90\n当年财政拨款|50|上年结转|40",
    ],
)
def test_two_amounts_of_one_source_are_refused(amounts: str) -> None:
    assert reason(f"{NAME}|<|<\n{amounts}\n{GRID}") == "amount_conflict"


def test_an_amount_of_another_year_is_refused() -> None:
    assert reason(f"{NAME}|<|<\n2023年预算（万元）|50|<|<\n{GRID}") == "column_year_conflict"


def test_two_numbers_in_one_cell_are_not_one_number() -> None:
    assert reason(f"{NAME}|<|<\n年度资金总额（万元）|10\\n20|<|<\n{GRID}") == "amount_unreadable"
    assert reason(f"{NAME}|<|<|<\n{HEAD}|权重\n产出指标|数量指标|面积|3米|1\\n5") == "score_unreadable"


def test_a_share_without_a_percent_sign_is_what_its_amounts_say() -> None:
    rows = read(f"{NAME}|<|<|<|<|<\n{EXECUTION}|0.5\n{SELF_GRID}", SELF_TITLE)
    assert [one.execution_rate for one in rows.executions] == [Decimal(50)]
    assert reason(f"{NAME}|<|<|<|<|<\n{EXECUTION}|0.9\n{SELF_GRID}", SELF_TITLE) == "rate_unreadable"


def test_execution_below_each_other_is_one_line() -> None:
    stacked = "项目资金（万元）|全年执行数|6|<|<|<|<\n^|执行率|50%|<|<|<|<"
    rows = read(f"{NAME}|<|<|<|<|<\n{stacked}\n{SELF_GRID}", SELF_TITLE)
    assert [(one.executed_cny, one.execution_rate) for one in rows.executions] == [(Decimal(60000), Decimal(50))]


def test_a_budget_over_two_columns_is_refused() -> None:
    body = EXECUTION.replace("|10|12|", "|10|<|")
    assert reason(f"{NAME}|<|<|<|<|<\n{body}|50%\n{SELF_GRID}", SELF_TITLE) == "cell_over_columns"


def test_forms_of_two_years_are_not_one_document() -> None:
    form = f"{NAME}|年度|2023\n{GRID}"
    assert reason(f"{form}\n{form.replace('2023', '2024')}") == "fiscal_year_conflict"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("产出指标|数量指标|面积3米|<", "cell_over_columns"),
        ("满意度指标|<|<|<", "cell_over_columns"),
        ("产出指标|数量指标|面积|3米\n^|^|长|^", "value_over_rows"),
    ],
)
def test_one_text_over_several_facts_is_refused(row: str, code: str) -> None:
    assert reason(f"{NAME}|<|<\n{HEAD}\n产出指标|质量指标|合格率|1\n{row}") == code


def test_an_indicator_over_two_rows_of_remarks_is_one() -> None:
    rows = read(f"{NAME}|<|<|<\n{HEAD}|备注\n产出指标|数量指标|面积|3米|\n^|^|^|^|\n^|^|长|4米|")
    assert [one.name for one in rows.indicators] == ["面积", "长"]


def test_one_value_over_two_areas_is_refused() -> None:
    head = "一级指标|二级指标|三级指标|东岭村|西河村"
    assert reason(f"{NAME}|<|<|<\n{head}\n产出指标|数量指标|水井|≥5口|<") == "cell_over_columns"
    assert reason(f"{NAME}|<|<|<\n{head}\n产出指标|数量指标|水井|5|6\n^|^|管网|^|2") == "value_over_rows"


def test_points_without_an_indicator_are_refused() -> None:
    assert reason(f"{NAME}|<|<|<|<|<\n{SELF_GRID}\n|质量指标||||20|15", SELF_TITLE) == "indicator_unnamed"


@pytest.mark.parametrize("name", ["审核", "备注1", "审核人"])
def test_an_indicator_named_like_a_signature_is_not_passed_over(name: str) -> None:
    assert reason(f"{NAME}|<|<\n{GRID}\n^|^|{name}|5次") == "row_ambiguous"
    assert reason(f"{TALL}\n一小|操场|10|修|产出指标|数量指标|面积|1\n||||||{name}|5") == "row_ambiguous"


def test_signatures_in_cells_are_still_passed_over() -> None:
    rows = read(f"{NAME}|<|<\n{GRID}\n^|^|电话（部）|5\n填表人|张三|联系电话|12345\n审核：|李四||")
    assert [one.name for one in rows.indicators] == ["面积", "电话（部）"] and rows.rows_ignored == 2


def test_another_project_in_a_cell_of_its_own_is_not_a_note() -> None:
    other = f"项目名称：操场|<|<|<\n{HEAD}\n产出指标|数量指标|长|4米"
    for between in ("", "注：一式两份|<|<|<\n"):
        rows = read(f"{NAME}|<|<\n{GRID}\n{between}{other}")
        assert [(one.project_number, one.name) for one in rows.indicators] == [(1, "面积"), (2, "长")]


def test_the_points_of_the_weights_are_no_score() -> None:
    body = f"{NAME}|<|<|<|<\n{HEAD}|实际完成值|分值\n产出指标|数量指标|面积|3米|3米|10\n总分|<|<|<|<|100"
    assert read(body, SELF_TITLE).projects[0].total_score is None


def test_the_goals_result_below_the_grid_is_kept() -> None:
    body = f"{NAME}|<|<|<|<|<\n{SELF_GRID}\n年度目标完成情况|已修完|<|<|<|<|<"
    assert read(body, SELF_TITLE).projects[0].goal_result_text == "已修完"


@pytest.mark.parametrize("text", ["项目管理", "实施方案", "完成情况", "执行率", "年度目标"])
def test_a_goal_that_reads_like_a_label_is_not_passed_over(text: str) -> None:
    assert reason(f"{NAME}|<|<\n年度目标|{text}|<|<\n{GRID}") == "value_ambiguous"


def test_goals_and_results_beside_their_label_may_read_like_labels() -> None:
    rows = read(f"{NAME}|<|<\n年度目标|预期目标|<|实际完成情况\n^|全面完成目标|<|项目实施方案\n{GRID}")
    assert (rows.projects[0].goal_text, rows.projects[0].goal_result_text) == ("全面完成目标", "项目实施方案")


def test_a_goals_own_numbering_is_kept() -> None:
    for side in ("^", ""):
        rows = read(f"{NAME}|<|<\n年度目标|目标1：修路|<|<\n{side}|目标2：建桥|<|<\n{GRID}")
        assert rows.projects[0].goal_text == "目标1：修路\n目标2：建桥"


@pytest.mark.parametrize("between", ["　", "\\n"])
def test_two_facts_in_one_cell_are_two(between: str) -> None:
    rows = read(f"{NAME}|<|<\n主管部门：教育局{between}实施单位：一小|<|<|<\n{GRID}")
    assert (rows.department_name, rows.projects[0].unit_name) == ("教育局", "一小")


def test_points_beside_labels() -> None:
    grid = f"{NAME}|<|<|<|<|<\n%s\n{SELF_GRID}"
    assert read(grid % "自评总分|95|<|<|<|<|<", SELF_TITLE).projects[0].total_score == 95
    rows = read(grid % "全年预算数（万元）|10|执行数|9|得分|9|", SELF_TITLE)
    assert [(one.executed_cny, one.score) for one in rows.executions] == [(90000, 9)]
    assert reason(grid % "自评得分|95|<|<|<|<|<", SELF_TITLE) == "score_unreadable"


def test_a_further_project_of_one_name_is_not_joined_to_the_first() -> None:
    head = TALL.replace("单位名称|", "单位名称|项目编码|")
    rows = read(f"{head}\n一小|001|操场|10|修|产出指标|数量指标|面积|1\n一小|002|操场|10|修|产出指标|数量指标|面积|2")
    assert [one.project_code for one in rows.projects] == ["001", "002"]
    body = f"{TALL}\n一小|操场|10|修操场|产出指标|数量指标|面积|1\n一小|操场|10|建看台|产出指标|数量指标|面积|2"
    assert reason(body) == "project_ambiguous"


def test_a_later_header_may_state_another_money_unit() -> None:
    body = f"{TALL}\n一小|操场|10|修|产出指标|数量指标|面积|1\n%s\n一小|围墙|2|修|产出指标|数量指标|长|1"
    rows = read(body % TALL.replace("（元）", "（万元）"))
    assert [one.amount_cny for one in rows.amounts] == [10, 20000]


def test_a_subtotal_that_is_not_checked_is_not_passed_over() -> None:
    assert reason(f"{TALL}\n一小|操场|10|修|产出指标|数量指标|面积|1\n|小计|35|||||") == "cell_unclaimed"


def test_rows_and_titles_of_several_years_are_refused() -> None:
    rows = "2023|一小|操场|10|修|产出指标|数量指标|面积|1\n2024|一小|围墙|20|修|产出指标|数量指标|长|1"
    assert reason(f"年度|{TALL}\n{rows}") == "fiscal_year_conflict"
    other = f"某某县教育局2023年度项目支出绩效目标表|<|<|<\n{NAME}|<|<\n{GRID}"
    for between in ("", "注：一式两份|<|<|<\n"):
        assert reason(f"{NAME}|<|<\n{GRID}\n{between}{other}") == "fiscal_year_conflict"


def test_who_and_what_before_a_projects_name_is_the_next_ones() -> None:
    rows = read(f"实施单位|一小|<|<\n{NAME}|<|<\n{GRID}\n实施单位|二小|<|<\n项目名称|操场|<|<\n{GRID}")
    assert [(one.project_name, one.unit_name) for one in rows.projects] == [("校舍维修", "一小"), ("操场", "二小")]
    body = f"{NAME}|<|<\n{GRID}\n实施单位|一小|<|<\n项目名称|操场|实施单位|二小\n{GRID}"
    assert reason(body) == "project_ambiguous"  # below the first form, or above the second?


@pytest.mark.parametrize("again", [f"{HEAD}\n", ""])
def test_the_year_below_the_long_term(again: str) -> None:
    rows = read(f"{NAME}|<|<\n长期绩效指标|<|<|<\n{GRID}\n年度绩效指标|<|<|<\n{again}产出指标|数量指标|长|4米")
    assert [target.horizon for one in rows.indicators for target in one.targets] == ["cycle", "annual"]


def test_the_year_beside_its_rows_below_the_long_term() -> None:
    head = f"长期绩效指标|{HEAD}\n^|产出指标|数量指标|面积|9米"
    rows = read(f"{NAME}|<|<|<\n{head}\n年度绩效指标|产出指标|数量指标|面积|3米\n^|^|^|长|2米")
    assert [target.horizon for one in rows.indicators for target in one.targets] == ["cycle", "annual", "annual"]


def test_several_names_in_one_cell_are_refused() -> None:
    assert reason(f"{NAME}|<|<\n{HEAD}\n产出指标|数量指标|指标1：面积\\n指标2：长度|3米\\n4米") == "names_in_one_cell"


def test_money_behind_a_block_that_is_not_read_is_read() -> None:
    rows = read(f"{NAME}|<|<\n项目实施进度计划|<|<|<\n1月开工|2月完工|<|<\n年度资金总额（万元）|100|<|<\n{GRID}")
    assert [one.amount_cny for one in rows.amounts] == [1000000]
