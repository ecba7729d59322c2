"""Past years: documents read and parsed for many years side by side, then one run of the job per year.

Belongs here: which years of a range there are, in which state, and what an interrupted backfill has finished. Does not
print, and does not ask any page: it loads what is landed and what lies in the inbox.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipelines.files import write_atomically
from pipelines.lock import load_lock
from pipelines.nightly import LoadOptions, LoadResult, clear_up, run_years
from pipelines.parsed.buckets import buckets_of, year_digests
from pipelines.plan import LoadPlan, plan_load
from pipelines.settings import Settings
from pipelines.sources.stage import open_index
from pipelines.versions import program_version
from pipelines.watch import tell_load


@dataclass(frozen=True)
class YearPlan:
    """One year of the range: its documents, how many must be read, whether this backfill had finished it before."""

    fiscal_year: int
    documents: int
    to_read: int
    digest: str
    is_finished: bool = False

    @property
    def unchanged(self) -> int:
        """Documents that were read before and need not be read again."""
        return self.documents - self.to_read


@dataclass
class Backfill:
    """A range of years, those that have documents, and the result of each run, by year."""

    first: int
    last: int
    years: list[YearPlan]
    plan: LoadPlan
    results: dict[int, LoadResult] = field(default_factory=dict)

    @property
    def to_load(self) -> list[YearPlan]:
        """Years that are not finished yet."""
        return [year for year in self.years if not year.is_finished]

    @property
    def problems(self) -> list[str]:
        """Every line that somebody should read."""
        lines = [str(problem) for problem in self.plan.landed.problems]
        return lines + [line for result in self.results.values() for line in (*result.quarantined, *result.failures)]

    @property
    def failed_year(self) -> int | None:
        """The year at which it stopped."""
        return next((year for year, result in self.results.items() if result.failures), None)


class BackfillReporter:
    """Told how far it is; the base class says nothing."""

    def parsed(self, done: int, all_years: int) -> None:
        """So many years are parsed."""

    def begin(self, year: YearPlan, number: int, all_years: int) -> None:
        """The run of a year begins."""

    def end(self, year: YearPlan, result: LoadResult, number: int, all_years: int) -> None:
        """It has ended."""


def plan_backfill(settings: Settings, first: int, last: int, *, resume: bool = False) -> Backfill:
    """Land the inbox and see what each year of the range holds."""
    settings = settings.offline()
    plan = plan_load(settings)
    program = program_version(settings.dbt_project, settings.expectations)
    with open_index(settings) as index:
        buckets = buckets_of(index, range(first, last + 1))
    digests = year_digests(buckets, program)
    finished = _read_finished(settings, first, last) if resume else {}
    years = []
    for year, digest in sorted(digests.items()):
        own = [bucket for bucket in buckets if bucket.fiscal_year == year]
        years.append(
            YearPlan(
                fiscal_year=year,
                documents=sum(len(bucket.documents) for bucket in own),
                to_read=sum(len(bucket.documents) for bucket in own if not bucket.is_written(settings.parsed)),
                digest=digest,
                is_finished=finished.get(year) == digest,
            )
        )
    return Backfill(first, last, years, plan)


def run_backfill(
    settings: Settings,
    first: int,
    last: int,
    *,
    resume: bool = False,
    reporter: BackfillReporter | None = None,
    options: LoadOptions | None = None,
) -> Backfill:
    """Load the years of the range, oldest first. Stops at the first year that fails; ``resume`` goes on behind the last
    year that was finished. Each version it publishes takes the place of its own one before, so that a long backfill does
    not push out the versions to which somebody may want to roll back.
    """
    settings, reporter, options = settings.offline(), reporter or BackfillReporter(), options or LoadOptions()
    with load_lock(settings.lock_file, options.waiting) as lock:
        clear_up(settings, lock)
        backfill = plan_backfill(settings, first, last, resume=resume)
        finished = {year.fiscal_year: year.digest for year in backfill.years if year.is_finished}
        _write_finished(settings, first, last, finished)
        years = backfill.to_load
        _parse(settings, years, reporter.parsed)
        mine: str | None = None
        for number, year in enumerate(years, start=1):
            reporter.begin(year, number, len(years))
            result = backfill.results[year.fiscal_year] = LoadResult(backfill.plan)
            run_years(settings, [year.fiscal_year], options, result, replaces=mine)
            reporter.end(year, result, number, len(years))
            tell_load(settings, result.failures, result.run_id)
            if result.failures:
                break
            mine = result.published_version or mine
            finished[year.fiscal_year] = year.digest
            _write_finished(settings, first, last, finished)
    return backfill


def _parse(settings: Settings, years: list[YearPlan], progress: Callable[[int, int], None]) -> None:
    """Read and parse the years that need it, each in a process of its own, as many at once as there are cores.

    Parquet and cache are written whole or not at all, and no two years share a file, so nothing needs a lock.
    """
    wanted = [year.fiscal_year for year in years if year.to_read]
    workers = min(len(wanted), len(os.sched_getaffinity(0)))
    if workers < 2:
        return  # the run itself does it
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed

    # Spawned, not forked: a process that has used Polars must not be forked.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as executor:
        tasks = [executor.submit(parse_year, settings, year) for year in wanted]
        for done, task in enumerate(as_completed(tasks), start=1):
            task.result()
            progress(done, len(wanted))


def parse_year(settings: Settings, fiscal_year: int) -> None:
    """What a worker does."""
    from pipelines.parsed.stage import parse_years

    with open_index(settings) as index:
        parse_years(settings, index, [fiscal_year])


def _file(settings: Settings) -> Path:
    return settings.warehouse / "backfill.json"


def _read_finished(settings: Settings, first: int, last: int) -> dict[int, str]:
    """Years that the last backfill finished, by what it loaded; years outside its range are as good as not loaded."""
    if not _file(settings).exists() or not settings.build_database.exists():
        return {}
    kept = json.loads(_file(settings).read_text(encoding="utf-8"))
    return {int(year): digest for year, digest in kept["finished"].items() if first <= int(year) <= last}


def _write_finished(settings: Settings, first: int, last: int, finished: dict[int, str]) -> None:
    content = {"from": first, "to": last, "finished": finished}
    write_atomically(_file(settings), json.dumps(content).encode())


def as_json(backfill: Backfill) -> dict[str, object]:
    """The whole state, for machines."""
    return {
        "from": backfill.first,
        "to": backfill.last,
        "years": [
            {
                **asdict(year),
                "unchanged": year.unchanged,
                **(
                    {
                        "run_id": result.run_id,
                        "published_version": result.published_version,
                        "failures": result.failures,
                    }
                    if (result := backfill.results.get(year.fiscal_year))
                    else {}
                ),
            }
            for year in backfill.years
        ],
        "problems": backfill.problems,
    }
