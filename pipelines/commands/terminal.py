"""How a terminal is written to: tables that line up with Chinese text, progress where somebody watches.

Belongs here: consoles, tables and the step reporter. Does not know what it shows.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.status import Status
from rich.table import Table

from pipelines.run_log import StepReporter

_STEPS = {
    "fetched_pages": "访问网页 (pages)",
    "source_documents": "收取文件 (sources)",
    "raw_tables": "读出表格 (raw)",
    "parsed_tables": "解析 (parsed)",
    "parsed_gate": "质量门一 (gate: parsed)",
    "loaded_tables": "装入构建库 (load)",
    "dbt_staging": "整理 (stg)",
    "stg_gate": "质量门二 (gate: stg)",
    "dbt_star": "构建星型模型 (dim, fct, mart)",
    "mart_gate": "质量门三 (gate: mart)",
    "published_warehouse": "发布 (published)",
}


def console() -> Console:
    """Standard output. A pipe gets a width that does not fold tables."""
    return Console(width=None if sys.stdout.isatty() else 160, highlight=False, soft_wrap=not sys.stdout.isatty())


def error_console() -> Console:
    """Standard error, for progress and problems."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(content: object) -> None:
    """One JSON document, readable by people too."""
    print(json.dumps(content, ensure_ascii=False, indent=2, default=str))


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, and whether it holds numbers."""

    head: str
    is_number: bool = False


def make_table(title: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> Table:
    """A table; numbers stand right, everything else folds rather than being cut."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column.head, justify="right" if column.is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    return table


class TerminalReporter(StepReporter):
    """A moving line while a step runs, and a finished one behind it; plain lines where nobody watches."""

    def __init__(self) -> None:
        """Nothing is shown before the first step."""
        self._console = error_console()
        self._status: Status | None = None

    def begin(self, step: str) -> None:
        """Show what is being done."""
        if self._console.is_terminal:
            self._stop()
            self._status = self._console.status(_STEPS.get(step, step))
            self._status.start()

    def end(self, step: str, seconds: float) -> None:
        """Say that it is done, and how long it took."""
        self._stop()
        self._console.print(f"  ✓ {_STEPS.get(step, step)}  {seconds:.1f} s", markup=False)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._stop()

    def _stop(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
