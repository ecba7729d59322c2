"""Gaps of the PDF library's tables for Chinese fonts, filled before a document is opened.

Belongs here: characters that the library would drop without a word. Does not read a page.
"""

from __future__ import annotations

from typing import Any

# Both name the same characters of Adobe-GB1; the shorter table lacks some of what the longer one has, the middle dot of
# ``元/人·天`` among them, and a code that a table lacks is passed over in silence.
_SUPPLEMENTS = {"UniGB-UCS2-H": "UniGB-UTF16-H", "UniGB-UCS2-V": "UniGB-UTF16-V"}


def fill_encoding_gaps() -> None:
    """Give the two-byte tables every two-byte code of their longer sisters. Safe to call again."""
    from pdfminer.cmapdb import CMap, CMapDB

    for name, longer in _SUPPLEMENTS.items():
        table, complete = CMapDB.get_cmap(name), CMapDB.get_cmap(longer)
        if isinstance(table, CMap) and isinstance(complete, CMap):
            _add_missing(table.code2cid, complete.code2cid)


def _add_missing(table: dict[int, Any], longer: dict[int, Any]) -> None:
    for high, row in longer.items():
        if not isinstance(row, dict):
            continue
        known = table.setdefault(high, {})
        for low, code in row.items():
            if not isinstance(code, dict):  # deeper ones are surrogate pairs, which two bytes cannot hold
                known.setdefault(low, code)
