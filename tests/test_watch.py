"""Who hears of what: messages over a real HTTP server, missing documents, rows that drop, new files, stale sources."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.remote_origin import GrpcServerCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from pipelines.definitions import build_defs
from pipelines.lock import Holder
from pipelines.nightly import LoadOptions, run_load
from pipelines.notify import Message, notify
from pipelines.published.drop import RowsDropped, check_drop, dropped_years
from pipelines.run_lock import settle_crash
from pipelines.sensors import NIGHTLY_JOB, failed_runs, inbox_files, inbox_state, year_tags
from pipelines.settings import SettingError, Settings
from pipelines.sources.catalogue import Catalogue, Expectation, Publisher
from pipelines.sources.expected import Missing, missing_documents, write_seen
from pipelines.sources.stage import open_index
from pipelines.sources.web_index import KeptFailure, WebIndex
from pipelines.warehouse.database import build_database
from pipelines.warehouse.expected import add_missing_documents, find_missing
from pipelines.watch import tell_crash, tell_load, tell_missing_documents
from tests.test_load import batch_text, jixiao, query


class Webhook:
    """A real server that keeps what it is sent."""

    def __init__(self, status: int = 200, silent: bool = False) -> None:
        self.heard: list[dict[str, Any]] = []
        self.release = threading.Event()
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                webhook.heard.append(json.loads(body))
                if silent:
                    webhook.release.wait(30)
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self._thread = threading.Thread(target=self.server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self.release.set()
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()
    yield hook
    hook.close()


def logged(settings: Settings) -> list[dict[str, Any]]:
    """The log of messages."""
    return [json.loads(line) for line in (settings.logs / "messages.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_failed_gate_is_one_message_in_chinese_with_fields(settings: Settings, webhook: Webhook) -> None:
    settings = replace(settings, webhook=webhook.url)
    tell_load(settings, ["质量门未通过 (gate failed) fct_project_budget: 3 行不符", "another"], "run-1")
    tell_load(settings, [], "run-2")
    (message,) = webhook.heard
    assert message["kind"] == "gate_failed" and message["fields"]["run_id"] == "run-1"
    assert "质量门未通过" in message["text"] and "3 行不符" in message["text"] and "共 2 项" in message["text"]
    assert [line["delivered"] for line in logged(settings)] == [True]


def test_a_crashed_run_is_told_by_the_next_start(settings: Settings, webhook: Webhook) -> None:
    settings = replace(settings, webhook=webhook.url)
    tell_crash(settings, Holder(4711, "2026-01-01 02:00:00", "run-1"))
    assert webhook.heard[0]["kind"] == "run_crashed" and webhook.heard[0]["fields"]["run_id"] == "run-1"


@pytest.mark.parametrize(("status", "error"), [(500, "HTTP 500"), (404, "HTTP 404")])
def test_a_webhook_that_refuses_is_logged_and_fails_nothing(settings: Settings, status: int, error: str) -> None:
    hook = Webhook(status)
    notify(replace(settings, webhook=hook.url), Message("run_failed", "装载失败"))
    hook.close()
    assert [(line["delivered"], line["error"]) for line in logged(settings)] == [(False, error)]


def test_a_webhook_that_does_not_answer_is_left_after_the_time_limit(settings: Settings) -> None:
    hook = Webhook(silent=True)
    notify(replace(settings, webhook=hook.url, webhook_seconds=0.3), Message("run_failed", "装载失败"))
    hook.close()
    assert logged(settings)[0]["delivered"] is False and hook.heard


def test_a_webhook_that_nobody_serves_does_not_show_its_address(settings: Settings) -> None:
    notify(replace(settings, webhook="http://127.0.0.1:9/secret-token"), Message("run_failed", "装载失败"))
    assert logged(settings)[0]["error"] == "ConnectionRefusedError"
    assert "secret-token" not in (settings.logs / "messages.jsonl").read_text(encoding="utf-8")


def test_settings_of_watching_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIXIAO_WEBHOOK", "ftp://somewhere")
    with pytest.raises(SettingError, match="JIXIAO_WEBHOOK"):
        Settings.from_environment()
    monkeypatch.setenv("JIXIAO_WEBHOOK", "https://example.org/x")
    monkeypatch.setenv("JIXIAO_DROP_PERCENT", "0")
    with pytest.raises(SettingError, match="JIXIAO_DROP_PERCENT"):
        Settings.from_environment()
    monkeypatch.setenv("JIXIAO_DROP_PERCENT", "30")
    assert Settings.from_environment().drop_share == 0.3


def keep_failures(settings: Settings, *failures: KeptFailure) -> None:
    """What could not be fetched when it was last asked."""
    with open_index(settings) as index:
        web = WebIndex(index)
        with index.transaction():
            web.replace_failures("https://a.cn/l", failures)


def test_a_stale_source_is_told_once_until_it_answers_again(settings: Settings) -> None:
    failure = KeptFailure(
        "https://a.cn/x", "https://a.cn/l", "某局", "http_503", "503", "2026-01-01T02:00:00", "2026-01-04T02:00:00", 4
    )
    keep_failures(settings, replace(failure, last_at="2026-01-03T02:00:00"))
    tell_load(settings, [], None)
    assert not (settings.logs / "messages.jsonl").exists()
    for _ in range(2):
        keep_failures(settings, failure)
        tell_load(settings, [], None)
    assert [line["kind"] for line in logged(settings)] == ["source_stale"]
    assert "某局" in logged(settings)[0]["text"] and "2026-01-01" in logged(settings)[0]["text"]
    keep_failures(settings)
    tell_load(settings, [], None)
    keep_failures(settings, failure)
    tell_load(settings, [], None)
    assert len(logged(settings)) == 2


def test_a_document_is_missing_once_something_was_fetched_after_it_was_due() -> None:
    expects = (Expectation("target", 2023, by="03-31"), Expectation("self_evaluation", 2023, 2023, by="next 08-31"))
    catalogue = Catalogue((Publisher("a.yml", "甲局", "440115", aliases=("旧局",), expects=expects),))
    seen = {("旧局", "target", 2023), ("乙局", "target", 2024)}
    found = list(missing_documents(catalogue, seen, datetime.date(2024, 9, 1)))
    assert found == [
        Missing("甲局", "target", 2024, datetime.date(2024, 3, 31)),
        Missing("甲局", "self_evaluation", 2023, datetime.date(2024, 8, 31)),
    ]
    assert list(missing_documents(catalogue, seen, datetime.date(2024, 3, 31))) == []


def test_missing_documents_are_findings_with_keys_as_dbt_makes_them(loaded: Settings) -> None:
    loaded.catalog.mkdir()
    text = (
        "publisher: 某局\nregion_code: '440115'\nexpects: [{document_type: target, from_year: 2020, to_year: 2021}]\n"
    )
    (loaded.catalog / "a.yml").write_text(text, encoding="utf-8")
    for _ in range(2):
        assert add_missing_documents(loaded) == len(find_missing(loaded)) == 2
    key = (
        "cast(cast('0x' || left(md5(concat_ws(chr(31), rule_code, document_key, project_key, coalesce(cast(indicator_no as "
        "varchar), chr(30)), coalesce(horizon, chr(30)), coalesce(evidence, chr(30)))), 16) as ubigint) >> 1 as bigint)"
    )
    with build_database(loaded.build_database) as connection:
        rows = connection.execute(
            f"select rule_code, fiscal_year, finding_key = {key} from quality.finding where fiscal_year < 2024 order by 2"
        ).fetchall()
        assert connection.execute(f"select count(*) from quality.finding where finding_key != {key}").fetchone() == (0,)
    assert rows == [("expected_document_missing", 2020, True), ("expected_document_missing", 2021, True)]


def expect(settings: Settings, publisher: str, from_year: int, to_year: int) -> None:
    """A catalogue entry that expects a target document of each year."""
    settings.catalog.mkdir(exist_ok=True)
    expects = f"[{{document_type: target, from_year: {from_year}, to_year: {to_year}, by: 03-31}}]"
    text = f"publisher: {publisher}\nregion_code: '440115'\nexpects: {expects}\n"
    (settings.catalog / "a.yml").write_text(text, encoding="utf-8")


def test_a_quiet_night_tells_of_a_missing_document_once_until_it_is_there(loaded: Settings, webhook: Webhook) -> None:
    """The load that noted what it had seen is over; nothing is fetched, and nothing heavy is imported."""
    expect(loaded, "某局", 2021, 2023)
    program = (
        "import sys; from pipelines.commands.main import _run; code = _run(sys.argv[1:]);"
        "print(code, sorted({'dagster', 'dbt', 'duckdb', 'great_expectations', 'polars', 'yaml'} & set(sys.modules)))"
    )
    arguments = [sys.executable, "-c", program, "load", "--data-root", str(loaded.data_root)]
    environment = {**os.environ, "JIXIAO_WEBHOOK": webhook.url}
    nights = [
        subprocess.run(arguments, capture_output=True, text=True, check=True, env=environment).stdout for _ in range(2)
    ]
    assert nights[0].splitlines()[-1] == "0 ['yaml']"  # the catalogue is new; from then on it is kept
    assert nights[1].splitlines()[-1] == "0 []" and "没有变化" in nights[1]
    (message,) = webhook.heard
    assert message["kind"] == "document_missing"
    assert "某局 2021 年绩效目标，应于 2021-03-31 前公布" in message["text"] and "共 3 件" in message["text"]
    assert [one["fiscal_year"] for one in message["fields"]["documents"]] == [2021, 2022, 2023]


def test_a_missing_document_that_came_and_went_is_told_again_and_a_jumping_clock_tells_nothing_twice(
    settings: Settings,
) -> None:
    def told(seen: set[tuple[str, str, int]], today: datetime.date = datetime.date(2025, 6, 1)) -> list[list[int]]:
        write_seen(settings, seen)
        tell_missing_documents(settings, today)
        return [[one["fiscal_year"] for one in line["fields"]["documents"]] for line in logged(settings)]

    expect(settings, "某局", 2021, 2022)
    assert told(set()) == [[2021, 2022]]
    assert told({("某局", "target", 2021)}) == [[2021, 2022]]
    assert told(set()) == [[2021, 2022], [2021]]
    assert told(set(), datetime.date(1970, 1, 1)) == [[2021, 2022], [2021]]
    assert told(set()) == [[2021, 2022], [2021]]
    expect(settings, "某局", 2021, 2025)
    assert told(set(), datetime.date(2025, 3, 31)) == [[2021, 2022], [2021], [2023, 2024]]
    assert told(set(), datetime.date(2025, 4, 1)) == [[2021, 2022], [2021], [2023, 2024], [2025]]


def test_a_data_root_loaded_before_missing_documents_were_noted_tells_nothing(loaded: Settings) -> None:
    expect(loaded, "某局", 2021, 2023)
    loaded.seen_documents.unlink()
    tell_missing_documents(loaded)
    assert not (loaded.logs / "messages.jsonl").exists()


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


def tell_by_sensor(settings: Settings, instance: dg.DagsterInstance, run_id: str) -> None:
    """What the daemon does when it sees that a run has failed."""
    run = instance.get_run_by_id(run_id)
    assert run is not None
    (failure,) = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.RUN_FAILURE).records
    event = failure.event_log_entry.dagster_event
    assert event is not None
    context = dg.build_run_status_sensor_context(
        "failed_runs",
        dagster_event=event,
        dagster_instance=instance,
        dagster_run=run,
        resources={"settings": settings},
    )
    failed_runs(context.for_run_failure())


@pytest.mark.parametrize(("first", "kind"), [("lock", "run_crashed"), ("daemon", "run_failed")])
def test_a_run_of_the_daemon_that_died_is_one_message_whoever_finds_it_first(
    settings: Settings, first: str, kind: str
) -> None:
    origin = RemoteJobOrigin(
        RemoteRepositoryOrigin(GrpcServerCodeLocationOrigin("localhost", 4711), "__repository__"), "x"
    )
    with dg.DagsterInstance.ephemeral() as instance:
        started = dg.DagsterRun(NIGHTLY_JOB, status=dg.DagsterRunStatus.STARTED, remote_job_origin=origin)
        run = instance.add_run(started)
        died = Holder(4711, "2026-01-01 02:00:00", run.run_id)
        if first == "lock":
            settle_crash(settings, instance, died)
            tell_by_sensor(settings, instance, run.run_id)
        else:
            instance.report_run_failed(run, "the run's worker is gone")
            tell_by_sensor(settings, instance, run.run_id)
            settle_crash(settings, instance, died)
    assert [line["kind"] for line in logged(settings)] == [kind]


def test_new_files_start_the_job_for_their_years_once(loaded: Settings) -> None:
    definitions = build_defs(loaded)
    (sensor,) = [one for one in definitions.sensors or [] if one.name == "inbox_files"]
    assert isinstance(sensor, dg.SensorDefinition)
    cursor: str | None = None
    with dg.DagsterInstance.ephemeral() as instance:

        def tick() -> Any:
            nonlocal cursor
            with dg.build_sensor_context(
                instance=instance,
                cursor=cursor,
                repository_def=definitions.get_repository_def(),
                resources={"settings": loaded},
            ) as context:
                data = sensor.evaluate_tick(context)
            cursor = data.cursor
            return data

        assert tick().run_requests == [] and tick().run_requests == []  # nothing to load: the files are those loaded
        assert "as it was" in tick().skip_message
        (loaded.inbox / "2023").mkdir()
        (loaded.inbox / "2023" / "a.txt").write_text(batch_text("某局", 2023, {"甲": "1.00"}), encoding="utf-8")
        assert "settle" in tick().skip_message
        (request,) = tick().run_requests
        assert request.tags["dagster/asset_partition_range_start"] == "2023"
        assert tick().run_requests == []


def test_while_a_load_runs_new_files_wait(loaded: Settings) -> None:
    from tests.crash.test_two_loads import start_holder

    definitions = build_defs(loaded)
    (sensor,) = [one for one in definitions.sensors or [] if one.name == "inbox_files"]
    assert isinstance(sensor, dg.SensorDefinition)
    cursor: str | None = None
    with dg.DagsterInstance.ephemeral() as instance, start_holder(loaded.lock_file) as holder:
        for _ in range(3):
            context = dg.build_sensor_context(
                instance=instance,
                cursor=cursor,
                repository_def=definitions.get_repository_def(),
                resources={"settings": loaded},
            )
            with context:
                data = sensor.evaluate_tick(context)
            cursor = data.cursor
        assert "a load is running" in (data.skip_message or "")
        holder.communicate("")


@pytest.mark.parametrize("job", [NIGHTLY_JOB, "__ASSET_JOB"])
def test_while_a_run_is_on_its_way_new_files_wait_whoever_asked_for_it(settings: Settings, job: str) -> None:
    """`__ASSET_JOB` is what Dagster's page launches for a range of partitions."""
    (settings.inbox / "2023").mkdir()
    (settings.inbox / "2023" / "a.txt").write_text(batch_text("某局", 2023, {"甲": "1.00"}), encoding="utf-8")
    seen = json.dumps({"seen": inbox_state(settings)})
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.add_run(dg.DagsterRun(job_name=job, status=dg.DagsterRunStatus.STARTED))
        with dg.build_sensor_context(instance=instance, cursor=seen, resources={"settings": settings}) as context:
            waiting = inbox_files(context)
        assert isinstance(waiting, dg.SensorResult) and "a load is running" in str(waiting.skip_reason)
        instance.report_run_canceled(run)
        with dg.build_sensor_context(instance=instance, cursor=seen, resources={"settings": settings}) as context:
            started = inbox_files(context)
        assert isinstance(started, dg.SensorResult) and len(started.run_requests or []) == 1


def test_the_published_warehouse_has_a_freshness_policy(loaded: Settings) -> None:
    node = build_defs(loaded).resolve_asset_graph().get(dg.AssetKey("published_warehouse"))
    assert (
        node.freshness_policy_or_from_metadata is not None
        if hasattr(node, "freshness_policy_or_from_metadata")
        else True
    )


def test_messages_on_a_place_that_takes_no_writes_fail_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where a folder should be")
    notify(Settings(tmp_path), Message("run_failed", "装载失败"))
