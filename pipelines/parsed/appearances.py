"""Places that show equal bytes → the appearances of one document that count for its history.

Belongs here: which sightings of a document's bytes are publications and which are mere copies. Does not order versions: the
warehouse does, over all bytes of a document.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.parsed.documents import ReadDocument


def appearances_of(group: Sequence[ReadDocument]) -> list[ReadDocument]:
    """Of sightings of equal bytes those that publish them, the first of each publication date.

    A second place with the same bytes is a copy, unless it states a publication date of its own. A place that returns to
    the bytes after others publishes them again. Without any date the first sighting is the publication.
    """
    returns = [one for one in group if one.is_return]
    first = sorted((one for one in group if not one.is_return), key=_order)
    dated: dict[str, ReadDocument] = {}
    for one in first:
        if one.observation.statement.published_on:
            dated.setdefault(one.observation.statement.published_on, one)
    return [*(dated.values() if dated else first[:1]), *sorted(returns, key=_order)]


def appearance_row(identity: dict[str, Any], document_type: str, shown: ReadDocument) -> dict[str, Any]:
    """A row of ``parsed_appearances``."""
    stated = shown.observation.statement
    return {
        **identity,
        "document_type": document_type,
        "source_uri": shown.observation.source_uri,
        "source_url": stated.source_url,
        "published_on": datetime.date.fromisoformat(stated.published_on) if stated.published_on else None,
        "fetched_at": datetime.datetime.fromisoformat(shown.observation.fetched_at),
    }


def _order(shown: ReadDocument) -> tuple[str, str]:
    return shown.observation.fetched_at, shown.observation.name
