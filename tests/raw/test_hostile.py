"""Hostile and broken files: each is refused with its reason within the limits, and the load goes on behind it."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from pipelines.raw.extract import extract_documents
from pipelines.raw.process import ReaderProcess
from pipelines.raw.read import ReadOptions, RefusedDocument
from pipelines.raw.table import RawDocument
from tests.raw.helpers import DOCUMENTS, read_here
from tests.raw.test_docx_reader import docx, paragraph

GOOD = DOCUMENTS / "nansha_2024.txt"


def refused(data: bytes) -> str:
    with pytest.raises(RefusedDocument) as refusal:
        read_here(data)
    assert "\n" not in refusal.value.message
    return refusal.value.reason_code


def zipped(parts: dict[str, bytes], level: int = 9) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def pdf(content: bytes, *, compressed: bool = True, extra: bytes = b"") -> bytes:
    """A one-page PDF with this content stream."""
    stream = zlib.compress(content, 9) if compressed else content
    filtered = b"/Filter /FlateDecode " if compressed else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< " + filtered + b"/Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = (
        b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer << /Size 6 /Root 1 0 R "
        + extra
        + b">>\nstartxref\n%d\n%%%%EOF"
    )
    return body + end % len(body)


def test_what_is_recognised_but_not_read_is_refused_by_name():
    assert refused(b"") == "empty"
    assert refused(zipped({"OFD.xml": b"<OFD/>", "Doc_0/Document.xml": b""})) == "ofd"
    assert refused(zipped({"a.txt": b"x"})) == "archive"
    assert refused(b"Rar!\x1a\x07\x00") == "archive"
    assert refused(b"\xff\xd8\xff\xe0" + b"\x00" * 50) == "image"
    assert refused(b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>') == "unknown_format"
    assert refused(bytes(range(256)) * 40) == "unknown_format"


def test_an_encrypted_office_document_is_refused_as_encrypted():
    import struct

    # The smallest OLE file with an EncryptedPackage stream: header, one FAT sector, one directory sector, data.
    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0" if name else b""
        head = raw.ljust(64, b"\0") + struct.pack("<HBBiii", len(raw), kind, 1, -1, -1, child)
        return head.ljust(116, b"\0") + struct.pack("<iQ", start, size)

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<iiiiiiiii", 0, 1, 1, 0, 0, -2, 0, -2, 0) + struct.pack("<i", 0) + b"\xff" * 432
    fat = struct.pack("<iii", -3, -2, -2).ljust(512, b"\xff")
    directory = entry("Root Entry", 5, 1, -2, 0) + entry("EncryptedPackage", 2, -1, 2, 512)
    data = header + fat + directory.ljust(512, b"\0") + b"\0" * 512
    assert refused(data) == "encrypted"


def test_an_encrypted_pdf_is_refused_as_encrypted():
    encrypt = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00><00>] " % (
        b"41" * 32,
        b"42" * 32,
    )
    assert refused(pdf(b"BT ET", extra=encrypt)) == "encrypted"


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("name", ["traps.xls", "traps.xlsx", "traps.docx", "flat.xls", "form3.pdf"])
def test_a_file_that_was_cut_off_is_refused_or_read_but_breaks_nothing(name, keep, tmp_path):
    data = (DOCUMENTS / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(data[: int(len(data) * keep)])
    with ReaderProcess(time_limit=30) as process:
        try:
            process.read(path, ReadOptions())
        except RefusedDocument as refusal:
            assert refusal.reason_code in {"damaged", "archive", "unknown_format", "reader_failed", "needs_libreoffice"}
        assert process.read(GOOD, ReadOptions()).tables


def test_bytes_changed_at_random_break_nothing():
    import random

    draw = random.Random(4)
    for name in ("traps.xls", "traps.xlsx", "traps.docx", "nasty.html"):
        good = (DOCUMENTS / name).read_bytes()
        for _ in range(20):
            data = bytearray(good)
            for _ in range(20):
                data[draw.randrange(len(data))] = draw.randrange(256)
            try:
                read_here(bytes(data))
            except RefusedDocument:
                continue
            except Exception as error:  # what the child process would report as reader_failed
                assert not isinstance(error, MemoryError)


def test_a_billion_laughs_workbook_is_refused_or_harmless():
    source = zipfile.ZipFile(DOCUMENTS / "traps.xlsx")
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 12))
    parts = {name: source.read(name) for name in source.namelist()}
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">' + laughs + b"]>"
    body = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&l11;</t></si></sst>'
    parts["xl/sharedStrings.xml"] = head + body
    assert refused(zipped(parts)) in {"damaged", "hostile_structure"}


def test_a_zip_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked():
    started = time.monotonic()
    source = zipfile.ZipFile(DOCUMENTS / "traps.xlsx")
    parts = {name: source.read(name) for name in source.namelist()}
    data = zipped({**parts, "xl/worksheets/sheet9.xml": b" " * (310 * 1024**2)}, level=1)
    made = time.monotonic() - started
    started = time.monotonic()
    assert refused(data) == "hostile_structure"
    assert time.monotonic() - started < max(1.0, made)


def test_a_zip_with_thousands_of_entries_is_refused():
    parts = {f"word/x{number}.xml": b"" for number in range(2100)}
    assert refused(zipped({"[Content_Types].xml": b"", "word/document.xml": b"<a/>", **parts})) == "hostile_structure"


def test_a_million_path_pieces_or_objects_on_a_page_are_refused():
    assert refused(pdf(b"0 0 m " + b"1 1 l " * 300_000 + b"S")) == "hostile_structure"
    assert refused(pdf(b"BT /F1 9 Tf " + b"(a) Tj " * 250_000 + b"ET")) == "hostile_structure"


def test_a_file_over_the_size_limit_is_refused_unread(tmp_path):
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(51 * 1024**2)
    with ReaderProcess() as process, pytest.raises(RefusedDocument) as refusal:
        process.read(path, ReadOptions())
    assert refusal.value.reason_code == "too_large"


@pytest.mark.slow
def test_hostile_documents_in_a_load_are_refused_and_all_others_are_read(tmp_path):
    """The files of formats.md §8 together, with limits of 1 GB and 20 s; good documents stand between them."""
    import hashlib

    squeeze = zlib.compressobj(9)
    blanks = b"".join(squeeze.compress(b" " * 2**20) for _ in range(1200)) + squeeze.flush()
    hostile = {
        "blanks.pdf": pdf(blanks, compressed=False).replace(b"<< /Length", b"<< /Filter /FlateDecode /Length"),
        "segments.pdf": pdf(b"0 0 m " + b"1 1 l " * 5_000_000 + b"S"),
        "characters.pdf": pdf(b"BT /F1 9 Tf (" + b"a" * 5_000_000 + b") Tj ET"),
        "states.pdf": pdf(b"q " * 2_000_000),
        "divs.html": b"<table><tr><td>" + b"<div>" * 1_000_000,
        "spans.html": b"<table>" + b"<tr><td rowspan=60000>x" * 3000 + b"</table>",
        "text.docx": docx(paragraph("文" * 3_000_000)),
        "nested.docx": docx("<w:tbl><w:tr><w:tc>" * 3000 + "</w:tc></w:tr></w:tbl>" * 3000),
    }
    sources = []
    for number, (name, data) in enumerate(hostile.items()):
        for path, content in ((tmp_path / name, data), (tmp_path / f"{number}.tsv", b"a\t%d\nb\tc\n" % number)):
            path.write_bytes(content)
            sources.append((hashlib.sha256(content).hexdigest(), path))
    results = extract_documents(sources, tmp_path / "cache", memory_limit=1024**3, time_limit=20)
    by_name = {path.name: results[sha256] for sha256, path in sources}
    reasons = {
        n: r.reason_code if isinstance(r, RefusedDocument) else "read" for n, r in by_name.items() if n in hostile
    }
    limits = {"hostile_structure", "out_of_memory", "timed_out", "reader_crashed", "damaged", "reader_failed"}
    assert {reasons[name] for name in reasons if name.endswith(".pdf")} <= limits | {"read", "no_unicode_map"}
    assert reasons["segments.pdf"] in limits
    assert reasons["characters.pdf"] in limits | {"no_unicode_map"}
    assert reasons["nested.docx"] in limits
    assert all(isinstance(by_name[f"{number}.tsv"], RawDocument) for number in range(len(hostile)))


def test_hostile_names_and_folders_are_only_missing(tmp_path):
    (result,) = extract_documents([("0" * 64, Path(tmp_path))], tmp_path / "cache").values()
    assert isinstance(result, RefusedDocument) and result.reason_code == "missing"
