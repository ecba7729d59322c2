"""Shape → items: the measures, dates, periods, remarks, joiners, words and strays that stand one after another.

Belongs here: the patterns over class letters (``lexicon`` lists them) and the reading of one item. Does not relate
items to each other: that is ``grammar``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelines.parsed.targets.date_items import DATE, NUMBER_DATE, PERIOD, read_date, read_period
from pipelines.parsed.targets.matches import (
    COMPARATOR,
    EACH,
    NUMBER,
    PLUS,
    SUFFIX,
    UNIT,
    UNKNOWN_UNIT,
    each_in,
    number_in,
    roles_of,
    unit_span,
)
from pipelines.parsed.targets.model import COMPARATORS, Item, Measure
from pipelines.parsed.targets.range_items import CENTRED, RANGE, TOLERANCE, read_centred, read_range, read_tolerance

_QUANTITY = re.compile(
    rf"(?:(?P<each>{EACH})(?P<lead>[Vq]+)?)?(?P<comparator>{COMPARATOR})(?P<lead2>(?<=[GLgl])V+)?(?P<each2>{EACH})?\"?"
    rf"(?:(?P<percent>-?p)|(?P<number>{NUMBER})(?P<over>v|{PLUS})?\"?(?P<unit>{UNIT})?(?P<over2>v|{PLUS})?(?P<word>{UNKNOWN_UNIT})?(?P<each3>{EACH}(?![nh]))?)\"?"
    rf"(?P<suffix>{SUFFIX})?"
)
_STRAY = [
    re.compile(r"[Zf]-?[nkeh]m?[uyd]?"),  # 第3名, 前3名: an order, not an amount
    re.compile(r"[nkeh]m?[uyd]?(?:[:.+|]\"?[nkehz]m?[uyd]?)+"),  # 1:1.5, 3×5, 3+2
    re.compile(r"[nkeh]/[nkeh](?!m?[uydx]|m)"),  # 2/3: a fraction
    re.compile(r"[nkeh]m?[uyd]\.D"),  # 3000元*12月
    re.compile(r"(?:h?[nke]m?){2,}[uyd]?|h[nke]m?[uyd]?"),  # numbers without anything between them
    re.compile(r"(?:M[nh]?[uyd])*[nkeh][uyd]f"),  # 15日前: a day of every month
    re.compile(r"X-?[nkeh]m?[uyd]?"),
    re.compile(r"[nh][,ON](?=[nh,ON]*D)"),  # 3、4月份: two months
    re.compile(r"[ne]-[ne]f"),  # 12-31前
    re.compile(r"[nk](?:-[nk])?s[ab]?(?=[WqtnkMu])"),  # 0-6岁儿童, 60周岁以上1.2万人: people, no amount
]
_LABEL = re.compile(r"#|(?<![^;])(?:n[.,)]|\(n\))(?=[WVqtMTGL])")  # 指标1：, 1、完成率, （1）完成率
_REMARK = re.compile(r"\([^()]*(?:\)|$)")


def items_of(shape: str) -> list[Item]:
    """The items of a shape, in order and without gaps."""
    items: list[Item] = []
    position = 0
    while position < len(shape):
        item = _item_at(shape, position)
        items.append(item)
        position = item.end
    return items


def _item_at(shape: str, at: int) -> Item:
    if match := _LABEL.match(shape, at):
        return Item("mark", at, match.end(), "-" * (match.end() - at))
    for pattern in _STRAY:
        if match := pattern.match(shape, at):
            return Item("stray", at, match.end(), "r" * (match.end() - at), "D")
    for pattern, reader in _READERS:
        if (match := pattern.match(shape, at)) and (item := reader(match)):
            return item
    return _mark_or_word(shape, at)


def _mark_or_word(shape: str, at: int) -> Item:
    letter = shape[at]
    if letter == "(" and (match := _REMARK.match(shape, at)):
        grade = "C" if re.search("[nkehpzDYM]", match[0]) else "B"
        return Item("remark", at, match.end(), "q" * (match.end() - at), grade)
    if letter in "ON,;":
        return Item("joiner", at, at + 1, "j", comparator=letter)
    if letter == "_":
        return Item("placeholder", at, at + 1, "_")
    if letter in '":':
        return Item("mark", at, at + 1, "-")
    if letter in "GLglEAPXKz|+-/.!":
        return Item("stray", at, at + 1, "r", "C", comparator=letter)
    return Item("word", at, at + 1, "w", comparator=letter)


def _comparator(prefix: str, over: str, suffix: str) -> tuple[str | None, str]:
    """(comparator, grade) of the comparator words around a number; None where they contradict each other."""
    before = [letter for letter in prefix if letter != ":"]
    after = [letter for letter in suffix if letter in "abow"]
    is_controlled = "K" in before
    before = [letter for letter in before if letter not in "KE"] or [letter for letter in before if letter == "E"]
    named = [COMPARATORS[letter] for letter in before]
    ends = [COMPARATORS[letter] for letter in after] + (["gt"] if "v" in over else ["ge"] if over else [])
    if len(set(ends)) > 1:
        return (None, "D") if ends[0] != "ge" else ("gt", "C")
    if not named:
        if ends:
            return ends[0], "A"
        return ("le", "C") if is_controlled else ("eq", "A")
    if len(set(named)) > 1:
        return None, "D"
    if not ends or ends[0] == named[0]:
        return named[0], "A" if len(named) == 1 and not ends and not is_controlled else "B"
    if named[0] == "eq":
        return ends[0], "B"
    together = {named[0], ends[0]}
    if together == {"ge", "le"} and before == ["G"]:
        return "le", "C"  # 达到5%以内
    if "approx" in together or together == {"gt", "ge"} or together == {"lt", "le"}:
        return (named[0] if named[0] != "approx" else ends[0]), "C"
    return None, "D"


def _ends_amount(match: re.Match[str]) -> bool:
    """Whether what stands before a dash is an amount or Latin (10%（含）-20%, pH6-9): the dash is no minus sign."""
    return match.string[match.start() - 1] in "nkehpmuydx)cabow"


_ROLES = {
    "each": "e",
    "lead": "q",
    "lead2": "q",
    "comparator": "c",
    "each2": "e",
    "percent": "n",
    "number": "n",
    "over": "s",
}
_ROLES |= {"each3": "e", "unit": "u", "over2": "s", "word": "u", "suffix": "s"}


def _contradiction(match: re.Match[str]) -> Item:
    return Item("stray", match.start(), match.end(), "r" * (match.end() - match.start()), "D")


def _quantity(match: re.Match[str]) -> Item | None:
    number_group = "percent" if match["percent"] else "number"
    prefix, suffix = match["comparator"] or "", match["suffix"] or ""
    if (match[number_group] or "").startswith("-") and not prefix and match.start() and _ends_amount(match):
        return _contradiction(match)
    in_number = "v" if "v" in (match["number"] or "") else ""  # 100余万元 as well as 100万余元
    over = (match["over"] or match["over2"] or "") + in_number
    comparator, grade = _comparator(prefix, over, suffix)
    if comparator is None:
        return _contradiction(match)
    place, negative, magnitude, is_numeral = number_in(match, number_group)
    unit = unit_span(match, "unit")
    if unit and match["unit"].startswith("(h"):  # 12（万元）
        if magnitude is not None:
            return _contradiction(match)
        magnitude = unit[0] - 1
    is_word = bool(match["word"]) and unit is None
    end = match.end()
    if match["word"] and unit is not None:
        end = match.start("word")  # the word belongs to what follows the unit
        if suffix:
            comparator, grade = _comparator(prefix, over, "")
            if comparator is None:
                return _contradiction(match)
            suffix = ""
    each = each_in(match, "each", "each2", "each3")
    if each and "/" in (match["unit"] or ""):
        grade = max(grade, "C")  # 每生1000元/年: in which order the rate is meant stays open
    measure = Measure(
        comparator,
        place,
        negative,
        magnitude,
        unit=match.span("word") if is_word else unit,
        each=each,
        unit_is_word=is_word,
        before=match.span("lead") if match["lead"] else None,
        is_explicit=bool(prefix.strip(":K") or suffix.strip("c()nkehmuyd") or over),
        is_numeral=is_numeral,
    )
    if "+" in over and "v" in over or comparator in ("gt", "lt") and re.search("c|[(]", suffix):
        grade = "C"  # 少于3天（含）: the bound itself is in and out
    if match["lead"] or any(last - first > 1 for first, last in each) or re.search("/[nk]", match["unit"] or ""):
        grade = max(grade, "C")
    elif match["lead2"] or "(" in suffix or "+" in over:
        grade = max(grade, "B")
    roles = roles_of(match, _ROLES)[: end - match.start()]
    return Item("measure", match.start(), end, roles, grade, measure, comparator=prefix[:1] or None)


_DATE_KINDS = {"D": "date", "Y": "year", "y": "year", "Q": "year_part"}
# In the order of precedence: what the earlier patterns match, the later ones would read as something smaller.
_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Item | None]]] = [
    (PERIOD, read_period),
    (NUMBER_DATE, lambda match: read_date(match, "date")),
    (DATE, lambda match: read_date(match, _DATE_KINDS[match["date"]])),
    (TOLERANCE, read_tolerance),
    (CENTRED, read_centred),
    (RANGE, read_range),
    (_QUANTITY, _quantity),
]
