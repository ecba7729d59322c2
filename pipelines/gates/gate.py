"""A gate: evaluate a stage's suites, keep every result and every failing row, and say whether the load may go on.

Belongs here: the policy (critical stops, a warning is published as a finding, an error is a failure). Does not know
Dagster, nor how Great Expectations is spoken to.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.gates.suites import CRITICAL, read_suites
from pipelines.settings import Settings
from pipelines.sources.corrections import problems
from pipelines.sources.stage import open_index
from pipelines.warehouse.database import build_database, insert, transaction

_CORRECTIONS = "parsed_corrections"


@dataclass(frozen=True)
class GateOutcome:
    """One expectation's outcome, as kept in ``quality.gate_result``."""

    suite: str
    table: str
    expectation: str
    severity: str
    why: str
    success: bool
    observed: str
    failing_rows: int
    examples: tuple[str, ...]
    error: str | None

    @property
    def stops(self) -> bool:
        """Whether the load must not go on: a critical failure, or an expectation that could not be evaluated."""
        return not self.success and (self.severity == CRITICAL or self.error is not None)

    def __str__(self) -> str:
        what = self.error or f"{self.failing_rows} 行不符 (failing rows)"
        return f"{self.suite} · {self.expectation} [{self.severity}]: {what}. {self.why}"


@dataclass(frozen=True)
class GateRun:
    """For which run and years a gate is asked."""

    stage: str
    run_id: str
    fiscal_years: Sequence[int]


def run_gate(settings: Settings, request: GateRun, database: Path) -> list[GateOutcome]:
    """Evaluate every suite of the stage on ``database``; results go to the build file whether they are good or bad."""
    from pipelines.gates.adapter import failing_rows, validate

    suites = read_suites(settings.expectations, request.stage)
    outcomes = []
    for result in validate(database, suites, settings.gates / "data_docs" / request.stage):
        examples = () if result.success or result.error else tuple(failing_rows(database, result))
        outcomes.append(
            GateOutcome(
                suite=result.suite.name,
                table=result.suite.table,
                expectation=result.expectation.name,
                severity=result.expectation.severity,
                why=result.expectation.why,
                success=result.success,
                observed=result.observed,
                failing_rows=result.failing_rows,
                examples=examples,
                error=result.error,
            )
        )
    _keep(settings, request, outcomes)
    return outcomes


def parsed_gate_database(settings: Settings, fiscal_years: Sequence[int]) -> Path:
    """A DuckDB file with a view per parsed table over the Parquet of the years: gated before anything is loaded.

    Corrections that concern no document, or are outdated, are no document's rows: they are added here.
    """
    from pipelines.parsed.schema import TABLES

    path = settings.gates / "parsed_gate.duckdb"  # not parsed.duckdb: the catalog would have the schema's name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema parsed")
        for table in TABLES:
            files = [
                f"'{settings.parsed}/fiscal_year={year}/*/{table}.parquet'"
                for year in fiscal_years
                if _has(settings, year)
            ]
            if not files:
                raise FileNotFoundError(f"no parsed Parquet for the years {', '.join(map(str, fiscal_years))}")
            kind = "table" if table == _CORRECTIONS else "view"
            connection.execute(
                f"create {kind} parsed.{table} as from read_parquet([{', '.join(files)}], hive_partitioning = false)"
            )
        with open_index(settings) as index:
            for correction, status, remedy in problems(index, set(fiscal_years)):
                row = {"file": correction.file, "entry_no": correction.number, "status": status}
                insert(connection, f"parsed.{_CORRECTIONS}", {**row, "message": f"{correction}: {remedy}"})
    return path


def _has(settings: Settings, fiscal_year: int) -> bool:
    return any((settings.parsed / f"fiscal_year={fiscal_year}").glob("*/fingerprint"))


def _keep(settings: Settings, request: GateRun, outcomes: Sequence[GateOutcome]) -> None:
    checked_at = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)
    with build_database(settings.build_database) as connection, transaction(connection):
        for outcome in outcomes:
            common = {"run_id": request.run_id, "suite": outcome.suite, "table_name": outcome.table}
            insert(
                connection,
                "load.gate_result",
                {
                    **common,
                    "fiscal_year": ", ".join(map(str, request.fiscal_years)),
                    "expectation": outcome.expectation,
                    "severity": outcome.severity,
                    "success": outcome.success,
                    "observed": outcome.error or outcome.observed,
                    "failing_rows": outcome.failing_rows,
                    "checked_at": checked_at.isoformat(),
                },
            )
            for row in outcome.examples:
                failing = {**common, "expectation": outcome.expectation, "row_text": row}
                insert(connection, "load.gate_failing_row", failing)
