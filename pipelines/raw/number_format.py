"""A stored number and its number format → the text a spreadsheet shows (ECMA-376 part 1, 18.8.30–31).

Belongs here: sections and their conditions, digits, thousands, scaling, percent, exponents, literals, text sections and
dates, as a Chinese spreadsheet program shows them (format 14 is 2024/2/1, the long date 2024年2月1日).
Does not round to a column's width, colour anything, or guess: a format with a piece it does not know gives None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

Value = bool | int | float | str | datetime | date | time | timedelta

GENERAL = "General"
# Formats whose shown form depends on the reader's country, by their number in the file.
CHINESE_BUILTIN = {
    14: "yyyy/m/d",
    22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"',
    56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
_SYSTEM_DATES = {"[$-F800]": 'yyyy"年"m"月"d"日"', "[$-F400]": "h:mm:ss"}
_TOKEN = re.compile(
    r"""(?P<literal>"[^"]*"|\\.|!.|[_*].)"""
    r"""|(?P<bracket>\[[^\]]*\])"""
    r"""|(?P<general>General|G/通用格式|通用格式)"""
    r"""|(?P<half>AM/PM|A/P|上午/下午)"""
    r"""|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+|a{3,4})"""
    r"""|(?P<exponent>E[+-])"""
    r"""|(?P<digit>[0#?])"""
    r"""|(?P<other>.)""",
    re.DOTALL,
)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
# The largest float has 309 digits before the point.
_WIDE = Context(prec=700)
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class _Section:
    tokens: tuple[tuple[str, str], ...]
    condition: tuple[str, Decimal] | None

    def has(self, kind: str) -> bool:
        return any(token == kind for token, _ in self.tokens)

    @property
    def is_text(self) -> bool:
        return any(token == "other" and text == "@" for token, text in self.tokens)

    @property
    def is_date(self) -> bool:
        return self.has("date") or self.has("half") or any(k == "bracket" and _is_elapsed(t) for k, t in self.tokens)


def render(value: Value, code: str) -> str | None:
    """The shown text, without blanks at its ends; None when the format has a piece that is not known here.

    Numbers are rounded half away from zero at 15 significant digits, as spreadsheets do. Text passes through a text
    section (``@"次"``) where the format has one.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    sections = _sections(code)
    if isinstance(value, str):
        for section in sections:
            if section.is_text:
                return _text(section, value)
        return value
    if isinstance(value, datetime | date | time | timedelta):
        dated = next((section for section in sections if section.is_date), None)
        return _date(dated, value) if dated else None
    return _number(Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value), sections)


@cache
def _sections(code: str) -> tuple[_Section, ...]:
    for mark, replacement in _SYSTEM_DATES.items():
        if code.upper().startswith(mark.upper()):
            code = replacement
    sections: list[list[tuple[str, str]]] = [[]]
    for found in _TOKEN.finditer(code or GENERAL):
        kind, text = found.lastgroup or "other", found.group()
        if kind == "other" and text == ";":
            sections.append([])
        else:
            sections[-1].append((kind, text))
    return tuple(_section(tokens) for tokens in sections)


def _section(tokens: list[tuple[str, str]]) -> _Section:
    condition = None
    kept: list[tuple[str, str]] = []
    for kind, text in tokens:
        found = _CONDITION.fullmatch(text) if kind == "bracket" else None
        if found:
            condition = found.group(1), Decimal(found.group(2))
        else:
            kept.append((kind, text))
    return _Section(tuple(kept), condition)


def _is_elapsed(text: str) -> bool:
    return re.fullmatch(r"\[[hms]+\]", text, re.IGNORECASE) is not None


def _literal(kind: str, text: str) -> str | None:
    """What a token shows by itself; None when it is not a literal."""
    if kind == "literal":
        if text.startswith('"'):
            return text[1:-1]
        return " " if text[0] == "_" else "" if text[0] == "*" else text[1:]
    if kind == "bracket":
        currency = re.fullmatch(r"\[\$([^\-\]]*)(?:-[0-9A-Fa-f,]+)?\]", text)
        if currency:
            return currency.group(1)
        return "" if re.fullmatch(r"\[(?:[A-Za-z]+|颜色 ?\d+|Color ?\d+|[黑蓝绿红白黄青洋][色红]?)\]", text) else None
    return None


def _text(section: _Section, value: str) -> str | None:
    parts = []
    for kind, text in section.tokens:
        part = value if text == "@" and kind == "other" else _literal(kind, text)
        parts.append(text if part is None and kind == "other" else part or "")
    return "".join(parts)


def _number(value: Decimal, sections: tuple[_Section, ...]) -> str | None:
    section, signed = _chosen(value, sections)
    if section is None:
        return None
    if section.is_date:
        return None  # a number under a date format comes as a date from the reader, or is out of a date's range
    if section.is_text and not section.has("digit"):
        return _text(section, _general(value))
    shown = _digits(abs(value), section)
    return (
        None if shown is None else ("-" if value < 0 and signed and re.search("[1-9]", shown) else "") + shown.strip()
    )


def _chosen(value: Decimal, sections: tuple[_Section, ...]) -> tuple[_Section | None, bool]:
    """The section for this number, and whether a minus sign is to be put before it."""
    numeric = [section for section in sections[:3] if not (section.is_text and len(sections) > 1)]
    if any(section.condition for section in numeric):
        for section in numeric:
            if section.condition is None or _holds(value, *section.condition):
                return section, section.condition is None or section.condition[0] in ("<>", "=")
        return None, False
    if len(numeric) >= 2 and value < 0:
        return numeric[1], False
    if len(numeric) >= 3 and value == 0:
        return numeric[2], False
    return (numeric[0], True) if numeric else (None, False)


def _holds(value: Decimal, operator: str, bound: Decimal) -> bool:
    return {
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }[operator]


def _general(value: Decimal) -> str:
    """Whole numbers in full, others to ten significant digits, never with an exponent."""
    if value == value.to_integral_value():
        return str(int(value))
    digits = max(0, 9 - max(value.adjusted(), 0)) if value.adjusted() >= -1 else 9
    text = f"{value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _WIDE):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _digits(value: Decimal, section: _Section) -> str | None:
    """A non-negative number in one section: the digit places are filled, the literals stay where they stand."""
    tokens = section.tokens
    if section.has("general"):
        parts = [_general(value) if kind == "general" else _literal(kind, text) for kind, text in tokens]
        return None if None in parts else "".join(part or "" for part in parts)
    if section.has("exponent") or any(kind == "other" and text == "/" for kind, text in tokens):
        return _exponent(value, section) if section.has("exponent") else None
    places = [index for index, (kind, _) in enumerate(tokens) if kind == "digit"]
    if not places:
        parts = [_plain(kind, text) for kind, text in tokens]
        return None if None in parts else "".join(part or "" for part in parts)
    point = next((i for i, token in enumerate(tokens) if token == ("other", ".")), None)
    whole = [i for i in places if point is None or i < point]
    fraction = [i for i in places if point is not None and i > point]
    commas = [i for i, token in enumerate(tokens) if token == ("other", ",")]
    # Commas directly behind the last digit, or the last before the point, divide by a thousand each; others group.
    last_whole = whole[-1] if whole else -1
    scaling = [i for i in commas if any(_follows(tokens, digit, i) for digit in (last_whole, places[-1]))]
    grouped = any(whole and whole[0] < i < last_whole for i in commas)
    percent = sum(1 for token in tokens if token == ("other", "%"))
    value = value.scaleb(2 * percent - 3 * len(scaling)).quantize(
        Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP, _WIDE
    )
    whole_text, _, fraction_text = f"{value:f}".partition(".")
    filled = _fill(tokens, whole, whole_text, fraction, fraction_text, grouped)
    shown: list[str] = []
    for index, (kind, text) in enumerate(tokens):
        if index in filled:
            shown.append(filled[index])
        elif index == point:
            shown.append(".")
        elif index not in commas:
            part = _plain(kind, text)
            if part is None:
                return None
            shown.append(part)
    return "".join(shown)


def _follows(tokens: tuple[tuple[str, str], ...], digit: int, comma: int) -> bool:
    """True when only commas stand between the digit place and this comma."""
    return digit < comma and all(token == ("other", ",") for token in tokens[digit + 1 : comma])


def _fill(
    tokens: tuple[tuple[str, str], ...],
    whole: list[int],
    whole_text: str,
    fraction: list[int],
    digits: str,
    grouped: bool,
) -> dict[int, str]:
    """Digit place → what it shows. The first takes all leading digits; ``#`` shows no idle zero, ``?`` a blank."""
    filled: dict[int, str] = {}
    rest = "" if whole_text == "0" else whole_text
    position = 0
    for order, place in enumerate(reversed(whole)):
        first = order == len(whole) - 1
        taken, rest = (rest, "") if first else (rest[-1:], rest[:-1])
        idle = {"0": "0", "#": "", "?": " "}[tokens[place][1]]
        shown = ""
        for digit in reversed(taken or idle):
            if grouped and position and position % 3 == 0 and digit != " ":
                shown = "," + shown
            shown = digit + shown
            position += 1
        filled[place] = shown
    kept = digits
    for place in reversed(fraction):
        if kept and kept[-1] == "0" and tokens[place][1] != "0" and len(kept) == fraction.index(place) + 1:
            filled[place] = " " if tokens[place][1] == "?" else ""
            kept = kept[:-1]
        else:
            filled[place] = digits[fraction.index(place)]
    return filled


def _plain(kind: str, text: str) -> str | None:
    """A literal, or a character that shows itself unquoted; None for what has a meaning not known here."""
    literal = _literal(kind, text)
    if literal is not None:
        return literal
    return text if kind == "other" and text not in "@" else None


def _exponent(value: Decimal, section: _Section) -> str | None:
    texts = "".join(text for _, text in section.tokens)
    found = re.fullmatch(r"([0#]+)(?:\.([0#]+))?E([+-])(0+)", texts)
    if found is None:
        return None
    decimals, sign, width = len(found.group(2) or ""), found.group(3), len(found.group(4))
    mantissa, _, exponent = f"{value:.{decimals}E}".partition("E")
    power = int(exponent)
    mark = "-" if power < 0 else "+" if sign == "+" else ""
    return f"{mantissa}E{mark}{abs(power):0{width}d}"


def _date(section: _Section, value: datetime | date | time | timedelta) -> str | None:
    """A date in a section of date pieces; ``m`` is minutes after hours and before seconds."""
    if isinstance(value, timedelta):
        moment, seconds = datetime(1899, 12, 31) + value, int(value.total_seconds())
    else:
        moment = datetime.combine(date(1899, 12, 31), value) if isinstance(value, time) else _as_datetime(value)
        seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    halves = section.has("half")
    parts: list[str] = []
    tokens = section.tokens
    for index, (kind, text) in enumerate(tokens):
        if kind == "date":
            parts.append(_date_piece(text, moment, halves, _means_minutes(tokens, index)))
        elif kind == "half":
            morning, evening = text.split("/")
            parts.append(morning if moment.hour < 12 else evening)
        elif kind == "bracket" and _is_elapsed(text):
            unit = {"h": 3600, "m": 60, "s": 1}[text[1].lower()]
            parts.append(f"{seconds // unit:0{len(text) - 2}d}")
        elif kind == "digit" and text == "0":
            parts.append("0")  # fractions of a second: stored dates of documents have none
        else:
            part = _plain(kind, text)
            if part is None:
                return None
            parts.append("" if text == "@" else part)
    return "".join(parts).strip()


def _as_datetime(value: datetime | date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def _means_minutes(tokens: tuple[tuple[str, str], ...], index: int) -> bool:
    def is_piece(kind: str, text: str, letter: str) -> bool:
        return (kind == "date" and text[0].lower() == letter) or (_is_elapsed(text) and text[1].lower() == letter)

    pieces = [(i, k, t) for i, (k, t) in enumerate(tokens) if k == "date" or (k == "bracket" and _is_elapsed(t))]
    place = next((n for n, (i, _, _) in enumerate(pieces) if i == index), 0)
    before = pieces[place - 1] if place else None
    after = pieces[place + 1] if place + 1 < len(pieces) else None
    return (before is not None and is_piece(before[1], before[2], "h")) or (
        after is not None and is_piece(after[1], after[2], "s")
    )


def _date_piece(text: str, moment: datetime, halves: bool, minutes: bool) -> str:
    letter, width = text[0].lower(), len(text)
    if letter == "y":
        return f"{moment.year:04d}" if width > 2 else f"{moment.year % 100:02d}"
    if letter == "a":
        return ("星期" if width == 4 else "") + _WEEKDAYS[moment.weekday()]
    if letter == "d" and width > 2:
        return "星期" + _WEEKDAYS[moment.weekday()]
    if letter == "m" and width > 2 and not minutes:
        return f"{moment.month}月"
    hour = (moment.hour - 1) % 12 + 1 if halves else moment.hour
    number = {"m": moment.minute if minutes else moment.month, "d": moment.day, "h": hour, "s": moment.second}[letter]
    return f"{number:0{min(width, 2)}d}"
