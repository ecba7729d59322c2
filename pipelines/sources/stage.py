"""Opening the sources stage on a data root.

Belongs here: the pair of archive and index that every caller needs. Does not compare or copy.
"""

from __future__ import annotations

import datetime

from pipelines.run_log import StepReporter
from pipelines.settings import Settings
from pipelines.sources.corrections import CorrectionIndex
from pipelines.sources.index import SourceIndex
from pipelines.sources.land import LandingReport, land
from pipelines.sources.land_pages import land_pages
from pipelines.sources.landing import Landing
from pipelines.sources.rebuild import rebuild


def open_index(settings: Settings) -> SourceIndex:
    """The index of the data root, made from the archive if it is not there; close it after use."""
    index = SourceIndex(settings.landing / "index.sqlite")
    if index.is_empty:
        rebuild(index, Landing(settings.landing))
    return index


def land_inbox(settings: Settings, index: SourceIndex) -> LandingReport:
    """Land what the inbox holds now."""
    return land(settings.inbox, Landing(settings.landing), index, datetime.datetime.now(datetime.UTC))


def land_sources(
    settings: Settings,
    index: SourceIndex,
    *,
    unless_within: datetime.timedelta | None = None,
    reporter: StepReporter | None = None,
) -> LandingReport:
    """Land what the inbox holds now and what the catalogue's listing pages list now.

    ``unless_within``: listings that were asked so recently are not asked again. ``reporter`` hears of the waiting.
    """
    CorrectionIndex(index).land(settings.corrections)
    report = land_inbox(settings, index)
    land_pages(settings, index, report, unless_within=unless_within, reporter=reporter or StepReporter())
    return report
