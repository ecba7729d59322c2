"""Listening to a Dagster run: a log file for engineers, steps for whoever waits, and the causes of a failure in one line.

Belongs here: reading run events. Does not start a run, nor decide what a failure means.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any


class StepReporter:
    """Told when a step begins and ends; the base class says nothing."""

    def begin(self, step: str) -> None:
        """A step has begun."""

    def end(self, step: str, seconds: float) -> None:
        """The step has ended well."""


class RunLog:
    """Writes every event of one run to a file. ``failures`` are the causes, a line each, without tracebacks."""

    def __init__(self, path: Path, reporter: StepReporter) -> None:
        """Name the file; it is opened by ``with``."""
        self.failures: list[str] = []
        self._path = path
        self._reporter = reporter
        self._begun: dict[str, float] = {}

    def __enter__(self) -> RunLog:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("w", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def hear(self, entry: Any, _cursor: Any = None) -> None:
        """Take one event log entry of the run."""
        event = entry.dagster_event
        kind = event.event_type_value if event else "LOG"
        self._file.write(f"{entry.timestamp:.3f} {kind} {entry.step_key or '-'} {entry.user_message}\n")
        if event is None:
            return
        if kind == "STEP_START":
            self._begun[entry.step_key] = entry.timestamp
            self._reporter.begin(entry.step_key)
        elif kind == "STEP_SUCCESS":
            self._reporter.end(entry.step_key, entry.timestamp - self._begun.get(entry.step_key, entry.timestamp))
        elif kind == "ASSET_CHECK_EVALUATION":
            self._hear_check(event.event_specific_data)
        elif kind in ("STEP_FAILURE", "PIPELINE_FAILURE"):
            self._hear_failure(entry, event.event_specific_data)

    def _hear_check(self, evaluation: Any) -> None:
        if not evaluation.passed and evaluation.severity.name == "ERROR":
            asset = evaluation.asset_key.path[-1]
            self.failures.append(
                f"质量门未通过 (gate failed) {asset}: {evaluation.description or evaluation.check_name}"
            )

    def _hear_failure(self, entry: Any, data: Any) -> None:
        error = getattr(data, "error", None)
        if error is None:
            return
        self._file.write(error.to_string() + "\n")
        while error.cause is not None:
            error = error.cause
        if error.cls_name == "DagsterAssetCheckFailedError" or (self.failures and entry.step_key is None):
            return  # the check has said it already
        lines = [line for line in error.message.strip().splitlines() if line.strip()]
        line = lines[0] if lines else error.cls_name
        if error.cls_name == "RowsDropped":  # a gate of its own: its line names it
            self.failures.append(line.removeprefix("pipelines.published.drop.RowsDropped: "))
        else:
            self.failures.append(f"{entry.step_key or 'run'}: {line}")
