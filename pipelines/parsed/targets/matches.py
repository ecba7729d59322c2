"""The parts of an amount in a shape: patterns of numbers, units and comparators, and where a match has them.

Belongs here: what amounts, ranges and tolerances are made of. Does not read items.
"""

from __future__ import annotations

import re

from pipelines.parsed.targets.model import Span

_OTHERS = r"\([uyd](?:[,/][uyd])*\)"  # 台（套）, 头（只、匹）: the same in other words
_ONE_UNIT = rf"[uydxs](?:{_OTHERS})?"
_FACTOR = r"m?[uydx]"
_AT_END = r"(?=$|[abowcON;,)|DYf\-])"
# 元/人.每天 says the same as 元/人.天.
_DENOMINATOR = (
    # The noun of a denominator that no vocabulary knows takes the stroke behind it along: 元/核/年, 元/人/餐.
    rf"/(?:\({_FACTOR}(?:[/.,]{_FACTOR})*\)|M?(?:[nk]?{_FACTOR}|hy|[nk]?mW?|W[yd]?)"
    rf"(?:(?:[/.]M?|,){_FACTOR})*(?:/W{_AT_END})?(?:{_OTHERS})?)"
)
UNIT = rf"(?:{_ONE_UNIT}(?:{_DENOMINATOR})?|{_DENOMINATOR}|\(h?{_ONE_UNIT}(?:{_DENOMINATOR})?\))"
EACH = r"(?:M[nh]?m?(?:[uyd]W?|W))+"  # 每校, 每个行政村
NUMBER = r"-?\+?(?:[nke](?:v?m)?|h(?:vm)?)"
COMPARATOR = r":?[GLglEAK]*:?"
_INCLUDED = r"(?:\(c[nkeh]m?[uyd]?\))"  # （含95%）
SUFFIX = rf"(?:c?{_INCLUDED}?[abow]{_INCLUDED}?c?|c|{_INCLUDED})"
PLUS = r"\+(?=$|[,;).ONudW])"  # 10万+, 1000人+
UNKNOWN_UNIT = rf"W{_AT_END}"


def roles_of(match: re.Match[str], groups: dict[str, str]) -> str:
    """Role letters of a match: each named group gets its letter, all else is punctuation."""
    roles = ["-"] * (match.end() - match.start())
    for name, role in groups.items():
        if match[name]:
            for place in range(match.start(name), match.end(name)):
                roles[place - match.start()] = role
    return "".join(roles)


def number_in(match: re.Match[str], group: str) -> tuple[int, bool, int | None, bool]:
    """(place of the number, is negative, place of its magnitude, is a Chinese numeral)."""
    text, start = match[group], match.start(group)
    place = start + next(i for i, letter in enumerate(text) if letter in "nkehp")
    magnitude = start + text.index("m") if "m" in text else None
    return place, text.startswith("-"), magnitude, text.endswith("h") or "p" in text


def each_in(match: re.Match[str], *groups: str) -> tuple[Span, ...]:
    """The runs behind each 每 of the groups."""
    spans: list[Span] = []
    for group in groups:
        if match[group]:
            spans += [
                (match.start(group) + m.start() + 1, match.start(group) + m.end())
                for m in re.finditer("M[nh]?m?(?:[uyd]W?|W)", match[group])
            ]
    return tuple(spans)


def unit_span(match: re.Match[str], group: str) -> Span | None:
    """The runs of a unit without the brackets around it."""
    if not match[group]:
        return None
    start, end = match.span(group)
    if not match[group].startswith("("):
        return start, end
    return (start + 2 if match[group].startswith("(h") else start + 1), end - 1
