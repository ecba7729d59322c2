"""Every expectation can fail: one bad row each fails it alone, and stops the load before publication.

There are hundreds, and a run of a gate takes seconds. So each bad row is shown alone to the SQL of every rule, and breaks
its own and no other; and it is shown to the whole gate beside bad rows of other tables, which must find just these.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.gates.gate import GateOutcome, GateRun, parsed_gate_database, run_gate
from pipelines.gates.suites import CRITICAL, STAGES, read_suites
from pipelines.settings import Settings
from pipelines.warehouse.database import build_database
from tests.gates.bad_rows import (
    EXPECTATIONS,
    Case,
    apply_bad_row,
    apply_bad_rows_to_parquet,
    groups,
    rules,
    statements,
)
from tests.gates.conftest import YEARS, BehindGate, PlainConnection, PlainTables

# One of each stage and one warning go through the gate alone, for every change; all of them in groups with `make test`.
SAMPLE: list[Case] = [
    ("parsed", "parsed_targets", "bounds_follow_comparator"),
    ("parsed", "parsed_amounts", "amount_not_negative"),
    ("stg", "stg_targets", "rows_conserved"),
    ("mart", "reconciliation", "document_totals_match"),
]


def gate(settings: Settings, stage: str) -> list[GateOutcome]:
    database = parsed_gate_database(settings, YEARS) if stage == "parsed" else settings.build_database
    return run_gate(settings, GateRun(stage, "second-run", YEARS), database)


def test_every_expectation_has_a_bad_row_and_every_bad_row_an_expectation() -> None:
    assert set(statements()) == set(rules())
    assert sorted(case for group in groups() for case in group) == sorted(rules())


@pytest.mark.parametrize("stage", STAGES)
def test_a_sound_load_passes_every_expectation(root: Settings, stage: str) -> None:
    outcomes = gate(root, stage)
    assert [str(outcome) for outcome in outcomes if not outcome.success] == []
    assert len(outcomes) == sum(len(suite.expectations) for suite in read_suites(EXPECTATIONS, stage))
    with build_database(root.build_database, read_only=True) as connection:
        assert connection.execute("select count(*), bool_and(success) from load.gate_result").fetchone() == (
            len(outcomes),
            True,
        )


@pytest.mark.slow
@pytest.mark.parametrize("case", [pytest.param(case, id=".".join(case)) for case in sorted(statements())])
def test_a_bad_row_breaks_its_own_rule_and_no_other(plain_connection: PlainConnection, case: Case) -> None:
    from pipelines.gates.adapter import failing_rows_query  # here: Great Expectations takes seconds to import

    connection = plain_connection(case[0])
    connection.begin()
    try:
        apply_bad_row(connection, case)
        broken = {
            ".".join(other)
            for other, (suite, rule) in rules().items()
            if suite.stage == case[0]
            and connection.execute(f"from ({failing_rows_query(suite, rule)}) limit 1").fetchone()
        }
    finally:
        connection.rollback()
    assert broken == {".".join(case)}


@pytest.mark.parametrize("case", [pytest.param(case, id=".".join(case)) for case in SAMPLE])
def test_a_bad_row_fails_exactly_its_expectation_and_stops_the_load(
    root: Settings, plain_tables: PlainTables, behind_gate: BehindGate, case: Case
) -> None:
    assert_bad_rows_fail_exactly_their_expectations_and_stop_the_load([case], root, plain_tables, behind_gate)


@pytest.mark.slow
@pytest.mark.parametrize(
    "group", [pytest.param(group, id=f"{'.'.join(group[0])}+{len(group) - 1}") for group in groups()]
)
def test_bad_rows_in_many_tables_fail_exactly_their_expectations_and_stop_the_load(
    root: Settings, plain_tables: PlainTables, behind_gate: BehindGate, group: list[Case]
) -> None:
    assert_bad_rows_fail_exactly_their_expectations_and_stop_the_load(group, root, plain_tables, behind_gate)


def assert_bad_rows_fail_exactly_their_expectations_and_stop_the_load(
    group: Sequence[Case], root: Settings, plain_tables: PlainTables, behind_gate: BehindGate
) -> None:
    """For bad rows of one stage and one severity."""
    stage, severity = group[0][0], rules()[group[0]][1].severity
    if stage == "parsed":
        apply_bad_rows_to_parquet(root.parsed, group)
    else:
        shutil.copy(plain_tables(stage), root.build_database)
        with build_database(root.build_database) as connection:
            for case in group:
                apply_bad_row(connection, case)

    if severity == CRITICAL:
        run = behind_gate(root, stage)
        _assert_failures(root, run.run_id, group)
        _assert_each_stopped_the_load(root, run, group)
    else:
        outcomes = gate(root, stage)
        _assert_failures(root, "second-run", group)
        assert not any(outcome.stops for outcome in outcomes)


def _assert_failures(root: Settings, run_id: str, group: Sequence[Case]) -> None:
    """The expectations of the bad rows have failed and no other, and their failing rows are kept."""
    failed = rows(
        root.build_database,
        "select suite || '.' || expectation, severity, failing_rows from load.gate_result "
        f"where run_id = '{run_id}' and not success",
    )
    named = {".".join(case): rules()[case] for case in group}
    assert {name: severity for name, severity, _ in failed} == {
        name: rule.severity for name, (_, rule) in named.items()
    }
    assert len(failed) == len(group)

    kept: dict[str, list[str]] = {name: [] for name in named}
    for name, row_text in rows(
        root.build_database,
        f"select suite || '.' || expectation, row_text from load.gate_failing_row where run_id = '{run_id}'",
    ):
        kept[name].append(row_text)
    assert {name: len(texts) for name, texts in kept.items()} == {name: count for name, _, count in failed}
    assert all(kept.values())

    columns = _columns(root.gates / "parsed_gate.duckdb" if group[0][0] == "parsed" else root.build_database)
    for name, (suite, rule) in named.items():
        if rule.kind != "row_count" and "query" not in rule.arguments:
            own = columns[suite.schema, suite.table]
            assert all(set(json.loads(text)) == own for text in kept[name]), name


def _assert_each_stopped_the_load(root: Settings, run: dg.ExecuteInProcessResult, group: Sequence[Case]) -> None:
    assert not run.success
    begun = {event.step_key for event in run.all_events if event.event_type_value == "STEP_START"}
    assert begun == {f"{group[0][0]}_gate"}  # nothing behind the gate, least of all the publication
    assert not root.published.exists()
    # The bad rows are of one table each: a check that stops the load does so for one expectation.
    stopping = {
        check.check_name
        for check in run.get_asset_check_evaluations()
        if not check.passed and check.blocking and check.severity == dg.AssetCheckSeverity.ERROR
    }
    assert stopping == {f"gate_{table}" for _, table, _ in group}
    assert len(stopping) == len(group)


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    with build_database(database, read_only=True) as connection:
        return connection.execute(query).fetchall()


def _columns(database: Path) -> dict[tuple[str, str], set[str]]:
    """The columns of each table, by its schema and name."""
    found: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in rows(
        database, "select table_schema, table_name, column_name from information_schema.columns"
    ):
        found.setdefault((schema, table), set()).add(column)
    return found
