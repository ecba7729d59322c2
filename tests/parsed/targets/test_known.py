"""What is kept of earlier texts changes no reading, and is forgotten before it fills the memory."""

from __future__ import annotations

import polars as pl
import pytest

from bench.generator import generate
from pipelines.parsed.packed import split_packed
from pipelines.parsed.targets import KnownTexts, known, parse_targets


def _texts(seed: int) -> pl.DataFrame:
    records = split_packed(generate(3_000, seed=seed)).records
    return records.select("indicator_name", target_text="annual_text", fiscal_year=pl.lit(2024, pl.Int32))


@pytest.mark.parametrize("limit", [200_000, 100])
def test_batches_that_share_what_is_known_read_as_alone(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "_LIMIT", limit)
    shared = KnownTexts()
    for seed in range(4):
        batch = _texts(seed)
        assert parse_targets(batch, shared).equals(parse_targets(batch))
        assert shared.measures.height < limit + 5_000


def test_years_and_stated_columns_are_no_part_of_what_is_shared() -> None:
    shared = KnownTexts()
    frame = pl.DataFrame({"target_text": ["12月底", "100", "5"], "indicator_name": ["甲", "数量（份）", "完成时间"]})
    for year in (2023, 2024, None):
        for unit in ("场", None, "万元"):
            dated = frame.with_columns(fiscal_year=pl.lit(year, pl.Int32), stated_unit=pl.lit(unit, pl.String))
            assert parse_targets(dated, shared).equals(parse_targets(dated))
