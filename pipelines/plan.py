"""What a load has to do: inbox and listing pages landed, and the fiscal years that are not as the last load left them.

Belongs here: the answer that lets a quiet night end after milliseconds, without Dagster, Polars, dbt or DuckDB. Does not
run a load.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.parsed.buckets import buckets_of, year_digests
from pipelines.parsed.stage import Unplaced, place_documents
from pipelines.run_log import StepReporter
from pipelines.settings import Settings
from pipelines.sources.corrections import problems
from pipelines.sources.land import LandingReport
from pipelines.sources.stage import land_sources, open_index
from pipelines.versions import program_version


@dataclass
class LoadPlan:
    """``fiscal_years`` to load, ascending; what landing found; documents without a year; a digest of all inputs.

    ``outdated_corrections`` are lines about corrections that must be looked at, where no load is due that would say so.
    """

    fiscal_years: list[int]
    landed: LandingReport
    unplaced: list[Unplaced] = field(default_factory=list)
    inputs: str = ""
    outdated_corrections: list[str] = field(default_factory=list)

    @property
    def new_unplaced(self) -> list[Unplaced]:
        """Those of which this landing brought the news."""
        news = {*self.landed.new, *self.landed.changed}
        return [document for document in self.unplaced if document.observation.source_uri in news]


def plan_load(settings: Settings, reporter: StepReporter | None = None) -> LoadPlan:
    """Land inbox and listing pages and compare every year with what the last load of it left."""
    with open_index(settings) as index:
        landed = land_sources(settings, index, reporter=reporter)
        unplaced = place_documents(settings, index)
        digests = year_digests(buckets_of(index), program_version(settings.dbt_project, settings.expectations))
        handled = index.handled() if settings.build_database.exists() else {}
        pending = {year for year in digests if handled.get(year) != digests[year]}
        # A load with work asks its gate; without work nobody else would tell of a correction that concerns nothing.
        outdated = [] if pending else [f"{one}: {what}" for one, _, what in problems(index)]
    years = sorted(pending)
    inputs = ",".join(f"{year}:{digest}" for year, digest in sorted(digests.items()))
    return LoadPlan(years, landed, unplaced, inputs, outdated)
