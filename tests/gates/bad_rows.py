"""A bad row for every expectation: SQL in ``bad_rows/<stage>/<table>.yml``, and how it gets into the gated tables.

Statements may use ``{table}`` for the gated table, and name other tables where one table alone would break two rules.
A made-up key is 1 where no table may know it and 2 where a row is given it, so that no bad row mends another's.
Belongs here: reading the files, applying them, and which of them may stand side by side. Does not run a gate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import duckdb
import yaml

from pipelines.gates.suites import STAGES, Expectation, Suite, read_suites
from pipelines.parsed.schema import TABLES

FOLDER = Path(__file__).parent / "bad_rows"
EXPECTATIONS = Path(__file__).parents[2] / "expectations"
Case = tuple[str, str, str]  # stage, table, expectation


@cache
def statements() -> dict[Case, list[str]]:
    """The SQL statements that break an expectation, with ``{table}`` still in them."""
    return {
        (path.parent.name, path.stem, name): list(given)
        for path in sorted(FOLDER.glob("*/*.yml"))
        for name, given in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    }


@cache
def rules() -> dict[Case, tuple[Suite, Expectation]]:
    """Every expectation, with the suite it stands in."""
    return {
        (stage, suite.table, expectation.name): (suite, expectation)
        for stage in STAGES
        for suite in read_suites(EXPECTATIONS, stage)
        for expectation in suite.expectations
    }


def groups() -> list[list[Case]]:
    """All bad rows in groups for one run of a gate: of one stage and one severity, and each in tables of its own.

    Two bad rows in one table would meet: the second may copy, overwrite or find what the first has left. And a check of
    a table that stops the load could have done so for either.
    """
    made: list[tuple[str, str, set[str], list[Case]]] = []
    for case in sorted(statements().keys() & rules().keys()):
        stage, severity, tables = case[0], rules()[case][1].severity, _touched_tables(case)
        for its_stage, its_severity, taken, group in made:
            if (its_stage, its_severity) == (stage, severity) and not taken & tables:
                taken |= tables
                group.append(case)
                break
        else:
            made.append((stage, severity, tables, [case]))
    return [group for *_, group in made]


def _touched_tables(case: Case) -> set[str]:
    """The gated table, even where its rule is broken by a row of another one, and every table that is changed."""
    changed = [re.match(r"(?:insert into|update|delete from) (\S+)", sql) for sql in _sql(case)]
    assert all(changed), f"{'.'.join(case)}: begin each statement with insert into, update or delete from and a table"
    return {_gated_table(case), *(found[1] for found in changed if found)}


def _gated_table(case: Case) -> str:
    suite, _ = rules()[case]
    return f"{suite.schema}.{suite.table}"


def _sql(case: Case) -> list[str]:
    table = _gated_table(case)
    return [statement.replace("{table}", table) for statement in statements()[case]]


def make_plain_tables(connection: duckdb.DuckDBPyConnection, stage: str) -> None:
    """Make plain tables of all that a stage's suites are about, in the database that its gate reads.

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


def apply_bad_rows_to_parquet(parsed: Path, cases: Iterable[Case]) -> None:
    """Break expectations of the parsed gate in the Parquet files of a data root's ``parsed`` folder, all years."""
    with duckdb.connect() as connection:
        connection.execute("create schema parsed")
        for name in TABLES:
            connection.execute(
                f"create table parsed.{name} as select * rename (filename as parquet_file) "
                f"from read_parquet('{parsed}/*/*/{name}.parquet', hive_partitioning = false, filename = true)"
            )
        for case in cases:
            apply_bad_row(connection, case)
        for name in TABLES:
            files = sorted(parsed.glob(f"*/*/{name}.parquet"))
            # A row that was inserted by its column names belongs to no file yet: it goes to the first.
            connection.execute(f"update parsed.{name} set parquet_file = '{files[0]}' where parquet_file is null")
            for file in files:
                connection.execute(
                    f"copy (select * exclude (parquet_file) from parsed.{name} where parquet_file = '{file}') "
                    f"to '{file}' (format parquet)"
                )


def apply_bad_row(connection: duckdb.DuckDBPyConnection, case: Case) -> None:
    """Break one expectation of a gate in tables that take any row."""
    changed = 0
    for statement in _sql(case):
        row = connection.execute(statement).fetchone()
        changed = row[0] if row else 0
    # Statements before the last one only keep other rules whole, and may find nothing to do.
    assert changed, f"{'.'.join(case)} changes no row"
