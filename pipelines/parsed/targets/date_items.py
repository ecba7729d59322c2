"""Dates and periods in a shape: one item each, with the comparator that the words around it state.

Belongs here: the patterns of date classes with 前, 截至 and the like. Does not look at months or
days: that is ``dates``.
"""

from __future__ import annotations

import re

from pipelines.parsed.targets.matches import roles_of
from pipelines.parsed.targets.model import COMPARATORS, Item

PERIOD = re.compile(
    r"(?P<from>T?:?)(?:(?:Y?[nhk]|[DYQkeh])-(?P<end>[DY])|e-(?P<end_e>e)(?![muydx/W])|k-(?P<end_k>k)(?![muydx/W]))(?P<within>[bf]?)"
)
DATE = re.compile(r"(?P<prefix>T?-?[GLglEAK]?T?:?)(?P<date>[DYQ]|(?<!.)y(?=b))(?P<suffix>[bfr]?c?)")
NUMBER_DATE = re.compile(r"(?P<prefix>T?-?[GLgl]?)(?P<date>[ne])(?P<suffix>f)")


def read_date(match: re.Match[str], kind: str) -> Item:
    """A day, month, quarter or year with its bound: 12月底前 is le, 12月起 is ge, 12月 is eq."""
    prefix, suffix = match["prefix"], match["suffix"]
    signs = [COMPARATORS[letter] for letter in prefix if letter in COMPARATORS]
    grade = "A"
    if "f" in suffix or "b" in suffix:
        comparator = "le"
        grade = "A" if not signs or signs == ["le"] else "C"
    elif "r" in suffix:
        comparator = "ge"
    elif signs:
        comparator = "le" if signs[0] == "approx" else signs[0]
        grade = "C" if signs[0] == "approx" else "A"
    elif "-" in prefix or "K" in prefix:
        comparator = "le"
        grade = "B"
    else:
        comparator = "eq"
    roles = roles_of(match, {"prefix": "c", "date": "d", "suffix": "s"})
    if match["date"] in "ne":
        grade = "C"
    return Item(kind, match.start(), match.end(), roles, grade, comparator=comparator, date=match.start("date"))


def read_period(match: re.Match[str]) -> Item:
    """A period, dated by its end."""
    group = next(name for name in ("end", "end_e", "end_k") if match[name])
    grade = "A" if group == "end" else "C"
    width = match.end() - match.start()
    year = match.end("from") if match[0][match.end("from") - match.start()] in "DY" else None
    return Item(
        "period", match.start(), match.end(), "d" * width, grade, comparator="eq", date=match.start(group), year=year
    )
