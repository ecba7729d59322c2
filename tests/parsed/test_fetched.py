"""Rows are fetched, found and spread as Polars' own functions do it, whatever is null."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some
from polars.testing import assert_frame_equal, assert_series_equal

from pipelines.parsed import fetched as module
from pipelines.parsed.fetched import fetched, places_of, runs

TYPES = {
    "number": pl.Decimal(38, 6),
    "unit": pl.Categorical(pl.Categories("test_fetched")),
    "grade": pl.Enum(["A", "B"]),
    "day": pl.Date(),
    "is_known": pl.Boolean(),
    "is_told": pl.Boolean(),
    "text": pl.String(),
    "empty": pl.Int32(),
}
ROW = some.fixed_dictionaries(
    {
        "number": some.none() | some.decimals(-9, 9, places=2),
        "unit": some.none() | some.sampled_from(["次", "人次"]),
        "grade": some.none() | some.sampled_from(["A", "B"]),
        "day": some.none() | some.dates(),
        "is_known": some.booleans(),
        "is_told": some.none() | some.booleans(),
        "text": some.text(max_size=3),
        "empty": some.none(),
    }
)


@given(rows=some.lists(ROW, min_size=1, max_size=8), dice=some.randoms(use_true_random=False))
def test_rows_are_fetched_with_their_nulls(rows: list[dict[str, object]], dice: object) -> None:
    table = pl.DataFrame(rows, schema=TYPES)
    places = pl.Series([dice.randrange(len(rows)) for _ in range(20)], dtype=pl.UInt32)  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_MANY", 1)
        assert_frame_equal(fetched(table, places), table[places])


def test_a_table_without_nulls_is_fetched_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MANY", 1)
    table = pl.DataFrame({"unit": ["次", "人"], "count": [1, 2]})
    assert fetched(table, pl.Series([1, 1, 0], dtype=pl.UInt32)).rows() == [("人", 2), ("人", 2), ("次", 1)]


def test_more_columns_than_one_byte_has_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MANY", 1)
    table = pl.DataFrame({f"c{i}": [None if i % 3 == row else row for row in range(3)] for i in range(40)})
    places = pl.Series([2, 0, 1, 2], dtype=pl.UInt32)
    assert_frame_equal(fetched(table, places), table[places])


@given(some.lists(some.none() | some.booleans()))
def test_places_of_what_is_true(flags: list[bool | None]) -> None:
    mask = pl.Series(flags, dtype=pl.Boolean)
    assert_series_equal(places_of(mask), mask.arg_true(), check_names=False)


@given(some.lists(some.tuples(some.integers(0, 1_000), some.integers(1, 4))))
def test_runs_are_ranges_one_after_the_other(pairs: list[tuple[int, int]]) -> None:
    begins = pl.Series([begin for begin, _ in pairs], dtype=pl.UInt32)
    counts = pl.Series([count for _, count in pairs], dtype=pl.UInt32)
    assert runs(begins, counts).rows() == [
        (row, place) for row, (begin, count) in enumerate(pairs) for place in range(begin, begin + count)
    ]
