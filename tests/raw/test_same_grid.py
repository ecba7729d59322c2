"""The same content has the same grid in every format: cells, spans and shape, blanks inside texts aside."""

from __future__ import annotations

import pytest

from pipelines.raw import doc_reader
from pipelines.raw.realign import realign
from pipelines.raw.table import RawTable
from tests.raw.helpers import DOCUMENTS, read_here

SHEETS = {".xlsx", ".xls", ".csv"}


def bare(text: str) -> str:
    return "".join(text.split())


def cells(table: RawTable, first_row: int = 0, rows: int | None = None) -> dict[tuple[int, int], tuple[str, int, int]]:
    last = table.row_count if rows is None else first_row + rows
    return {
        (cell.row - first_row, cell.column): (bare(cell.text), cell.row_span, cell.column_span)
        for cell in table.cells
        if first_row <= cell.row < last
    }


def read(name: str) -> list[RawTable]:
    if name.endswith(".doc") and doc_reader.libreoffice() is None:
        pytest.skip("LibreOffice is not installed; .ci/run installs it")
    return read_here((DOCUMENTS / name).read_bytes()).tables


FLAT = cells(read("flat.docx")[0])


@pytest.mark.parametrize(
    ("name", "first_row"),
    [
        ("flat_word_gbk.html", 0),
        ("flat_html_as.xls", 0),
        ("flat.xlsx", 3),
        ("flat.xls", 3),
        ("flat.doc", 0),
        ("flat.pdf", 0),
        ("flat_calc.pdf", 0),
        ("flat_stsong.pdf", 0),
    ],
)
def test_the_nansha_table_has_one_grid(name, first_row):
    assert len(FLAT) == 92
    assert cells(read(name)[-1], first_row, 14) == FLAT


@pytest.mark.parametrize(("name", "first_row"), [("nansha_2024.txt", 0), ("flat_utf8bom.csv", 3)])
def test_the_text_of_the_nansha_table_has_the_same_cells_below_its_head(name, first_row):
    """The text has one head row where the others have two; its literal ``m <sup>2</sup>`` is theirs as ``m²``."""
    table = realign(read(name)[0])
    found = {
        place: (text.replace("<sup>2</sup>", "²"), *spans)
        for place, (text, *spans) in cells(table, first_row + 1, 12).items()
    }
    assert found == {(row - 2, column): cell for (row, column), cell in FLAT.items() if row >= 2}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("form3.docx", "form3.pdf"),
        ("form3.docx", "form3.html"),
        ("form3.docx", "form3.doc"),
        ("tall10.docx", "tall10_vc.pdf"),
        ("kept_apart_forms.docx", "kept_apart_forms.pdf"),
    ],
)
def test_forms_and_tall_tables_are_the_same_in_both_formats(one, other):
    left = [cells(table) for table in read(one)]
    right = [cells(table) for table in read(other) if "holds_tables" not in table.notes and table.row_count > 1]
    assert left == right
