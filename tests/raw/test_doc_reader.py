"""Old DOC and RTF through LibreOffice: the same tables as DOCX, no network, a clear word where it is missing."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from pipelines.raw import doc_reader
from pipelines.raw.process import ReaderProcess
from pipelines.raw.read import ReadOptions
from pipelines.raw.refusal import RefusedDocument
from tests.raw.helpers import DOCUMENTS, lines_of, read_here
from tests.raw.test_docx_reader import TRAPS

needs_libreoffice = pytest.mark.skipif(
    doc_reader.libreoffice() is None, reason="LibreOffice is not installed; .ci/run installs it"
)


@needs_libreoffice
def test_a_doc_gives_the_same_tables_as_the_docx_it_was_saved_from():
    with ReaderProcess() as process:
        traps = process.read(DOCUMENTS / "traps.doc", ReadOptions())
        forms = process.read(DOCUMENTS / "form3.doc", ReadOptions())
    assert lines_of(traps.tables[0]) == TRAPS
    expected = read_here((DOCUMENTS / "form3.docx").read_bytes())
    assert [table.grid() for table in forms.tables] == [table.grid() for table in expected.tables]
    assert [table.before for table in forms.tables] == [table.before for table in expected.tables]
    assert forms.notes[0].startswith("converted_by:LibreOffice ")


@needs_libreoffice
def test_rtf_is_read_too():
    text = "".join(f"\\u{ord(c)}?" for c in "绩效目标≥95%")
    rows = "".join(
        f"\\trowd\\cellx2000\\cellx4000\\intbl {a}\\cell {b}\\cell\\row" for a, b in (("a", text), ("c", "d"))
    )
    (table,) = read_here(f"{{\\rtf1\\ansi {rows}}}").tables
    assert lines_of(table) == "a | 绩效目标≥95%\nc | d"


@needs_libreoffice
def test_links_in_a_document_are_not_followed_even_where_the_network_is_there():
    seen: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET

        def log_message(self, *_: object) -> None:
            """Nothing to the terminal."""

    with HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = f'<html><body><img src="http://127.0.0.1:{server.server_port}/a.png"><p>x</body></html>'
        assert doc_reader.convert(page.encode(), "doc")
        server.shutdown()
    assert seen == []


def test_without_libreoffice_the_document_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(RefusedDocument) as refusal:
        read_here((DOCUMENTS / "traps.doc").read_bytes())
    assert refusal.value.reason_code == "needs_libreoffice"
    assert "install libreoffice-writer" in refusal.value.message
