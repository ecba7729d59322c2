"""The build file: opening it, and the tables in it that belong to the load itself.

Belongs here: the one place that connects to the private DuckDB file, and the schema ``load`` (scope, runs, gate results).
Does not build the star, and is never what a reader opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

# Readers' drivers are older than the engine that writes; contract §1 names DuckDB 1.2.
STORAGE_VERSION = "v1.2.0"

LOAD_TABLES = {
    "scope": "fiscal_year integer",
    "current_run": "run_id varchar",
    "loaded_bucket": "fiscal_year integer, bucket varchar, fingerprint varchar",
    "program": "program_version varchar, is_star_built boolean",
    "first_seen_finding": "finding_key bigint, run_id varchar",
    "run": (
        "run_id varchar, started_at timestamp, finished_at timestamp, fiscal_years varchar, documents_added integer, "
        "documents_changed integer, documents_unchanged integer, documents_quarantined integer, "
        "documents_vanished integer, project_rows integer, indicator_rows integer, target_rows integer, "
        "finding_rows integer, status varchar, published_version varchar"
    ),
    "gate_result": (
        "run_id varchar, fiscal_year varchar, suite varchar, table_name varchar, expectation varchar, severity varchar, "
        "success boolean, observed varchar, failing_rows bigint, checked_at timestamp"
    ),
    "gate_failing_row": "run_id varchar, suite varchar, table_name varchar, expectation varchar, row_text varchar",
}


@contextmanager
def build_database(path: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the build file, made if it is not there; closed at the end, whatever happens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(str(path), read_only=read_only, config={"threads": 2})
    try:
        if not read_only:
            _make_load_tables(connection)
        yield connection
    finally:
        connection.close()


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All statements inside take effect together or not at all."""
    connection.execute("begin")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _make_load_tables(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema if not exists load")
    for name, columns in LOAD_TABLES.items():
        connection.execute(f"create table if not exists load.{name} ({columns})")


def literal(value: object) -> str:
    """A value as an SQL literal. Bound parameters would make DuckDB import pandas, which takes over a second."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def insert(connection: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, object]) -> None:
    """Insert one row by column names."""
    columns = ", ".join(row)
    values = ", ".join(literal(value) for value in row.values())
    connection.execute(f"insert into {table} ({columns}) values ({values})")
