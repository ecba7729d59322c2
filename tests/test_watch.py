"""Who hears of what: messages over a real HTTP server, missing documents, rows that drop, new files, stale sources."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.remote_origin import GrpcServerCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from pipelines.definitions import build_defs
from pipelines.lock import Holder
from pipelines.notify import Message, notify
from pipelines.run_lock import settle_crash
from pipelines.sensors import NIGHTLY_JOB, inbox_files, inbox_state
from pipelines.settings import SettingError, Settings
from pipelines.sources.stage import open_index
from pipelines.sources.web_index import KeptFailure, WebIndex
from pipelines.watch import tell_crash, tell_load
from tests.test_load import batch_text
from tests.watching import Webhook, logged, tell_by_sensor


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
    # Whoever told of it died before it could note so, perhaps in the middle of a line.
    with (settings.logs / "messages.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"kind": "run_cra\n')
    tell_crash(settings, Holder(4711, "2026-01-01 02:00:00", "run-1"))
    assert len(webhook.heard) == 1
    tell_crash(settings, Holder(4712, "2026-01-01 02:00:00", "run-2"))
    assert [message["fields"]["run_id"] for message in webhook.heard] == ["run-1", "run-2"]


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
