"""Inbox → landing: what is new, changed, unchanged and vanished, and what must never be lost."""

from __future__ import annotations

import datetime
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.sources.index import SourceIndex
from pipelines.sources.land import LandingReport, land
from pipelines.sources.landing import Landing

Drop = Callable[[str, str | bytes], Path]


def _land(settings: Settings, day: int = 1) -> LandingReport:
    now = datetime.datetime(2026, 1, day, 2, 0, tzinfo=datetime.UTC)
    with SourceIndex(settings.landing / "index.sqlite") as index:
        return land(settings.inbox, Landing(settings.landing), index, now)


def test_a_file_is_new_then_unchanged_then_changed_then_vanished(settings: Settings, drop: Drop) -> None:
    path = drop("2024/a.txt", "一")
    assert _land(settings).new == ["2024/a.txt"]
    assert _land(settings).unchanged == ["2024/a.txt"]
    drop("2024/a.txt", "二二")
    assert _land(settings).changed == ["2024/a.txt"]
    path.unlink()
    assert _land(settings).vanished == ["2024/a.txt"]
    assert _land(settings).vanished == []
    drop("2024/a.txt", "二二")
    assert _land(settings).changed == ["2024/a.txt"]


def test_both_versions_of_a_changed_file_stay_in_the_archive(settings: Settings, drop: Drop) -> None:
    drop("2024/a.txt", "一")
    _land(settings, day=1)
    drop("2024/a.txt", "二二")
    _land(settings, day=2)
    kept = [
        (one.source_uri, one.fetched_at, one.statement.fiscal_year) for one in Landing(settings.landing).observations()
    ]
    assert sorted(kept) == [
        ("2024/a.txt", "2026-01-01T02:00:00", 2024),
        ("2024/a.txt", "2026-01-02T02:00:00", 2024),
    ]


def test_landed_bytes_and_sidecars_cannot_be_written(settings: Settings, drop: Drop) -> None:
    drop("a.txt", "一")
    _land(settings)
    files = [path for path in settings.landing.glob("??/*")]
    assert len(files) == 2
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o444 for path in files)


def test_a_touched_file_with_the_same_bytes_is_unchanged(settings: Settings, drop: Drop) -> None:
    path = drop("2024/a.txt", "一")
    _land(settings)
    os.utime(path, (1, 1))
    assert _land(settings).unchanged == ["2024/a.txt"]


def test_a_sidecar_states_facts_and_its_change_is_news(settings: Settings, drop: Drop) -> None:
    drop("2024/a.txt", "一")
    drop("2024/a.txt.yml", "publisher: 某局\nregion_code: 440115\npublished_on: 2024-02-05\n")
    _land(settings)
    (observation,) = Landing(settings.landing).observations()
    assert observation.statement.as_dict() == {
        "fiscal_year": 2024,
        "publisher": "某局",
        "region_code": "440115",
        "published_on": "2024-02-05",
    }
    drop("2024/a.txt.yml", "publisher: 另一局\n")
    assert _land(settings).changed == ["2024/a.txt"]


@pytest.mark.parametrize(
    ("sidecar", "complaint"),
    [
        ("publishr: 某局\n", "unknown key publishr"),
        ("published_on: 去年\n", "published_on is '去年'"),
        ("- 某局\n", "holds a list"),
        ("publisher: [\n", "not YAML"),
        (b"\xff\xfe\xfa", "not YAML"),
        ("published_on: 2024-13-45\n", "not YAML"),
        ("{[a]: b}\n", "not YAML"),
        ("[" * 9000, "not YAML"),
    ],
)
def test_a_bad_sidecar_is_one_line_and_the_other_files_land(
    settings: Settings, drop: Drop, sidecar: str | bytes, complaint: str
) -> None:
    drop("2024/a.txt", "一")
    drop("2024/a.txt.yml", sidecar)
    drop("2024/b.txt", "二")
    report = _land(settings)
    assert report.new == ["2024/b.txt"]
    (problem,) = report.problems
    assert complaint in str(problem) and "inbox/2024/a.txt.yml" in str(problem) and "\n" not in str(problem)


def test_files_that_are_no_documents_are_passed_over(settings: Settings, drop: Drop) -> None:
    for name in (".hidden", "~$open.xlsx", "half.part", "copy.tmp", ".git/config", "backup~"):
        drop(name, "x")
    assert _land(settings) == LandingReport()


def test_a_missing_inbox_is_an_empty_one(tmp_path: Path) -> None:
    assert _land(Settings(tmp_path / "nowhere")) == LandingReport()


def test_below_an_unreadable_folder_nothing_counts_as_vanished(settings: Settings, drop: Drop) -> None:
    """Root may read everything, so the listing runs as nobody in a process of its own."""
    drop("2024/a.txt", "一")
    drop("open/b.txt", "二")
    (settings.inbox / "2024").chmod(0)
    program = (
        "import os, sys, json; from pathlib import Path; from pipelines.sources.inbox import list_inbox\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "listing = list_inbox(Path(sys.argv[1]))\n"
        "print(json.dumps([[f.source_uri for f in listing.files], listing.unreadable, list(map(str, listing.problems))]))"
    )
    for folder in [settings.inbox, *settings.inbox.parents]:
        if folder.stat().st_uid == os.getuid():
            folder.chmod(folder.stat().st_mode | 0o755)
    try:
        run = subprocess.run(
            [sys.executable, "-c", program, str(settings.inbox)], capture_output=True, text=True, check=True
        )
    finally:
        (settings.inbox / "2024").chmod(0o755)
    files, unreadable, problems = json.loads(run.stdout)
    assert files == ["open/b.txt"]
    assert unreadable == ["2024/"]
    assert "inbox/2024/" in problems[0]


def test_an_interrupted_landing_is_completed_by_the_next(
    settings: Settings, drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop("2024/a.txt", "一")
    drop("2024/b.txt", "二")
    with monkeypatch.context() as patch:
        put = Landing.put

        def fail_at_b(self: Landing, source: Path, observation: object) -> None:
            if source.name == "b.txt":
                raise OSError(28, "No space left on device", str(source))
            put(self, source, observation)  # type: ignore[arg-type]

        patch.setattr(Landing, "put", fail_at_b)
        with pytest.raises(OSError, match="No space left"):
            _land(settings)
    assert _land(settings).new == ["2024/a.txt", "2024/b.txt"]


def test_news_is_kept_until_a_load_has_dealt_with_it(settings: Settings, drop: Drop) -> None:
    drop("2024/a.txt", "一")
    _land(settings)
    drop("2024/a.txt", "二二")
    drop("2023/b.txt", "三")
    _land(settings)
    with SourceIndex(settings.landing / "index.sqlite") as index:
        assert index.news([2024]) == {"new": 1, "changed": 0, "vanished": 0}
        index.set_handled({2024: "digest"})
        assert index.news([2024]) == {"new": 0, "changed": 0, "vanished": 0}
        assert index.news([2023, 2024]) == {"new": 1, "changed": 0, "vanished": 0}
