"""Readers in processes of their own query without pause while versions are published, switched and pruned."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.published.manifest import read_manifest
from pipelines.settings import Settings
from tests.published.small_build import TABLES, dbt_manifest, publish_number

VERSIONS = 52
READERS = 8

# Each turn: a new connection must see one whole version, no older than what was current before it opened; a connection
# kept over many turns must go on seeing its own version, although that was pruned long ago.
READER = """
import itertools, os, pathlib, sys
import duckdb

os.nice(10)  # eight readers must not starve the one publisher of a small machine
published, tables = pathlib.Path(sys.argv[1]), sys.argv[2].split(",")
query = " union all ".join(f"select min(number), max(number), count(*) from {table}" for table in tables)

def ask(connection):
    rows = set(connection.execute(query).fetchall())
    assert len(rows) == 1, f"mixed: {rows}"
    low, high, count = rows.pop()
    assert low == high and count == 20, (low, high, count)
    return low

def number_of(name):
    return int(name.rpartition("-run")[2])

def current():
    return number_of(os.path.basename(os.readlink(published / "current")))

def parquet():
    folder = (published / "current").resolve()
    try:
        found = {duckdb.sql(f"select max(number) from '{folder}/parquet/{name}.parquet'").fetchall()[0][0]
                 for name in ("fct_a", "dim_b", "quality.c")}
    except duckdb.IOException:
        assert not folder.exists() or folder.name != current(), "missing"  # only a pruned version may be missing
        return
    assert found == {number_of(folder.name)}, found

kept, last, seen = None, -1, set()
print("ready", flush=True)
for turn in itertools.count():
    stop = (published / "stop").exists()
    before = current()
    with duckdb.connect(str(published / "jixiao.duckdb"), read_only=True) as connection:
        number = ask(connection)
        again = ask(connection)
    assert number == again and before <= number <= current(), ("stale", before, number)
    assert number >= last, "went back"
    last = number
    seen.add(number)
    if turn % 25 == 0:
        if kept is not None:
            kept[0].close()
        connection = duckdb.connect(str(published / "jixiao.duckdb"), read_only=True)
        kept = connection, ask(connection)
    assert ask(kept[0]) == kept[1], "a connection changed its version"
    if turn % 5 == 0:
        parquet()
    if stop:
        break
print(turn, len(seen), last, flush=True)
"""


def publish_under_readers(settings: Settings, manifest: Path) -> list[tuple[int, int, int]]:
    """What each reader has to tell: turns, versions seen, last version."""
    publish_number(settings, manifest, 0)
    arguments = [sys.executable, "-c", READER, str(settings.published), ",".join(TABLES)]
    readers = [
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(READERS)
    ]
    try:
        for reader in readers:
            assert reader.stdout is not None and reader.stdout.readline() == "ready\n"
        for number in range(1, VERSIONS + 1):
            publish_number(settings, manifest, number)
            assert all(reader.poll() is None for reader in readers), [r.communicate() for r in readers if r.poll()]
        (settings.published / "stop").touch()
        told = [reader.communicate(timeout=120) for reader in readers]
    finally:
        for reader in readers:
            reader.kill()
    assert [reader.returncode for reader in readers] == [0] * READERS, "".join(error for _, error in told)
    return [(int(turns), int(seen), int(last)) for turns, seen, last in (out.split() for out, _ in told)]


@pytest.mark.slow
def test_readers_see_whole_new_versions_while_fifty_are_published_and_pruned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The macros read the real models.
    monkeypatch.setattr("pipelines.published.copy.create_macros", lambda _: None)
    settings = Settings(tmp_path / "data", keep_versions=1)
    told = publish_under_readers(settings, dbt_manifest(tmp_path))
    assert all(last == VERSIONS for _, _, last in told), told
    assert sum(turns for turns, _, _ in told) > 10 * READERS and max(seen for _, seen, _ in told) > 3, told
    assert len(read_manifest(settings.published).versions) == 1
    files = [path.name for path in (settings.published / "versions").glob("*.duckdb")]
    assert len(files) == 2, files  # the current one, and the one before for whoever is on the way to it
