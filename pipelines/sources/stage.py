"""Opening the sources stage on a data root.

Belongs here: the pair of archive and index that every caller needs. Does not compare or copy.
"""

from __future__ import annotations

import datetime

from pipelines.settings import Settings
from pipelines.sources.index import SourceIndex
from pipelines.sources.land import LandingReport, land
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
