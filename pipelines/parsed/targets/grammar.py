"""The grammar: a shape (string of token classes) → what it says, once per distinct shape.

Belongs here: how the items of a shape are put together to a reading, and the grade a shape can reach at best. Works
without any text, so a shape met once is never analysed again. Does not see numbers, unit names or dates: what depends
on them is decided in ``measures``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from pipelines.parsed.targets.amounts import read_amounts, unread
from pipelines.parsed.targets.bounds import read_bounds
from pipelines.parsed.targets.items import items_of
from pipelines.parsed.targets.model import Item, Reading


@lru_cache(maxsize=100_000)
def read_shape(shape: str) -> Reading:
    """The reading of one shape; every shape has one (``other`` with grade D where numbers are not understood)."""
    if bounds := read_bounds(shape):
        return bounds
    items = _settled(shape, items_of(shape))
    kinds = {item.kind for item in items}
    if "measure" not in kinds and (opened := _opened(shape)):
        reading = read_amounts(opened)
        return replace(reading, grade=max(reading.grade, "B" if opened[-1].measure else "C"))
    if kinds <= {"word", "remark", "joiner", "year"} and (bracketed := _bracketed_date(shape)):
        return bracketed
    if "measure" not in kinds and _INTERVAL.fullmatch(shape):
        return unread(items)
    if "placeholder" in kinds or re.fullmatch(
        r"(?:[GLglEA]?[.\-]*[uydx](?:/[uydx](?:[/.,][uydx])*)?|[GLglEA]);?", shape
    ):
        return _placeholder(shape, items)
    if "measure" in kinds:
        return read_amounts(items)
    if any(item.kind == "stray" and re.search("[nkehpz]", shape[item.start : item.end]) for item in items):
        return unread(items)
    if kinds & {"date", "period", "year", "year_part"}:
        return _dated(shape, items)
    grade = "B" if re.match("[GLgl]W", shape) else "A"
    if re.search(r"[hz!]", shape) or re.search(r"[GLglEAPX]", shape[1:]):
        grade = "C"
    return Reading("qualitative", grade, _joined_roles(items, words="w"))


_BRACKETED = re.compile(r"(?P<words>(?:[WVtq]*[qE])?)\((?P<inside>[^()]*)\)(?P<end>;?)")

_INTERVAL = re.compile(r"\([^()]*[nkepz][^()]*\);?")  # [80%,90%]: nothing but a bracket, with numbers in it


_BRACKETED_DATE = re.compile(r"[uWVtq]*Y?[uWVtq]+\([^()]*\)(?P<before>f?)[WVt]*;?")


def _bracketed_date(shape: str) -> Reading | None:
    """汛前（5月15日前）完成, 国庆节（10月1日）前完成, 2024年汛期（5-9月）: the words in front are dated by the bracket; None where
    it holds no bounded day or month and no period.
    """
    match = _BRACKETED_DATE.fullmatch(shape)
    if match is None:
        return None
    items = items_of(shape.replace("(", "W").replace(")", "W"))
    dates = [item for item in items if item.kind in ("date", "period")]
    years = [item for item in items if item.kind == "year"]
    if len(dates) != 1 or any(item.kind in ("measure", "stray", "placeholder", "year_part") for item in items):
        return None
    comparator = "le" if match["before"] else dates[0].comparator
    if dates[0].kind == "date" and comparator != "le":
        return None
    year = dates[0].year if dates[0].year is not None or not years else years[0].date
    kind = "period" if dates[0].kind == "period" else "deadline"
    return Reading(kind, "C", _joined_roles(items, words="q"), (), dates[0].date, comparator, year)


def _opened(shape: str) -> list[Item] | None:
    """The items of （≥95%） and 优良率（≥80%）, whose only amount stands in brackets; None where it is not one alone."""
    match = _BRACKETED.fullmatch(shape)
    if match is None:
        return None
    inside = [item for item in items_of(match["inside"]) if item.kind != "mark"]
    measure = inside[0].measure if len(inside) == 1 else None
    if measure is None or measure.unit is None or measure.unit_is_word or measure.is_numeral or inside[0].grade > "B":
        return None
    marked = f'{match["words"]}"{match["inside"]}"{match["end"]}'
    items = _settled(marked, items_of(marked))
    return items if [item.kind for item in items].count("measure") == 1 else None


def _joined_roles(items: list[Item], words: str) -> str:
    return "".join(
        words * len(item.roles)
        if item.kind in ("word", "joiner", "remark") or (item.kind == "stray" and words == "w")
        else item.roles
        for item in items
    )


def _placeholder(shape: str, items: list[Item]) -> Reading:
    if re.search("[nkepzDYQ]", shape):
        return unread(items)  # a mask beside a number: which of the two holds is unknown
    grade = "A" if all(item.kind != "word" or (item.comparator or "-") in "uyd" for item in items) else "B"
    if re.fullmatch("[uydx]", shape):
        grade = "C"
    return Reading("placeholder", grade, "_" * len(shape))


def _settled(shape: str, items: list[Item]) -> list[Item]:
    """Chinese numerals that count nothing become words; a joiner without a number on both sides becomes a word."""
    settled: list[Item] = []
    for index, item in enumerate(items):
        is_numeral = item.measure is not None and item.measure.is_numeral
        # 百分之九十 is a number whatever stands around it.
        if is_numeral and "p" not in shape[item.start : item.end] and not _counts(items, index):
            settled += [
                Item("word", place, place + 1, "w", "C", comparator="h") for place in range(item.start, item.end)
            ]
        elif (
            item.kind == "stray"
            and not re.search("[nkep]", shape[item.start : item.end])
            and "h" in shape[item.start : item.end]
        ):
            settled += [
                Item("word", place, place + 1, "w", "C", comparator="h") for place in range(item.start, item.end)
            ]
        else:
            settled.append(item)
    return settled


def _counts(items: list[Item], index: int) -> bool:
    """Whether a Chinese numeral with what belongs to it is an amount: it has a unit and no prose around it."""
    item = items[index]
    measure = item.measure
    assert measure is not None
    following = items[index + 1] if index + 1 < len(items) else None
    previous = items[index - 1] if index else None
    is_bare = measure.unit is None and not measure.is_explicit
    # 三或五次 share a unit; 三和 is a name.
    shares = (
        following is not None and following.kind == "joiner" and "measure" in {i.kind for i in items[index + 2 :][:1]}
    )
    if measure.unit_is_word or is_bare and not shares:
        return False
    led = measure.is_explicit or bool(measure.each)
    verb = previous is not None and previous.kind == "word" and previous.comparator == "V"
    if previous is not None and previous.kind == "word" and not (led or verb):
        return False
    if following is not None and following.kind == "word" and following.comparator != "t":
        return led or verb
    return True


# --- texts without an amount -------------------------------------------------------------------------------------


def _dated(shape: str, items: list[Item]) -> Reading:
    dates = [item for item in items if item.kind in ("date", "period", "year", "year_part")]
    words = [item for item in items if item.kind in ("word", "stray", "joiner", "remark", "mark")]
    prose = [item for item in words if item.kind in ("word", "stray") and item.comparator not in ("t", "V", "T")]
    last = dates[-1]
    roles = _joined_roles(items, words="q")
    if len(dates) > 1 or any(item.kind == "remark" and item.grade == "C" for item in words):
        grade = "C"
    elif not words:
        grade = last.grade
    elif not prose:
        grade = max(last.grade, "B")
    else:
        grade = max(last.grade, "B" if last.comparator in ("le", "ge") and len(prose) == 1 else "C")
    # 按2024年标准, 不低于2023年水平: a year amid words is what they speak of, no deadline.
    is_bounded = last.comparator in ("ge", "gt", "lt") or (prose and shape[last.start] == "L")
    if last.kind in ("year", "year_part") and (prose and last.comparator == "eq" or is_bounded):
        return Reading("qualitative", "C", _joined_roles(items, words="w"))
    kind = "period" if last.kind in ("period", "year_part") and last.comparator == "eq" else "deadline"
    if last.kind == "year_part":
        grade = max(grade, "C" if words else "B")
    return Reading(kind, grade, roles, (), last.date, last.comparator, last.year)
