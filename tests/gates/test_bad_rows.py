"""Every expectation can fail: one bad row each fails it alone, and stops the load before publication."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from pipelines.gates.gate import GateOutcome, GateRun, parsed_gate_database, run_gate
from pipelines.gates.suites import CRITICAL, STAGES, Expectation, Suite, read_suites
from pipelines.settings import Settings
from pipelines.warehouse.database import build_database
from tests.gates.bad_rows import EXPECTATIONS, apply_bad_row, apply_bad_row_to_parquet, statements
from tests.gates.conftest import YEARS, BehindGate, PlainTables

# One of each stage and one warning for every change; the rest with `make test`.
SAMPLE = {
    ("parsed", "parsed_targets", "bounds_follow_comparator"),
    ("parsed", "parsed_amounts", "amount_not_negative"),
    ("stg", "stg_targets", "rows_conserved"),
    ("mart", "reconciliation", "document_totals_match"),
}
CASES = [
    pytest.param(*case, id=".".join(case), marks=[] if case in SAMPLE else [pytest.mark.slow])
    for case in sorted(statements())
]


def gate(settings: Settings, stage: str) -> list[GateOutcome]:
    database = parsed_gate_database(settings, YEARS) if stage == "parsed" else settings.build_database
    return run_gate(settings, GateRun(stage, "second-run", YEARS), database)


def test_every_expectation_has_a_bad_row_and_every_bad_row_an_expectation() -> None:
    known = {
        (stage, suite.table, expectation.name)
        for stage in STAGES
        for suite in read_suites(EXPECTATIONS, stage)
        for expectation in suite.expectations
    }
    assert set(statements()) == known
    assert known >= SAMPLE


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


@pytest.mark.parametrize(("stage", "table", "expectation"), CASES)
def test_a_bad_row_fails_exactly_its_expectation_and_stops_the_load(
    root: Settings, plain_tables: PlainTables, behind_gate: BehindGate, stage: str, table: str, expectation: str
) -> None:
    (suite,) = [suite for suite in read_suites(EXPECTATIONS, stage) if suite.table == table]
    (rule,) = [one for one in suite.expectations if one.name == expectation]
    if stage == "parsed":
        apply_bad_row_to_parquet(root.parsed, table, expectation)
    else:
        shutil.copy(plain_tables(stage), root.build_database)
        with build_database(root.build_database) as connection:
            apply_bad_row(connection, stage, table, expectation)

    if rule.severity == CRITICAL:
        run = behind_gate(root, stage)
        assert not run.success
        begun = {event.step_key for event in run.all_events if event.event_type_value == "STEP_START"}
        assert begun == {f"{stage}_gate"}  # nothing behind the gate, least of all the publication
        assert not root.published.exists()
        run_id = run.run_id
    else:
        outcomes = gate(root, stage)
        assert not any(outcome.stops for outcome in outcomes)
        run_id = "second-run"

    kept = f"from load.gate_result where run_id = '{run_id}' and not success"
    assert rows(root, f"select table_name, expectation, severity {kept}") == [(table, expectation, rule.severity)]
    ((failing,),) = rows(root, f"select failing_rows {kept}")
    _assert_failing_rows_are_kept(root, suite, rule, failing)


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with build_database(settings.build_database, read_only=True) as connection:
        return connection.execute(query).fetchall()


def _assert_failing_rows_are_kept(root: Settings, suite: Suite, rule: Expectation, failing: int) -> None:
    kept = rows(
        root, f"select row_text from load.gate_failing_row where expectation = '{rule.name}' and suite = '{suite.name}'"
    )
    assert len(kept) == failing > 0
    if rule.kind != "row_count" and "query" not in rule.arguments:
        columns = set(_columns(root, suite.stage, suite.schema, suite.table))
        assert all(set(json.loads(text)) == columns for (text,) in kept)


def _columns(root: Settings, stage: str, schema: str, table: str) -> list[str]:
    database = root.gates / "parsed_gate.duckdb" if stage == "parsed" else root.build_database
    with build_database(database, read_only=True) as connection:
        return [row[0] for row in connection.execute(f"describe {schema}.{table}").fetchall()]
