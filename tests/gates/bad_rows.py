"""A bad row for every expectation: SQL in ``bad_rows/<stage>/<table>.yml``, and how it gets into the gated tables.

Statements may use ``{table}`` for the gated table, and name other tables where one table alone would break two rules.
Belongs here: reading the files and applying them. Does not run a gate.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import duckdb
import yaml

from pipelines.gates.suites import read_suites
from pipelines.parsed.schema import TABLES

FOLDER = Path(__file__).parent / "bad_rows"
EXPECTATIONS = Path(__file__).parents[2] / "expectations"


@cache
def statements() -> dict[tuple[str, str, str], list[str]]:
    """(stage, table, expectation) → SQL statements with ``{table}`` still in them."""
    return {
        (path.parent.name, path.stem, name): list(given)
        for path in sorted(FOLDER.glob("*/*.yml"))
        for name, given in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    }


def make_plain_tables(connection: duckdb.DuckDBPyConnection, stage: str) -> None:
    """Make plain tables of all that a gate reads in the build file (``stg``, ``mart``).

    A bad row in one staging view must not show through another, and a constraint must not refuse the row before the gate
    sees it.
    """
    gated = [(suite.schema, suite.table) for suite in read_suites(EXPECTATIONS, stage)]
    for number, (schema, name) in enumerate(gated):
        connection.execute(f"create temp table copy_{number} as from {schema}.{name}")
    for number, (schema, name) in enumerate(gated):
        kind = connection.execute(
            f"select table_type from information_schema.tables where table_schema = '{schema}' and table_name = '{name}'"
        ).fetchone()
        connection.execute(f"drop {'view' if kind == ('VIEW',) else 'table'} {schema}.{name}")
        connection.execute(f"create table {schema}.{name} as from copy_{number}")
        connection.execute(f"drop table copy_{number}")


def apply_bad_row_to_parquet(parsed: Path, table: str, expectation: str) -> None:
    """Break one expectation of the parsed gate in the Parquet files of a data root's ``parsed`` folder, all years."""
    with duckdb.connect() as connection:
        connection.execute("create schema parsed")
        for name in TABLES:
            connection.execute(
                f"create table parsed.{name} as select * rename (filename as parquet_file) "
                f"from read_parquet('{parsed}/*/*/{name}.parquet', hive_partitioning = false, filename = true)"
            )
        apply_bad_row(connection, "parsed", table, expectation)
        for name in TABLES:
            files = sorted(parsed.glob(f"*/*/{name}.parquet"))
            # A row that was inserted by its column names belongs to no file yet: it goes to the first.
            connection.execute(f"update parsed.{name} set parquet_file = '{files[0]}' where parquet_file is null")
            for file in files:
                connection.execute(
                    f"copy (select * exclude (parquet_file) from parsed.{name} where parquet_file = '{file}') "
                    f"to '{file}' (format parquet)"
                )


def apply_bad_row(connection: duckdb.DuckDBPyConnection, stage: str, table: str, expectation: str) -> None:
    """Break one expectation of a gate in tables that take any row."""
    (schema,) = {suite.schema for suite in read_suites(EXPECTATIONS, stage) if suite.table == table}
    changed = 0
    for statement in statements()[stage, table, expectation]:
        row = connection.execute(statement.replace("{table}", f"{schema}.{table}")).fetchone()
        changed = row[0] if row else 0
    # Statements before the last one only keep other rules whole, and may find nothing to do.
    assert changed, f"{stage}.{table}.{expectation} changes no row"
