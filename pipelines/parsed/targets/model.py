"""What the grammar speaks of: items of a shape, measures as places of runs, and the reading of a whole shape.

Belongs here: data classes, the names of comparators and of whatever else has a closed list. Does not read anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

COMPARATORS = {
    "G": "ge",
    "L": "le",
    "g": "gt",
    "l": "lt",
    "E": "eq",
    "A": "approx",
    "a": "ge",
    "b": "le",
    "o": "gt",
    "w": "approx",
}

_BOUNDS = ["ge", "le", "gt", "lt", "eq", "approx", "between", "plus_minus"]
# What a reading's closed columns may hold, in the order in which they compare.
CLOSED: dict[str, list[str]] = {
    "joiner": ["and", "or"],
    "target_kind": [
        "quantity",
        "deadline",
        "period",
        "qualitative",
        "missing",
        "not_applicable",
        "placeholder",
        "other",
    ],
    "comparator": _BOUNDS,
    "deadline_comparator": _BOUNDS,
    "deadline_precision": ["day", "month", "quarter", "year"],
    "parse_grade": ["A", "B", "C", "D"],
}
_UNITS, _WORDS = (pl.Categorical(pl.Categories(name)) for name in ("target_unit", "target_words"))
# One to four bytes instead of a text's sixteen: most of what is fetched is these.
CODED_TYPES = pl.Schema(
    {
        **{name: pl.Enum(values) for name, values in CLOSED.items()},
        "unit_text": _UNITS,
        "unit_name": _UNITS,
        "qualifier": _WORDS,
        "deadline_text": _WORDS,
        "residual": _WORDS,
    }
)

Span = tuple[int, int]


@dataclass(frozen=True)
class Measure:
    """One measure as places of runs: number, magnitude (or None), unit; ``second_*`` for the upper end of a range.

    ``each`` holds the units of 每… before the number; ``unit_is_word`` marks a unit that no vocabulary knows.
    ``pair`` is 1 and 2 on two bounds that make one ``between`` if their units agree.
    """

    comparator: str
    number: int
    is_negative: bool = False
    magnitude: int | None = None
    second: int | None = None
    second_is_negative: bool = False
    second_magnitude: int | None = None
    unit: Span | None = None
    first_unit: Span | None = None  # of a range's lower end or a tolerance's middle: it must be the same unit
    each: tuple[Span, ...] = ()
    unit_is_word: bool = False
    before: Span | None = None
    after: Span | None = None
    joiner: str | None = None
    is_inherited: bool = False
    is_explicit: bool = False
    is_numeral: bool = False
    pair: int = 0
    deadline: int | None = None
    deadline_comparator: str | None = None
    deadline_year: int | None = None


@dataclass(frozen=True)
class Item:
    """A stretch of a shape. ``kind``: measure, date, year, year_part, period, remark, joiner, word, mark,
    placeholder, stray.

    ``roles`` says for each run what it is; ``grade`` is the best the stretch allows.
    """

    kind: str
    start: int
    end: int
    roles: str
    grade: str = "A"
    measure: Measure | None = None
    comparator: str | None = None
    date: int | None = None
    year: int | None = None  # of a period: the run that may state the year of its end


# Roles of runs: n number, u unit, c comparator before, s comparator after, e 每…, d date, j joiner, q qualifier,
# w words of a text without a number, _ placeholder, - punctuation, r residual.
@dataclass(frozen=True)
class Reading:
    """What a shape says. ``roles`` has one letter per run; ``measures`` is empty for texts without a number.

    ``date`` and ``date_comparator`` are given for deadlines and periods without a measure.
    """

    kind: str
    grade: str
    roles: str
    measures: tuple[Measure, ...] = ()
    date: int | None = None
    date_comparator: str | None = None
    date_year: int | None = None
