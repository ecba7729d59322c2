"""Two processes on one data root, slots of a run that was really killed, a place that takes no writes, a clock that jumps."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from pipelines.lock import LoadRunning, load_lock
from pipelines.nightly import _instance, run_load
from pipelines.partitions import WRITER
from pipelines.published.manifest import read_manifest
from pipelines.run_lock import close_dead_runs
from pipelines.settings import Settings
from tests.conftest import REPOSITORY
from tests.crash.test_kills import assert_whole, contents
from tests.test_load import batch_text, jixiao

HOLDER = """
import sys
from pathlib import Path
from pipelines.lock import load_lock
with load_lock(Path(sys.argv[1])) as lock:
    lock.begin("run-of-the-first")
    print("held", flush=True)
    sys.stdin.read()
"""


def start_holder(lock_file: Path) -> subprocess.Popen[str]:
    """A process that holds the lock until its standard input is closed."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    return holder


def test_the_second_of_two_loads_says_who_runs_the_first(loaded: Settings) -> None:
    with start_holder(loaded.lock_file) as holder:
        run = jixiao("load", "--data-root", str(loaded.data_root))
        holder.communicate("")
    assert run.returncode == 1 and run.stderr.count("\n") == 1
    assert f"process {holder.pid} since" in run.stderr and "run-of-the-first" in run.stderr


def test_the_second_of_two_loads_waits_if_it_is_told_to(loaded: Settings) -> None:
    arguments = [
        sys.executable,
        "-m",
        "pipelines.commands.main",
        "load",
        "--wait",
        "--data-root",
        str(loaded.data_root),
    ]
    with start_holder(loaded.lock_file) as holder:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(arguments, text=True, cwd=REPOSITORY, **pipes) as second:  # type: ignore[call-overload]
            assert f"process {holder.pid}" in second.stderr.readline()
            assert second.poll() is None
            holder.communicate("")
            out, error = second.communicate(timeout=60)
    assert second.returncode == 0 and "没有变化" in out, error
    assert not (loaded.logs / "messages.jsonl").exists()


def test_whoever_is_killed_with_the_lock_is_found_by_the_next(tmp_path: Path) -> None:
    with start_holder(tmp_path / "lock") as holder:
        with pytest.raises(LoadRunning, match=str(holder.pid)), load_lock(tmp_path / "lock"):
            pass
        holder.kill()
    with load_lock(tmp_path / "lock") as lock:
        assert [crashed.run_id for crashed in lock.crashed] == ["run-of-the-first"]
        with load_lock(tmp_path / "lock") as again:
            assert again is lock
    with load_lock(tmp_path / "lock") as lock:
        assert lock.crashed  # nobody has dealt with it yet
        lock.told()
    with load_lock(tmp_path / "lock") as lock:
        assert lock.crashed == ()


def test_a_load_that_is_killed_before_it_tells_of_a_killed_one_loses_neither(tmp_path: Path) -> None:
    killed = []
    for _ in range(3):
        with start_holder(tmp_path / "lock") as holder:
            holder.kill()
        killed.append(holder.pid)
    with load_lock(tmp_path / "lock") as lock:
        assert [crashed.process for crashed in lock.crashed] == killed
    with load_lock(tmp_path / "lock") as lock:  # the one between has ended in order and told nobody
        assert [crashed.process for crashed in lock.crashed] == killed
        lock.told()
    with start_holder(tmp_path / "lock") as holder:
        holder.kill()
    with load_lock(tmp_path / "lock") as lock:
        assert [crashed.process for crashed in lock.crashed] == [holder.pid]


@pytest.mark.parametrize(
    ("text", "processes"),
    [
        ("", []),
        ('{"untold": []}', []),
        ('{"process": 7, "since": "x", "run_id": null, "untold": []}\n', [7]),
        ('{"process": 7, "since": "x", "untold": [{"process": 5, "since": "w"}]}\nof a longer text"}]}\n', [5, 7]),
        ('{"process": 7, "since": "x"}', [7]),
        ('{"process": 7, "sin', [0]),
        ("[]", [0]),
    ],
)
def test_whatever_a_killed_holder_left_in_the_file_is_read(tmp_path: Path, text: str, processes: list[int]) -> None:
    (tmp_path / "lock").write_text(text, encoding="utf-8")
    with load_lock(tmp_path / "lock") as lock:
        assert [crashed.process for crashed in lock.crashed] == processes
        lock.told()
    assert (tmp_path / "lock").read_text(encoding="utf-8") == ""


def test_a_child_of_the_holder_does_not_hold_the_lock(tmp_path: Path) -> None:
    with load_lock(tmp_path / "lock"):
        child = subprocess.Popen(["sleep", "60"])
    try:
        with (tmp_path / "lock").open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        child.kill()
        child.wait()


# A step in the pool that says so and waits: killed there, it leaves its slot taken.
CLAIMER = """
import sys
from pathlib import Path
import dagster as dg
from pipelines.nightly import _instance
from pipelines.partitions import WRITER
from pipelines.settings import Settings

@dg.op(pool=WRITER)
def claim():
    print(WRITER, flush=True)
    sys.stdin.read()

@dg.job(executor_def=dg.in_process_executor)
def claiming():
    claim()

with _instance(Settings(Path(sys.argv[1]))) as instance:
    claiming.execute_in_process(instance=instance, run_id=sys.argv[2],
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}})
"""


@pytest.mark.slow
def test_the_slot_of_a_killed_run_does_not_block_the_next_load(settings: Settings) -> None:
    run_id = "11111111-2222-3333-4444-555555555555"
    arguments = [sys.executable, "-W", "ignore", "-c", CLAIMER, str(settings.data_root), run_id]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as claimer:
        assert claimer.stdout is not None and claimer.stdout.readline() == f"{WRITER}\n"
        claimer.send_signal(signal.SIGKILL)
    with _instance(settings) as instance:
        storage = instance.event_log_storage
        assert storage.get_concurrency_info(WRITER).active_run_ids == {run_id}
        assert not storage.claim_concurrency_slot(WRITER, "another", "step").is_claimed
        storage.free_concurrency_slots_for_run("another")
    (settings.inbox / "2024").mkdir()
    (settings.inbox / "2024" / "a.txt").write_text(batch_text("甲局", 2024, {"一": "1.00"}), encoding="utf-8")
    assert run_load(settings).problems == []
    with _instance(settings) as instance:
        assert instance.event_log_storage.get_concurrency_info(WRITER).active_run_ids == set()
        with load_lock(settings.lock_file) as lock:
            lock.begin(run_id)
            close_dead_runs(instance, lock.holder)
        run = instance.get_run_by_id(run_id)
        assert run is not None and run.status == dg.DagsterRunStatus.FAILURE


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="mounting needs root; CI runs as root")
@pytest.mark.parametrize("place", [".", "published"])
def test_a_read_only_place_is_one_line_and_the_next_load_completes(loaded: Settings, place: str) -> None:
    (loaded.inbox / "2024" / "b.txt").write_text(batch_text("甲局", 2024, {"一": "1.00"}), encoding="utf-8")
    folder = loaded.data_root / place
    subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        run = jixiao("load", "--data-root", str(loaded.data_root))
        assert run.returncode == 1 and "Traceback" not in run.stdout + run.stderr
        assert [line for line in run.stderr.splitlines() if line.startswith("jixiao: ")] != []
        assert_whole(loaded.published)
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    assert jixiao("load", "--data-root", str(loaded.data_root)).returncode == 0
    assert_whole(loaded.published)


# What a jump of the machine's clock looks like to every library of a process: the C library's calls are moved.
JUMP = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long jump(void) { const char *s = getenv("JUMP_SECONDS"); return s ? atol(s) : 0; }

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int code = real(clock, now);
    if (clock == CLOCK_REALTIME) now->tv_sec += jump();
    return code;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec precise;
    int code = clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return code;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
"""


def load_at(settings: Settings, library: Path, days: int) -> str:
    """A load by a clock that is so many days off; the version that is current behind it."""
    moved = {"LD_PRELOAD": str(library), "JUMP_SECONDS": str(days * 86400)} if days else {}
    run = jixiao("load", "--json", "--data-root", str(settings.data_root), **moved)
    assert run.returncode == 0, run.stderr
    version = json.loads(run.stdout)["published_version"]
    assert isinstance(version, str)
    return version


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("cc") is None, reason="moving the clock of a process needs a C compiler")
def test_a_clock_that_jumps_back_and_forth_between_loads_changes_nothing_but_times(
    loaded: Settings, tmp_path: Path
) -> None:
    library = tmp_path / "jump.so"
    (tmp_path / "jump.c").write_text(JUMP, encoding="utf-8")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(tmp_path / "jump.c"), "-ldl"], check=True)
    steady = Settings(tmp_path / "steady")
    shutil.copytree(loaded.data_root, steady.data_root, symlinks=True)
    versions = []
    for days, amount in ((-400, "2.00"), (800, "3.00")):
        for settings in (loaded, steady):
            text = batch_text("甲局", 2024, {"一": amount})
            (settings.inbox / "2024" / "b.txt").write_text(text, encoding="utf-8")
        versions.append(load_at(loaded, library, days))
        load_at(steady, library, 0)
        assert_whole(loaded.published)
    assert [one.version for one in read_manifest(loaded.published).versions][:2] == versions[::-1]
    assert versions[0][:4] < versions[1][:4]  # the clock was believed, and nothing but names and times came of it
    here, there = contents(loaded.published), contents(steady.published)
    assert [table for table in there if here[table] != there[table]] == []
