"""PDFs that must not be read are refused with the reason and the pages."""

from __future__ import annotations

import zlib

import pytest

from pipelines.raw.pdf.triage import page_list
from pipelines.raw.refusal import RefusedDocument
from tests.raw.helpers import DOCUMENTS, read_here


def pages(*contents: bytes) -> bytes:
    """A PDF of pages with these content streams and one picture named P."""
    picture = zlib.compress(b"\xdd" * 100)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids ["
        + b" ".join(b"%d 0 R" % (5 + 2 * n) for n in range(len(contents)))
        + b"] /Count %d >>" % len(contents),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        b"/Filter /FlateDecode /Length %d >>\nstream\n" % len(picture) + picture + b"\nendstream",
    ]
    for number, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R " % (6 + 2 * number)
            + b"/Resources << /Font << /F1 3 0 R >> /XObject << /P 4 0 R >> >> >>"
        )
        objects.append(b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream")
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n" % size
        + table
        + (b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, len(body)))
    )


PICTURE = b"q 600 0 0 800 0 0 cm /P Do Q"
RULES = (
    b" 50 700 m 300 700 l S 50 650 m 300 650 l S 50 600 m 300 600 l S "
    b"50 600 m 50 700 l S 150 600 m 150 700 l S 300 600 m 300 700 l S "
)


def text(x: int, y: int, words: str) -> bytes:
    return b"BT /F1 10 Tf %d %d Td (%s) Tj ET " % (x, y, words.encode())


def refusal(data: bytes, **options: bool) -> RefusedDocument:
    with pytest.raises(RefusedDocument) as caught:
        read_here(data, **options)
    return caught.value


def test_scanned_pages_are_refused_and_named():
    found = refusal(pages(RULES + text(60, 660, "a") + text(160, 660, "b"), PICTURE, PICTURE))
    assert found.reason_code == "scanned"
    assert "2–3" in found.message


def test_accepting_low_confidence_reads_the_pages_that_are_not_scanned():
    data = pages(RULES + text(60, 660, "a") + text(160, 660, "b"), PICTURE)
    document = read_here(data, accept_low_confidence=True)
    assert document.notes == ["scanned_page:2"]
    assert document.tables[0].grid() == [["a", "b"], ["", ""]]


def test_a_document_of_pictures_alone_is_refused_in_any_case():
    assert refusal(pages(PICTURE), accept_low_confidence=True).reason_code == "scanned"


def test_a_picture_behind_a_table_with_text_is_no_scan():
    words = b"".join(text(60, 660 - 9 * n, "word") for n in range(6))
    assert read_here(pages(PICTURE + RULES + words)).tables


def test_a_text_layer_without_characters_is_refused():
    assert refusal((DOCUMENTS / "flat_notounicode.pdf").read_bytes()).reason_code == "no_unicode_map"


@pytest.mark.parametrize("name", ["flat_nogrid.pdf", "flat_hlines.pdf"])
def test_tables_without_rules_are_refused_unless_low_confidence_is_accepted(name):
    data = (DOCUMENTS / name).read_bytes()
    found = refusal(data)
    assert found.reason_code == "no_rules"
    assert "--accept-low-confidence" in found.message
    (table,) = read_here(data, accept_low_confidence=True).tables
    assert "low_confidence" in table.notes
    assert all("low_confidence" in cell.flags for cell in table.cells)


def test_the_guess_at_a_table_with_horizontal_rules_finds_its_rows():
    (table,) = read_here((DOCUMENTS / "flat_hlines.pdf").read_bytes(), accept_low_confidence=True).tables
    totals = [row[1] for row in table.grid()[1:]]
    assert totals == "1,554.35 1,554.35 98.00 338.06 6.00 8.00 203.25 5.50 30.00 422.00 179.74 263.80".split()


def test_prose_is_a_document_without_tables():
    words = b"".join(text(60, 700 - 14 * n, f"line {n} of a text that goes on") for n in range(9))
    document = read_here(pages(words))
    assert document.tables == []
    assert len(document.text) == 9


def test_page_lists_are_short():
    assert page_list([1, 2, 3, 5, 7, 8]) == "1–3、5、7–8"
    assert page_list([1, 3, 5, 7, 9, 11, 13]).endswith(" 等")
