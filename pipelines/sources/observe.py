"""What is new at a place → an observation with its true time, known to the index.

Belongs here: the one rule by which inbox and web keep what they see. Does not decide whether it is new.
"""

from __future__ import annotations

from pipelines.sources.index import SeenSource, SourceIndex
from pipelines.sources.landing import Landing, Observation, time_of


def observe(seen: Observation, before: SeenSource | None, landing: Landing, index: SourceIndex) -> Observation:
    """Note that a place shows something new; ``before`` is what it showed last. Returns the observation to describe.

    A landing that was interrupted may have kept the same observation: its time is then the true one.
    """
    kept = [one for one in landing.observations_of(seen.told) if not index.has_observation(one.name)]
    since = "" if before is None else time_of(before.observation)
    newest = next((one for one in kept if time_of(one.name) > since), seen)
    for observation in {*kept, newest}:
        index.put_observation(observation, observation.statement.fiscal_year)
    return newest
