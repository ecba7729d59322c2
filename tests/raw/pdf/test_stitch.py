"""Tables over pages: what is one row, one merged cell, one table, and what is not."""

from __future__ import annotations

from pipelines.raw.pdf.geometry import Fragment, Region, TextLine
from pipelines.raw.pdf.stitch import Chain

SIZE = 10.0
WIDTHS = (100.0, 60.0, 240.0)
EDGES = [0.0, 100.0, 160.0, 400.0]


def fragment(page: int, *rows: tuple[str, ...], heights: dict[int, float] | None = None, **openings: bool) -> Fragment:
    """One page's part: texts with ``⏎`` between printed lines; ``^`` continues the cell above, ``<`` the one before."""
    ys, regions = [50.0], []
    above: dict[int, Region] = {}
    for number, row in enumerate(rows):
        lines = max((text.count("⏎") + 1 for text in row), default=1)
        top, bottom = ys[-1], ys[-1] + ((heights or {}).get(number) or lines * 13.0 + 4)
        ys.append(bottom)
        for column, text in enumerate(row):
            box = EDGES[column], top, EDGES[column + 1], bottom
            if text == "<":
                region = above[column - 1]
                region.box = (*region.box[:2], EDGES[column + 1], region.box[3])
                continue
            if text == "^":
                region = above[column]
                region.last_row, region.box = number, (*region.box[:3], bottom)
                continue
            region = Region(number, number, box, [])
            for place, line in enumerate(text.split("⏎") if text else []):
                y = top + 2 + 13 * place
                region.lines.append(TextLine(line, box[0] + 2, y, box[0] + 2 + SIZE * len(line), y + SIZE, SIZE))
            above[column] = region
            regions.append(region)
    return Fragment(page, (0.0, ys[0], 400.0, ys[-1]), ys, regions, **openings)


def stitched(*fragments: Fragment) -> list[list[str]]:
    chain = Chain(fragments[0])
    for part in fragments[1:]:
        assert chain.goes_on(part)
        chain.add(part)
    table = chain.joined()
    rows = [["."] * 3 for _ in range(table.row_count)]
    for cell in table.cells:
        rows[cell.first_row][EDGES.index(cell.left)] = cell.text
    return rows


HEAD = ("项目名称", "总计", "绩效指标")
FULL = "一二三四五六七八九十一二三四五六七八九十一二三"


def test_a_repeated_head_is_dropped():
    rows = stitched(fragment(1, HEAD, ("甲", "1", "x")), fragment(2, HEAD, ("乙", "2", "y")))
    assert rows == [list(HEAD), ["甲", "1", "x"], ["乙", "2", "y"]]


def test_a_row_that_lacks_what_every_row_has_is_the_rest_of_the_one_above():
    rows = stitched(
        fragment(1, HEAD, ("甲", "1", "x"), ("乙", "2", "y"), ("丙", "3", "前半")),
        fragment(2, ("", "", "后半"), ("丁", "4", "z")),
    )
    assert rows[3:] == [["丙", "3", "前半\n后半"], ["丁", "4", "z"]]


def test_rows_that_are_whole_on_both_sides_stay_two_rows():
    rows = stitched(
        fragment(1, HEAD, ("甲", "1", "x"), ("乙", "2", FULL)), fragment(2, ("丙", "3", FULL), ("丁", "4", "z"))
    )
    assert len(rows) == 5


def test_an_open_edge_joins_whatever_stands_there():
    rows = stitched(
        fragment(1, HEAD, ("", "", FULL), open_bottom=True), fragment(2, ("甲", "1", "完"), ("乙", "2", "y"))
    )
    assert rows[1] == ["甲", "1", FULL + "完"]
    assert len(rows) == 3


def test_item_numbers_that_count_on_join_a_row():
    long = "、".join(["1", *["甲" * 20] * 4]) + "。2、" + "乙" * 20
    rows = stitched(fragment(1, ("", "", long)), fragment(2, ("", "", "3、丙")))
    assert len(rows) == 1


def test_a_merged_cell_goes_on_when_its_text_stands_on_one_side():
    tall = (("产出指标", "数量", "a"), ("^", "^", "b"), ("^", "质量", "c"))
    rows = stitched(fragment(1, HEAD, *tall), fragment(2, ("", "", "d"), ("^", "时效", "e")))
    assert [row[0] for row in rows] == ["项目名称", "产出指标", ".", ".", ".", "."]
    assert [row[1] for row in rows][3:] == ["质量", ".", "时效"]


def test_neighbouring_groups_of_short_names_are_not_one_merged_cell():
    tall = (("产出指标", "数量", "a"), ("^", "^", "b"), ("^", "质量", "c"))
    rows = stitched(fragment(1, HEAD, *tall), fragment(2, ("效益指标", "社会", "d"), ("^", "^", "e")))
    assert [row[0] for row in rows][1:] == ["产出指标", ".", ".", "效益指标", "."]


def test_a_blank_sliver_at_the_page_edge_is_no_row():
    rows = stitched(
        fragment(1, HEAD, ("甲", "1", "x"), ("乙", "2", "y"), ("", "", ""), heights={3: 5.0}),
        fragment(2, ("丙", "3", "z")),
    )
    assert [row[0] for row in rows] == ["项目名称", "甲", "乙", "丙"]


FORM = (("总体目标", "做", "<"), ("备注", "无", "<"))


def test_the_same_label_with_another_name_begins_a_new_form():
    chain = Chain(fragment(1, ("项目名称", "甲", "1"), *FORM))
    assert not chain.goes_on(fragment(2, ("项目名称", "乙", "2"), *FORM))


def test_a_form_goes_on_over_the_page_edge():
    chain = Chain(fragment(1, ("项目名称", "甲", "1"), *FORM))
    assert chain.goes_on(fragment(2, ("绩效指标", "x", "<"), ("满意度", "y", "<")))


def test_a_list_whose_rows_begin_with_the_same_unit_goes_on():
    chain = Chain(fragment(1, ("某局", "甲", "1"), ("某局", "乙", "2")))
    assert chain.goes_on(fragment(2, ("某局", "丙", "3"), ("某局", "丁", "4")))


def test_another_width_is_another_table():
    second = fragment(2, ("丙", "3", "z"))
    second.box = (20.0, *second.box[1:])
    for region in second.regions:
        region.box = (region.box[0] + 20, *region.box[1:])
    assert not Chain(fragment(1, HEAD, ("甲", "1", "x"))).goes_on(second)


def test_a_part_does_not_go_on_over_a_page_in_between():
    assert not Chain(fragment(1, HEAD, ("甲", "1", "x"))).goes_on(fragment(3, ("丙", "3", "z")))
