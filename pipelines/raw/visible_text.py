"""Text as a person sees it, gathered piece by piece from markup: blanks collapsed, lines kept, superscripts raised.

Belongs here: what HTML, DOCX and the other readers share about visible text.
Does not touch punctuation, width or spelling.
"""

from __future__ import annotations

import re

_BLANKS = re.compile(r"[ \t\r\n\f]+")
_RAISED = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
_EDGE = " \t\r\n\f"
# Two code points that Unicode keeps free for such use: a no-break space, and the edge of a block.
_KEPT_BLANK, _BLOCK_EDGE = "\ufdd0", "\ufdd1"


def superscript(text: str) -> str:
    """``2`` → ``²``; text with a character that has no raised form stays as it is (note marks: ``[1]``, ``注``)."""
    if len(text) <= 3 and text and all(ord(character) in _RAISED for character in text):
        return text.translate(_RAISED)
    return text


class VisibleText:
    """A growing text. Breaks asked for by blocks never double; breaks asked for by ``<br>`` do."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._collapses = False
        self._pieces: list[str] = []
        self._flushed = 0

    def add(self, text: str) -> None:
        """Text that is kept as it is."""
        self._pieces.append(text)

    def add_collapsed(self, text: str) -> None:
        """Text of HTML: runs of blanks and line ends are one blank; a no-break space is a blank that stays."""
        self._collapses = True
        self._pieces.append(_BLANKS.sub(" ", text).replace("\xa0", _KEPT_BLANK))

    def line_break(self) -> None:
        """A break that is always seen."""
        self._pieces.append("\n")

    def block_edge(self) -> None:
        """A block begins or ends here: one break, if there is text on both sides."""
        self._pieces.append(_BLOCK_EDGE)

    def text(self) -> str:
        """All text, without blanks at its ends and around its line breaks."""
        return _rendered(self._pieces, self._collapses)

    def unflushed(self) -> str:
        """The text added since this was last asked for."""
        pieces, self._flushed = self._pieces[self._flushed :], len(self._pieces)
        return _rendered(pieces, self._collapses)


def _rendered(pieces: list[str], collapses: bool) -> str:
    text = "".join(pieces)
    if collapses:
        text = re.sub(r" {2,}", " ", text)
    text = re.sub(r" ?\n ?", "\n", text)
    text = re.sub(rf" *{_BLOCK_EDGE}[ {_BLOCK_EDGE}]*", _BLOCK_EDGE, text)
    text = text.replace("\n" + _BLOCK_EDGE, "\n")  # a break directly before a block's edge shows no empty line
    text = text.replace(_BLOCK_EDGE, "\n").replace(_KEPT_BLANK, " ")
    return text.strip(_EDGE)
