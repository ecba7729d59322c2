"""``jixiao backfill``: past years, with a table of what would be done, progress, and what came of it.

Belongs here: checking the range, printing, exit code. Does not load anything by itself.
"""

from __future__ import annotations

import datetime
import time

from pipelines.backfill import Backfill, BackfillReporter, YearPlan, as_json, plan_backfill, run_backfill
from pipelines.commands.load import check_root
from pipelines.commands.terminal import Column, console, error_console, make_table, print_json
from pipelines.lock import load_lock
from pipelines.nightly import LoadOptions, LoadResult, clear_up
from pipelines.settings import SettingError, Settings

FIRST_YEAR = 2010


def check_range(first: int, last: int) -> None:
    """Raise ``SettingError`` (wrong usage) with one line that says what would do."""
    latest = datetime.datetime.now(datetime.UTC).year + 1
    if not (FIRST_YEAR <= first <= latest and FIRST_YEAR <= last <= latest):
        raise SettingError(f"年度须在 {FIRST_YEAR} 至 {latest} 之间 (give fiscal years from {FIRST_YEAR} to {latest})")
    if first > last:
        raise SettingError(f"起始年度在结束年度之后 (FROM {first} is after TO {last}): jixiao backfill {last} {first}")


class _Progress(BackfillReporter):
    """One line per year, with the time that is left by the mean of the years so far."""

    def __init__(self) -> None:
        self._console = error_console()
        self._started = time.monotonic()

    def parsed(self, done: int, all_years: int) -> None:
        self._say(f"  解析 (parsed) {done}/{all_years} 个年度")
        self._started = time.monotonic()

    def begin(self, year: YearPlan, number: int, all_years: int) -> None:
        counts = f"文件 {year.documents}，须读 {year.to_read} (documents, to read)"
        self._say(f"  {year.fiscal_year} [{number}/{all_years}] {counts}")

    def end(self, year: YearPlan, result: LoadResult, number: int, all_years: int) -> None:
        spent = time.monotonic() - self._started
        left = spent / number * (all_years - number)
        outcome = "失败 (failed)" if result.failures else result.published_version or "没有变化 (nothing to publish)"
        told = f"；约剩 {left:.0f} s (left)" if number < all_years else ""
        self._say(f"  {year.fiscal_year} [{number}/{all_years}] {outcome}  {spent:.1f} s{told}")

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False)


def backfill_command(
    settings: Settings, first: int, last: int, *, is_dry: bool, resume: bool, wait: bool, as_machine: bool
) -> int:
    """0 if every year is loaded (or the dry run is told), 1 if a gate, a document or a place failed."""
    check_range(first, last)
    check_root(settings)
    waiting = error_console().print if wait else None
    if is_dry:
        with load_lock(settings.lock_file, waiting) as lock:
            clear_up(settings, lock)
            backfill = plan_backfill(settings, first, last, resume=resume)
    else:
        backfill = run_backfill(
            settings, first, last, resume=resume, reporter=_Progress(), options=LoadOptions(waiting=waiting)
        )
    if as_machine:
        print_json({"is_dry_run": is_dry, **as_json(backfill)})
    else:
        _print(backfill, is_dry)
    return 1 if backfill.problems else 0


def _print(backfill: Backfill, is_dry: bool) -> None:
    out, errors = console(), error_console()
    heads = [Column("年度"), *(Column(head, True) for head in ("文件", "须读", "不变")), Column("状态")]
    rows = [
        (year.fiscal_year, year.documents, year.to_read, year.unchanged, _state(backfill, year, is_dry))
        for year in backfill.years
    ]
    title = f"回填 {backfill.first}–{backfill.last}" + ("（演练，未装载 dry run）" if is_dry else "")
    if rows:
        out.print(make_table(title, heads, rows))
    else:
        out.print(f"{title}: 这些年度没有文件 (no documents of these years are landed or in the inbox)")
    for line in backfill.problems:
        errors.print(f"jixiao: {line}", markup=False)
    if backfill.failed_year is not None:
        errors.print(
            f"jixiao: 停在 {backfill.failed_year} 年 (stopped there); "
            f"when it is put right: jixiao backfill {backfill.first} {backfill.last} --resume",
            markup=False,
        )


def _state(backfill: Backfill, year: YearPlan, is_dry: bool) -> str:
    result = backfill.results.get(year.fiscal_year)
    if year.is_finished:
        return "已完成 (finished before)"
    if result is None:
        return "待装载 (to load)" if is_dry or backfill.failed_year is None else "未到 (not reached)"
    return "失败 (failed)" if result.failures else result.published_version or "没有变化 (nothing to publish)"
