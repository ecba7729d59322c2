"""What the PDF library leaves out, added before a document is opened.

Belongs here: characters that its font tables would drop without a word, and which characters a program wrote at one go.
Does not read a page.
"""

from __future__ import annotations

from typing import Any

# Both name the same characters of Adobe-GB1; the shorter table lacks some of what the longer one has, the middle dot of
# ``元/人·天`` among them, and a code that a table lacks is passed over in silence.
_SUPPLEMENTS = {"UniGB-UCS2-H": "UniGB-UTF16-H", "UniGB-UCS2-V": "UniGB-UTF16-V"}


def prepare_library() -> None:
    """Fill the font tables' gaps and mark characters with the string that wrote them. Safe to call again."""
    _fill_encoding_gaps()
    _mark_strings()


def _mark_strings() -> None:
    """``tag`` of a character becomes the number of the text-showing operation that painted it.

    Two cells' texts may touch on paper; that they were written one after the other is what tells them apart.
    """
    from pdfplumber import page as pages

    if issubclass(pages.PDFPageAggregatorWithMarkedContent, _StringMarks):
        return

    class Marking(_StringMarks, pages.PDFPageAggregatorWithMarkedContent):
        """The library's collector of characters, with their strings."""

    pages.PDFPageAggregatorWithMarkedContent = Marking  # type: ignore[misc]


class _StringMarks:
    """Numbers the text-showing operations of a page."""

    strings_shown = 0

    def render_string(self, *arguments: Any, **options: Any) -> None:
        """One more operation."""
        self.strings_shown += 1
        super().render_string(*arguments, **options)  # type: ignore[misc]

    def tag_cur_item(self) -> None:
        """The library's hook behind every character."""
        super().tag_cur_item()  # type: ignore[misc]
        objects = self.cur_item._objs  # type: ignore[attr-defined]
        if objects:
            objects[-1].tag = str(self.strings_shown)


def _fill_encoding_gaps() -> None:
    """Give the two-byte tables every two-byte code of their longer sisters."""
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
