"""Bytes → text for the text formats (HTML, CSV, TSV, TXT), by rules in a fixed order.

Belongs here: byte order marks, the NUL pattern of UTF-16, strict UTF-8, declared labels, and the judgement between
GB18030, Big5 and UTF-16 by the share of common characters (order and reasons: formats.md §6).
Does not look at markup beyond a declared character set, and never guesses silently: a text that does not decode
without a fault comes back with ``damaged`` set.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cache

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16 LE, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:\-]{2,20})""", re.IGNORECASE)
_DECLARATION_BYTES = 4096
_SAMPLE_CHARACTERS = 20_000
_MULTIBYTE = frozenset({"big5", "big5-hkscs", "euc-kr", "shift_jis", "euc-jp"})
# Below this share of common characters a reading as Chinese is not believed on its own.
_BELIEVABLE = 0.5


@dataclass(frozen=True)
class DecodedText:
    """``text`` without its byte order mark; ``damaged`` when bytes had to be replaced by U+FFFD."""

    text: str
    encoding: str
    damaged: bool = False


def decode(data: bytes) -> DecodedText:
    """Decode ``data``; always succeeds. A character cut off at the very end is dropped and counts as no damage."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            strict = _strictly(data[len(mark) :], encoding)
            return DecodedText(strict, encoding) if strict is not None else _damaged(data[len(mark) :], (encoding,))
    for known in (_encoding_by_nuls(data), "utf-8", _declared_encoding(data)):
        strict = _strictly(data, known) if known else None
        if known and strict is not None:
            return DecodedText(strict, known)
    readings = [
        (_common_share(text), -order, encoding, text)
        for order, encoding in enumerate(("gb18030", "big5", "utf-16-le", "utf-16-be"))
        if (text := _strictly(data, encoding)) is not None
    ]
    if readings and max(readings)[0] >= _BELIEVABLE:
        _, _, encoding, text = max(readings)
        return DecodedText(text, encoding)
    return _damaged(data, ("utf-8", "gb18030", "big5"))


def _strictly(data: bytes, encoding: str) -> str | None:
    """The text, or None when any byte is wrong; an incomplete last character is left out."""
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(data, final=False)
    except (UnicodeDecodeError, LookupError):
        return None
    return None if "\x00" in text else text


def _encoding_by_nuls(data: bytes) -> str | None:
    """UTF-16 without a mark: ASCII characters leave NULs on one side. 一 (U+4E00) leaves some on the other side too."""
    sample = data[: _SAMPLE_CHARACTERS * 2]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 100 < len(sample):
        return None
    if odd >= 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even >= 4 * odd else None


def _declared_encoding(data: bytes) -> str | None:
    """The declared character set; every gb* label is read as GB18030, its superset.

    A label of single bytes (iso-8859-1, a template's default) fits any file and so says nothing about a Chinese one.
    """
    found = _DECLARED.search(data[:_DECLARATION_BYTES])
    if found is None:
        return None
    label = found.group(1).decode("ascii").lower()
    if label.startswith(("gb", "x-gbk", "cp936", "hz")):
        return "gb18030"
    if label.startswith(("utf-16", "utf16", "unicode")):
        return None  # a declaration that could be read byte by byte is not UTF-16
    return label if label in _MULTIBYTE else None


def _common_share(text: str) -> float:
    """Share of common characters among those beyond ASCII; private-use and control characters count against."""
    sample = text[:_SAMPLE_CHARACTERS]
    wide = [character for character in sample if ord(character) > 0x7F]
    controls = sum(1 for character in sample if character < " " and character not in "\t\r\n\f")
    if not wide:
        return 0.0
    good = sum(1 for character in wide if _is_common(character))
    private = sum(1 for character in wide if 0xE000 <= ord(character) <= 0xF8FF)
    return (good - 2 * private - 4 * controls) / len(wide)


@cache
def _is_common(character: str) -> bool:
    """GB 2312 level 1 (3,755 characters) or Big5 level 1 (5,401), general and full-width punctuation."""
    if "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uff5e" or "\u2010" <= character <= "\u2265":
        return True
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            lead = character.encode(encoding)[0]
        except UnicodeEncodeError:
            continue
        if first <= lead <= last:
            return True
    return False


def _damaged(data: bytes, encodings: tuple[str, ...]) -> DecodedText:
    """The reading with the fewest replaced bytes; the first named wins a tie."""
    readings = [(data.decode(encoding, "replace"), encoding) for encoding in encodings]
    text, encoding = min(readings, key=lambda reading: reading[0].count("\ufffd") + 3 * reading[0].count("\x00"))
    return DecodedText(text, encoding, damaged=True)
