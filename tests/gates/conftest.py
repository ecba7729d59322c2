"""One data root for all tests of the gates, made once from the shipped and some made-up documents, copied for each test.

The made-up ones (``documents/``) are two versions of one document, with deadlines, a range, a cut cell and a project
without indicators, and one text that is no form at all and is quarantined. ``self_evaluation`` adds one by hand.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pipelines.definitions import STAGING, STAR, build_defs
from pipelines.gates.gate import parsed_gate_database
from pipelines.gates.suites import STAGES
from pipelines.parsed.buckets import buckets_of
from pipelines.parsed.stage import parse_years
from pipelines.run_lock import run_lock
from pipelines.sensors import year_tags
from pipelines.settings import Settings
from pipelines.sources.stage import land_inbox, open_index
from pipelines.warehouse.database import build_database
from pipelines.warehouse.dbt import Dbt, raise_failures
from pipelines.warehouse.load import LoadRequest, load_parsed
from tests.gates.bad_rows import make_plain_tables
from tests.gates.self_evaluation import add_self_evaluation
from tests.made_once import made_once

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "data" / "inbox"
YEARS = [2024]
BehindGate = Callable[[Settings, str], dg.ExecuteInProcessResult]
PlainTables = Callable[[str], Path]
PlainConnection = Callable[[str], duckdb.DuckDBPyConnection]


@pytest.fixture(scope="session")
def whole_root(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data root that went through every stage, gates left out. Read it; do not change it."""
    return made_once(tmp_path_factory, "gates", _make_whole_root)


def _make_whole_root(folder: Path) -> Settings:
    settings = Settings(folder / "root")
    shutil.copytree(SHIPPED, settings.inbox)
    shutil.copytree(HERE / "documents", settings.inbox, dirs_exist_ok=True)
    with open_index(settings) as index:
        land_inbox(settings, index)
        parse_years(settings, index, YEARS)
        buckets = buckets_of(index, YEARS)
    add_self_evaluation(settings, buckets[-1])
    with build_database(settings.build_database) as connection:
        load_parsed(connection, settings.parsed, LoadRequest(buckets, YEARS, "first-run", "test"))
    dbt = Dbt(settings)
    for folders in (STAGING, STAR):
        raise_failures(dbt.build(folders, full_refresh=True))
    return settings


@pytest.fixture(scope="session")
def behind_gate(whole_root: Settings) -> BehindGate:
    """Runs a gate and everything behind it, as wired in the product, on another data root of the same shape."""
    definitions = build_defs(whole_root)
    jobs = {stage: _job_from(definitions, stage) for stage in STAGES}
    merged = dg.Definitions.merge(definitions, dg.Definitions(jobs=list(jobs.values())))

    def run(settings: Settings, stage: str) -> dg.ExecuteInProcessResult:
        with dg.DagsterInstance.ephemeral() as instance:
            return merged.resolve_job_def(jobs[stage].name).execute_in_process(
                instance=instance,
                tags=year_tags(YEARS),
                raise_on_error=False,
                resources={"settings": settings, "dbt": Dbt(settings), "run_lock": run_lock},
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )

    return run


def _job_from(definitions: dg.Definitions, stage: str) -> Any:
    """The gate of a stage with every step behind it, down to the publication."""
    (gate,) = [one for one in definitions.asset_checks or [] if one.node_def.name == f"{stage}_gate"]
    gated = {key.asset_key for key in gate.check_keys}
    steps = [one for one in definitions.assets or [] if isinstance(one, dg.AssetsDefinition)]
    last = max(number for number, step in enumerate(steps) if gated & set(step.keys))
    return dg.define_asset_job(
        f"behind_{stage}_gate",
        selection=dg.AssetSelection.checks(*gate.check_keys) | dg.AssetSelection.assets(*steps[last + 1 :]),
        executor_def=dg.in_process_executor,
    )


@pytest.fixture(scope="session")
def plain_tables(whole_root: Settings, tmp_path_factory: pytest.TempPathFactory) -> PlainTables:
    """The database that a stage's gate reads, with plain tables of all that it asks about, made once for each stage. Copy it."""

    def plain(stage: str) -> Path:
        def make(folder: Path) -> Path:
            if stage == "parsed":
                settings = Settings(folder / "root")
                shutil.copytree(whole_root.parsed, settings.parsed)
                path = parsed_gate_database(settings, YEARS)
            else:
                path = folder / whole_root.build_database.name
                shutil.copy(whole_root.build_database, path)
            with build_database(path) as connection:
                make_plain_tables(connection, stage)
            return path

        return made_once(tmp_path_factory, f"plain_{stage}", make)

    return plain


@pytest.fixture(scope="session")
def plain_connection(plain_tables: PlainTables, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainConnection]:
    """A connection to a stage's plain tables, one for all tests of a process. Roll back whatever is changed."""
    folder = tmp_path_factory.mktemp("plain_connection")
    with ExitStack() as opened:

        @cache
        def connection(stage: str) -> duckdb.DuckDBPyConnection:
            made = plain_tables(stage)
            path = folder / stage / made.name  # its views name the catalog, which is called as the file
            path.parent.mkdir()
            shutil.copy(made, path)
            # What is asked takes milliseconds, most of it to plan: a second thread would only be waited for.
            return opened.enter_context(duckdb.connect(str(path), config={"threads": 1}))

        yield connection


@pytest.fixture
def root(whole_root: Settings, tmp_path: Path) -> Iterator[Settings]:
    """A private copy of what the gates read: the parsed Parquet and the build file. Removed afterwards: it is 10 MB."""
    settings = Settings(tmp_path / "root")
    shutil.copytree(whole_root.parsed, settings.parsed)
    settings.warehouse.mkdir(parents=True)
    shutil.copy(whole_root.build_database, settings.build_database)
    yield settings
    shutil.rmtree(settings.data_root)
