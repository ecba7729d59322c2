"""The same table in every format: furniture aside, pieces joined, heads of several rows understood."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.layouts.batch_table import is_batch_table
from pipelines.layouts.form_tables import form_tables
from pipelines.layouts.recognise import printed_cell, read_rows
from pipelines.layouts.rows import DocumentRows, UnreadableForm
from pipelines.raw.table import Cell, RawDocument, RawTable
from tests.conftest import NANSHA
from tests.layouts.batch import HEAD, INDICATOR, TITLE
from tests.layouts.conftest import Read
from tests.raw.helpers import DOCUMENTS

SAME_CONTENT = sorted(
    path.name
    for path in DOCUMENTS.glob("flat*")
    if path.name not in {"flat_hlines.pdf", "flat_nogrid.pdf", "flat_notounicode.pdf"}  # refused by their reader
)


def _content(rows: DocumentRows) -> dict[str, object]:
    """What a document says, without where it says it and without white space that formats change."""

    def squeezed(text: str) -> str:
        return re.sub(r"\s", "", text).replace("<sup>2</sup>", "²")

    return {
        "identity": (rows.title, rows.department_name, rows.fiscal_year, rows.document_type, rows.money_unit),
        "projects": [(squeezed(one.project_name), squeezed(one.goal_text), one.unit_name) for one in rows.projects],
        "amounts": [(one.scope, one.source, one.amount_cny, one.project_number) for one in rows.amounts],
        "packed": [(one.project_number, squeezed(one.text)) for one in rows.packed_cells],
    }


@pytest.mark.parametrize("name", SAME_CONTENT)
def test_every_format_says_the_same(name: str, read_document: Read) -> None:
    rows = read_rows(read_document(DOCUMENTS / name), 2024)
    assert _content(rows) == _content(read_rows(read_document(NANSHA), 2024))
    assert rows.rows_read == rows.rows_claimed + rows.rows_ignored


@pytest.mark.parametrize("name", ["flat.xlsx", "flat_word_gbk.html", "flat_utf8bom.csv", "nansha_2024.txt"])
def test_a_fact_leads_back_to_the_cell_it_came_from(name: str, read_document: Read) -> None:
    document = read_document(NANSHA if name == NANSHA.name else DOCUMENTS / name)
    for packed in read_rows(document, 2024).packed_cells:
        cell = printed_cell(document, packed.place)
        assert cell is not None and cell.text == packed.text and cell.positions


def _table(number: int, rows: list[list[str]], before: list[str] | None = None, parent: int | None = None) -> RawTable:
    cells = [Cell(row, column, text) for row, texts in enumerate(rows) for column, text in enumerate(texts)]
    return RawTable("0" * 64, "test", number, len(rows), max(map(len, rows)), cells, parent=parent, before=before or [])


def _document(*tables: RawTable) -> RawDocument:
    return RawDocument("0" * 64, "test", "text/html", "utf-8", list(tables))


def _project(name: str) -> list[str]:
    return [name, "1", "1", "", "", "目标", INDICATOR]


def test_a_page_frame_and_a_menu_are_no_tables_of_the_form() -> None:
    frame = _table(1, [[""]])
    menu = _table(2, [["首页", "政务公开"]], parent=1)
    data = _table(3, [HEAD.split("\t"), _project("甲")], [TITLE, "单位：万元"], parent=1)
    forms, unknown = form_tables(_document(frame, menu, data), is_batch_table)
    assert [form.table.number for form in forms] == [3] and unknown == []


def test_a_table_right_behind_is_the_rest_and_keeps_its_own_places() -> None:
    first = _table(1, [HEAD.split("\t"), _project("甲")], [TITLE, "单位：万元"])
    rest = _table(2, [_project("乙"), _project("丙")])
    rows = read_rows(_document(first, rest), 2024)
    assert [(one.project_name, one.place.table, one.place.row) for one in rows.projects] == [
        ("甲", 1, 2),
        ("乙", 2, 1),
        ("丙", 2, 2),
    ]


def test_text_between_two_tables_makes_the_second_an_unknown_form() -> None:
    first = _table(1, [HEAD.split("\t"), _project("甲")], [TITLE, "单位：万元"])
    other = _table(2, [["项目", "说明", "2024"], ["丙", "1", "2"]], before=["附：另一张表"])
    with pytest.raises(UnreadableForm) as refused:
        read_rows(_document(first, other), 2024)
    assert (refused.value.reason_code, refused.value.place) == ("form_unknown", "表2 第1行")


def test_title_and_notes_inside_the_grid_are_claimed_and_other_text_is_not() -> None:
    blank = [""] * 6
    inside = [[TITLE, *blank], ["部门名称：某某局", "", "", "", "", "", "单位：万元"], ["", *blank]]
    foot = [["注：1.本表反映目标。", *blank], ["联系人：某某　电话：000", *blank]]
    rows = read_rows(_document(_table(1, [*inside, HEAD.split("\t"), _project("甲"), *foot])), 2024)
    assert (rows.rows_read, rows.rows_claimed, rows.rows_ignored) == (7, 4, 3)
    assert "某某　电话" not in repr(rows)
    with pytest.raises(UnreadableForm) as refused:
        read_rows(_document(_table(1, [*inside, ["来历不明", *blank], HEAD.split("\t"), _project("甲")])), 2024)
    assert (refused.value.reason_code, refused.value.place) == ("cell_unclaimed", "表1 第4行")


def test_a_head_of_two_rows_is_named_by_its_lower_labels_and_its_groups_must_be_known() -> None:
    def with_group(group: str) -> RawDocument:
        labels = HEAD.split("\t")
        cells = [Cell(0, 0, labels[0], row_span=2), Cell(0, 1, group, column_span=4)]
        cells += [Cell(0, 5, labels[5], row_span=2), Cell(0, 6, labels[6], row_span=2)]
        cells += [Cell(1, column, labels[column]) for column in range(1, 5)]
        cells += [Cell(2, column, text) for column, text in enumerate(_project("甲"))]
        return _document(RawTable("0" * 64, "test", 1, 3, 7, cells, before=[TITLE, "单位：万元"]))

    assert [one.project_name for one in read_rows(with_group("资金来源"), 2024).projects] == ["甲"]
    with pytest.raises(UnreadableForm, match="列名“神秘来源”不在词表中"):
        read_rows(with_group("神秘来源"), 2024)


def test_the_helper_finds_documents() -> None:
    assert len(SAME_CONTENT) >= 9 and Path(DOCUMENTS / "flat.pdf").exists()
