"""`jixiao backfill`: the plan, the years one after the other, an interruption that is really one, and the same from Dagster."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.backfill import plan_backfill
from pipelines.published.manifest import read_manifest
from pipelines.settings import Settings
from tests.conftest import REPOSITORY
from tests.crash.test_kills import assert_whole, contents
from tests.test_load import batch_text, jixiao, query


def drop_years(settings: Settings, *years: int) -> None:
    """One small document for each year."""
    for year in years:
        (settings.inbox / str(year)).mkdir(parents=True, exist_ok=True)
        text = batch_text("某某局", year, {"甲": "1.00", "乙": "2.00"})
        (settings.inbox / str(year) / "a.txt").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [("2024", "2019", "2024 is after TO 2019"), ("1999", "2020", "from 2010"), ("2020", "2999", "from 2010")],
)
def test_a_bad_range_is_one_line(settings: Settings, first: str, last: str, words: str) -> None:
    run = jixiao("backfill", first, last, "--data-root", str(settings.data_root))
    assert run.returncode == 2 and words in run.stderr and run.stderr.count("\n") == 1


def test_a_word_that_is_no_year_is_wrong_usage(settings: Settings) -> None:
    assert jixiao("backfill", "soon", "2020", "--data-root", str(settings.data_root)).returncode == 2


def test_a_dry_run_tells_what_would_be_read_and_loads_nothing(settings: Settings) -> None:
    drop_years(settings, 2021, 2022, 2024)
    root = str(settings.data_root)
    shown = jixiao("backfill", "2021", "2023", "--dry-run", "--data-root", root)
    assert shown.returncode == 0 and "2021" in shown.stdout and "2022" in shown.stdout and "2024" not in shown.stdout
    told = json.loads(jixiao("backfill", "2021", "2023", "--dry-run", "--json", "--data-root", root).stdout)
    assert [(year["fiscal_year"], year["documents"], year["to_read"], year["unchanged"]) for year in told["years"]] == [
        (2021, 1, 1, 0),
        (2022, 1, 1, 0),
    ]
    assert not settings.published.exists() and not settings.build_database.exists() and not settings.parsed.exists()


def test_an_empty_range_says_so(settings: Settings) -> None:
    run = jixiao("backfill", "2015", "2016", "--data-root", str(settings.data_root))
    assert run.returncode == 0 and "no documents of these years" in run.stdout


@pytest.mark.slow
def test_a_killed_backfill_is_resumed_behind_the_last_finished_year(settings: Settings, tmp_path: Path) -> None:
    """SIGKILL in the second of three years; the first is not loaded again, and all equals one load of everything."""
    drop_years(settings, 2020, 2021, 2022)
    root = str(settings.data_root)
    arguments = [sys.executable, "-m", "pipelines.commands.main", "backfill", "2020", "2022", "--data-root", root]
    with subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY, start_new_session=True
    ) as first:
        assert first.stderr is not None
        lines = []
        for line in first.stderr:
            lines.append(line)
            if "2021 [2/3]" in line:
                break
        os.killpg(first.pid, signal.SIGKILL)
    assert any("2020 [1/3]" in line and "left" in line for line in lines), lines
    assert_whole(settings.published)
    plan = plan_backfill(settings, 2020, 2022, resume=True)
    assert [(year.fiscal_year, year.is_finished) for year in plan.years] == [
        (2020, True),
        (2021, False),
        (2022, False),
    ]
    told = json.loads(jixiao("backfill", "2020", "2022", "--resume", "--json", "--data-root", root).stdout)
    assert [year["is_finished"] for year in told["years"]] == [True, False, False] and told["problems"] == []
    assert_whole(settings.published)
    runs = query(settings, "select fiscal_years, status from meta.load_run order by started_at, fiscal_years")
    assert [(year, status) for year, status in runs if status == "published"] == [
        ("2020", "published"),
        ("2021", "published"),
        ("2022", "published"),
    ]
    # Of one process's own versions the last stays; the one of the killed process before it too.
    assert len(read_manifest(settings.published).versions) == 2
    other = Settings(tmp_path / "other")
    drop_years(other, 2020, 2021, 2022)
    assert jixiao("load", "--data-root", str(other.data_root)).returncode == 0
    here, there = contents(settings.published), contents(other.published)
    assert [table for table in there if here.get(table) != there[table]] == []
    assert jixiao("load", "--data-root", root).stdout.startswith("没有变化")
