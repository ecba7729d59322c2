"""Dagster's page as a person uses it, with a real browser: the sensor's switch, and a range of years."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from pipelines.published.manifest import read_manifest
from pipelines.settings import Settings
from tests.browser import Page, browsing
from tests.crash.test_kills import assert_whole, contents
from tests.serving import serving
from tests.test_backfill import drop_years
from tests.test_load import jixiao, query

GATES = "select suite, expectation, count(*) from quality.gate_result group by all order by all"


def stop_inbox_sensor(page: Page) -> None:
    """Automation → inbox_files → Running: off. Otherwise new files are loaded before anybody chooses a range."""
    page.click_link("Automation")
    page.click_link("inbox_files")
    running = "//tr[td[normalize-space()='Running']]"
    page.until(lambda: page.find(f"{running}//input").is_selected())
    page.click(f"{running}//label")
    page.until(lambda: not page.find(f"{running}//input").is_selected())


def materialize_range(page: Page, first: int, last: int) -> str:
    """Lineage → Materialize all… → the range → Launch backfill; Runs → the backfill. Returns how it ended."""
    page.click_link("Lineage")
    page.click_button("Materialize all…")
    dialog = "//*[@role='dialog']"
    page.type(f"{dialog}//input[starts-with(@placeholder, 'ex: ')]", f"[{first}...{last}]\t")
    page.until(lambda: f"{last - first + 1} partitions" in page.find(dialog).text)
    page.click_button("Launch backfill")
    page.until(lambda: "Created backfill" in page.find("//body").text)
    page.click_link("Runs")
    page.click("//a[contains(@href, '/runs/b/')]")
    status = "//div[normalize-space(text())='Status']/following-sibling::*"
    ended = ("Succeeded", "Failed", "Canceled")
    return page.until(lambda: next((word for word in ended if word in page.find(status).text), ""), seconds=900)


@pytest.mark.slow
def test_a_range_of_years_chosen_in_the_page_is_one_run_and_equals_a_load(settings: Settings, tmp_path: Path) -> None:
    with serving(settings) as server, browsing(tmp_path / "browser", seconds=120) as page:
        page.open(server.url)
        stop_inbox_sensor(page)
        drop_years(settings, 2020, 2021, 2022, 2023, 2024)
        assert materialize_range(page, 2021, 2023) == "Succeeded"
        with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
            (run,) = instance.get_runs()
    assert run.status == dg.DagsterRunStatus.SUCCESS
    assert run.tags["dagster/asset_partition_range_start"] == "2021"
    assert run.tags["dagster/asset_partition_range_end"] == "2023"
    assert "Traceback" not in server.log.read_text(encoding="utf-8")
    assert not (settings.logs / "messages.jsonl").exists()
    assert_whole(settings.published)
    assert [one.run_id for one in read_manifest(settings.published).versions] == [run.run_id]
    assert query(settings, "select fiscal_year, count(*) from mart_project group by all order by all") == [
        (2021, 2),
        (2022, 2),
        (2023, 2),
    ]
    other = Settings(tmp_path / "other")
    drop_years(other, 2021, 2022, 2023)
    assert jixiao("load", "--data-root", str(other.data_root)).returncode == 0
    here, there = contents(settings.published), contents(other.published)
    assert [table for table in {*here, *there} if here.get(table) != there.get(table)] == []
    assert query(settings, GATES) == query(other, GATES)  # the page's run went through every gate
