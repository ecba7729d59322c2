"""HTML as it is really published: missing tags, lying spans, layout tables, hidden cells, superscripts."""

from __future__ import annotations

import pytest

from tests.raw.helpers import DOCUMENTS, lines_of, only_table, read_here


def spans(table):
    return {
        cell.text: (cell.row_span, cell.column_span)
        for cell in table.cells
        if (cell.row_span, cell.column_span) != (1, 1)
    }


def test_the_nasty_page_keeps_every_cell():
    outer, inner = read_here((DOCUMENTS / "nasty.html").read_bytes()).tables
    assert lines_of(outer).splitlines() == [
        "A | B | . | C | .",
        ". | b1 | b2 | c1 | .",
        ". | d1 | . | e1 | .",
        ". | f1 | . | g1 | h1",
    ]
    assert spans(outer) == {"A": (4, 1), "B": (1, 2), "b2": (2, 1), "f1": (1, 2)}
    assert {cell.text for cell in outer.cells if "hidden" in cell.flags} == {"g1", "h1"}
    assert outer.before[-2:] == ["单位：万元", "表1"]
    assert outer.after[0].startswith("注：1.本表反映")
    assert (inner.parent, lines_of(inner)) == (1, "n1 | n2")


@pytest.mark.parametrize(
    ("markup", "grid"),
    [
        ("<table><tr><td>a<td>b<td>c</tr><td>d<td>e<td>f</table>", "a | b | c\nd | e | f"),
        ("<table><form><tr><td>a<td>b</tr></form><tr><td>c<td>d</table>", "a | b\nc | d"),
        ("<table><tr><td>a<td>b<tbody><tr><td>c<td>d</tbody><tfoot><tr><td>e<td>f</table>", "a | b\nc | d\ne | f"),
        ("<table><tfoot><tr><td>e<td>f</tfoot><tr><td>a<td>b</table>", "a | b\ne | f"),
        ("<table><tr><td rowspan=9>a<td>b</tr><tr></tr><tr><td>c</table>", "a | b\n. | c"),
        ("<table><tr><td>a<td>b</tr><tr></tr><tr><td>c<td>d</table>", "a | b\nc | d"),
        ("<table><thead><tr><td rowspan=9>a<td>b<tbody><tr><td>c<td>d</table>", "a | b\nc | d"),
        ("<table><tr><td colspan=99999999>a</tr><tr><td>b<td>c</table>", "a | .\nb | c"),
        ("<table><tr><td colspan=-3>a<td colspan=0>b<td colspan=' 2'>c</tr><tr><td>d<td>e<td>f<td>g</table>",
         "a | b | c | .\nd | e | f | g"),
        ("<table><tr><td>a<td></tr><tr><td>c</table>", "a |\nc | ."),
        ("<table><tr><td>≥3&nbsp;次<td>&lt;5%</tr><tr><td>&nbsp;<td>　x</table>", "≥3 次 | <5%\n | 　x"),
    ],
)  # fmt: skip
def test_cells_stand_where_a_browser_puts_them(markup, grid):
    assert lines_of(only_table(markup)) == grid


def test_text_is_what_a_person_sees():
    table = only_table(
        "<table><tr><td>面积（m<sup>2</sup>）<td>10<sup>4</sup>元<sup>注</sup></tr>"
        "<tr><td><p>一、\n  产出</p><p>二、效益</p><td>甲<br>乙<br><br>丙<!-- 丁 -->"
        "<span style='display: none'>戊</span>"
        "<script>己</script></tr></table>"
    )
    assert [cell.text for cell in table.cells] == ["面积（m²）", "10⁴元注", "一、 产出\n二、效益", "甲\n乙\n\n丙"]


def test_rows_and_panels_that_are_not_shown_are_kept_and_marked():
    document = read_here(
        "<div style='display:none'><table><tr><td>a<td>b</table></div>"
        "<table><tr hidden><td>c<td>d<tr><td>e<td>f</table>"
    )
    hidden = [[cell.text for cell in table.cells if "hidden" in cell.flags] for table in document.tables]
    assert hidden == [["a", "b"], ["c", "d"]]


def test_frames_of_one_cell_are_no_tables_but_their_text_surrounds_the_table_in_them():
    page = (
        "<table><tr><td>2024年项目支出绩效目标表</table><table><tr><td>单位：万元"
        "<table><tr><td>a<td>b<tr><td>c<td>d</table>注：无</table>"
    )
    table = only_table(page)
    assert (table.before, table.after, table.parent) == (["2024年项目支出绩效目标表", "单位：万元"], ["注：无"], None)


def test_a_page_without_tables_keeps_its_lines():
    document = read_here("<html><title>t</title><body><h1>一</h1><p>二 三<br>四<div>五</div>")
    assert (document.tables, document.text) == ([], ["一", "二 三", "四", "五"])


@pytest.mark.parametrize("name", ["flat_word_gbk.html", "flat_html_as.xls"])
def test_the_nansha_table_is_read_whatever_the_page_calls_itself(name):
    document = read_here((DOCUMENTS / name).read_bytes())
    table = document.tables[-1]
    assert document.encoding == "gb18030"
    assert (table.row_count, table.column_count) == (14, 7)
    assert table.grid()[0] == ["项目名称（资金使用单位）", "资金来源", None, None, None, "绩效目标", "绩效指标"]
    assert [row[1] for row in table.grid()[2:4]] == ["1,554.35", "1,554.35"]


def test_mhtml_is_read_as_the_page_it_holds():
    page = "<table><tr><td>指标<td>≥95%</table>".encode("gb18030")
    import base64

    message = (
        b"From: <Saved by WPS>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
        b'--b\r\nContent-Type: text/html; charset="gb2312"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + base64.encodebytes(page)
        + b"\r\n--b--\r\n"
    )
    assert lines_of(only_table(message)) == "指标 | ≥95%"


def test_a_text_with_a_tag_in_a_cell_is_not_a_page():
    assert read_here("面积(m <sup>2</sup> )\t3\n甲\t4\n").media_type == "text/tab-separated-values"


def test_rows_and_columns_that_multiply_beyond_any_table_are_refused():
    from pipelines.raw.refusal import RefusedDocument

    with pytest.raises(RefusedDocument) as refusal:
        read_here("<table><tr>" + "<td>x" * 2000 + "<tr><td>y" * 2000 + "</table>")
    assert refusal.value.reason_code == "hostile_structure"
