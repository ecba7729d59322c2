"""The nightly load as one call: lock, plan, one Dagster run for the years that changed, and what came of it.

Belongs here: driving the job in this process, and turning whatever went wrong into one line. Does not print, and holds no
rule about the data.
"""

from __future__ import annotations

import datetime
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.files import write_atomically
from pipelines.lock import LoadLock, load_lock
from pipelines.parsed.stage import Unplaced
from pipelines.plan import LoadPlan, plan_load
from pipelines.published.manifest import read_manifest
from pipelines.published.switch import finish_switch
from pipelines.run_log import RunLog, StepReporter
from pipelines.settings import Settings
from pipelines.sources.address import is_web
from pipelines.watch import tell_crash, tell_load, tell_missing_documents

if TYPE_CHECKING:
    import dagster as dg

    from pipelines.warehouse.dbt import Dbt

_DAGSTER_YAML = """\
# Written by jixiao where there is none; yours to edit.
telemetry: {enabled: false}
nux: {enabled: false}
run_monitoring: {enabled: true, free_slots_after_run_end_seconds: 20}
concurrency: {pools: {default_limit: 1}}
freshness: {enabled: true}
"""


@dataclass
class LoadResult:
    """What a load did. ``failures`` are lines for people: gates, data or the machine; empty if all went well."""

    plan: LoadPlan
    run_id: str | None = None
    published_version: str | None = None
    failures: list[str] = field(default_factory=list)
    quarantined: list[str] = field(default_factory=list)
    log: Path | None = None

    @property
    def problems(self) -> list[str]:
        """Every line that somebody should read."""
        return [*map(str, self.plan.landed.problems), *self.quarantined, *self.failures]


@dataclass(frozen=True)
class LoadOptions:
    """``fiscal_years``: load these even if nothing changed. ``dbt`` replaces dbt's runner, for tests.

    ``waiting`` is told who holds the lock, and the load waits; without it a held lock is an error. ``accepts_drop``: publish
    even if many rows are gone.
    """

    fiscal_years: Sequence[int] = ()
    reporter: StepReporter = field(default_factory=StepReporter)
    dbt: Dbt | None = None
    waiting: Callable[[str], None] | None = None
    accepts_drop: bool = False


def run_load(settings: Settings, options: LoadOptions = LoadOptions()) -> LoadResult:  # noqa: B008 - frozen
    """The nightly job. Raises ``LoadRunning``, ``OSError`` (with the place) or ``SettingError``; the rest is in the result."""
    with load_lock(settings.lock_file, options.waiting) as lock:
        clear_up(settings, lock)
        plan = plan_load(settings, options.reporter)
        result = LoadResult(plan, quarantined=[_unplaced_line(document) for document in plan.new_unplaced])
        years = sorted({*options.fiscal_years}) or plan.fiscal_years
        if years:
            run_years(settings, years, options, result)
        else:
            result.failures.extend(plan.outdated_corrections)
        tell_load(settings, result.failures, result.run_id)
        if not result.failures and set(plan.fiscal_years) <= set(years):
            tell_missing_documents(settings)
        return result


def clear_up(settings: Settings, lock: LoadLock) -> None:
    """Finish what the last holder of the lock left when it died: a switch half made, a run that looks alive."""
    finish_switch(settings.published)
    if not lock.crashed:
        return
    if all(crashed.run_id is None for crashed in lock.crashed):
        for crashed in lock.crashed:
            tell_crash(settings, crashed)
    else:
        from pipelines.run_lock import settle_crash

        with _instance(settings) as instance:
            for crashed in lock.crashed:
                settle_crash(settings, instance, crashed)
    lock.told()


def _unplaced_line(document: Unplaced) -> str:
    reason = document.reason
    return quarantine_line(document.observation.source_uri, reason.reason_code, reason.place, reason.message)


def quarantine_line(source_uri: str, reason_code: str, place: str | None, message: str) -> str:
    """What a person reads about a document that was not loaded: which, why, where."""
    where = f" [{place}]" if place else ""
    place = source_uri if is_web(source_uri) else f"inbox/{source_uri}"
    return f"{place}: 已隔离 (quarantined, {reason_code}){where}: {message}"


def run_years(
    settings: Settings, years: Sequence[int], options: LoadOptions, result: LoadResult, replaces: str | None = None
) -> None:
    """One run of the job, under the lock; what came of it goes into ``result``. ``replaces``: see ``switch_to``."""
    from pipelines.definitions import build_defs
    from pipelines.published.publish import ACCEPT_DROP_TAG, REPLACES_TAG
    from pipelines.run_lock import close_dead_runs
    from pipelines.sensors import NIGHTLY_JOB, year_tags

    run_id = result.run_id = str(uuid.uuid4())
    result.log = settings.logs / f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%SZ}-{run_id[:8]}.log"
    before = quarantined_lines(settings, years)
    tags = year_tags(list(years))
    tags |= {REPLACES_TAG: replaces} if replaces else {}
    tags |= {ACCEPT_DROP_TAG: "1"} if options.accepts_drop else {}
    job = build_defs(settings, options.dbt).resolve_job_def(NIGHTLY_JOB)
    with (
        load_lock(settings.lock_file) as lock,
        _instance(settings) as instance,
        RunLog(result.log, options.reporter) as log,
    ):
        close_dead_runs(instance, None)
        lock.begin(run_id)
        instance.add_event_listener(run_id, log.hear)
        outcome = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            tags=tags,
            raise_on_error=False,
            # The log file and the reporter hear every event; the console belongs to the person who waits.
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    if not outcome.success:
        result.failures.extend(_failed_corrections(settings, result.run_id))
        result.failures.extend(log.failures or ["the run failed without saying why"])
        _mark_failed(settings, run_id)
    result.quarantined.extend(line for line in quarantined_lines(settings, years) if line not in before)
    newest = read_manifest(settings.published).newest
    if newest is not None and newest.run_id == run_id:
        result.published_version = newest.version


@contextmanager
def _instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Dagster's own records below the data root, so that its web server shows what the command line ran."""
    import dagster as dg
    import sqlalchemy

    if not sqlalchemy.event.contains(sqlalchemy.Engine, "connect", _sync_at_checkpoints):
        sqlalchemy.event.listen(sqlalchemy.Engine, "connect", _sync_at_checkpoints)
    with dg.DagsterInstance.from_config(str(prepare_dagster_home(settings))) as instance:
        yield instance


def _sync_at_checkpoints(connection: object, _record: object) -> None:
    """Dagster commits every event twice; in its write-ahead mode SQLite is as safe without a disk flush for each.

    What a power cut may take is the end of the orchestrator's history, never data: those stores flush by themselves.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = normal")


def prepare_dagster_home(settings: Settings) -> Path:
    """The folder of Dagster's records, with a configuration if there is none."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        write_atomically(home / "dagster.yaml", _DAGSTER_YAML.encode())
    return home


def quarantined_lines(settings: Settings, years: Sequence[int]) -> list[str]:
    """A line per quarantined document of the years, as parsed last."""
    files = [
        path
        for year in years
        for path in sorted((settings.parsed / f"fiscal_year={year}").glob("*/parsed_quarantined_documents.parquet"))
    ]
    if not files:
        return []
    import polars as pl

    rows = pl.concat([pl.read_parquet(path) for path in files]).sort("source_uri").iter_rows(named=True)
    return [quarantine_line(row["source_uri"], row["reason_code"], row["place"], row["message"]) for row in rows]


def _failed_corrections(settings: Settings, run_id: str) -> list[str]:
    """A line for each correction that stopped the run: which file, which entry, what to do."""
    from pipelines.warehouse.database import build_database, literal

    if not settings.build_database.exists():
        return []
    with build_database(settings.build_database, read_only=True) as connection:
        rows = connection.execute(
            "select row_text ->> 'message' from load.gate_failing_row "
            f"where run_id = {literal(run_id)} and table_name = 'parsed_corrections'"
        ).fetchall()
    return [str(row[0]) for row in rows]


def _mark_failed(settings: Settings, run_id: str) -> None:
    """The run's own row, if it came far enough to have one and the disk still takes a write."""
    from pipelines.warehouse.runs import finish_run

    if settings.build_database.exists():
        finish_run(settings.build_database, run_id, "failed", datetime.datetime.now(datetime.UTC))
