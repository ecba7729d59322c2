"""A year or a publisher in it that would suddenly lose most of its rows is not published unless a person says that it is right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import build_defs
from pipelines.nightly import LoadOptions, run_load
from pipelines.published.drop import RowsDropped, check_drop, dropped_years
from pipelines.sensors import NIGHTLY_JOB, year_tags
from pipelines.settings import Settings
from pipelines.warehouse.database import build_database
from tests.test_load import batch_text, jixiao, query
from tests.watching import Webhook, tell_by_sensor


def test_a_year_that_loses_most_of_its_rows_stops_the_publication(loaded: Settings) -> None:
    published = loaded.published / "jixiao.duckdb"
    assert dropped_years(loaded, published) == []
    check_drop(loaded, "run-0", accepts_drop=False)
    with build_database(loaded.build_database) as connection:
        connection.execute("delete from mart_project where indicator_count > 8")
    (line,) = dropped_years(loaded, published)
    assert line.startswith("2024 年指标 104 → ")
    with pytest.raises(RowsDropped, match="--accept-drop"):
        check_drop(loaded, "run-1", accepts_drop=False)
    check_drop(loaded, "run-2", accepts_drop=True)
    assert dropped_years(replace(loaded, drop_rows=1000), published) == []
    with build_database(loaded.build_database) as connection:
        kept = connection.execute(
            "select run_id, success from load.gate_result where suite = 'published.drop' and run_id like 'run-%' order by 1"
        ).fetchall()
    assert kept == [("run-0", True), ("run-1", False), ("run-2", True)]


# document, publisher, fiscal year → indicators of its projects
_Documents = dict[tuple[int, str, int], list[int]]


def _warehouse(path: Path, documents: _Documents) -> Path:
    with build_database(path) as connection:
        connection.execute("create table dim_document (document_key bigint, publisher varchar)")
        connection.execute("create table mart_project (fiscal_year int, document_key bigint, indicator_count int)")
        for (key, publisher, year), projects in documents.items():
            connection.execute("insert into dim_document values (?, ?)", [key, publisher])
            for indicators in projects:
                connection.execute("insert into mart_project values (?, ?, ?)", [year, key, indicators])
    return path


BEFORE: _Documents = {
    (1, "甲局", 2024): [10] * 30,
    (2, "乙局", 2024): [8] * 40,
    (3, "丙局", 2024): [5] * 200,
    (4, "丙局", 2023): [5] * 30,
    (5, "丙局", 2023): [5] * 10,
}
_NO_DROP: list[str] = []


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        ({}, _NO_DROP),
        # A publisher's half a file is a small part of a large year.
        ({(2, "乙局", 2024): [8] * 10}, ["2024 年 乙局 项目 40 → 10", "2024 年 乙局 指标 320 → 80"]),
        ({(2, "乙局", 2024): [1] * 40}, ["2024 年 乙局 指标 320 → 40"]),
        ({(2, "乙局", 2024): [8] * 21}, _NO_DROP),
        ({(1, "甲局", 2024): [10], (3, "丙局", 2024): [5]}, ["2024 年项目 270 → 42", "2024 年指标 1620 → 335"]),
        # A document that was dated to another year takes its rows along, and so does one that is another publisher's.
        ({(4, "丙局", 2023): [], (6, "丙局", 2022): [5] * 30}, _NO_DROP),
        ({(2, "乙局", 2024): [], (6, "丁局", 2024): [8] * 40}, _NO_DROP),
        ({(4, "丙局", 2023): [5]}, ["2023 年项目 40 → 11", "2023 年指标 200 → 55"]),
    ],
)
def test_a_publishers_loss_counts_beside_the_years(tmp_path: Path, changed: _Documents, lines: list[str]) -> None:
    settings = Settings(data_root=tmp_path)
    published = _warehouse(tmp_path / "published.duckdb", BEFORE)
    _warehouse(settings.build_database, {**BEFORE, **changed})
    assert sorted(dropped_years(settings, published)) == sorted(lines)


def test_of_many_publishers_some_are_named(tmp_path: Path) -> None:
    settings = Settings(data_root=tmp_path)
    many: _Documents = {(key, f"第{key}局", 2024): [10] * 20 for key in range(10, 18)}
    large: _Documents = {(1, "甲局", 2024): [10] * 500}
    published = _warehouse(tmp_path / "published.duckdb", large | many)
    _warehouse(settings.build_database, large | {key: [4] * 20 for key in many})
    lines = dropped_years(settings, published)
    assert len(lines) == 6 and lines[0] == "2024 年 第10局 指标 200 → 80"
    assert lines[-1] == "另有 3 个发布单位指标骤降"


@pytest.mark.slow
def test_a_drop_fails_the_run_and_is_one_line_one_message_and_published_only_on_a_persons_word(
    loaded: Settings, webhook: Webhook
) -> None:
    settings = replace(loaded, webhook=webhook.url)
    before = (loaded.published / "jixiao.duckdb").resolve()
    path = next((loaded.inbox / "2024").glob("*.txt"))
    lines = path.read_text(encoding="utf-8").split("\n")
    unit = next(line for line in lines if "部门名称" in line).partition("：")[2].strip()
    path.write_text(batch_text(unit or "某局", 2024, {"甲": "1.00"}), encoding="utf-8")
    result = run_load(settings)
    (failure,) = result.failures
    assert failure.startswith("质量门未通过") and "行数骤降" in failure and "\n" not in failure
    assert (loaded.published / "jixiao.duckdb").resolve() == before
    assert [message["kind"] for message in webhook.heard] == ["gate_failed"]
    with dg.DagsterInstance.from_config(str(loaded.dagster_home)) as instance:
        run = instance.get_run_by_id(result.run_id or "")
        assert run is not None and run.status == dg.DagsterRunStatus.FAILURE
    run = run_load(settings, LoadOptions(accepts_drop=True))
    assert run.failures == [] and run.published_version is not None
    assert query(loaded, "select count(*) from mart_project where fiscal_year = 2024") == [(1,)]


@pytest.mark.slow
def test_a_drop_in_a_run_of_the_daemon_is_told_and_accepted_by_a_person(loaded: Settings, webhook: Webhook) -> None:
    """A run that nobody waits for, as the daemon starts it: it takes the lock by itself, and its failure goes to the sensor."""
    settings = replace(loaded, webhook=webhook.url)
    path = next((loaded.inbox / "2024").glob("*.txt"))
    department = next(line for line in path.read_text(encoding="utf-8").split("\n") if "部门名称" in line)
    path.write_text(batch_text(department.partition("：")[2].strip(), 2024, {"甲": "1.00"}), encoding="utf-8")
    job = build_defs(settings).resolve_job_def(NIGHTLY_JOB)
    with dg.DagsterInstance.from_config(str(loaded.dagster_home)) as instance:
        outcome = job.execute_in_process(instance=instance, tags=year_tags([2024]), raise_on_error=False)
        assert not outcome.success
        tell_by_sensor(settings, instance, outcome.run_id)
    (message,) = webhook.heard
    assert message["kind"] == "gate_failed" and "行数骤降" in message["text"] and "--accept-drop" in message["text"]
    run = jixiao("load", "--accept-drop", "--data-root", str(loaded.data_root))
    assert run.returncode == 0, run.stderr
    assert query(loaded, "select count(*) from mart_project where fiscal_year = 2024") == [(1,)]
