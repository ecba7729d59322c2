"""Forms in small: each hazard of the layouts survey as a grid that a person can read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.layouts.recognise import read_rows
from pipelines.layouts.rows import DocumentRows, UnreadableForm
from pipelines.raw.table import Cell, RawDocument, RawTable

TITLE = "某某县教育局2024年度项目支出绩效目标表"
SELF_TITLE = "某某县教育局2024年度项目支出绩效自评表"
NAME = "项目名称|校舍维修"
HEAD = "一级指标|二级指标|三级指标|指标值"


def form(body: str, title: str = TITLE) -> RawDocument:
    """A document with one table: a line per row, ``|`` between cells; ``<`` and ``^`` are covered by a span."""
    rows = [line.strip().split("|") for line in body.strip().splitlines()]
    width = max(map(len, rows))
    cells: dict[tuple[int, int], Cell] = {}
    owners: dict[tuple[int, int], Cell] = {}
    for row, texts in enumerate(rows):
        for column in range(width):
            text = texts[column] if column < len(texts) else ""
            if text == "<":
                owner = owners[row, column - 1]
                owner.column_span = max(owner.column_span, column - owner.column + 1)
            elif text == "^":
                owner = owners[row - 1, column]
                owner.row_span = max(owner.row_span, row - owner.row + 1)
            else:
                owner = cells[row, column] = Cell(row, column, text.replace("\\n", "\n"))
            owners[row, column] = owner
    table = RawTable("0" * 64, "test", 1, len(rows), width, list(cells.values()), before=[title])
    return RawDocument("0" * 64, "test", "text/html", "utf-8", [table])


def read(body: str, title: str = TITLE) -> DocumentRows:
    return read_rows(form(body, title), None)


def indicators(rows: DocumentRows) -> list[tuple[str | None, str | None, str, list[str]]]:
    return [(one.level1_text, one.level2_text, one.name, [t.text for t in one.targets]) for one in rows.indicators]


def test_levels_are_carried_down_and_a_new_level_1_forgets_level_2() -> None:
    rows = read(f"""
        {NAME}|<|<
        预算金额（万元）|12.5|<|<
        {HEAD}
        产出指标|数量指标|指标1：维修面积|≥300平方米
        ||指标2：维修学校|3所
        |质量指标|合格率|100%
        效益指标||社会影响|提高
        注：1.本表一式两份|<|<|<
        填表人：张三　联系电话：12345|<|<|<
        """)
    assert indicators(rows) == [
        ("产出指标", "数量指标", "维修面积", ["≥300平方米"]),
        ("产出指标", "数量指标", "维修学校", ["3所"]),
        ("产出指标", "质量指标", "合格率", ["100%"]),
        ("效益指标", None, "社会影响", ["提高"]),
    ]
    assert [(one.source, one.amount_cny, one.stated_unit) for one in rows.amounts] == [
        ("total", Decimal(125000), "万元")
    ]


def test_blank_template_rows_state_nothing() -> None:
    rows = read(f"""
        {NAME}|<|<
        {HEAD}
        产出指标|数量指标|指标1：维修面积|≥300平方米
        ^|^|指标2：|
        ^|^|……|
        ^|时效指标||
        """)
    assert indicators(rows) == [("产出指标", "数量指标", "维修面积", ["≥300平方米"])]


def test_a_value_without_a_name_is_refused_with_its_place() -> None:
    with pytest.raises(UnreadableForm) as refused:
        read(f"{NAME}|<|<\n{HEAD}\n产出指标|数量指标||≥300平方米")
    assert refused.value.reason_code == "indicator_unnamed" and "第3行" in refused.value.place


def test_a_cell_that_no_rule_claims_is_named() -> None:
    with pytest.raises(UnreadableForm) as refused:
        read(f"{NAME}|<|<\n奇怪的话|另一句|<|<\n{HEAD}\n产出指标|数量指标|面积|3米")
    assert refused.value.reason_code == "cell_unclaimed" and "奇怪的话" in refused.value.message


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("一级指标|二级指标|三级指标|指标值|神秘列", "column_unknown"),
        ("一级指标|二级指标|三级指标|备注|说明", "value_column_missing"),
        ("一级指标|二级指标|绩效指标描述|优|良|中|差", "form_graded_thresholds"),
    ],
)
def test_a_header_that_is_not_understood_is_refused_by_name(head: str, reason: str) -> None:
    with pytest.raises(UnreadableForm) as refused:
        read(f"{NAME}|<|<\n{head}\n产出指标|数量指标|面积|3米|甲|乙|丙")
    assert refused.value.reason_code == reason


def test_long_term_beside_annual() -> None:
    rows = read("""
        项目名称|校舍维修|<|<|<|<|<
        总体目标|中期目标（2024年—2026年）|<|<|年度目标|<|<
        ^|三年维修十所|<|<|今年维修三所|<|<
        一级指标|二级指标|三级指标|指标值|二级指标|三级指标|指标值
        产出指标|数量指标|维修学校|10所|数量指标|维修学校|3所
        ^|质量指标|合格率|100%|||
        """)
    (project,) = rows.projects
    assert (project.cycle_goal_text, project.goal_text) == ("三年维修十所", "今年维修三所")
    found = [(one.name, [(t.horizon, t.text) for t in one.targets]) for one in rows.indicators]
    assert found == [("维修学校", [("cycle", "10所"), ("annual", "3所")]), ("合格率", [("cycle", "100%")])]


def test_comparator_number_and_unit_in_columns_of_their_own() -> None:
    rows = read(f"""
        {NAME}|<|<|<|<
        一级指标|二级指标|三级指标|指标性质|指标方向|目标值|计量单位
        产出指标|数量指标|维修面积|正向|大于等于|300|平方米
        ^|质量指标|验收|定性||合格|
        """)
    stated = [(t.stated_comparator, t.text, t.stated_unit) for one in rows.indicators for t in one.targets]
    assert stated == [("大于等于", "300", "平方米"), ("定性", "合格", None)]


def test_a_self_evaluation_with_its_budget_execution_and_total() -> None:
    rows = read(
        """
        项目名称|校舍维修|<|<|<|<|<|<
        项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|执行率|得分
        ^|年度资金总额|10|12|6|10|50%|5
        ^|其中：财政拨款|10|12|6|—|50%|—
        ^|其他资金||||||
        年度总体目标|预期目标|<|<|实际完成情况|<|<|<
        ^|维修三所|<|<|维修两所|<|<|<
        一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施
        产出指标(50分)|数量指标|维修学校|≥3所|2所|20|13.5|雨季停工
        满意度指标|服务对象满意度指标|家长满意度|≥90%|95|10|10|
        总分|<|<|<|<|100|93.5|
        """,
        SELF_TITLE,
    )
    assert rows.document_type == "self_evaluation"
    assert [(one.source, one.adjusted_budget_cny, one.executed_cny, one.score) for one in rows.executions] == [
        ("total", Decimal(120000), Decimal(60000), Decimal(5)),
        ("fiscal_appropriation", Decimal(120000), Decimal(60000), None),
    ]
    (project,) = rows.projects
    assert (project.goal_text, project.goal_result_text, project.total_score) == (
        "维修三所",
        "维修两所",
        Decimal("93.5"),
    )
    found = [(one.result.actual_text, one.weight, one.result.score) for one in rows.indicators if one.result]
    assert found == [("2所", Decimal(20), Decimal("13.5")), ("95", Decimal(10), Decimal(10))]


def test_points_over_several_indicators_are_nobodys() -> None:
    rows = read(f"""
        {NAME}|<|<|<
        {HEAD}|分值
        产出指标|数量指标|甲|1次|20
        ^|^|乙|2次|^
        """)
    assert [one.weight for one in rows.indicators] == [None, None]


def test_a_column_per_area_is_a_project_per_area() -> None:
    rows = read("""
        项目名称|饮水安全|<|<|<|<
        一级指标|二级指标|三级指标|合计|东岭村|西河村
        产出指标|数量指标|水井|≥5口|≥3口|≥2口
        ^|^|管网||≥1公里|
        """)
    found = [
        (rows.projects[one.project_number - 1].unit_name, one.name, one.targets[0].text) for one in rows.indicators
    ]
    assert found == [
        ("某某县教育局", "水井", "≥5口"),
        ("东岭村", "水井", "≥3口"),
        ("东岭村", "管网", "≥1公里"),
        ("西河村", "水井", "≥2口"),
    ]


def test_a_tall_table_with_totals_of_department_and_unit() -> None:
    rows = read("""
        单位名称|项目名称|预算数（元）|年度目标|一级指标|二级指标|三级指标|指标值
        教育局||30|||||
        第一小学||30|||||
        第一小学|操场|10|修好操场|产出指标|数量指标|面积|100平方米
        第一小学|操场|10|修好操场|产出指标|质量指标|合格率|100%
        第一小学|围墙|20|修好围墙|产出指标|数量指标|长度|50米
        """)
    assert [(one.project_name, one.unit_name, one.goal_text) for one in rows.projects] == [
        ("操场", "第一小学", "修好操场"),
        ("围墙", "第一小学", "修好围墙"),
    ]
    assert [(one.scope, one.amount_cny) for one in rows.amounts if one.scope != "project"] == [
        ("unit", Decimal(30)),
        ("unit", Decimal(30)),
    ]


def test_a_total_that_is_no_sum_is_refused() -> None:
    with pytest.raises(UnreadableForm) as refused:
        read("""
            单位名称|项目名称|预算数（元）|一级指标|二级指标|三级指标|指标值
            第一小学||40||||
            第一小学|操场|10|产出指标|数量指标|面积|100平方米
            第一小学|围墙|20|产出指标|数量指标|长度|50米
            """)
    assert refused.value.reason_code == "total_mismatch"


def test_levels_in_the_middle_of_their_rows_are_shared_out_only_where_there_is_one_way() -> None:
    one_way = read(f"""
        {NAME}|<|<
        {HEAD}
        ||甲|1次
        产出指标|数量指标|乙|2次
        ||丙|3次
        """)
    assert [(one.level1_text, one.level2_text) for one in one_way.indicators] == [("产出指标", "数量指标")] * 3
    with pytest.raises(UnreadableForm) as refused:
        read(f"{NAME}|<|<\n{HEAD}\n||甲|1次\n产出指标|数量指标|乙|2次\n||丙|3次\n||丁|4次\n|质量指标|戊|5次")
    assert refused.value.reason_code == "levels_ambiguous"


def test_packed_cells_in_brackets_keep_their_places() -> None:
    packed = "【产出指标-数量指标】指标1:机柜数量(≥77台)；指标2:线路(2条)。【效益指标-社会效益】指标1:知晓率（%）(≥90%)"
    rows = read(f"单位名称|项目名称|预算金额（元）|绩效目标|绩效指标\n某局|机房|100|1.建好。|{packed}")
    assert indicators(rows) == [
        ("产出指标", "数量指标", "机柜数量", ["≥77台"]),
        ("产出指标", "数量指标", "线路", ["2条"]),
        ("效益指标", "社会效益", "知晓率（%）", ["≥90%"]),
    ]
    assert [packed[t.start : t.end] for one in rows.indicators for t in one.targets] == ["≥77台", "2条", "≥90%"]
    with pytest.raises(UnreadableForm) as refused:
        read("单位名称|项目名称|预算金额（元）|绩效目标|绩效指标\n某局|机房|100|1.建好。|【产出指标-数量指标】机柜数量")
    assert refused.value.reason_code == "record_unreadable"


def test_a_letter_above_the_form_is_no_part_of_it_and_text_below_it_is() -> None:
    letter = "各预算单位：|<|<|<\n现将绩效目标批复给你们，请遵照执行。|<|<|<\n"
    rows = read(f"{letter}{NAME}|<|<\n{HEAD}\n产出指标|数量指标|甲|1次")
    assert indicators(rows) == [("产出指标", "数量指标", "甲", ["1次"])] and rows.rows_ignored == 2
    with pytest.raises(UnreadableForm):
        read(f"{NAME}|<|<\n请遵照执行。|<|<|<\n{HEAD}\n产出指标|数量指标|甲|1次")


def test_a_formula_without_its_result_is_refused_and_a_typed_sign_is_not() -> None:
    document = form(f"{NAME}|<|<\n{HEAD}\n产出指标|数量指标|甲|=100%")
    document.tables[0].cells[-1].flags.add("damaged")
    assert read_rows(document, None).indicators[0].targets[0].text == "=100%"
    document.tables[0].cells[-1].text = "=1200+86"
    with pytest.raises(UnreadableForm) as refused:
        read_rows(document, None)
    assert refused.value.reason_code == "formula_without_result"


def test_years_before_a_name_are_no_code() -> None:
    rows = read(f"项目名称|2023-2025年管网改造|<|<\n项目编码|2023-01|<|<\n{HEAD}\n产出指标|数量指标|甲|1次")
    assert [(one.project_name, one.project_code) for one in rows.projects] == [("2023-2025年管网改造", "2023-01")]


def test_the_year_of_the_folder_wins_and_the_contradiction_is_a_finding() -> None:
    rows = read_rows(form(f"{NAME}|<|<\n{HEAD}\n产出指标|数量指标|甲|1次"), 2023)
    assert rows.fiscal_year == 2023
    assert [finding.rule_code for finding in rows.findings] == ["fiscal_year_conflict"]


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("项目支出绩效目标表", "department_missing"),
        ("某局项目支出绩效目标表", "department_missing"),
        ("情况一览", "title_missing"),
        ("某局2024年度项目支出绩效自评表", "results_missing"),
    ],
)
def test_what_nobody_states_quarantines_the_document(title: str, reason: str) -> None:
    with pytest.raises(UnreadableForm) as refused:
        read(f"{NAME}|<|<\n{HEAD}\n产出指标|数量指标|甲|1次", title)
    assert refused.value.reason_code == reason
