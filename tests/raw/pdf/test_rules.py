"""Rules → cells: pieces joined, double borders, merged cells, open sides, tables apart."""

from __future__ import annotations

from pipelines.raw.pdf.geometry import Rule
from pipelines.raw.pdf.rules import fragments_of, joined


def lattice(*rules: Rule) -> list[tuple[int, int, int, int]]:
    """(first row, last row, left, right) of every cell of the one table."""
    (fragment,) = fragments_of(joined(list(rules)), 1)
    return [(r.first_row, r.last_row, round(r.box[0]), round(r.box[2])) for r in fragment.regions]


def across(at: float, start: float = 0, end: float = 100) -> Rule:
    return Rule(True, at, start, end)


def down(at: float, start: float = 0, end: float = 40) -> Rule:
    return Rule(False, at, start, end)


FRAME = [across(0), across(20), across(40), down(0), down(50), down(100)]


def test_four_cells():
    assert lattice(*FRAME) == [(0, 0, 0, 50), (0, 0, 50, 100), (1, 1, 0, 50), (1, 1, 50, 100)]


def test_a_missing_piece_of_a_rule_merges_two_cells():
    right = [across(0), across(20, 50), across(40), down(0), down(50), down(100)]
    assert lattice(*right) == [(0, 1, 0, 50), (0, 0, 50, 100), (1, 1, 50, 100)]
    below = [across(0), across(20), across(40), down(0), down(50, 20), down(100)]
    assert lattice(*below) == [(0, 0, 0, 100), (1, 1, 0, 50), (1, 1, 50, 100)]


def test_rules_in_pieces_and_double_borders_are_one_rule_each():
    pieces = [across(20, 0, 30), across(20.4, 31, 70), across(20, 69, 100), across(1.5), down(101.5), down(-1)]
    assert len(lattice(*[rule for rule in FRAME if rule != across(20)], *pieces)) == 4


def test_sides_without_rules_close_themselves():
    open_sides = [across(0), across(20), across(40), down(50)]
    assert fragments_of(joined(open_sides), 1) == []  # one vertical rule: a line across a heading
    assert len(lattice(*open_sides, down(75))) == 6


def test_a_table_cut_by_the_page_edge_is_open_below():
    cut = [across(0), across(20), down(0, 0, 60), down(50, 0, 60), down(100, 0, 60)]
    (fragment,) = fragments_of(joined(cut), 1)
    assert (fragment.row_count, fragment.open_top, fragment.open_bottom) == (2, False, True)


def test_tables_that_do_not_touch_are_apart_and_underlines_are_none():
    lower = [across(60), across(80), across(100), down(0, 60, 100), down(50, 60, 100), down(100, 60, 100)]
    underline = across(10, 60, 80)
    fragments = fragments_of(joined([*FRAME, *lower, underline]), 1)
    assert [len(fragment.regions) for fragment in fragments] == [4, 4]


def test_cells_that_are_no_rectangle_are_cut_into_some_and_flagged():
    # The left column has no rule at 20, and the upper row has none at 50: an L of three places.
    fragment = fragments_of(joined([across(0), across(20, 50), across(40), down(0), down(50, 20), down(100)]), 1)[0]
    assert {flag for region in fragment.regions for flag in region.flags} == {"irregular"}
