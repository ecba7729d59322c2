"""Plain text, TSV and CSV: which lines are tables, and that no character of a cell is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.raw.realign import realign
from tests.raw.helpers import DOCUMENTS, lines_of, only_table, read_here


def test_the_nansha_document_keeps_its_ragged_second_block_and_its_title_lines():
    table = only_table((DOCUMENTS / "nansha_2024.txt").read_bytes())
    assert (table.row_count, table.column_count) == (13, 7)
    assert table.before == [
        "广州南沙经济技术开发区港澳合作事务办公室2024年项目支出绩效目标表（含转移支付项目）",
        "部门名称：广州南沙经济技术开发区港澳合作事务办公室",
        "单位：万元",
    ]
    assert table.after == []
    assert table.notes == ["ragged_rows"]
    assert [sum(text is not None for text in row) for row in table.grid()] == [7] * 7 + [6] * 6
    assert table.cells[-1].positions[0].reference == "line 22 field 6"


def test_the_short_rows_of_the_nansha_document_have_one_place_for_their_lost_column():
    table = realign(only_table((DOCUMENTS / "nansha_2024.txt").read_bytes()))
    assert table.notes == ["realigned_rows"]
    money = [row[1:5] for row in table.grid()[7:]]
    assert money == [[total, total, "", ""] for total in ("203.25", "5.50", "30.00", "422.00", "179.74", "263.80")]
    assert all("realigned" in cell.flags for cell in table.cells if cell.row >= 7)
    assert not any(cell.flags for cell in table.cells if cell.row < 7)


def test_cells_keep_every_character_and_only_the_line_end_is_removed():
    table = only_table("名称\t 值 \r\n甲\t≥90% \r\n")
    assert [cell.text for cell in table.cells] == ["名称", " 值 ", "甲", "≥90% "]


def test_lines_between_two_tables_belong_to_both_and_each_table_is_its_own():
    document = read_here("表一\n甲\t1\n乙\t2\n注：无\n表二\n丙\t3\n丁\t4\n完")
    first, second = document.tables
    assert (first.before, first.after) == (["表一"], ["注：无", "表二"])
    assert (second.before, second.after) == (["注：无", "表二"], ["完"])
    assert (lines_of(first), lines_of(second)) == ("甲 | 1\n乙 | 2", "丙 | 3\n丁 | 4")


def test_a_blank_line_does_not_end_a_table_and_is_no_row():
    assert lines_of(only_table("a\tb\n\n \nc\td\n")) == "a | b\nc | d"


def test_an_indented_line_beside_a_table_is_text():
    table = only_table("\t单位：万元\n名称\t总计\t说明\n甲\t1\t\n")
    assert table.before == ["单位：万元"]
    assert lines_of(table) == "名称 | 总计 | 说明\n甲 | 1 |"


def test_prose_has_no_table_and_keeps_its_lines():
    document = read_here("一、绩效目标\n数量指标：≥3株，已完成，\n\n完")
    assert document.tables == []
    assert document.text == ["一、绩效目标", "数量指标：≥3株，已完成，", "完"]


def test_csv_quotes_hold_commas_line_breaks_and_quotes_and_lines_are_counted():
    table = only_table('名称,总计,目标\n甲,"1,554.35","第一行\n第二行 ""优"""\n乙,2,"一带一路"建设\n')
    assert [row for row in table.grid()] == [
        ["名称", "总计", "目标"],
        ["甲", "1,554.35", '第一行\n第二行 "优"'],
        ["乙", "2", '"一带一路"建设'],
    ]
    assert table.cells[-1].positions[0].reference == "line 4 field 3"


def test_a_tsv_quote_is_literal_unless_it_holds_what_needs_quoting():
    table = only_table('"优秀"\t"a\nb"\n甲\t"一带一路"建设\n')
    assert table.grid() == [['"优秀"', "a\nb"], ["甲", '"一带一路"建设']]


@pytest.mark.parametrize("delimiter", [",", ";", "|"])
def test_the_delimiter_is_found_from_the_lines(delimiter):
    text = "\n".join(delimiter.join(row) for row in (["名称", "总计", "目标"], ["甲", "1", "x"], ["乙", "2", ""]))
    assert lines_of(only_table(text)) == "名称 | 总计 | 目标\n甲 | 1 | x\n乙 | 2 |"


def test_an_unclosed_quote_is_read_once_and_literally():
    text = 'a,b,c\n"' + "x," * 60_000 + "\n1,2,3\n4,5,6\n7,8,9\n"
    assert read_here(text).tables[0].grid()[0][0] == "a"


CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)
ROWS = st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), min_size=2, max_size=6))


@given(ROWS)
def test_any_csv_written_with_all_fields_quoted_comes_back(rows):
    import csv
    import io

    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["列"] * len(rows[0])] * 2 + rows)
    read = [cell.text for table in read_here(file.getvalue()).tables for cell in table.cells]
    written = [cell for row in rows for cell in row]
    assert read == ["列"] * 2 * len(rows[0]) + written
