"""Threads and engine change no cell, neither of the split nor of the values."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import hashlib, sys
import pipelines
import polars as pl
from bench.generator import generate
from pipelines.parsed.packed import split_packed
from pipelines.parsed.targets import parse_targets
records, rejects = split_packed(generate(6_000, seed=3))
texts = [records.select(target_text=c, indicator_name="indicator_name", fiscal_year=pl.lit(2024, dtype=pl.Int32))
         for c in ("cycle_text", "annual_text")]
read = parse_targets(pl.concat(texts))
text = records.write_csv() + rejects.write_csv() + read.write_csv()
print(records.height, hashlib.sha256(text.encode()).hexdigest())
"""


def _digest(**settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, **settings},
    )
    return done.stdout


@pytest.mark.slow
def test_threads_and_engines_change_no_cell() -> None:
    plain = _digest()  # one thread, as loads have it
    assert int(plain.split()[0]) >= 6_000
    assert _digest(POLARS_MAX_THREADS="2") == plain
    assert _digest(POLARS_MAX_THREADS="4") == plain
    assert _digest(POLARS_ENGINE_AFFINITY="streaming") == plain
    assert _digest(POLARS_ENGINE_AFFINITY="in-memory") == plain
