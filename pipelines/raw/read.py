"""One document in, one RawDocument out: sniffs the format, chooses its reader, keeps it in a child process.

Belongs here: the door to this stage (``read_document``), the table of readers, and the version of what they give.
Does not read any format itself, and imports a reader's library only when that format is met.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.sniff import sniff
from pipelines.raw.table import RawDocument

__all__ = ["LARGEST_FILE", "READER_VERSION", "ReadOptions", "RefusedDocument", "read_bytes", "read_document"]

READER_VERSION: str
"""Changes whenever any reader's output can change: a digest of this package's sources and its libraries' versions."""

LARGEST_FILE = 50 * 1024 * 1024


@dataclass(frozen=True)
class ReadOptions:
    """``accept_low_confidence``: read PDF tables without ruled lines too, their cells flagged ``low_confidence``."""

    accept_low_confidence: bool = False


def __getattr__(name: str) -> str:
    """Work ``READER_VERSION`` out when it is first asked for: nothing is opened at import."""
    if name != "READER_VERSION":
        raise AttributeError(name)
    from pipelines.raw.version import reader_version

    return reader_version()


def read_document(path: Path, *, accept_low_confidence: bool = False, isolated: bool = True) -> RawDocument:
    """Read one document; raises RefusedDocument with a reason and one line that says what to do.

    ``isolated`` opens it in a child process with limits on memory and time, as every load does; without it the reader
    runs here, for tests and debugging.
    """
    options = ReadOptions(accept_low_confidence)
    if not isolated:
        return read_bytes(load_bytes(path), options)
    from pipelines.raw.process import ReaderProcess

    with ReaderProcess() as process:
        return process.read(path, options)


def load_bytes(path: Path) -> bytes:
    """The file's bytes, or RefusedDocument when it is missing or larger than ``LARGEST_FILE``."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            limit = LARGEST_FILE // 1024**2
            raise RefusedDocument(
                "too_large", f"文件 {size / 1024**2:.0f} MB，超过 {limit} MB：请拆分或另存 (file too large)"
            )
        return path.read_bytes()
    except OSError as error:
        raise RefusedDocument("missing", f"无法打开文件：{error.strerror or error} (cannot open)") from error


def read_bytes(data: bytes, options: ReadOptions) -> RawDocument:
    """Read a document that is already in memory, in this process."""
    reader = _READERS[sniff(data)]
    # A reading makes hundreds of thousands of objects and no garbage: looking for it takes a third of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return reader(hashlib.sha256(data).hexdigest(), data, options)
    finally:
        if collecting:
            gc.enable()


def _read_text(sha256: str, data: bytes, _options: ReadOptions) -> RawDocument:
    from pipelines.raw.delimited_text import read_delimited_text
    from pipelines.raw.encoding import decode

    return read_delimited_text(sha256, decode(data))


def _read_html(sha256: str, data: bytes, _options: ReadOptions) -> RawDocument:
    from pipelines.raw.encoding import decode
    from pipelines.raw.html_reader import read_html

    return read_html(sha256, decode(data))


def _read_mhtml(sha256: str, data: bytes, _options: ReadOptions) -> RawDocument:
    from pipelines.raw.mhtml import read_mhtml

    return read_mhtml(sha256, data)


def _read_xlsx(sha256: str, data: bytes, _options: ReadOptions) -> RawDocument:
    from pipelines.raw.xlsx_reader import read_xlsx

    return read_xlsx(sha256, data)


def _read_xls(sha256: str, data: bytes, _options: ReadOptions) -> RawDocument:
    from pipelines.raw.xls_reader import read_xls

    return read_xls(sha256, data)


def _read_docx(sha256: str, data: bytes, _options: ReadOptions) -> RawDocument:
    from pipelines.raw.docx_reader import read_docx

    return read_docx(sha256, data)


def _read_doc(sha256: str, data: bytes, _options: ReadOptions) -> RawDocument:
    from pipelines.raw.doc_reader import read_doc

    return read_doc(sha256, data, sniff(data))


def _read_pdf(sha256: str, data: bytes, options: ReadOptions) -> RawDocument:
    from pipelines.raw.pdf.reader import read_pdf

    return read_pdf(sha256, data, options.accept_low_confidence)


_READERS: dict[str, Callable[[str, bytes, ReadOptions], RawDocument]] = {
    "text": _read_text,
    "html": _read_html,
    "mhtml": _read_mhtml,
    "xlsx": _read_xlsx,
    "xls": _read_xls,
    "docx": _read_docx,
    "doc": _read_doc,
    "rtf": _read_doc,
    "pdf": _read_pdf,
}
