"""A process that has imported everything a load needs, and forks a child for each load, to let it finish or to kill it.

A load spends half its time on imports and on parsing the dbt project; forking pays for them once, so that many real kills
fit into a test run. Reads one request a line from standard input, answers one line each. Run as
``python -m tests.crash.nursery``.

A request names ``root`` and ``kill``: null; ``{"at": ["begin", step], "wait": seconds}``: SIGKILL from outside, so long
after the child told of that step; or ``{"write": n}``: the child is killed at its n-th change of the file system. With
``publish``, a number, the child publishes that number from a small build file instead of loading (``small_build.py``).
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from pipelines.run_log import StepReporter
from pipelines.settings import Settings
from pipelines.warehouse.dbt import Dbt

MODULES = """polars duckdb dagster dagster_dbt dbt.cli.main dbt.adapters.duckdb great_expectations sqlalchemy
pipelines.nightly pipelines.definitions pipelines.gates.adapter pipelines.parsed.documents pipelines.raw.extract
pipelines.published.publish pipelines.run_lock pipelines.watch""".split()
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.truncate", "os.chmod"}


class PipeReporter(StepReporter):
    """Tells the nursery where the load is."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def tell(self, *words: object) -> None:
        os.write(self._pipe, (json.dumps(words) + "\n").encode())

    def begin(self, step: str) -> None:
        self.tell("begin", step)

    def end(self, step: str, seconds: float) -> None:
        self.tell("end", step, round(seconds, 3))


def count_changes(root: str, kill_at: int | None) -> dict[str, int]:
    """Count every change that Python makes below ``root``; at the ``kill_at``-th this process is gone."""
    counted = {"n": 0}

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            changes = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        else:
            changes, path = event in _CHANGES, arguments[-1] if event == "os.symlink" else arguments and arguments[0]
        if event == "os.symlink":
            path = arguments[1]
        if changes and isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith(root):
            counted["n"] += 1
            if counted["n"] == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)
    return counted


def child(request: dict[str, Any], pipe: int) -> int:
    from pipelines.nightly import LoadOptions, run_load

    kill = request["kill"] or {}
    root = Path(request["root"])
    counted = count_changes(str(root), kill.get("write"))
    reporter = PipeReporter(pipe)
    if "publish" in request:
        import pipelines.published.copy
        from tests.published.small_build import dbt_manifest, publish_number

        pipelines.published.copy.create_macros = lambda _: None  # they read the real models
        publish_number(Settings(root), dbt_manifest(root.parent), request["publish"])
        reporter.tell("result", [], None, counted["n"])
        return 0
    reporter.tell("begin", "load")
    result = run_load(Settings(root).offline(), LoadOptions(reporter=reporter))
    reporter.tell("result", result.problems, result.published_version, counted["n"])
    return 1 if result.problems else 0


def watch(pid: int, pipe: int, kill: dict[str, Any]) -> list[Any]:
    """Read what the child tells until it ends; kill it when its time has come."""
    told, buffer, due = [], b"", None
    while True:
        wait = None if due is None else max(0.0, due - time.monotonic())
        if not select.select([pipe], [], [], wait)[0]:
            os.kill(pid, signal.SIGKILL)
            due = None
            continue
        part = os.read(pipe, 65536)
        if not part:
            return told
        buffer += part
        *lines, buffer = buffer.split(b"\n")
        for line in lines:
            words = json.loads(line)
            told.append([*words, time.monotonic()] if words[0] != "result" else words)
            if "at" in kill and words[:2] == kill["at"] and due is None:
                due = time.monotonic() + kill.get("wait", 0.0)


def serve(request: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            os.close(reading)
            os.setsid()
            code = child(request, writing)
        except BaseException:
            traceback.print_exc()
        os._exit(code)
    os.close(writing)
    told = watch(pid, reading, request["kill"] or {})
    os.close(reading)
    _, status = os.waitpid(pid, 0)
    return {"told": told, "killed": os.WIFSIGNALED(status), "code": os.waitstatus_to_exitcode(status)}


def main() -> None:
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever a load prints is no answer
    if "--publish" not in sys.argv:
        for module in MODULES:
            importlib.import_module(module)
        with tempfile.TemporaryDirectory() as folder:
            Dbt(Settings(Path(folder))).ensure_manifest()
    else:
        importlib.import_module("pipelines.published.publish")
    os.write(answers, b'"ready"\n')
    for line in sys.stdin:
        os.write(answers, (json.dumps(serve(json.loads(line))) + "\n").encode())


if __name__ == "__main__":
    main()
