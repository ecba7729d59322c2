"""dbt, run inside this process: parse once, then build what is selected, and say what each node did.

A dbt process costs five seconds before it does anything, so the load calls dbt's own programmatic entry. Belongs here:
flags, the manifest, results as plain records. Does not know Dagster, nor which models exist.

What a project parses to depends on its files alone, as every build file has one name: a process that loads several years
parses once (``_parsed``), while dbt itself would parse anew for every place of the build file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.settings import Settings
from pipelines.versions import digest_of

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_DATABASE_VARIABLE = "JIXIAO_BUILD_DATABASE"
# Place and digest of a project → its manifest as parsed. Every user takes a copy: dbt writes into the one it works with.
_parsed: dict[tuple[Path, str], Manifest] = {}


@dataclass(frozen=True)
class NodeResult:
    """What one model or test did. ``status``: success, pass, warn, fail, error, skipped.

    ``tested_model`` is the unique id of the model that a generic test stands beside.
    """

    unique_id: str
    status: str
    message: str
    seconds: float
    tested_model: str | None

    @property
    def name(self) -> str:
        """The node's own name."""
        return self.unique_id.split(".")[2]

    @property
    def is_test(self) -> bool:
        """Whether it is a data test."""
        return self.unique_id.startswith("test.")

    @property
    def is_good(self) -> bool:
        """Whether the node did what it should."""
        return self.status in ("success", "pass", "warn")


class DbtFailure(Exception):
    """A model or test that did not succeed; the message names each with dbt's own words."""


class Dbt:
    """The project of some settings. Its target folder is below the data root, so the project may be read-only."""

    def __init__(self, settings: Settings) -> None:
        """Name the places; nothing is read until a manifest is asked for."""
        self._project = settings.dbt_project
        self._database = settings.build_database
        self._target = settings.warehouse / "dbt"
        self._manifest: Manifest | None = None

    @property
    def manifest_path(self) -> Path:
        """Where the parsed project is written for Dagster and for the publication."""
        return self._target / "manifest.json"

    def ensure_manifest(self) -> Path:
        """Parse the project if its files changed since the manifest was written. Returns the manifest's path."""
        mark = self._target / "project.digest"
        digest = digest_of(self._project)
        if not self.manifest_path.exists() or not mark.exists() or mark.read_text() != digest:
            self._parse(digest).write(str(self.manifest_path))
            mark.write_text(digest)
        return self.manifest_path

    def build(self, folders: Sequence[str], *, full_refresh: bool = False, with_tests: bool = True) -> list[NodeResult]:
        """Build the models of some folders and run their data tests; every node's result, good or bad.

        Unit tests prove the code, not the data: they run in the project's tests, not every night. A test runs as soon as
        all that it reads is built (``buildable``), so a test that joins two folders waits for the second.
        """
        flags = ["--full-refresh"] if full_refresh else []
        flags += [] if with_tests else ["--exclude-resource-type", "test"]
        return self.execute(
            "build", folders, "--exclude-resource-type", "unit_test", "--indirect-selection", "buildable", *flags
        )

    def execute(self, command: str, select: Sequence[str], *flags: str) -> list[NodeResult]:
        """``run``, ``test`` or ``build`` of what is selected; every node's result, good or bad."""
        if self._manifest is None:
            self._parse(digest_of(self._project))
        return [_node_result(result) for result in self._invoke(command, "--select", *select, *flags)]

    def _parse(self, digest: str) -> Manifest:
        """The manifest of the project as its files are now, parsed unless this process has done so before."""
        key = (self._project, digest)
        if key not in _parsed:
            self._invoke("parse")
            assert self._manifest is not None
            _parsed[key] = self._manifest.deepcopy()
        self._manifest = _parsed[key].deepcopy()
        self._target.mkdir(parents=True, exist_ok=True)
        return self._manifest

    def _invoke(self, *arguments: str) -> list[Any]:
        from dbt.cli.main import dbtRunner

        self._target.mkdir(parents=True, exist_ok=True)
        # dbt looks into the working folder even when it is told its project; where this user may not enter it (the service's
        # user, called from root's home) that would be the end of the load.
        if not os.access(Path.cwd(), os.X_OK):
            os.chdir(self._project)
        flags = ["--project-dir", self._project, "--profiles-dir", self._project]
        flags += ["--target-path", self._target, "--log-path", self._target]
        with _environment(_DATABASE_VARIABLE, str(self._database)):
            runner = dbtRunner(manifest=self._manifest)
            try:
                outcome = runner.invoke(
                    ["--quiet", "--no-print", "--log-level", "none", "--no-use-colors", *arguments, *map(str, flags)]
                )
            finally:
                _close_connections()
        if arguments[0] == "parse" and outcome.success:
            self._manifest = outcome.result
            return []
        if outcome.exception is not None:
            raise DbtFailure(str(outcome.exception)) from outcome.exception
        if outcome.result is None:
            raise DbtFailure(f"dbt {arguments[0]} gave no result")
        return list(outcome.result.results)


def raise_failures(results: Sequence[NodeResult]) -> None:
    """Raise ``DbtFailure`` if any node did not succeed; skipped ones are named only if nothing else failed."""
    bad = [result for result in results if not result.is_good]
    causes = [result for result in bad if result.status != "skipped"] or bad
    if causes:
        raise DbtFailure(
            "；".join(f"{result.unique_id}: {result.status} {result.message}".strip() for result in causes[:5])
        )


def _node_result(result: Any) -> NodeResult:
    return NodeResult(
        unique_id=result.node.unique_id,
        status=str(result.status.value if hasattr(result.status, "value") else result.status),
        message=" ".join(str(result.message or "").split()),
        seconds=float(result.execution_time),
        tested_model=getattr(result.node, "attached_node", None),
    )


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _close_connections() -> None:
    """dbt keeps its connection to the build file open; nobody else could open it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import cleanup_connections, reset_adapters

    DuckDBConnectionManager.close_all_connections()
    cleanup_connections()
    reset_adapters()
