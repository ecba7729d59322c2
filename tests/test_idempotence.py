"""The same input gives the same bytes and the same tables, however often and in whatever order it is loaded.

The inbox route is a whole load with the real job; ``tests/revisions`` shuffles sightings of revised documents. What may differ
between two loads is who loaded when: ``meta.load_run``, gate results and the run that saw a finding first.
"""

from __future__ import annotations

import datetime
import itertools
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.nightly import run_load
from pipelines.parsed.stage import parse_years
from pipelines.settings import Settings
from pipelines.sources.land import land
from pipelines.sources.landing import Landing
from pipelines.sources.stage import open_index
from tests.conftest import NANSHA
from tests.parquet import parquet
from tests.revisions.warehouse import batch, build, packed, published_copy

# These say which run did something, and when.
OF_THE_RUN = ("meta.load_run", "quality.gate_result", "quality.gate_failing_row")
RUN_COLUMNS = {"quality.finding": "* exclude (first_seen_run)"}
A, B, C = (batch("甲局", {"培训": (f"{amount}.00", packed(次数=f"≥{amount}次"))}) for amount in (1, 2, 3))
OTHER = batch("乙局", {"会议": ("5.00", packed(场次="≥2场")), "调研": ("1.00", packed(报告="≥1份"))})


def tables(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table and view with its rows, in their own order, but for what tells of the run."""
    with duckdb.connect(str(database), read_only=True) as connection:
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables where table_catalog = current_database() order by all"
        ).fetchall()
        return {
            f"{schema}.{name}": connection.execute(
                f'select {RUN_COLUMNS.get(f"{schema}.{name}", "*")} from "{schema}"."{name}"'
            ).fetchall()
            for schema, name in names
            if f"{schema}.{name}" not in OF_THE_RUN
        }


@pytest.mark.slow
def test_two_loads_of_the_same_archive_are_equal_to_the_byte(loaded: Settings, tmp_path: Path) -> None:
    """On another machine only the archive and the inbox are there: index, caches, Parquet and tables are made anew."""
    again = Settings(tmp_path / "again")
    for folder in ("inbox", "landing"):
        shutil.copytree(loaded.data_root / folder, again.data_root / folder)
    (again.landing / "index.sqlite").unlink()
    result = run_load(again)
    assert result.problems == [] and result.published_version is not None
    assert parquet(loaded.parsed) == parquet(again.parsed) != {}
    exports, exports_again = (parquet((root.published / "parquet").resolve()) for root in (loaded, again))
    of_the_run = {f"{table}.parquet" for table in (*OF_THE_RUN, "quality.finding")}
    assert exports.keys() == exports_again.keys()
    assert {name for name in exports if exports[name] != exports_again[name]} <= of_the_run
    first, second = (tables(root.published / "jixiao.duckdb") for root in (loaded, again))
    assert [name for name in first if first[name] != second[name]] == [] and first.keys() == second.keys()


def test_parsing_again_gives_the_same_bytes(settings: Settings, drop: Callable[[str, str | bytes], Path]) -> None:
    drop("2024/nansha.txt", NANSHA.read_bytes())
    drop("2024/b.txt", OTHER)
    _land(settings, 1)
    with open_index(settings) as index:
        parse_years(settings, index, [2024])
    first = parquet(settings.parsed)
    shutil.rmtree(settings.parsed)
    shutil.rmtree(settings.raw)
    with open_index(settings) as index:
        parse_years(settings, index, [2024])
    assert parquet(settings.parsed) == first != {}


@pytest.mark.slow
def test_files_with_dates_give_one_history_in_whatever_order_they_are_dropped(tmp_path: Path) -> None:
    """Three versions of a document and another one, each stating its date, dropped one by one and loaded after each."""
    files = {
        "2024/a.txt": (A, "2024-02-01"),
        "2024/b.txt": (B, "2024-03-01"),
        "2024/c.txt": (C, "2024-04-01"),
        "2024/d.txt": (OTHER, "2024-03-15"),
    }
    orders = [*itertools.permutations(files)][::9]
    expected = None
    for number, order in enumerate(orders):
        made = tables(_drop_one_by_one(Settings(tmp_path / str(number)), order, files, load_each=number == 1))
        # When it was fetched is what differs between these archives; nothing else may.
        made["main.dim_document"] = _without_fetch_times(made["main.dim_document"])
        expected = expected or made
        assert [name for name in expected if made[name] != expected[name]] == [], order
    assert expected is not None and len(expected["history.document_change"]) == 6


def _without_fetch_times(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows without values of the year in which the test lands its files."""
    return [
        tuple(value for value in row if not (isinstance(value, datetime.datetime) and value.year == 2026))
        for row in rows
    ]


def _land(settings: Settings, day: int) -> None:
    now = datetime.datetime(2026, 1, day, 2, 0, tzinfo=datetime.UTC)
    with open_index(settings) as index:
        land(settings.inbox, Landing(settings.landing), index, now)


def _drop_one_by_one(
    settings: Settings, order: Sequence[str], files: dict[str, tuple[str, str]], *, load_each: bool
) -> Path:
    for day, name in enumerate(order, start=1):
        text, published_on = files[name]
        path = settings.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        Path(f"{path}.yml").write_text(f"published_on: {published_on}\n", encoding="utf-8")
        _land(settings, day)
        if load_each and day < len(order):
            build(settings, with_tests=False)
    return published_copy(settings, build(settings, with_tests=False))
