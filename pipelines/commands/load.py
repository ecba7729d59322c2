"""``jixiao load``: run the nightly job and say what it did, for a person or for a machine.

Belongs here: exit code, progress and summary. Does not do any of the job's work.
"""

from __future__ import annotations

import time
from pathlib import Path

from pipelines.commands.summary import print_summary, summarise
from pipelines.commands.terminal import TerminalReporter, console, error_console, print_json
from pipelines.nightly import LoadOptions, LoadResult, run_load
from pipelines.settings import Settings


def load_command(
    settings: Settings, years: list[int], *, wait: bool = False, accepts_drop: bool = False, as_json: bool
) -> int:
    """Run the load; 0 if everything is published or nothing changed, 1 if a gate, a document or a place failed."""
    check_root(settings)
    started = time.monotonic()
    reporter = TerminalReporter()
    try:
        waiting = error_console().print if wait else None
        options = LoadOptions(fiscal_years=years, reporter=reporter, waiting=waiting, accepts_drop=accepts_drop)
        result = run_load(settings, options)
    finally:
        reporter.close()
    seconds = time.monotonic() - started
    if as_json:
        print_json(_as_json(settings, result, seconds))
    else:
        _print(settings, result, seconds)
    return 1 if result.problems else 0


def check_root(settings: Settings) -> None:
    """Raise with one line if there is no inbox."""
    if not settings.inbox.is_dir():
        raise FileNotFoundError(
            2, "No such folder", f"{settings.inbox} (收件夹 inbox: make it and drop documents there)"
        )


def _as_json(settings: Settings, result: LoadResult, seconds: float) -> dict[str, object]:
    landed = result.plan.landed
    return {
        "status": "failed" if result.failures else "published" if result.published_version else "unchanged",
        "run_id": result.run_id,
        "fiscal_years": result.plan.fiscal_years,
        "documents": {
            "new": landed.new,
            "changed": landed.changed,
            "vanished": landed.vanished,
            "unchanged": len(landed.unchanged),
        },
        "published_version": result.published_version,
        "published_file": _published_file(settings),
        "problems": result.problems,
        "log": str(result.log) if result.log else None,
        "seconds": round(seconds, 2),
    }


def _published_file(settings: Settings) -> str | None:
    path = settings.published / "jixiao.duckdb"
    return str(path) if path.exists() else None


def _print(settings: Settings, result: LoadResult, seconds: float) -> None:
    out, landed = console(), result.plan.landed
    counts = f"新增 {len(landed.new)} · 变更 {len(landed.changed)} · 消失 {len(landed.vanished)} · 未变 {len(landed.unchanged)}"
    if result.failures:
        out.print(f"装载未完成，已发布的版本保持不变 (load stopped; what is published is untouched)  {seconds:.1f} s")
    elif result.published_version:
        out.print(f"[bold]装载完成[/bold] (published) {result.published_version}  {seconds:.1f} s")
    elif result.run_id:
        out.print(f"装载完成，没有需要发布的变化 (nothing to publish)  {seconds:.1f} s")
    else:
        out.print(f"没有变化 (nothing changed)  {seconds:.1f} s")
    out.print(f"文件 (documents): {counts}")
    if result.published_version:
        print_summary(out, summarise(settings.published / "jixiao.duckdb"))
    published = _published_file(settings)
    if published:
        out.print(f"发布文件 (published file): {_short(Path(published))}", soft_wrap=True)
    errors = error_console()
    for line in result.problems:
        errors.print(f"jixiao: {line}", markup=False)
    if result.failures and result.log:
        errors.print(f"jixiao: 详细记录 (log): {_short(result.log)}", markup=False)


def _short(path: Path) -> str:
    """Relative to the working folder where that is shorter to read."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
