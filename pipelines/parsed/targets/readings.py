"""Readings of shapes → a frame with one row per shape and measure, to be joined to the texts that have the shape.

Belongs here: the frame's columns. Does not fetch values.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import polars as pl

from pipelines.parsed.targets.grammar import read_shape
from pipelines.parsed.targets.model import Measure, Span

_PLACES = ("number", "magnitude", "second", "second_magnitude", "date", "date_year_run")
_SPANS = ("unit", "first_unit", "each_1", "each_2", "before", "after")
READING_SCHEMA: dict[str, pl.DataType] = {
    "shape": pl.String(),
    "target_kind": pl.String(),
    "parse_grade": pl.String(),
    "roles": pl.String(),
    "measure_no": pl.Int32(),
    "joiner": pl.String(),
    "comparator": pl.String(),
    "is_negative": pl.Boolean(),
    "second_is_negative": pl.Boolean(),
    "unit_is_word": pl.Boolean(),
    "is_inherited": pl.Boolean(),
    "is_explicit": pl.Boolean(),
    "pair": pl.Int8(),
    "deadline_comparator": pl.String(),
    **{name: pl.Int64() for name in _PLACES},
    **{f"{name}_{end}": pl.Int64() for name in _SPANS for end in ("from", "to")},
}


def readings_frame(shapes: Iterable[str]) -> pl.DataFrame:
    """Shapes → one row per shape and measure (a shape without measures has one), places counted in runs."""
    rows = [row for shape in shapes for row in _rows(shape)]
    return pl.DataFrame(rows, schema=READING_SCHEMA, orient="row")


@lru_cache(maxsize=20_000)
def _rows(shape: str) -> list[tuple[Any, ...]]:
    reading = read_shape(shape)
    head = (shape, reading.kind, reading.grade, reading.roles)
    empty: Span = (0, 0)
    if not reading.measures:
        places = (None, None, None, None, reading.date, reading.date_year)
        nothing = (1, None, None, False, False, False, False, False, 0, reading.date_comparator)
        return [(*head, *nothing, *places, *([None] * 2 * len(_SPANS)))]
    return [
        (*head, number, *_slots(measure), *_span_slots(measure, empty))
        for number, measure in enumerate(reading.measures, 1)
    ]


def _slots(m: Measure) -> tuple[Any, ...]:
    facts = (
        m.joiner,
        m.comparator,
        m.is_negative,
        m.second_is_negative,
        m.unit_is_word,
        m.is_inherited,
        m.is_explicit,
        m.pair,
    )
    places = (m.number, m.magnitude, m.second, m.second_magnitude, m.deadline, m.deadline_year)
    return (*facts, m.deadline_comparator, *places)


def _span_slots(m: Measure, empty: Span) -> tuple[int | None, ...]:
    each = [*m.each, None, None][:2]
    return tuple(end for span in (m.unit, m.first_unit, *each, m.before, m.after) for end in (span or (None, None)))
