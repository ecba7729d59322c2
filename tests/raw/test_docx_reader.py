"""DOCX as Word and WPS write it: content controls, tracked changes, symbols, spans, nested tables, text boxes."""

from __future__ import annotations

import io
import zipfile

import pytest

from pipelines.raw.refusal import RefusedDocument
from tests.raw.helpers import DOCUMENTS, lines_of, only_table, read_here

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def docx(body: str, namespaces: str = NAMESPACES) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {namespaces}><w:body>{body}</w:body></w:document>")
    return file.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}<w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


TRAPS = """\
项目 | 指标 | 值
控件行 | a | 1
控件格 | b | 2
修订 | ≥90% | 3
 | d | 4
行内控件链接 | 可见\t制表
换行-≥ | 5
嵌套 | 编号 | 6"""


def test_the_traps_are_read_whole_and_the_nested_table_apart():
    outer, inner = read_here((DOCUMENTS / "traps.docx").read_bytes()).tables
    assert lines_of(outer) == TRAPS
    assert (lines_of(inner), inner.parent) == ("n1 | n2", 1)


def test_spans_across_and_down():
    read = only_table(
        docx(
            table(
                cell("标题", '<w:gridSpan w:val="3"/>'),
                cell("甲", '<w:vMerge w:val="restart"/>') + cell("1") + cell("x"),
                cell("", "<w:vMerge/>") + cell("2", '<w:gridSpan w:val="2"/>'),
                cell("", '<w:vMerge w:val="continue"/>') + cell("3") + cell("y"),
                cell("乙") + cell("合", '<w:hMerge w:val="restart"/>') + cell("", '<w:hMerge w:val="continue"/>'),
            )
        )
    )
    assert lines_of(read) == "标题 | . | .\n甲 | 1 | x\n. | 2 | .\n. | 3 | y\n乙 | 合 | ."
    spans = {c.text: (c.row_span, c.column_span) for c in read.cells if c.row_span > 1 or c.column_span > 1}
    assert spans == {"标题": (1, 3), "甲": (3, 1), "2": (1, 2), "合": (1, 2)}


def test_a_merge_that_starts_anew_ends_the_one_above():
    read = only_table(
        docx(
            table(
                cell("甲", '<w:vMerge w:val="restart"/>') + cell("1"),
                cell("乙", '<w:vMerge w:val="restart"/>') + cell("2"),
                cell("", "<w:vMerge/>") + cell("3"),
            )
        )
    )
    assert [(c.text, c.row_span) for c in read.cells if c.column == 0] == [("甲", 1), ("乙", 2)]


def test_slivers_of_the_grid_in_which_no_cell_begins_are_no_columns():
    wide = '<w:gridSpan w:val="2"/>'
    read = only_table(docx(table(cell("a", wide) + cell("b"), cell("c", wide) + cell("d"))))
    assert lines_of(read) == "a | b\nc | d"


def test_tracked_changes_are_accepted_and_hidden_text_is_left_out():
    row = "<w:tr><w:trPr><w:del/></w:trPr>" + cell("删") + cell("行") + "</w:tr>"
    kept = (
        "<w:tc><w:p><w:moveFrom><w:r><w:t>走</w:t></w:r></w:moveFrom><w:ins><w:r><w:t>≥95</w:t></w:r></w:ins>"
        "<w:moveTo><w:r><w:t>%</w:t></w:r></w:moveTo><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>！</w:t></w:r></w:p></w:tc>'
    )
    read = only_table(docx("<w:tbl><w:tr>" + cell("a") + kept + "</w:tr>" + row + "</w:tbl>"))
    assert lines_of(read) == "a | ≥95%！"


def test_symbols_superscripts_and_formulas_become_characters():
    sym = '<w:r><w:sym w:font="Symbol" w:char="F0A3"/><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>\uf0b35</w:t></w:r>'
    area = '<w:r><w:t>m</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'
    power = (
        "<m:oMath><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>4</m:t></m:r></m:sup></m:sSup></m:oMath>"
    )
    read = only_table(docx(table(f"<w:tc><w:p>{sym}</w:p></w:tc><w:tc><w:p>{area}{power}</w:p></w:tc>")))
    assert lines_of(read) == "≤☑≥5 | m²10⁴"


def test_lines_around_tables_text_boxes_and_frames():
    drawing = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:wsp><wps:txbx><w:txbxContent>"
        + paragraph("单位：万元")
        + "</w:txbxContent></wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>"
        + paragraph("单位：万元")
        + "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    frame = table(cell("2024年项目支出绩效目标表"))
    body = frame + drawing + table(cell("a") + cell("b"), cell("c") + cell("d")) + paragraph("注：无")
    read = only_table(docx(body))
    assert (read.before, read.after) == (["2024年项目支出绩效目标表", "单位：万元"], ["注：无"])


def test_strict_documents_use_another_namespace_and_are_read_the_same():
    strict = NAMESPACES.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/x"
    )
    assert lines_of(only_table(docx(table(cell("a") + cell("b")), strict))) == "a | b"


def test_a_span_of_two_thousand_million_columns_is_one_cell():
    read = only_table(docx(table(cell("a", '<w:gridSpan w:val="2000000000"/>'), cell("b") + cell("c"))))
    assert lines_of(read) == "a | .\nb | c"


def test_entities_are_not_resolved():
    file = io.BytesIO()
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
            f"<w:document {NAMESPACES}><w:body>{table(cell('&l11;&f;') + cell('b'))}</w:body></w:document>",
        )
    try:
        text = str(read_here(file.getvalue()).tables)
    except RefusedDocument as refusal:
        assert refusal.reason_code == "damaged"
    else:
        assert "root:" not in text and len(text) < 2000


def test_broken_xml_is_refused_as_damaged():
    with pytest.raises(RefusedDocument) as refusal:
        read_here(docx("<w:tbl><w:tr>"))
    assert refusal.value.reason_code == "damaged"
