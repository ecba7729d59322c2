"""The atomic switch: one link moves, old versions are pruned, a rollback is the same move."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.published import switch as switch_module
from pipelines.published.manifest import Version, read_manifest
from pipelines.published.switch import NoSuchVersion, current_version, finish_switch, roll_back, switch_to


def make_version(published: Path, name: str) -> Version:
    """A version on disk whose file and exports all hold its name."""
    folder = published / "versions" / name
    (folder / "parquet").mkdir(parents=True)
    (published / "versions" / f"{name}.duckdb").write_text(name)
    (folder / "jixiao.duckdb").symlink_to(f"../{name}.duckdb")
    (folder / "parquet" / "t.parquet").write_text(name)
    (folder / "datapackage.json").write_text(name)
    return Version(name, "2026-01-01T00:00:00", "run", "0" * 64, 1, "v1.2.0", "content")


def test_readers_see_the_version_switched_to(tmp_path: Path) -> None:
    for name in ("v1", "v2"):
        switch_to(tmp_path, make_version(tmp_path, name), keep=7)
        assert (tmp_path / "jixiao.duckdb").read_text() == name
        assert (tmp_path / "jixiao.duckdb").resolve() == tmp_path / "versions" / f"{name}.duckdb"
        assert (tmp_path / "parquet" / "t.parquet").read_text() == name
        assert (tmp_path / "datapackage.json").read_text() == name
    assert [one.version for one in read_manifest(tmp_path).versions] == ["v2", "v1"]


def test_only_the_newest_versions_are_kept(tmp_path: Path) -> None:
    for number in range(5):
        switch_to(tmp_path, make_version(tmp_path, f"v{number}"), keep=2)
    assert sorted(path.name for path in (tmp_path / "versions").iterdir()) == ["v3", "v3.duckdb", "v4", "v4.duckdb"]


def test_what_a_crashed_publication_left_is_pruned_by_the_next(tmp_path: Path) -> None:
    switch_to(tmp_path, make_version(tmp_path, "v1"), keep=2)
    (tmp_path / "versions" / "v2.duckdb.part").write_text("half")
    make_version(tmp_path, "v3")  # complete, but never switched to
    assert current_version(tmp_path) == "v1"
    switch_to(tmp_path, make_version(tmp_path, "v4"), keep=2)
    assert sorted(path.name for path in (tmp_path / "versions").iterdir()) == ["v1", "v1.duckdb", "v4", "v4.duckdb"]


def test_rollback_goes_to_the_one_before_or_to_a_named_one(tmp_path: Path) -> None:
    for name in ("v1", "v2", "v3"):
        switch_to(tmp_path, make_version(tmp_path, name), keep=7)
    assert roll_back(tmp_path, None) == ("v3", "v2")
    assert roll_back(tmp_path, None) == ("v2", "v1")
    with pytest.raises(NoSuchVersion, match="no earlier version"):
        roll_back(tmp_path, None)
    assert roll_back(tmp_path, "v3") == ("v1", "v3")
    assert current_version(tmp_path) == read_manifest(tmp_path).current == "v3"
    with pytest.raises(NoSuchVersion, match="v3、v2、v1"):
        roll_back(tmp_path, "v9")


def test_a_rollback_without_anything_published_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoSuchVersion, match="no earlier version"):
        roll_back(tmp_path, None)


READER = """
import pathlib, sys
published, seen = pathlib.Path(sys.argv[1]), set()
while not (published / "stop").exists():
    version = (published / "current").resolve()
    texts = {(version / name).read_text() for name in ("jixiao.duckdb", "datapackage.json", "parquet/t.parquet")}
    assert texts == {version.name}, texts
    assert (published / "jixiao.duckdb").read_text().startswith("v")
    if len(seen) < 2:
        seen.add(version.name)
        print(version.name, flush=True)
"""


def test_a_reader_never_finds_a_missing_or_mixed_version(tmp_path: Path) -> None:
    """A process reads all three without pause while sixty versions are switched to; none is missing or mixed."""
    switch_to(tmp_path, make_version(tmp_path, "v0"), keep=100)
    with subprocess.Popen([sys.executable, "-c", READER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None and reader.stdout.readline() == "v0\n"
        for number in range(1, 61):
            switch_to(tmp_path, make_version(tmp_path, f"v{number}"), keep=100)
        (tmp_path / "stop").touch()
        reader.communicate()
    assert reader.returncode == 0


def test_the_link_is_replaced_not_removed_first(tmp_path: Path) -> None:
    switch_to(tmp_path, make_version(tmp_path, "v1"), keep=2)
    before = os.lstat(tmp_path / "current").st_ino
    switch_to(tmp_path, make_version(tmp_path, "v2"), keep=2)
    assert os.lstat(tmp_path / "current").st_ino != before
    assert not list(tmp_path.glob(".*.new"))


def test_a_switch_that_was_killed_before_the_link_moved_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_to(tmp_path, make_version(tmp_path, "v1"), keep=7)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(switch_module, "_point", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        switch_to(tmp_path, make_version(tmp_path, "v2"), keep=7)
    assert current_version(tmp_path) == "v1" and read_manifest(tmp_path).find("v1") is not None
    assert finish_switch(tmp_path) == "v2" == current_version(tmp_path)
    assert finish_switch(tmp_path) is None


def test_the_version_before_stays_for_readers_on_their_way_to_it(tmp_path: Path) -> None:
    for name in ("v1", "v2", "v3"):
        switch_to(tmp_path, make_version(tmp_path, name), keep=2)
    roll_back(tmp_path, "v2")
    switch_to(tmp_path, make_version(tmp_path, "v4"), keep=1)
    assert [one.version for one in read_manifest(tmp_path).versions] == ["v4"]
    assert sorted(path.name for path in (tmp_path / "versions").glob("*.duckdb")) == ["v2.duckdb", "v4.duckdb"]


def test_a_version_may_make_another_superfluous(tmp_path: Path) -> None:
    switch_to(tmp_path, make_version(tmp_path, "v1"), keep=7)
    switch_to(tmp_path, make_version(tmp_path, "v2"), keep=7)
    switch_to(tmp_path, make_version(tmp_path, "v3"), keep=7, replaces="v2")
    assert [one.version for one in read_manifest(tmp_path).versions] == ["v3", "v1"]
