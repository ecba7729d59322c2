"""Shape → items: the measures, dates, periods, remarks, joiners, words and strays that stand one after another.

Belongs here: the patterns over class letters (``lexicon`` lists them) and the reading of one item. Does not relate
items to each other: that is ``grammar``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelines.parsed.targets.date_items import DATE, NUMBER_DATE, PERIOD, read_date, read_period, roles_of
from pipelines.parsed.targets.model import COMPARATORS, Item, Measure, Span

_ONE_UNIT = r"[uydx](?:\([uyd]\))?"
_FACTOR = r"m?[uydx]"
_DENOMINATOR = rf"/(?:\({_FACTOR}(?:[/.,]{_FACTOR})*\)|(?:[nk]?{_FACTOR}|[nk]?m|W)(?:[/.,]{_FACTOR})*(?:\([uyd]\))?)"
_UNIT = rf"(?:{_ONE_UNIT}(?:{_DENOMINATOR})?|{_DENOMINATOR}|\({_ONE_UNIT}(?:{_DENOMINATOR})?\))"
_EACH = r"(?:M[nh]?m?(?:[uyd]W?|W))+"  # 每校, 每个行政村
_NUMBER = r"-?\+?(?:[nke](?:v?m)?|h)"
_COMPARATOR = r":?[GLglEAK]*:?"
_INCLUDED = r"(?:\(c[nkeh]m?[uyd]?\))"  # （含95%）
_SUFFIX = rf"(?:c?{_INCLUDED}?[abow]{_INCLUDED}?c?|c|{_INCLUDED})"
_PLUS = r"\+(?![nkehpM])"  # 10万+, 1000人+
_UNKNOWN_UNIT = r"W(?=$|[abowcON;,)|DYf\-])"

_QUANTITY = re.compile(
    rf"(?:(?P<each>{_EACH})(?P<lead>[Vq]+)?)?(?P<comparator>{_COMPARATOR})(?P<lead2>(?<=[GLgl])V+)?(?P<each2>{_EACH})?\"?"
    rf"(?:(?P<percent>-?p)|(?P<number>{_NUMBER})(?P<over>v|{_PLUS})?\"?(?P<unit>{_UNIT})?(?P<over2>v|{_PLUS})?(?P<word>{_UNKNOWN_UNIT})?(?P<each3>{_EACH}(?![nh]))?)\"?"
    rf"(?P<suffix>{_SUFFIX})?"
)
_RANGE = re.compile(
    rf"(?P<each>{_EACH})?(?P<comparator>{_COMPARATOR})"
    rf"(?:(?P<first>{_NUMBER})(?P<first_unit>{_UNIT})?(?P<included>c)?(?P<between>-|N(?=[nkeh]m?(?:{_UNIT})?i))(?P<second>{_NUMBER})(?P<unit>{_UNIT})?(?P<word>{_UNKNOWN_UNIT})?"
    rf"|(?P<first_percent>p)-(?P<second_percent>p))(?P<suffix>i?{_SUFFIX}?)"
)
_TOLERANCE = re.compile(rf"L?(?P<number>P(?:[nk]m?|h))(?P<unit>{_UNIT})?(?P<suffix>b?)")
_STRAY = [
    re.compile(r"[Zf]-?[nkeh]m?[uyd]?"),  # 第3名, 前3名: an order, not an amount
    re.compile(r"[nkeh]m?[uyd]?(?:[:.+|]\"?[nkehz]m?[uyd]?)+"),  # 1:1.5, 3×5, 3+2
    re.compile(r"[nkeh]/[nkeh](?!m?[uydx]|m)"),  # 2/3: a fraction
    re.compile(r"[nkeh]m?[uyd]\.D"),  # 3000元*12月
    re.compile(r"(?:h?[nke]m?){2,}[uyd]?|h[nke]m?[uyd]?"),  # numbers without anything between them
    re.compile(r"(?:M[nh]?[uyd])*[nkeh][uyd]f"),  # 15日前: a day of every month
    re.compile(r"X-?[nkeh]m?[uyd]?"),
    re.compile(r"[ne]-[ne]f"),  # 12-31前
]
_CENTRED = re.compile(rf"(?P<middle>[nke]m?)(?P<middle_unit>{_UNIT})?P(?P<number>nm?)(?P<unit>{_UNIT})?")
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
        grade = "C" if re.search("[nkehpzDY]", match[0]) else "B"
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


def _number(match: re.Match[str], group: str) -> tuple[int, bool, int | None, bool]:
    """(place of the number, is negative, place of its magnitude, is a Chinese numeral)."""
    text, start = match[group], match.start(group)
    place = start + next(i for i, letter in enumerate(text) if letter in "nkehp")
    magnitude = start + text.index("m") if "m" in text else None
    return place, text.startswith("-"), magnitude, text.endswith("h") or "p" in text


def _each(match: re.Match[str], *groups: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    for group in groups:
        if match[group]:
            spans += [
                (match.start(group) + m.start() + 1, match.start(group) + m.end())
                for m in re.finditer("M[nh]?m?(?:[uyd]W?|W)", match[group])
            ]
    return tuple(spans)


def _unit_span(match: re.Match[str], group: str) -> Span | None:
    if not match[group]:
        return None
    start, end = match.span(group)
    return (start + 1, end - 1) if match[group].startswith("(") else (start, end)


def _ends_amount(match: re.Match[str]) -> bool:
    """Whether what stands before a dash is an amount or Latin (10%（含）-20%, pH6-9): the dash is no minus sign."""
    return match.string[match.start() - 1] in "nkehpmuydx)cabow"


def _quantity(match: re.Match[str]) -> Item | None:
    number_group = "percent" if match["percent"] else "number"
    prefix, suffix = match["comparator"] or "", match["suffix"] or ""
    if (match[number_group] or "").startswith("-") and not prefix and match.start() and _ends_amount(match):
        return Item("stray", match.start(), match.end(), "r" * (match.end() - match.start()), "D")
    in_number = "v" if "v" in (match["number"] or "") else ""  # 100余万元 as well as 100万余元
    over = (match["over"] or match["over2"] or "") + in_number
    comparator, grade = _comparator(prefix, over, suffix)
    if comparator is None:
        return Item("stray", match.start(), match.end(), "r" * (match.end() - match.start()), "D")
    place, negative, magnitude, is_numeral = _number(match, number_group)
    unit = _unit_span(match, "unit")
    is_word = bool(match["word"]) and unit is None
    end = match.end()
    if match["word"] and unit is not None:
        end = match.start("word")  # the word belongs to what follows the unit
        if suffix:
            comparator, grade = _comparator(prefix, over, "")
            if comparator is None:
                return Item("stray", match.start(), match.end(), "r" * (match.end() - match.start()), "D")
            suffix = ""
    each = _each(match, "each", "each2", "each3")
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
        is_explicit=bool(prefix.strip(":K") or suffix.strip("c()nkehmuyd") or over),
        is_numeral=is_numeral,
    )
    if "+" in over and "v" in over or comparator in ("gt", "lt") and re.search("c|[(]", suffix):
        grade = "C"  # 少于3天（含）: the bound itself is in and out
    if match["lead"] or any(last - first > 1 for first, last in each) or re.search("/[nk]", match["unit"] or ""):
        grade = max(grade, "C")
    elif match["lead2"] or "(" in suffix or "+" in over:
        grade = max(grade, "B")
    groups = {
        "each": "e",
        "lead": "q",
        "lead2": "q",
        "comparator": "c",
        "each2": "e",
        "percent": "n",
        "number": "n",
        "over": "s",
    }
    groups |= {"each3": "e", "unit": "u", "over2": "s", "word": "u", "suffix": "s"}
    roles = roles_of(match, groups)[: end - match.start()]
    return Item("measure", match.start(), end, roles, grade, measure, comparator=prefix[:1] or None)


def _range(match: re.Match[str]) -> Item | None:
    is_percent = bool(match["first_percent"])
    names = ("first_percent", "second_percent") if is_percent else ("first", "second")
    first, negative, magnitude, is_numeral = _number(match, names[0])
    second, second_negative, second_magnitude, second_is_numeral = _number(match, names[1])
    unit = None if is_percent else _unit_span(match, "unit")
    first_unit = None if is_percent else _unit_span(match, "first_unit")
    grade = "A"
    if match["comparator"].strip(":KE") or match["suffix"].strip("i"):
        grade = "C"
    if magnitude is None and second_magnitude is not None and first_unit is None:
        magnitude = second_magnitude  # 5-8万元: the magnitude is shared
    elif (magnitude is None) != (second_magnitude is None):
        grade = "C"
    if first_unit and not unit and not match["word"]:
        grade = "C"
    if not is_percent and match["included"]:
        grade = max(grade, "B")
    each = () if is_percent else _each(match, "each")
    is_word = not is_percent and bool(match["word"]) and unit is None
    end = match.start("word") if not is_percent and match["word"] and unit else match.end()
    measure = Measure(
        "between",
        first,
        negative,
        magnitude,
        second,
        second_negative,
        second_magnitude,
        unit=match.span("word") if is_word else unit or first_unit,
        first_unit=first_unit if unit else None,
        each=each,
        unit_is_word=is_word,
        is_explicit=True,
        is_numeral=is_numeral or second_is_numeral,
    )
    groups = {"each": "e", "comparator": "c", "first": "n", "first_unit": "u", "second": "n", "unit": "u", "word": "u"}
    groups |= {"first_percent": "n", "second_percent": "n", "suffix": "s"}
    return Item("measure", match.start(), end, roles_of(match, groups)[: end - match.start()], grade, measure)


def _tolerance(match: re.Match[str]) -> Item:
    place, _, magnitude, is_numeral = _number(match, "number")
    measure = Measure(
        "plus_minus",
        place,
        True,
        magnitude,
        place,
        False,
        magnitude,
        _unit_span(match, "unit"),
        is_explicit=True,
        is_numeral=is_numeral,
    )
    return Item(
        "measure",
        match.start(),
        match.end(),
        roles_of(match, {"number": "n", "unit": "u", "suffix": "s"}),
        "A",
        measure,
    )


def _centred(match: re.Match[str]) -> Item:
    """95%±2%, 200±10套: from 93 to 97 and from 190 to 210."""
    middle, _, magnitude, _ = _number(match, "middle")
    spread, _, spread_magnitude, _ = _number(match, "number")
    unit, middle_unit = _unit_span(match, "unit"), _unit_span(match, "middle_unit")
    measure = Measure(
        "plus_minus",
        middle,
        magnitude=magnitude,
        second=spread,
        second_magnitude=spread_magnitude,
        unit=unit or middle_unit,
        first_unit=middle_unit if unit else None,
        is_explicit=True,
    )
    grade = "C" if (magnitude is None) != (spread_magnitude is None) or not unit and middle_unit else "B"
    roles = roles_of(match, {"middle": "n", "middle_unit": "u", "number": "n", "unit": "u"})
    return Item("measure", match.start(), match.end(), roles, grade, measure)


_DATE_KINDS = {"D": "date", "Y": "year", "y": "year", "Q": "year_part"}
# In the order of precedence: what the earlier patterns match, the later ones would read as something smaller.
_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Item | None]]] = [
    (PERIOD, read_period),
    (NUMBER_DATE, lambda match: read_date(match, "date")),
    (DATE, lambda match: read_date(match, _DATE_KINDS[match["date"]])),
    (_TOLERANCE, _tolerance),
    (_CENTRED, _centred),
    (_RANGE, _range),
    (_QUANTITY, _quantity),
]
