"""Why a document is not read: the one exception of this stage and its closed list of reasons.

Belongs here: the reason codes and the exception that carries one, with one line a person can act on.
Does not decide when a document is refused: the guards and the readers do.
"""

from __future__ import annotations

from typing import Final

# reason code → what it means. Closed: a code that is not here is a programming error.
REASONS: Final[dict[str, str]] = {
    "empty": "the file has no bytes",
    "missing": "the file cannot be opened",
    "changed": "the bytes are not those that were landed (sha256 differs)",
    "too_large": "the file is larger than a reader may open",
    "unknown_format": "the content is none of the formats that are read",
    "archive": "an archive of documents: unpack it first",
    "image": "a picture without text",
    "ofd": "OFD (GB/T 33190) is recognised, not read",
    "encrypted": "a password is needed",
    "scanned": "PDF pages are pictures without a text layer",
    "no_unicode_map": "the PDF's text layer does not say which characters it shows",
    "no_rules": "PDF tables without ruled lines: cells would be guessed (low confidence)",
    "needs_libreoffice": "old DOC and RTF are read through LibreOffice, which is not installed",
    "conversion_failed": "LibreOffice did not convert the document",
    "hostile_structure": "spans, cell references, objects or entries beyond any real document",
    "damaged": "the format is known, the content is broken",
    "reader_failed": "the reader met something it does not know",
    "reader_crashed": "the reader's process died",
    "out_of_memory": "the reader needed more memory than it may have",
    "timed_out": "the reader needed more time than it may have",
}

# Reasons that lie in this machine or this moment, not in the document: never remembered in the cache.
PASSING_REASONS: Final = frozenset(
    {"missing", "changed", "needs_libreoffice", "conversion_failed", "reader_crashed", "out_of_memory", "timed_out"}
)


class RefusedDocument(Exception):
    """A document that is not read: ``reason_code`` of ``REASONS``; ``message`` says what, where and what to do."""

    def __init__(self, reason_code: str, message: str) -> None:
        """Keep the code and the line; the code must be listed in ``REASONS``."""
        if reason_code not in REASONS:
            raise ValueError(f"unknown reason code {reason_code!r}")
        super().__init__(message)
        self.reason_code = reason_code
        self.message = message
