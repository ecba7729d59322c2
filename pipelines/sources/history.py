"""Observations → the stretches of time for which a place showed the same bytes.

A place is observed again when its bytes or its description change. Belongs here: telling the return to earlier bytes from a
mere new description, in the same way whatever the order in which observations came in. Does not know what a document is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from pipelines.sources.landing import Observation


@dataclass(frozen=True)
class Stretch:
    """For how long a place showed the same bytes: described as last, fetched when first seen.

    ``is_return``: the place had shown these bytes before, and others in between. ``is_present``: it shows them now.
    """

    observation: Observation
    fiscal_year: int | None = None
    is_present: bool = True
    is_return: bool = False


def stretches_of(observations: Iterable[tuple[Observation, int | None]], vanished: set[str]) -> list[Stretch]:
    """The stretches of every place, in order of place and time; ``vanished`` places show nothing now."""
    places: dict[str, list[tuple[Observation, int | None]]] = defaultdict(list)
    for observation, fiscal_year in observations:
        places[observation.source_uri].append((observation, fiscal_year))
    return [
        stretch
        for source_uri, seen in sorted(places.items())
        for stretch in _of_place(sorted(seen, key=lambda one: (one[0].fetched_at, one[0].name)), source_uri in vanished)
    ]


def _of_place(seen: list[tuple[Observation, int | None]], is_vanished: bool) -> list[Stretch]:
    stretches: list[Stretch] = []
    shown: set[str] = set()
    for sha256, same in groupby(seen, key=lambda one: one[0].sha256):
        group = list(same)
        (first, _), (last, fiscal_year) = group[0], group[-1]
        is_now = not is_vanished and group[-1] is seen[-1]
        stretches.append(Stretch(replace(last, fetched_at=first.fetched_at), fiscal_year, is_now, sha256 in shown))
        shown.add(sha256)
    return stretches
