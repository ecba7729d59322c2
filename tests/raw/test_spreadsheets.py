"""XLSX and XLS: shown text, merges, what is hidden, formulas, far references."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from pipelines.raw.refusal import RefusedDocument
from tests.raw.helpers import DOCUMENTS, lines_of, only_table, read_here

TRAPS = """\
指标 | 显示值
百分比0% | 100%
百分比0.00% | 96.20%
千分位 | 1,554.35
整数两位小数 | 98.00
自定义次 | ≥3次
万元后缀 | 6.00万元
文本编码 | 0012
浮点 | 0.3
整数 | 3
日期 | 2024年2月1日
公式 | 3.00
负括号 | (12.50)
回车 | 第一行⏎第二行
零值横线 | —"""


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


@pytest.mark.parametrize("name", ["traps.xlsx", "traps.xls"])
def test_values_are_shown_as_in_the_program_and_hidden_cells_are_marked(name):
    table = only_table((DOCUMENTS / name).read_bytes())
    shown = [[cell for cell in table.cells if cell.row == row and "hidden" not in cell.flags] for row in range(15)]
    assert "\n".join(" | ".join(c.text.replace("\n", "⏎") for c in row[:2]) for row in shown) == TRAPS
    assert "隐藏列" in {cell.text for cell in table.cells if "hidden" in cell.flags}
    assert "隐藏行" in {cell.text for cell in table.cells if "hidden" in cell.flags}
    percent = next(cell for cell in table.cells if cell.text == "96.20%")
    assert (percent.raw, percent.positions[0].reference) == (0.962, "B3")
    assert percent.positions[0].part.startswith("sheet:")


@pytest.mark.parametrize("name", ["flat.xlsx", "flat.xls"])
def test_the_nansha_table_is_the_same_in_both_formats(name):
    table = only_table((DOCUMENTS / name).read_bytes())
    rows = table.grid()
    assert rows[3] == ["项目名称（资金使用单位）", "资金来源", None, None, None, "绩效目标", "绩效指标"]
    assert rows[5][:5] == ["合计", "1,554.35", "1,554.35", "", ""]
    assert sum(text.count("m²") for row in rows for text in row if text) == 8


def test_merges_hidden_sheets_rows_and_columns():
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "目标"
    sheet.append(["标题"])
    sheet.append(["甲", 1, "x"])
    sheet.append([None, 2, "y"])
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A2:A3")
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    workbook.create_sheet("草稿").append(["不看"])
    workbook["草稿"].sheet_state = "hidden"
    workbook.create_sheet("空")
    document = read_here(saved(workbook))
    (table,) = document.tables
    assert document.notes == ["hidden_sheet:草稿"]
    assert lines_of(table) == "标题 | . | .\n甲 | 1 | x\n. | 2 | y"
    assert {c.text: (c.row_span, c.column_span) for c in table.cells if c.row_span > 1 or c.column_span > 1} == {
        "标题": (1, 3),
        "甲": (2, 1),
    }
    assert {cell.text for cell in table.cells if "hidden" in cell.flags} == {"x", "2", "y"}


def test_raised_runs_dates_and_numbers_of_builtin_formats():
    workbook = Workbook()
    sheet = workbook.active
    raised = InlineFont(vertAlign="superscript")
    sheet.append([CellRichText("面积（m", TextBlock(raised, "2"), "）"), date(2024, 2, 1), date(2024, 2, 1), 0.5])
    sheet["B1"].number_format = "mm-dd-yy"
    sheet["C1"].number_format = 'yyyy"年"m"月"'
    sheet["D1"].number_format = "0%"
    assert lines_of(only_table(saved(workbook))) == "面积（m²） | 2024/2/1 | 2024年2月 | 50%"


def test_a_formula_without_a_stored_value_shows_itself_and_is_flagged():
    workbook = Workbook()
    workbook.active.append(["合计", "=1+2", 3])
    table = only_table(saved(workbook))
    assert lines_of(table) == "合计 | =1+2 | 3"
    assert [cell.flags for cell in table.cells] == [set(), {"damaged"}, set()]


def test_leading_empty_rows_and_columns_are_kept_and_trailing_ones_are_not():
    workbook = Workbook()
    workbook.active["B3"] = "甲"
    workbook.active["D3"] = "乙"
    workbook.active["F9"].number_format = "0.00"
    assert only_table(saved(workbook)).grid() == [["", "", "", ""], ["", "", "", ""], ["", "甲", "", "乙"]]


@pytest.mark.parametrize("reference", ["XFD1048576", "A300000", "ZZ1"])
def test_a_cell_far_beyond_any_table_is_refused_before_the_sheet_is_parsed(reference):
    workbook = Workbook()
    workbook.active["A1"] = "甲"
    workbook.active[reference] = "乙"
    with pytest.raises(RefusedDocument) as refusal:
        read_here(saved(workbook))
    assert refusal.value.reason_code == "hostile_structure"


def test_a_merge_over_the_whole_sheet_is_refused():
    workbook = Workbook()
    workbook.active["A1"] = "甲"
    data = saved(workbook)
    import zipfile

    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                merge = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells><pageMargins'
                content = content.replace(b"<pageMargins", merge)
            archive.writestr(name, content)
    with pytest.raises(RefusedDocument) as refusal:
        read_here(target.getvalue())
    assert refusal.value.reason_code == "hostile_structure"


def test_an_old_workbook_with_formats_merges_and_hidden_rows():
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("目标")
    sheet.write_merge(0, 0, 0, 2, "标题")
    for column, (value, code) in enumerate([(0.95, "0%"), (1554.35, "#,##0.00"), (3, '"≥"0"次"')]):
        sheet.write(1, column, value, xlwt.easyxf(num_format_str=code))
    sheet.write(2, 0, date(2024, 2, 1), xlwt.easyxf(num_format_str='yyyy"年"m"月"d"日"'))
    sheet.write_rich_text(2, 1, ("m", ("2", xlwt.easyfont("escapement superscript"))))
    sheet.write(3, 0, "隐藏")
    sheet.row(3).hidden = True
    book.add_sheet("草稿").write(0, 0, "不看")
    book.get_sheet(1).visibility = 1
    file = io.BytesIO()
    book.save(file)
    document = read_here(file.getvalue())
    (table,) = document.tables
    assert lines_of(table) == "标题 | . | .\n95% | 1,554.35 | ≥3次\n2024年2月1日 | m² |\n隐藏 |  |"
    assert [cell.text for cell in table.cells if "hidden" in cell.flags] == ["隐藏", "", ""]
    assert document.notes == ["hidden_sheet:草稿"]
