"""Printed text → the text the grammar reads: markup resolved, white space out, full-width and variant characters
folded.

Belongs here: what is removed or resolved (``resolve``), what is folded one character to one (``folded``), and the
alignment of the result with the printed text, which spans need. Does not know numbers, signs or words.
"""

from __future__ import annotations

import re

import polars as pl

# One for one, so that a place in the folded text is a place in the resolved text.
_GROUPS: list[tuple[str, str]] = [
    ("≧⩾⪴\uf0b3", "≥"),
    ("≦⩽⪳\uf0a3", "≤"),
    ("﹥〉", ">"),
    ("﹤〈", "<"),
    ("═﹦", "="),
    ("≒≌≃≅\uf0bb", "≈"),
    ("﹢", "+"),
    ("\uf0b1", "±"),
    ("–—―−‐‑‒﹣─━➖", "-"),
    ("〜∼～﹋⁓˜", "~"),
    ("•・‧∙⋅▪●•∗", "·"),
    ("✕✖╳⨯\uf0b4", "×"),
    ("⁄∕╱", "/"),
    ("﹪٪", "%"),
    ("﹒", "."),
    ("﹐", ","),
    ("【［〔", "["),
    ("】］〕", "]"),
    ("“”„‟＂「」『』‘’", '"'),
    ("〇○", "零"),
    ("µ", "μ"),
]
# Traditional forms of the characters that words of the grammar and unit names are made of.
_TRADITIONAL = dict(
    zip(
        "達於內後個戶萬億間為約過滿數條項場臺輛畝噸時間筆張頁冊黨員組種類門課輪點級優併與並達節層棟幫號貫圓歐鎊羅"
        "補貼標準專單價製複檢驗證業務開展辦舉會議應實際計劃淨應對幾兩雙頭隻羣株條億號單據當本終監",
        "达于内后个户万亿间为约过满数条项场台辆亩吨时间笔张页册党员组种类门课轮点级优并与并达节层栋帮号贯圆欧镑罗"
        "补贴标准专单价制复检验证业务开展办举会议应实际计划净应对几两双头只群株条亿号单据当本终监",
        strict=True,
    )
)
FOLD: dict[str, str] = {chr(0xFF01 + i): chr(0x21 + i) for i in range(0x5E)}
for _characters, _target in _GROUPS:
    FOLD.update(dict.fromkeys(_characters, _target))
FOLD.update({old: new for old, new in _TRADITIONAL.items() if old != new})
FOLD = {old: new for old, new in FOLD.items() if old != new}
FOLDED_HAN = "".join(character for character in FOLD if "㐀" <= character <= "鿿")

# Stands where white space separated two digits: gluing them would make another number.
DIGIT_GAP = "\x1f"

# Spelled out, because Rust's and Python's \s differ (Python counts the separators U+001C to U+001F as white space).
_SPACE = "[\t-\r \x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
_ANY_SPACE = f"(?:{_SPACE})?"
# Takes no room on paper, so it separates nothing, not even digits.
_INVISIBLE = "[\u00ad\u200b-\u200f\u2060\ufeff]+"
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_RESOLUTIONS: list[tuple[str, str]] = [
    (_INVISIBLE, ""),
    (f"(?i){_ANY_SPACE}<sup>{_ANY_SPACE}2{_ANY_SPACE}</sup>", "²"),
    (f"(?i){_ANY_SPACE}<sup>{_ANY_SPACE}3{_ANY_SPACE}</sup>", "³"),
    (f"(?i)<br{_ANY_SPACE}/?>", ""),
    (r"(?i)</?(?:p|span|font|b|i|div)>", ""),
    (r"&(?:ge|#8805|#x2265);", "≥"),
    (r"&(?:le|#8804|#x2264);", "≤"),
    (r"&(?:gt|#62);", ">"),
    (r"&(?:lt|#60);", "<"),
    (r"&(?:plusmn|#177);", "±"),
    (r"&(?:nbsp|ensp|emsp|#160);", " "),
    (r"&(?:mdash|ndash);", "-"),
    (r"&amp;", "&"),
    # UTF-8 read as Windows-1252, and GBK read as Latin-1: unambiguous remains of the two signs.
    ("â‰¥|¡Ý", "≥"),
    ("â‰¤|¡Ü", "≤"),
    ("Â±", "±"),
    (f"[(（][a-z]{{0,5}}[{_TONES}][a-z]{{0,5}}[)）]", ""),  # 績(jì)效: a gloss says how a character is spoken
]
_MARKED = f"[<&â¡Â{_TONES}]|{_INVISIBLE}"


def resolve(texts: pl.Series) -> pl.Series:
    """Markup, entities and broken signs resolved, white space removed (between two digits: ``DIGIT_GAP``).

    Only the few texts that hold any of it are rewritten.
    """
    odd = texts.str.contains(f"{_MARKED}|{_SPACE}").arg_true()
    if len(odd) == 0:
        return texts
    rewritten = pl.DataFrame({"text": texts.gather(odd)}).select_seq(_resolved(pl.col("text"))).to_series()
    return texts.scatter(odd, rewritten)


def _resolved(text: pl.Expr) -> pl.Expr:
    for pattern, replacement in _RESOLUTIONS:
        text = text.str.replace_all(pattern, replacement)
    for _ in range(2):  # matches may not overlap, so `1 2 3` takes two passes
        text = text.str.replace_all(rf"([0-9０-９]){_SPACE}([0-9０-９])", "${1}" + DIGIT_GAP + "${2}")
    return text.str.replace_all(_SPACE, "")


def folded(texts: pl.Series) -> pl.Series:
    """Each character folded to the one the grammar knows; the length does not change."""
    return texts.str.replace_many(list(FOLD), list(FOLD.values()))


def resolved_text(text: str) -> tuple[str, list[tuple[int, int]]]:
    """``resolve`` for one text, with the printed place (start, end) of every resolved character."""
    pieces = [(character, (i, i + 1)) for i, character in enumerate(text)]
    if re.search(_MARKED, text):
        for pattern, replacement in _RESOLUTIONS:
            pieces = _substitute(pieces, pattern, replacement)
    for _ in range(2):
        pieces = _substitute(pieces, rf"(?<=[0-9０-９]){_SPACE}(?=[0-9０-９])", DIGIT_GAP)
    pieces = _substitute(pieces, _SPACE, "")
    return "".join(character for character, _ in pieces), [place for _, place in pieces]


def _substitute(
    pieces: list[tuple[str, tuple[int, int]]], pattern: str, replacement: str
) -> list[tuple[str, tuple[int, int]]]:
    text = "".join(character for character, _ in pieces)
    result, position = [], 0
    for match in re.finditer(pattern, text):
        result += pieces[position : match.start()]
        if replacement:
            result.append((replacement, (pieces[match.start()][1][0], pieces[match.end() - 1][1][1])))
        position = match.end()
    return result + pieces[position:]
