"""Parsed Parquet → the schemas ``parsed`` and ``vocabulary`` of the build file.

Belongs here: replacing the buckets that changed, in one transaction, and saying which years the star must rebuild. Runs
only behind the parsed gate. Does not decide quality, nor make the star.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.parsed.buckets import Bucket
from pipelines.parsed.schema import DUCKDB_TYPES, TABLES
from pipelines.warehouse.database import build_database, insert, literal, transaction

VOCABULARY = Path(__file__).parent.parent / "parsed" / "vocabulary"
_UNPLACED = "unplaced"
VOCABULARY_TABLES = ("units", "categories", "funding_sources", "regions")


class IncompleteUpgrade(Exception):
    """The program changed, and not every year was asked for."""


@dataclass(frozen=True)
class LoadedRows:
    """What the load did: buckets replaced, and rows per parsed table for the years asked for."""

    buckets: int
    rows: dict[str, int]
    is_full_refresh: bool


@dataclass(frozen=True)
class LoadRequest:
    """What to load: every bucket of the years, the years themselves, for which run and by which program.

    ``unplaced`` are rows of ``parsed_quarantined_documents`` without a year.
    """

    buckets: Sequence[Bucket]
    fiscal_years: Sequence[int]
    run_id: str
    program_version: str
    unplaced: Sequence[Mapping[str, object]] = ()


def load_parsed(connection: duckdb.DuckDBPyConnection, parsed: Path, request: LoadRequest) -> LoadedRows:
    """Bring ``parsed.*`` up to date with the buckets of the years, all or nothing.

    A bucket whose fingerprint is already loaded is left alone; one that is no longer there is removed. When the program
    changed, everything is loaded anew; ``IncompleteUpgrade`` is raised unless the years cover all that was loaded.
    """
    with transaction(connection):
        is_full_refresh = _prepare(connection, request)
        loaded = _loaded(connection, request.fiscal_years)
        wanted = {(bucket.fiscal_year, bucket.name): bucket for bucket in request.buckets}
        stale = [
            key for key, fingerprint in loaded.items() if key not in wanted or wanted[key].fingerprint != fingerprint
        ]
        fresh = [bucket for key, bucket in wanted.items() if loaded.get(key) != bucket.fingerprint]
        for fiscal_year, name in stale:
            _remove(connection, fiscal_year, name)
        for bucket in fresh:
            _add(connection, parsed, bucket)
        _replace_unplaced(connection, request.unplaced)
        _load_vocabulary(connection)
        connection.execute("delete from load.scope")
        for fiscal_year in sorted(set(request.fiscal_years)):
            insert(connection, "load.scope", {"fiscal_year": fiscal_year})
        connection.execute("delete from load.current_run")
        insert(connection, "load.current_run", {"run_id": request.run_id})
    return LoadedRows(len(fresh) + len(stale), _count(connection, request.fiscal_years), is_full_refresh)


def _prepare(connection: duckdb.DuckDBPyConnection, request: LoadRequest) -> bool:
    known = connection.execute("select program_version from load.program").fetchone()
    if known == (request.program_version,):
        return False
    years = {
        int(row[0]) for row in connection.execute("select distinct fiscal_year from load.loaded_bucket").fetchall()
    }
    missing = sorted(years - set(request.fiscal_years))
    if missing:
        raise IncompleteUpgrade(
            "程序已更新，须重新装载全部年度 (the program changed since the last load): run `jixiao load`, "
            f"or select the years {', '.join(map(str, missing))} too"
        )
    connection.execute("drop schema if exists parsed cascade")
    connection.execute("create schema parsed")
    for table, columns in TABLES.items():
        typed = ", ".join(f"{name} {DUCKDB_TYPES[dtype]}" for name, dtype in columns.items())
        connection.execute(f"create table parsed.{table} ({typed}, bucket varchar)")
    connection.execute("delete from load.loaded_bucket")
    connection.execute("delete from load.program")
    insert(connection, "load.program", {"program_version": request.program_version, "is_star_built": False})
    return True


def is_full_refresh(database: Path) -> bool:
    """Whether the star must be rebuilt for every year: the program changed and no build since then succeeded."""
    with build_database(database, read_only=True) as connection:
        return connection.execute("select 1 from load.program where is_star_built").fetchone() is None


def mark_star_built(database: Path) -> None:
    """From here on, a build may replace only the years in scope."""
    with build_database(database) as connection:
        connection.execute("update load.program set is_star_built = true")


def _loaded(connection: duckdb.DuckDBPyConnection, fiscal_years: Sequence[int]) -> dict[tuple[int, str], str]:
    years = ", ".join(map(str, fiscal_years))
    rows = connection.execute(
        f"select fiscal_year, bucket, fingerprint from load.loaded_bucket where fiscal_year in ({years})"
    ).fetchall()
    return {(year, name): fingerprint for year, name, fingerprint in rows}


def _remove(connection: duckdb.DuckDBPyConnection, fiscal_year: int, name: str) -> None:
    for table in [*(f"parsed.{table}" for table in TABLES), "load.loaded_bucket"]:
        connection.execute(f"delete from {table} where fiscal_year = {fiscal_year} and bucket = {literal(name)}")


def _add(connection: duckdb.DuckDBPyConnection, parsed: Path, bucket: Bucket) -> None:
    folder = bucket.folder(parsed)
    for table, columns in TABLES.items():
        names = ", ".join(columns)
        path = literal(folder / f"{table}.parquet")
        connection.execute(
            f"insert into parsed.{table} ({names}, bucket) "
            f"select {names}, {literal(bucket.name)} from read_parquet({path}, hive_partitioning = false)"
        )
    row = {"fiscal_year": bucket.fiscal_year, "bucket": bucket.name, "fingerprint": bucket.fingerprint}
    insert(connection, "load.loaded_bucket", row)


def _replace_unplaced(connection: duckdb.DuckDBPyConnection, rows: Sequence[Mapping[str, object]]) -> None:
    """Quarantined documents that have no year, and so no bucket, are few: all of them are written each time."""
    connection.execute(f"delete from parsed.parsed_quarantined_documents where bucket = '{_UNPLACED}'")
    for row in rows:
        insert(connection, "parsed.parsed_quarantined_documents", {**row, "bucket": _UNPLACED})


def _load_vocabulary(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema if not exists vocabulary")
    for table in VOCABULARY_TABLES:
        path = literal(VOCABULARY / f"{table}.csv")
        connection.execute(f"create or replace table vocabulary.{table} as from read_csv({path}, all_varchar = true)")


def _count(connection: duckdb.DuckDBPyConnection, fiscal_years: Sequence[int]) -> dict[str, int]:
    years = ", ".join(map(str, fiscal_years))
    counts = {}
    for table in TABLES:
        row = connection.execute(f"select count(*) from parsed.{table} where fiscal_year in ({years})").fetchone()
        counts[table] = int(row[0]) if row else 0
    return counts
