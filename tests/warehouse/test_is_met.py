"""`is_met`: every operator against every operator, held against what sets of numbers and days say of each other.

The SQL of the macros is rendered and run as it stands; the judge here enumerates values instead of comparing bounds.
"""

from __future__ import annotations

import datetime
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import duckdb
import jinja2
import pytest

from tests.warehouse.catalogues import MODELS

MACROS = jinja2.Environment().from_string((MODELS.parent / "macros" / "is_met.sql").read_text(encoding="utf-8")).module
NUMBERS = (-1, 0, 1, 2)
# Halves between and beyond the bounds stand for all numbers: bounds are whole.
VALUES = [Fraction(number, 2) for number in range(-6, 9)]


class Quantity(NamedTuple):
    """A comparator with its bounds, as the parser fills them."""

    comparator: str
    low: int | None
    high: int | None


QUANTITIES = [
    *(Quantity(comparator, bound, None) for comparator in ("ge", "gt") for bound in NUMBERS),
    *(Quantity(comparator, None, bound) for comparator in ("le", "lt") for bound in NUMBERS),
    *(Quantity(comparator, bound, bound) for comparator in ("eq", "approx") for bound in NUMBERS),
    *(
        Quantity(comparator, low, high)
        for comparator in ("between", "plus_minus")
        for low in NUMBERS
        for high in NUMBERS
        if low <= high
    ),
]


def holds(side: Quantity, value: Fraction) -> bool:
    """Whether a value is what the comparator says."""
    if side.comparator == "gt":
        return value > (side.low or 0)
    if side.comparator == "lt":
        return value < (side.high or 0)
    return (side.low is None or value >= side.low) and (side.high is None or value <= side.high)


def judged(target: Quantity, actual: Quantity) -> bool | None:
    """All of the actual's values are the target's: true; none: false; some: open."""
    if target.comparator == "approx":
        return True if actual.comparator in ("eq", "approx") and actual.low == target.low else None
    if actual.comparator == "approx":
        return None
    inside = {holds(target, value) for value in VALUES if holds(actual, value)}
    return inside.pop() if len(inside) == 1 else None


def quantity_verdicts(
    pairs: list[tuple[Quantity, Quantity]], fails_below: bool = True, fails_above: bool = True
) -> list[bool | None]:
    rows = ", ".join(
        "({}, {}, {}, {}, {}, {}, {})".format(
            number,
            *(repr(field) if field is not None else "null" for side in pair for field in side),
        )
        for number, pair in enumerate(pairs)
    )
    names = "number, target_comparator, target_low, target_high, actual_comparator, actual_low, actual_high"
    query = (
        f"select {MACROS.quantity_verdict('target', 'actual')} from ("
        f"select *, {fails_below} as target_fails_below, {fails_above} as target_fails_above "
        f"from (values {rows}) as pairs ({names})) order by number"
    )
    return [row[0] for row in duckdb.sql(query).fetchall()]


def test_every_pair_of_quantities_is_decided_as_sets_of_numbers_are() -> None:
    pairs = list(product(QUANTITIES, repeat=2))
    wrong = [
        (target, actual, found, judged(target, actual))
        for (target, actual), found in zip(pairs, quantity_verdicts(pairs), strict=True)
        if found is not judged(target, actual)
    ]
    assert wrong == []
    assert len(pairs) > 1000 and {judged(*pair) for pair in pairs} == {True, False, None}


def test_what_meets_a_stricter_target_meets_a_looser_one() -> None:
    actual = [quantity for quantity in QUANTITIES if quantity.comparator != "approx"]
    looser, stricter = Quantity("ge", 0, None), Quantity("ge", 1, None)
    of_looser = quantity_verdicts([(looser, one) for one in actual])
    of_stricter = quantity_verdicts([(stricter, one) for one in actual])
    assert all(loose is True for loose, strict in zip(of_looser, of_stricter, strict=True) if strict is True)
    assert all(strict is False for loose, strict in zip(of_looser, of_stricter, strict=True) if loose is False)


def test_a_side_without_a_bound_or_comparator_decides_nothing() -> None:
    nothing = Quantity("", None, None)
    assert quantity_verdicts([(Quantity("ge", 1, None), nothing._replace(comparator="eq"))]) == [None]


@pytest.mark.parametrize(
    ("fails_below", "fails_above", "expected"),
    [(True, False, [False, True, None]), (False, True, [None, True, False]), (False, False, [None, True, None])],
)
def test_a_bare_number_is_missed_only_on_the_side_that_its_category_names(
    fails_below: bool, fails_above: bool, expected: list[bool | None]
) -> None:
    target = Quantity("eq", 1, 1)
    pairs = [(target, Quantity("eq", number, number)) for number in (0, 1, 2)]
    assert quantity_verdicts(pairs, fails_below, fails_above) == expected


# Text | level 1 | level 2 | name → missed below, missed above.
DIRECTIONS = """
50次   | 产出指标   | 数量指标       | 培训次数   | yes | no
=50次  | 产出指标   | 数量指标       | 培训次数   | yes | yes
等于50 | 效益指标   | 经济效益       | 收入       | yes | yes
95%    | 满意度指标 | 服务对象满意度 | 满意度     | yes | no
5%     | 产出指标   | 质量指标       | 差错率     | no  | no
30天   | 产出指标   | 时效指标       | 办结天数   | no  | no
100%   | 产出指标   | 时效指标       | 发放及时率 | yes | no
5%     | 产出指标   | 时效指标       | 延误率     | no  | no
28万元 | 产出指标   | 成本指标       | 培训费     | no  | yes
28万元 | 成本指标   | 经济成本       | 培训费     | no  | yes
50次   |            |                | 培训次数   | no  | no
"""


@pytest.mark.parametrize("line", DIRECTIONS.strip().splitlines())
def test_the_direction_of_a_bare_number_follows_from_its_category(line: str) -> None:
    text, level1, level2, name, below, above = (cell.strip() for cell in line.split("|"))
    arguments = ["'eq'", f"'{text}'", *(f"'{one}'" if one else "null" for one in (level1, level2)), f"'{name}'"]
    sides = ", ".join(MACROS.is_missed(side, *arguments) for side in ("below", "above"))
    assert duckdb.sql(f"select {sides}").fetchone() == (below == "yes", above == "yes")


# Target: comparator, date, precision | actual: the same | met.
DATES = """
le 2024-12-31 day     | eq 2024-11-30 month   | yes
le 2024-12-31 day     | eq 2024-12-31 month   | yes
le 2024-12-31 day     | eq 2024-12-31 day     | yes
le 2024-12-31 day     | eq 2025-01-01 day     | no
le 2024-12-31 day     | eq 2025-01-31 month   | no
le 2024-12-31 day     | le 2024-11-30 day     | yes
le 2024-06-30 day     | le 2024-11-30 day     | open
le 2024-06-30 day     | eq 2024-12-31 year    | open
le 2024-06-15 day     | eq 2024-06-30 month   | open
le 2024-06-30 day     | ge 2024-07-01 day     | no
le 2024-06-30 day     | ge 2024-06-01 day     | open
le 2024-12-31 month   | eq 2024-11-30 month   | yes
le 2024-12-31 month   | eq 2024-12-15 day     | open
le 2024-12-31 month   | eq 2025-01-15 day     | no
lt 2024-12-31 month   | eq 2024-11-30 day     | yes
lt 2024-12-31 month   | eq 2024-12-01 day     | no
lt 2024-06-30 day     | eq 2024-06-30 day     | no
lt 2024-06-30 day     | eq 2024-06-29 day     | yes
eq 2024-12-31 month   | eq 2024-11-30 month   | yes
eq 2024-11-30 month   | eq 2024-12-31 month   | no
eq 2024-12-31 year    | eq 2024-12-31 day     | yes
eq 2024-09-30 quarter | eq 2024-09-30 month   | yes
eq 2024-09-30 quarter | eq 2024-10-31 month   | no
eq 2024-09-30 month   | eq 2024-09-30 quarter | yes
eq 2024-07-31 month   | eq 2024-09-30 quarter | open
ge 2024-06-30 month   | eq 2024-06-30 day     | yes
ge 2024-06-30 month   | eq 2024-05-31 day     | no
ge 2024-06-30 day     | eq 2024-06-30 month   | open
ge 2024-06-30 day     | ge 2024-07-01 day     | yes
ge 2024-06-30 day     | le 2024-07-01 day     | open
gt 2024-06-30 day     | eq 2024-06-30 day     | no
gt 2024-06-30 day     | eq 2024-07-01 day     | yes
"""


def days(side: str) -> tuple[str, datetime.date, datetime.date]:
    comparator, date, precision = side.split()
    last = datetime.date.fromisoformat(date)
    month = {"day": last.month, "month": last.month, "quarter": last.month - 2, "year": 1}[precision]
    return comparator, last if precision == "day" else last.replace(month=month, day=1), last


@pytest.mark.parametrize("line", DATES.strip().splitlines())
def test_dates_are_as_long_as_they_are_precise(line: str) -> None:
    target, actual, expected = line.split("|")
    columns = ", ".join(
        f"'{value}'{'' if name == 'date_comparator' else '::date'} as {side}_{name}"
        for side, text in (("target", target), ("actual", actual))
        for name, value in zip(("date_comparator", "first", "last"), days(text), strict=True)
    )
    flags = "false as target_is_period, false as target_is_repeated, false as target_is_vague, false as actual_is_vague"
    (found,) = duckdb.sql(
        f"select {MACROS.date_verdict('target', 'actual')} from (select {columns}, {flags})"
    ).fetchall()[0]
    assert {"yes": True, "no": False, "open": None}[expected.strip()] is found


@pytest.mark.parametrize(
    ("verdicts", "joiners", "expected"),
    [
        ("true, true", "and, and", True),
        ("true, false", "and, and", False),
        ("true, null", "and, and", None),
        ("false, null", "and, and", False),
        ("true, false", "or, or", True),
        ("true, null", "or, or", True),
        ("false, null", "or, or", None),
        ("false, false", "or, or", False),
        ("true, true, true", "or, or, and", True),
        ("false, false, false", "or, or, and", False),
        ("true, false, true", "or, or, and", None),
        ("null", "null", None),
        ("false", "null", False),
    ],
)
def test_measures_join_as_their_text_says(verdicts: str, joiners: str, expected: bool | None) -> None:
    values = ", ".join(
        f"({verdict}::boolean, {joiner if joiner == 'null' else repr(joiner)})"
        for verdict, joiner in zip(verdicts.split(", "), joiners.split(", "), strict=True)
    )
    query = f"select {MACROS.joined_verdict('verdict', 'joiner')} from (values {values}) as rows (verdict, joiner)"
    assert duckdb.sql(query).fetchone() == (expected,)
