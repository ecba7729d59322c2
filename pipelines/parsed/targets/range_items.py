"""Ranges and tolerances in a shape: 80%-90%, ±3%, 95%±2%.

Belongs here: amounts with two ends. Does not read amounts with one.
"""

from __future__ import annotations

import re

from pipelines.parsed.targets.matches import (
    COMPARATOR,
    EACH,
    NUMBER,
    SUFFIX,
    UNIT,
    UNKNOWN_UNIT,
    each_in,
    number_in,
    roles_of,
    unit_span,
)
from pipelines.parsed.targets.model import Item, Measure

RANGE = re.compile(
    rf"(?P<each>{EACH})?(?P<comparator>{COMPARATOR})"
    rf"(?:(?P<first>{NUMBER})(?P<first_unit>{UNIT})?(?P<included>c)?(?P<between>-|N(?=[nkeh]m?(?:{UNIT})?i))(?P<second>{NUMBER})(?P<unit>{UNIT})?(?P<word>{UNKNOWN_UNIT})?"
    rf"|(?P<first_percent>p)-(?P<second_percent>p))(?P<suffix>i?{SUFFIX}?)"
)
TOLERANCE = re.compile(rf"(?P<comparator>[LlKE]?:?)(?P<number>PL?(?:[nk]m?|h))(?P<unit>{UNIT})?(?P<suffix>i?b?)")
CENTRED = re.compile(rf"(?P<middle>[nke]m?)(?P<middle_unit>{UNIT})?P(?P<number>nm?)(?P<unit>{UNIT})?")


def read_range(match: re.Match[str]) -> Item | None:
    """80%-90%, 5-8万元: both ends; one magnitude holds for both."""
    is_percent = bool(match["first_percent"])
    names = ("first_percent", "second_percent") if is_percent else ("first", "second")
    first, negative, magnitude, is_numeral = number_in(match, names[0])
    second, second_negative, second_magnitude, second_is_numeral = number_in(match, names[1])
    unit = None if is_percent else unit_span(match, "unit")
    first_unit = None if is_percent else unit_span(match, "first_unit")
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
    each = () if is_percent else each_in(match, "each")
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


def read_tolerance(match: re.Match[str]) -> Item:
    """±3%, 控制在±3%以内: from -3 to 3."""
    grades = {"K": "B", "E": "B", "l": "C"}  # <±3% leaves the ends out, which plus_minus cannot say
    place, _, magnitude, is_numeral = number_in(match, "number")
    measure = Measure(
        "plus_minus",
        place,
        True,
        magnitude,
        place,
        False,
        magnitude,
        unit_span(match, "unit"),
        is_explicit=True,
        is_numeral=is_numeral,
    )
    return Item(
        "measure",
        match.start(),
        match.end(),
        roles_of(match, {"comparator": "c", "number": "n", "unit": "u", "suffix": "s"}),
        grades.get(match["comparator"][:1], "A"),
        measure,
    )


def read_centred(match: re.Match[str]) -> Item:
    """95%±2%, 200±10套: from 93 to 97 and from 190 to 210."""
    middle, _, magnitude, _ = number_in(match, "middle")
    spread, _, spread_magnitude, _ = number_in(match, "number")
    unit, middle_unit = unit_span(match, "unit"), unit_span(match, "middle_unit")
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
