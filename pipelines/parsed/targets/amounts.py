"""Items with at least one measure → a reading: words, dates and joiners related to the measures they belong to.

Belongs here: which words restrict which measure, what a measure inherits from the one before, two bounds that may make
one, and the grade all of this allows. Does not find items in a shape.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.parsed.targets.model import COMPARATORS, Item, Measure, Reading, Span

# Comparators that stand before other words, and those words before the number: 不超过批复概算的10%.
FAR_BOUNDS = {"①": "ge", "②": "le", "③": "gt", "④": "lt", "G": "ge", "L": "le", "g": "gt", "l": "lt"}
JOINERS = {"O": "or", "N": "and", ",": "and", ";": "and"}


def unread(items: list[Item]) -> Reading:
    """``other``, grade D: every number stays in the residual."""
    roles = "".join("w" * len(i.roles) if i.kind in ("word", "joiner", "mark") else "r" * len(i.roles) for i in items)
    return Reading("other", "D", roles)


def read_amounts(items: list[Item]) -> Reading:
    """The reading of items of which at least one is a measure."""
    groups = _grouped(items)
    if groups is None:
        return unread(items)
    measures: list[Measure] = []
    grade = "A"
    roles = list("".join(item.roles for item in items))
    for position, (joiner, before, item, after) in enumerate(groups):
        measure, base = _bounded_from_afar(item, before)
        grade = max(grade, item.grade, _grade_of_words(measure, before, after))
        for word in before + after:
            if word.kind in ("word", "remark", "year_part", "stray"):
                roles[word.start : word.end] = ("r" if word.kind == "stray" else "q") * len(word.roles)
        if base:
            roles[base - 1] = "c"
        measure, after = _bounded_behind(measure, after, roles)
        measure = _with_words(measure, [word for word in before if word.start >= base], after)
        if position:
            is_named = bool(_prose(before))
            measure, joined = _joined(measures[-1], measure, joiner, is_named)
            # 3或5次: the unit is shared; 容积率≤2.5，绿地率≥35%: it belongs to what is named before it.
            if measures[-1].unit is None and not measures[-1].is_numeral and not is_named:
                shared = measure.magnitude if measures[-1].magnitude is None else measures[-1].magnitude
                measures[-1] = replace(measures[-1], unit=measure.unit, magnitude=shared)
            grade = max(grade, joined)
        measures.append(measure)
    measures, dated_grade = _with_dates(measures, groups, items)
    measures, pair_grade = _paired(measures)
    grade = max(grade, dated_grade, pair_grade)
    return Reading("quantity", grade, "".join(roles), tuple(measures))


_Group = tuple[str | None, list[Item], Item, list[Item]]


def _grouped(items: list[Item]) -> list[_Group] | None:
    """(joiner before it, words before it, measure, words after it) per measure, or None where numbers are left over."""
    measures = [index for index, item in enumerate(items) if item.kind == "measure"]
    explicit = [index for index in measures if items[index].measure.is_explicit]  # type: ignore[union-attr]
    if len(measures) > 1 and not _are_separated(items, measures):
        # 3个项目完成率≥95%: what comes before the only measure with a comparator describes it.
        if explicit != measures[-1:]:
            return None
        items = [*(_as_stray(i) if n in measures[:-1] else i for n, i in enumerate(items))]
        measures = measures[-1:]
    groups: list[_Group] = []
    start = 0
    for order, index in enumerate(measures):
        stretch = items[start:index]
        joiner, cut = None, 0
        if order:
            for place, item in enumerate(stretch):
                if item.kind == "joiner":
                    joiner, cut = item.comparator, place
                    break
            if joiner is None and items[index].comparator == "E":
                cut = len(stretch)
            groups[-1][3].extend(stretch[:cut])
        groups.append((joiner, stretch[cut:], items[index], []))
        start = index + 1
    groups[-1][3].extend(items[start:])
    return groups if all(_is_understood(before, item, after) for _, before, item, after in groups) else None


def _is_understood(before: list[Item], item: Item, after: list[Item]) -> bool:
    """Whether nothing beside a measure makes its number or its comparator doubtful beyond grade C."""
    assert item.measure is not None
    is_explicit = item.measure.is_explicit
    bound = _far_bound(item, before)
    strays = [w for place, w in enumerate(before + after) if w.kind == "stray" and place != bound]
    last = before[-1] if before else None
    if last is not None and not is_explicit:
        # A broken sign before the number hides its comparator; a bare number behind a date belongs to the date.
        if last.comparator == "!" or (last.kind in ("date", "year", "period") and not _has_unit(item)):
            return False
    if any(stray.grade == "D" for stray in strays):
        if not is_explicit or any(stray.kind == "stray" and stray.grade == "D" for stray in after):
            return False
    return not any(stray.comparator in tuple("GLglEAPXK|z") for stray in strays)


def _far_bound(item: Item, before: list[Item]) -> int | None:
    """Where among the words before a number the comparator stands that has words of its own between it and the number
    (不超过批复概算的10%, 低于市场价5%, ≥计划数的90%); None where there is none.
    """
    measure = item.measure
    assert measure is not None
    if len(before) < 2 or measure.is_explicit or measure.number != item.start:
        return None
    if (before[-1].comparator or "-") not in "WqV":
        return None
    behind = 2 if before[-1].comparator in ("q", "V") and before[-2].comparator == "W" else 1
    place = len(before) - behind - 1
    return place if place >= 0 and before[place].comparator in FAR_BOUNDS else None


def _bounded_from_afar(item: Item, before: list[Item]) -> tuple[Measure, int]:
    """(the measure, with the comparator that stands before the words it is measured by; where those words begin, or
    0).
    """
    measure = item.measure
    assert measure is not None
    place = _far_bound(item, before)
    if place is None:
        return measure, 0
    bound = FAR_BOUNDS[before[place].comparator or ""]
    return replace(measure, comparator=bound, is_explicit=True), before[place + 1].start


def _bounded_behind(measure: Measure, after: list[Item], roles: list[str]) -> tuple[Measure, list[Item]]:
    """The measure with the bound that a remark separates from it (500元（含税）以上), and the words left after it."""
    if measure.is_explicit or [item.kind for item in after[:2]] != ["remark", "word"]:
        return measure, after
    bound = after[1]
    if bound.comparator not in tuple("abow"):
        return measure, after
    roles[bound.start] = "s"
    measure = replace(measure, comparator=COMPARATORS[bound.comparator], is_explicit=True)
    return measure, [after[0], *after[2:]]


def _as_stray(item: Item) -> Item:
    return Item("stray", item.start, item.end, "r" * len(item.roles), "D")


def _are_separated(items: list[Item], measures: list[int]) -> bool:
    """Whether between every two measures there is a joiner, or nothing at all while both have a comparator or unit."""
    for left, right in zip(measures, measures[1:], strict=False):
        between = items[left + 1 : right]
        if any(item.kind == "joiner" for item in between):
            if any(item.comparator in (",", ";") for item in between if item.kind == "joiner"):
                if not (_has_unit(items[left]) and _has_unit(items[right])):
                    return False
            continue
        if between and not _sums_up(items[left], between, items[right]):
            return False
        if not (_has_unit(items[left]) and _has_unit(items[right])) or "h" in _numerals(items, left, right):
            return False
    return True


def _sums_up(left: Item, between: list[Item], right: Item) -> bool:
    """3个批次共120人, 举办3期培训200人次: the noun behind the first amount, then a word that begins the second."""
    if len(between) != 1 or between[0].kind != "word":
        return False
    if right.comparator == "E":
        return between[0].comparator == "W"
    assert left.measure is not None and right.measure is not None
    return between[0].comparator == "V" and left.measure.is_explicit == right.measure.is_explicit


def _numerals(items: list[Item], *places: int) -> str:
    return "".join("h" for place in places if items[place].measure.is_numeral)  # type: ignore[union-attr]


def _has_unit(item: Item) -> bool:
    assert item.measure is not None
    return item.measure.unit is not None or item.measure.is_numeral or item.measure.is_explicit


def _prose(words: list[Item]) -> list[Item]:
    return [item for item in words if item.kind in ("word", "stray", "remark")]


def _grade_of_words(measure: Measure, before: list[Item], after: list[Item]) -> str:
    grade = "A"
    leading = [item for item in before if item.kind in ("word", "stray", "remark", "year_part")]
    if leading:
        ends_well = (
            leading[-1].kind == "year_part" or leading[-1].kind == "word" and leading[-1].comparator in ("V", "q", "t")
        )
        grade = "B" if measure.is_explicit or ends_well else "C"
        if any(
            item.kind == "stray" or item.grade == "C" or item.comparator in ("M", "⑦", *FAR_BOUNDS) for item in leading
        ):
            grade = "C"
    for item in after:
        if item.kind == "word":
            grade = max(grade, "B" if item.comparator == "t" else "C")
        elif item.kind in ("stray", "placeholder"):
            grade = "C"
        elif item.kind == "remark":
            grade = max(grade, item.grade)
    return grade


def _with_words(measure: Measure, before: list[Item], after: list[Item]) -> Measure:
    def span(words: list[Item]) -> Span | None:
        kept = [item for item in words if item.kind in ("word", "remark", "year_part") or item.grade == "D"]
        return (kept[0].start, kept[-1].end) if kept else None

    return replace(measure, before=span(before) or measure.before, after=span(after))


def _joined(previous: Measure, measure: Measure, joiner: str | None, has_words: bool) -> tuple[Measure, str]:
    """The measure with its joiner, and a comparator inherited from the one before where it states none."""
    grade = "B" if joiner in ("O", "N", ",") else "C"
    if previous.unit is None and measure.unit is not None and not previous.is_numeral:
        grade = "C"
    measure = replace(measure, joiner=JOINERS[joiner] if joiner else "and")
    is_aside = joiner == ";" and bool(measure.each)  # ≥2场，每场300人: a clause with a rate of its own
    if is_aside:
        grade = "C"
    elif not measure.is_explicit and previous.is_explicit and previous.comparator not in ("between", "plus_minus"):
        if joiner == ";" and has_words:  # 参选率≥90%，当选率100%: a clause of its own
            return measure, "C"
        measure = replace(measure, comparator=previous.comparator, is_inherited=True)
        if has_words or joiner == ";":
            grade = "C"
    elif measure.is_explicit != previous.is_explicit or previous.comparator in ("between", "plus_minus"):
        grade = "C"
    if joiner == ";" and measure.is_explicit and previous.is_explicit:
        # 自筹≥3，贷款≥5亿元: the first may be 亿元 too.
        is_open = previous.unit is None and previous.magnitude is None and measure.magnitude is not None
        grade = "C" if is_open else "B"
    return measure, grade


def _with_dates(measures: list[Measure], groups: list[_Group], items: list[Item]) -> tuple[list[Measure], str]:
    """Dates before a measure hold from it on, a date behind the last measure for all that have none."""
    grade = "A"
    current: Item | None = None
    dated: list[Measure] = []
    found = [item for item in items if item.kind in ("date", "year", "period")]
    if not found:
        return measures, grade
    # 较2023年增长5%: a year behind a word is what the amount is compared with.
    bases = [
        item
        for previous, item in zip(items, items[1:], strict=False)
        if item.kind == "year" and previous.kind == "word" and item.comparator == "eq"
    ]
    found = [item for item in found if item not in bases]
    if bases:
        grade = "C"
    if not found:
        return measures, grade
    for measure, (_, before, _, _) in zip(measures, groups, strict=True):
        current = next((item for item in reversed(before) if item in found), current)
        dated.append(_dated_measure(measure, current))
    trailing = next((item for item in groups[-1][3] if item in found), None)
    if trailing is not None:
        dated = [_dated_measure(measure, trailing) if measure.deadline is None else measure for measure in dated]
    return dated, max(grade, "B" if len(found) == 1 and found[0].grade in "AB" else "C")


def _dated_measure(measure: Measure, date: Item | None) -> Measure:
    if date is None:
        return measure
    return replace(measure, deadline=date.date, deadline_comparator=date.comparator, deadline_year=date.year)


def _paired(measures: list[Measure]) -> tuple[list[Measure], str]:
    """Marks two bounds (at least … and at most …) that make one measure if their units turn out to agree."""
    if len(measures) != 2:
        return measures, "A"
    first, second = measures
    is_pair = {first.comparator, second.comparator} in ({"ge", "le"}, {"gt", "lt"}, {"gt", "le"}, {"ge", "lt"})
    if not is_pair or second.joiner != "and" or second.before is not None:
        return measures, "A"
    strict = {first.comparator, second.comparator} != {"ge", "le"}
    return [replace(first, pair=1), replace(second, pair=2)], "C" if strict else "A"
