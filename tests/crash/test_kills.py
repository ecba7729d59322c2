"""Loads and publications that are really killed (SIGKILL): what is published stays whole, and the next load completes.

``make test`` kills at every stage boundary of a load and at every change of the file system that a publication makes.
``JIXIAO_KILLS=200`` kills until so many loads are dead: at every boundary, then at random instants and changes of the file
system, up to four loads in a row, so that what recovers from a kill is killed as well before one load completes.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pytest

from pipelines.lock import load_lock
from pipelines.published.manifest import read_manifest
from pipelines.published.switch import current_version, finish_switch
from tests.conftest import REPOSITORY
from tests.published.small_build import TABLES
from tests.test_load import batch_text

STEPS = """source_documents raw_tables parsed_tables parsed_gate loaded_tables dbt_staging stg_gate dbt_star mart_gate
published_warehouse""".split()


class Nursery:
    """The forking process; ``ask`` waits for its answer."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.crash.nursery", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        )
        assert self._read() == "ready"

    def _read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline() or "null")

    def ask(self, root: Path, kill: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"root": str(root), "kill": kill, **more}) + "\n")
        self._process.stdin.flush()
        answer = self._read()
        assert isinstance(answer, dict), "the nursery died"
        return answer

    def __enter__(self) -> Nursery:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(60)


def assert_whole(published: Path) -> None:
    """What readers see is one complete version, listed with its own checksum and row counts."""
    name = current_version(published)
    version = read_manifest(published).find(name or "")
    assert version is not None, (name, read_manifest(published))
    path = published / "jixiao.duckdb"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == version.sha256
    with duckdb.connect(str(path), read_only=True) as connection:
        for export, rows in version.rows.items():
            schema, _, table = export.rpartition(".")
            counted = connection.execute(f'select count(*) from "{schema or "main"}"."{table}"').fetchone()
            assert counted == (rows,), export
            parquet = published / "parquet" / f"{export}.parquet"
            assert connection.execute(f"select count(*) from '{parquet}'").fetchone() == (rows,), export


def contents(published: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table without the records of runs, without ids of runs and times of the clock."""
    with duckdb.connect(str(published / "jixiao.duckdb"), read_only=True) as connection:
        tables: dict[str, list[str]] = {}
        for schema, table, column in connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal "
            "and schema_name in ('main', 'history', 'quality', 'meta') and table_name not in "
            "('load_run', 'gate_result', 'gate_failing_row') and data_type != 'TIMESTAMP' and column_name not like '%run%' "
            "and (schema_name, table_name) in (select (schema_name, table_name) from duckdb_tables()) order by all"
        ).fetchall():
            tables.setdefault(f'"{schema}"."{table}"', []).append(f'"{column}"')
        return {
            table: connection.execute(f"select {', '.join(columns)} from {table} order by all").fetchall()
            for table, columns in tables.items()
        }


def make_news(root: Path) -> None:
    """A changed document in a published year, a new one in another year."""
    (root / "inbox" / "2024" / "a.txt").write_text(batch_text("甲局", 2024, {"一": "1.00", "二": "3.50"}), "utf-8")
    (root / "inbox" / "2023").mkdir()
    (root / "inbox" / "2023" / "b.txt").write_text(batch_text("乙局", 2023, {"三": "1.00"}), "utf-8")


@pytest.fixture(scope="module")
def nurseries() -> Iterator[list[Nursery]]:
    """One per core, at most three."""
    with Nursery() as first:
        others = [Nursery() for _ in range(min(3, len(os.sched_getaffinity(0))) - 1)]
        yield [first, *others]
        for other in others:
            other.__exit__(None, None, None)


@pytest.fixture(scope="module")
def undisturbed(
    nurseries: list[Nursery], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any], dict[str, list[tuple[object, ...]]]]:
    """A published data root with news in its inbox; how its load goes undisturbed, and what that publishes."""
    root = tmp_path_factory.mktemp("kills") / "before"
    (root / "inbox" / "2024").mkdir(parents=True)
    (root / "inbox" / "2024" / "a.txt").write_text(batch_text("甲局", 2024, {"一": "1.00", "二": "2.50"}), "utf-8")
    assert nurseries[0].ask(root)["code"] == 0
    make_news(root)
    after = root.parent / "after"
    shutil.copytree(root, after, symlinks=True)
    answer = nurseries[0].ask(after)
    assert answer["code"] == 0, answer
    assert_whole(after / "published")
    return root, answer, contents(after / "published")


def kills(answer: dict[str, Any], is_long: bool) -> Iterator[list[dict[str, Any]]]:
    """Where to kill, one load or several in a row: every boundary once; in the long form then without end."""
    boundaries = [["begin", step] for step in STEPS] + [["end", step] for step in (STEPS if is_long else STEPS[-1:])]
    yield from ([{"at": boundary}] for boundary in boundaries)
    seconds = {words[1]: words[2] for words in answer["told"] if words[0] == "end"}
    changes, dice = answer["told"][-1][3], random.Random(20260101)
    while is_long:
        at_change = {"write": dice.randint(1, changes)}
        steps = [dice.choice(STEPS) for _ in range(3)]
        in_steps = [{"at": ["begin", step], "wait": dice.random() * seconds[step]} for step in steps]
        yield dice.sample([at_change, *in_steps], 4)


def kill_and_recover(nursery: Nursery, before: Path, folder: Path, plans: list[dict[str, Any]]) -> tuple[Any, int]:
    """Kill one load after the other, look each time at what readers see, and let a last load complete. Returns what that
    one publishes and how many loads were killed; one whose instant never came has completed before.
    """
    root = folder / "data"
    shutil.copytree(before, root, symlinks=True)
    killed = 0
    for plan in plans:
        answer = nursery.ask(root, plan)
        assert answer["killed"] or plan.get("wait") or "write" in plan or plan["at"][0] == "end", answer
        killed += answer["killed"]
        assert_whole(root / "published")
    completed = nursery.ask(root)
    messages = root / "logs" / "messages.jsonl"
    assert completed["code"] == 0, (completed, messages.read_text(encoding="utf-8"))
    assert_whole(root / "published")
    assert not list((root / "published" / "versions").glob("*.part*"))
    if killed:
        crashes = messages.read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["kind"] for line in crashes] == ["run_crashed"] * killed
    with duckdb.connect(str(root / "published" / "jixiao.duckdb"), read_only=True) as connection:
        versions = {one.version for one in read_manifest(root / "published").versions}
        told = connection.execute("select published_version from meta.load_run where status = 'published'").fetchall()
        assert {version for (version,) in told} <= versions
    found = contents(root / "published")
    shutil.rmtree(folder)
    return found, killed


@pytest.mark.slow
def test_a_killed_load_leaves_a_whole_version_and_the_next_load_completes_it(
    nurseries: list[Nursery],
    undisturbed: tuple[Path, dict[str, Any], dict[str, list[tuple[object, ...]]]],
    tmp_path: Path,
) -> None:
    before, answer, expected = undisturbed
    wanted = int(os.environ.get("JIXIAO_KILLS", "0"))
    waiting = enumerate(kills(answer, is_long=wanted > 0))
    one_at_a_time, failures, dead = threading.Lock(), list[str](), list[int]()

    def work(nursery: Nursery) -> None:
        while not wanted or sum(dead) < wanted:
            with one_at_a_time:
                number, plans = next(waiting, (-1, []))
            if number < 0:
                return
            try:
                found, killed = kill_and_recover(nursery, before, tmp_path / str(number), plans)
                dead.append(killed)
                differing = [table for table in expected if found.get(table) != expected[table]]
                assert not differing and set(found) == set(expected), differing
            except Exception as error:
                failures.append(f"{number}: {plans}: {error!r}")
                print(failures[-1], file=sys.stderr, flush=True)
            print(f"{sum(dead)} loads killed, {len(failures)} failures", file=sys.stderr, flush=True)

    threads = [threading.Thread(target=work, args=(nursery,)) for nursery in nurseries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sum(dead) >= max(wanted, len(STEPS))


def test_a_publication_killed_at_any_change_of_the_file_system_is_made_good_by_the_next(tmp_path: Path) -> None:
    root = tmp_path / "data"
    with Nursery("--publish") as nursery:
        assert nursery.ask(root, publish=0)["code"] == 0
        changes = nursery.ask(root, publish=1)["told"][-1][3]
        assert changes > 20
        number, seen = 1, 1
        for kill_at in range(1, changes + 1):
            number += 1
            answer = nursery.ask(root, {"write": kill_at}, publish=number)
            assert answer["killed"] or kill_at >= changes - 1, (kill_at, changes)
            assert_whole(root / "published")
            with load_lock(root / "load.lock"):
                finish_switch(root / "published")
            assert_whole(root / "published")
            assert read_manifest(root / "published").current == current_version(root / "published")
            with duckdb.connect(str(root / "published" / "jixiao.duckdb"), read_only=True) as connection:
                found = {connection.execute(f"select max(number) from {table}").fetchall()[0][0] for table in TABLES}
            assert len(found) == 1 and found.pop() in (seen, number)
            number += 1
            assert nursery.ask(root, publish=number)["code"] == 0, kill_at
            seen = number
            assert_whole(root / "published")
        names = {path.name.split(".")[0] for path in (root / "published" / "versions").iterdir()}
        assert names == {one.version for one in read_manifest(root / "published").versions}
