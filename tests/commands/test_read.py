"""``jixiao read``: what a person sees of a document, and what a machine gets."""

from __future__ import annotations

import io
import json

from pipelines.commands.read import ReadRequest, read_file
from tests.raw.helpers import DOCUMENTS

FORMS = DOCUMENTS.parents[1] / "layouts" / "forms"


def test_the_grid_shows_spans_flags_and_the_lines_around(tmp_path):
    page = tmp_path / "a.html"
    page.write_text(
        "<p>单位：万元</p><table><tr><td rowspan=2>项目<td colspan=2>资金</tr><tr><td>1.00<td hidden>2</table><p>注：无"
    )
    output = io.StringIO()
    assert read_file(ReadRequest(page, as_table=True), output) == 0
    lines = output.getvalue().splitlines()
    assert lines[:4] == ["text/html · utf-8 · html_reader", "", "  单位：万元", "表 1: 2 行 × 3 列"]
    assert [line.replace(" ", "") for line in lines if line.startswith(("|0", "|1"))] == [
        "|0|项目|资金|←|",
        "|1|↑|1.00|2⟨hidden⟩|",
    ]
    assert lines[-2] == "  注：无"
    assert lines[-1].startswith("未识别 (form not read, form_unknown) [表1 第1行]")


def test_json_holds_grid_cells_and_places(tmp_path):
    output = io.StringIO()
    assert read_file(ReadRequest(DOCUMENTS / "nansha_2024.txt"), output) == 0
    content = json.loads(output.getvalue())
    (table,) = content["tables"]
    assert content["encoding"] == "utf-8"
    assert table["grid"][1][:3] == ["合计", "1,554.35", "1,554.35"]
    assert table["cells"][8]["positions"] == [
        {"part": "text", "reference": "line 10 field 2", "page": None, "box": None}
    ]


def test_a_refusal_is_one_line_with_what_to_do_and_exit_code_one(tmp_path, capsys):
    picture = tmp_path / "a.pdf"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    output = io.StringIO()
    assert read_file(ReadRequest(picture, as_table=True), output) == 1
    assert (
        capsys.readouterr().err
        == f"{picture}: PNG 图片，没有文字：请取得文字版或人工录入 (a picture without text) [image]\n"
    )
    assert read_file(ReadRequest(picture), output) == 1
    assert json.loads(output.getvalue())["refused"] == "image"


def test_projects_and_indicators_stand_behind_the_tables():
    output = io.StringIO()
    assert read_file(ReadRequest(DOCUMENTS / "flat.xlsx"), output) == 0
    content = json.loads(output.getvalue())
    assert (content["form"]["fiscal_year"], content["form"]["money_unit"]) == (2024, "万元")
    project = content["projects"][8]
    assert project["project_name"] == "广州南沙港澳商协会服务集聚区综合保障经费"
    assert [(one["funding_source_code"], one["amount_cny"]) for one in project["amounts"]] == [
        ("total", "1797400.00"),
        ("fiscal_appropriation", "1797400.00"),
    ]
    indicator = project["indicators"][4]
    assert indicator["indicator_text"] == "接待来宾人数"
    read = [(one["horizon"], one["comparator"], one["lower_value"], one["unit_text"]) for one in indicator["targets"]]
    assert read == [
        ("cycle", "ge", "180.000000", "批次"),
        ("cycle", "ge", "600.000000", "人次"),
        ("annual", "ge", "60.000000", "批次"),
        ("annual", "ge", "200.000000", "人次"),
    ]


def test_a_form_that_is_not_read_says_why_and_shows_its_tables():
    output = io.StringIO()
    assert read_file(ReadRequest(DOCUMENTS / "traps.xlsx"), output) == 0
    content = json.loads(output.getvalue())
    assert content["not_read"]["reason_code"] == "form_unknown" and content["tables"]


def test_a_self_evaluation_shows_actual_values_and_execution():
    output = io.StringIO()
    assert read_file(ReadRequest(FORMS / "e1_plain.xlsx"), output) == 0
    (project,) = json.loads(output.getvalue())["projects"]
    assert (project["total_score"], project["executions"][0]["execution_rate"]) == ("97.0500", "88.0000")
    assert all(len(one["results"]) == 1 and one["results"][0]["score"] for one in project["indicators"])
