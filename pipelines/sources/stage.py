"""Opening the sources stage on a data root.

Belongs here: the pair of archive and index that every caller needs. Does not compare or copy.
"""

from __future__ import annotations

import datetime

from pipelines.settings import Settings
from pipelines.sources.index import SourceIndex
from pipelines.sources.land import LandingReport, land
from pipelines.sources.landing import Landing


def open_index(settings: Settings) -> SourceIndex:
    """The index of the data root; close it after use."""
    return SourceIndex(settings.landing / "index.sqlite")


def land_inbox(settings: Settings, index: SourceIndex) -> LandingReport:
    """Land what the inbox holds now."""
    return land(settings.inbox, Landing(settings.landing), index, datetime.datetime.now(datetime.UTC))
