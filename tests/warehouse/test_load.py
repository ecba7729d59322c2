"""Parsed Parquet → DuckDB: buckets replaced in one transaction, years and programs that changed."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.parsed.buckets import Bucket, write_bucket
from pipelines.parsed.schema import TABLES, empty
from pipelines.sources.history import Stretch
from pipelines.sources.inbox import Statement
from pipelines.sources.landing import Observation
from pipelines.warehouse.database import build_database
from pipelines.warehouse.load import IncompleteUpgrade, LoadRequest, is_full_refresh, load_parsed, mark_star_built


def bucket(fiscal_year: int, name: str, title: str) -> tuple[Bucket, dict[str, pl.DataFrame]]:
    """A bucket with one document row."""
    sha256 = name + title.encode().hex().ljust(62, "0")[:62]
    observation = Observation(f"{fiscal_year}/{name}.txt", sha256, 1, "2026-01-01T00:00:00", Statement(fiscal_year))
    row = {"document_id": name, "sha256": sha256, "fiscal_year": fiscal_year, "title": title}
    frames = {table: empty(table) for table in TABLES}
    frames["parsed_documents"] = pl.DataFrame([row], schema=TABLES["parsed_documents"])
    return Bucket(fiscal_year, name, (Stretch(observation, fiscal_year),)), frames


def load(
    root: Path, *buckets: tuple[Bucket, dict[str, pl.DataFrame]], years: list[int], program: str = "p1"
) -> list[tuple[object, ...]]:
    """Write and load the buckets; the documents that are then in DuckDB."""
    for one, frames in buckets:
        write_bucket(one, frames, root / "parsed")
    with build_database(root / "build.duckdb") as connection:
        load_parsed(connection, root / "parsed", LoadRequest([one for one, _ in buckets], years, "run", program))
        return connection.execute(
            "select fiscal_year, bucket, title from parsed.parsed_documents order by all"
        ).fetchall()


def test_only_the_years_asked_for_are_replaced(tmp_path: Path) -> None:
    first = [bucket(2023, "aa", "一"), bucket(2024, "bb", "二")]
    assert load(tmp_path, *first, years=[2023, 2024]) == [(2023, "aa", "一"), (2024, "bb", "二")]
    assert load(tmp_path, bucket(2024, "bb", "三"), years=[2024]) == [(2023, "aa", "一"), (2024, "bb", "三")]


def test_a_bucket_that_is_gone_is_removed(tmp_path: Path) -> None:
    load(tmp_path, bucket(2024, "aa", "一"), bucket(2024, "bb", "二"), years=[2024])
    assert load(tmp_path, bucket(2024, "bb", "二"), years=[2024]) == [(2024, "bb", "二")]


def test_a_missing_file_changes_nothing(tmp_path: Path) -> None:
    load(tmp_path, bucket(2024, "aa", "一"), years=[2024])
    changed, frames = bucket(2024, "aa", "二")
    write_bucket(changed, frames, tmp_path / "parsed")
    (changed.folder(tmp_path / "parsed") / "parsed_targets.parquet").unlink()
    with build_database(tmp_path / "build.duckdb") as connection:
        with pytest.raises(Exception, match=r"parsed_targets\.parquet"):
            load_parsed(connection, tmp_path / "parsed", LoadRequest([changed], [2024], "run", "p1"))
        assert connection.execute("select title from parsed.parsed_documents").fetchall() == [("一",)]


def test_a_changed_program_reloads_everything_or_says_which_years_are_missing(tmp_path: Path) -> None:
    buckets = [bucket(2023, "aa", "一"), bucket(2024, "bb", "二")]
    load(tmp_path, *buckets, years=[2023, 2024])
    mark_star_built(tmp_path / "build.duckdb")
    assert not is_full_refresh(tmp_path / "build.duckdb")
    with pytest.raises(IncompleteUpgrade, match="2023"):
        load(tmp_path, buckets[1], years=[2024], program="p2")
    assert len(load(tmp_path, *buckets, years=[2023, 2024], program="p2")) == 2
    assert is_full_refresh(tmp_path / "build.duckdb")


def test_documents_without_a_year_are_quarantined_rows_of_no_bucket(tmp_path: Path) -> None:
    row = {
        "sha256": "00",
        "source_uri": "a.txt",
        "reason_code": "empty",
        "message": "空",
        "fetched_at": "2026-01-01T00:00:00",
    }
    for _ in range(2):
        with build_database(tmp_path / "build.duckdb") as connection:
            load_parsed(connection, tmp_path, LoadRequest([], [2024], "run", "p1", unplaced=[row]))
            rows = connection.execute(
                "select source_uri, fiscal_year from parsed.parsed_quarantined_documents"
            ).fetchall()
        assert rows == [("a.txt", None)]
