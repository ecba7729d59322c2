"""Bounds written around a name: ``60分≤得分``, ``80%≤满意度≤90%``, with the number before its sign.

Belongs here: shapes that are such a bound from end to end. Does not read bounds that stand before their number.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.parsed.targets.model import COMPARATORS, Measure, Reading

_TURNED = {"ge": "le", "le": "ge", "gt": "lt", "lt": "gt"}  # 60 ≤ x says x ≥ 60
_NUMBER = "(?P<number{0}>-?n)(?P<magnitude{0}>m)?(?P<unit{0}>u)?"
_BOUND = re.compile(rf"{_NUMBER.format(1)}(?P<sign1>[GLgl])(?P<name>[Wqx]+)(?:(?P<sign2>[GLgl]){_NUMBER.format(2)})?;?")


def read_bounds(shape: str) -> Reading | None:
    """The reading of a shape that is one bound or two around a name, else None."""
    match = _BOUND.fullmatch(shape)
    if match is None:
        return None
    first = replace(
        _measure(match, "1", _TURNED[COMPARATORS[match["sign1"]]]), before=match.span("name"), is_explicit=True
    )
    measures: tuple[Measure, ...] = (first,)
    if match["sign2"]:
        second = replace(_measure(match, "2", COMPARATORS[match["sign2"]]), joiner="and", pair=2)
        if {first.comparator[0], second.comparator[0]} != {"g", "l"}:
            return None  # 80%≤x≥90% bounds one side twice
        measures = (replace(first, pair=1), second)
    roles = ["-"] * len(shape)
    for group, role in (("number", "n"), ("magnitude", "n"), ("unit", "u"), ("sign", "c")):
        for side in "12":
            for place in range(*match.span(group + side)):
                roles[place] = role
    for place in range(*match.span("name")):
        roles[place] = "q"
    is_strict = any(measure.comparator in ("gt", "lt") for measure in measures) and len(measures) == 2
    return Reading("quantity", "C" if is_strict else "B", "".join(roles), measures)


def _measure(match: re.Match[str], side: str, comparator: str) -> Measure:
    number = match["number" + side]
    return Measure(
        comparator,
        match.end("number" + side) - 1,
        number.startswith("-"),
        match.start("magnitude" + side) if match["magnitude" + side] else None,
        unit=match.span("unit" + side) if match["unit" + side] else None,
        is_explicit=True,
    )
