"""Characters that the PDF library's font tables lack, and texts of two cells that touch on paper."""

from __future__ import annotations

from pathlib import Path

from pdfminer.cmapdb import CMap, CMapDB

from pipelines.raw.pdf.geometry import Character, Fragment, Region
from pipelines.raw.pdf.library import prepare_library
from pipelines.raw.pdf.text import give_characters_to_cells
from pipelines.raw.read import read_document

FORMS = Path(__file__).resolve().parents[2] / "layouts" / "forms"


def test_the_short_font_table_knows_the_middle_dot() -> None:
    prepare_library()
    table = CMapDB.get_cmap("UniGB-UCS2-H")
    assert isinstance(table, CMap)
    assert list(table.decode("元/人·天".encode("utf-16-be"))).count(None) == 0
    assert len(list(table.decode("·".encode("utf-16-be")))) == 1


def test_a_unit_keeps_its_middle_dot() -> None:
    documents = [path for path in sorted(FORMS.glob("*.pdf")) if "元/人·天" in _truth(path)]
    assert documents
    for path in documents[:3]:
        assert any("元/人·天" in cell.text for table in read_document(path).tables for cell in table.cells)


def _truth(path: Path) -> str:
    return path.with_name(f"{path.stem}.truth.json").read_text("utf-8")


def _characters(text: str, left: float, string: str, first: int) -> list[Character]:
    return [
        Character(sign, left + 10 * at, 5, left + 10 * at + 10, 15, 10, first + at, string)
        for at, sign in enumerate(text)
    ]


def test_two_strings_that_touch_at_a_rule_are_two_cells() -> None:
    left, right = Region(0, 0, (0, 0, 80, 20)), Region(0, 0, (80, 0, 160, 20))
    fragment = Fragment(1, (0, 0, 160, 20), [0, 20], [left, right])
    label, value = _characters("实际完成值全年数", 3, "1", 0), _characters("得分", 83, "2", 8)
    assert give_characters_to_cells([*label, *value], [fragment]) == []
    assert [line.text for line in left.lines] == ["实际完成值全年数"]
    assert [line.text for line in right.lines] == ["得分"]
