"""The archive → its index, where there is none: on another machine, after a loss, after a change of the index's form.

Belongs here: putting the archive's observations back. What became of a place since (changed, vanished) is found by the
next landing. Does not read the inbox.
"""

from __future__ import annotations

from pipelines.sources.index import SeenSource, SourceIndex
from pipelines.sources.landing import Landing, Observation

_UNKNOWN = -1  # no file has this time: the next landing reads the file and compares its bytes


def rebuild(index: SourceIndex, landing: Landing) -> None:
    """Fill an empty index: every observation, and for each place the newest as its last state."""
    newest: dict[str, Observation] = {}
    with index.transaction():
        for observation in landing.observations():
            index.put_observation(observation, observation.statement.fiscal_year)
            known = newest.setdefault(observation.source_uri, observation)
            if (known.fetched_at, known.name) < (observation.fetched_at, observation.name):
                newest[observation.source_uri] = observation
        for source_uri, last in newest.items():
            index.put_source(SeenSource(source_uri, last.size, _UNKNOWN, _UNKNOWN, last.name, vanished_at=None))
