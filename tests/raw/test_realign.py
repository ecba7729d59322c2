"""A lost column is put back only where one place alone is possible."""

from __future__ import annotations

from pipelines.raw.realign import realign
from tests.raw.helpers import lines_of, table_of

HEAD = "项目 | 总计 | 财政拨款 | 专户 | 其他 | 目标\n合计 | 30 | 30 | | | \n甲 | 10 | 10 | | | 做甲\n"


def test_a_short_row_whose_sum_and_emptiness_fit_one_place_is_repaired_and_flagged():
    table = realign(table_of(HEAD + "乙 | 20 | 20 | | 做乙"))
    assert lines_of(table).splitlines()[-1] == "乙 | 20 | 20 |  |  | 做乙"
    assert {cell.row for cell in table.cells if "realigned" in cell.flags} == {3}
    assert "realigned_rows" in table.notes


def test_two_lost_columns_are_put_back_when_the_place_is_unique():
    assert lines_of(realign(table_of(HEAD + "乙 | 20 | 20 | 做乙"))).endswith("乙 | 20 | 20 |  |  | 做乙")


def test_a_row_whose_money_does_not_add_up_stays_as_it_is():
    table = table_of(HEAD + "乙 | 20 | 19 | | 做乙")
    assert realign(table) is table


def test_a_row_with_a_source_never_seen_filled_stays_as_it_is():
    table = table_of(HEAD + "乙 | 20 | 15 | 5 | 做乙")
    assert realign(table) is table


def test_two_possible_sources_leave_the_row_as_it_is():
    both = "项目 | 总计 | 财政拨款 | 专户 | 目标\n甲 | 10 | 10 | | 做甲\n丙 | 7 | | 7 | 做丙\n"
    table = table_of(both + "乙 | 20 | 20 | 做乙")
    assert realign(table) is table


def test_without_a_column_that_is_the_sum_of_others_nothing_is_moved():
    table = table_of("项目 | 数 | 备注 | 目标\n甲 | 1 | | x\n乙 | 2 | y")
    assert realign(table) is table


def test_one_row_can_be_repaired_while_another_stays_ragged():
    table = realign(table_of(HEAD + "乙 | 20 | 20 | | 做乙\n丙 | 5 | 4 | | 做丙"))
    assert lines_of(table).splitlines()[3:] == ["乙 | 20 | 20 |  |  | 做乙", "丙 | 5 | 4 |  | 做丙 | ."]


def test_a_whole_table_is_returned_as_it_is():
    table = table_of(HEAD)
    assert realign(table) is table
