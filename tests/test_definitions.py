"""The wiring: what Dagster shows, without a warning, and what it starts at night."""

from __future__ import annotations

import datetime
import json
import urllib.request
from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import build_defs
from pipelines.nightly import LoadResult
from pipelines.sensors import NIGHTLY_JOB
from pipelines.settings import Settings
from tests.serving import serving


def test_every_stage_is_an_asset_partitioned_by_fiscal_year(nansha_load: tuple[Settings, LoadResult]) -> None:
    graph = build_defs(nansha_load[0]).resolve_asset_graph()
    assert (
        graph.get_downstream_assets(dg.AssetKey("source_documents"))
        if hasattr(graph, "get_downstream_assets")
        else True
    )
    for name in (
        "source_documents",
        "raw_tables",
        "parsed_targets",
        "loaded_tables",
        "stg_targets",
        "fct_indicator_target",
    ):
        node = graph.get(dg.AssetKey(name))
        assert node.partitions_def is not None and "2024" in node.partitions_def.get_partition_keys()
    published = graph.get(dg.AssetKey("published_warehouse"))
    ancestors = graph.get_ancestor_asset_keys(published.key)
    assert {key.path[-1] for key in ancestors} >= {
        "source_documents",
        "raw_tables",
        "parsed_targets",
        "dim_project",
        "mart_indicator",
    }


def test_every_gate_blocks(nansha_load: tuple[Settings, LoadResult]) -> None:
    checks = build_defs(nansha_load[0]).resolve_asset_graph().asset_check_keys
    gates = {key for key in checks if key.name.startswith("gate_")}
    graph = build_defs(nansha_load[0]).resolve_asset_graph()
    assert len(gates) > 25
    assert all(graph.get_check_spec(key).blocking for key in gates)


def test_the_schedule_asks_for_the_years_with_news_and_skips_a_quiet_night(loaded: Settings) -> None:
    definitions = build_defs(loaded)
    (schedule,) = definitions.schedules or []
    assert isinstance(schedule, dg.ScheduleDefinition) and schedule.job_name == NIGHTLY_JOB
    with dg.DagsterInstance.ephemeral() as instance:

        def tick() -> object:
            context = dg.build_schedule_context(
                instance=instance,
                repository_def=definitions.get_repository_def(),
                resources={"settings": loaded},
                scheduled_execution_time=datetime.datetime(2026, 1, 1, 18, tzinfo=datetime.UTC),
            )
            return schedule.evaluate_tick(context)

        quiet = tick()
        assert quiet.run_requests == [] and "nothing changed" in quiet.skip_message  # type: ignore[attr-defined]
        (loaded.inbox / "2023").mkdir()
        (loaded.inbox / "2023" / "a.txt").write_text("某局", encoding="utf-8")
        (request,) = tick().run_requests  # type: ignore[attr-defined]
    assert request.tags["dagster/asset_partition_range_start"] == "2023"
    assert request.tags["dagster/asset_partition_range_end"] == "2023"


@pytest.mark.slow
def test_the_web_server_opens_without_a_warning_and_shows_graph_and_checks(loaded: Settings) -> None:
    """The real `jixiao serve`: web server, daemon and code server, asked over HTTP, ended by its process group."""
    with serving(loaded) as server:
        answer = _ask(server.url)
        # Read before the server is told to end: what Dagster logs while its parts stop one after the other (a code
        # server that left first) is no warning at opening.
        text = server.log.read_text(encoding="utf-8")
        assert _addresses(server.port) == {"0100007F"}  # 127.0.0.1, and nothing else
    assets = {"/".join(node["assetKey"]["path"]): node for node in answer["data"]["assetNodes"]}
    assert len(assets) > 40 and assets["published_warehouse"]["isPartitioned"]
    materialised = [name for name, node in assets.items() if node["assetMaterializations"]]
    assert "published_warehouse" in materialised and "fct_indicator_target" in materialised
    assert "Warning" not in text and "WARNING" not in text and "Traceback" not in text, text


def _ask(url: str) -> dict[str, dict[str, list[dict[str, object]]]]:
    query = "{ assetNodes { assetKey { path } isPartitioned assetMaterializations(limit: 1) { runId } } }"
    request = urllib.request.Request(
        f"{url}/graphql",
        data=json.dumps({"query": query}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as response:
        answer: dict[str, dict[str, list[dict[str, object]]]] = json.load(response)
    return answer


def _addresses(port: int) -> set[str]:
    """The local addresses, as the kernel writes them, on which anything listens at the port."""
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return {line[1].split(":")[0] for line in lines if line[3] == "0A" and int(line[1].split(":")[1], 16) == port}
