"""What the catalogue expects, against what has been seen: which documents are missing on a day.

Belongs here: the comparison, and the two things a quiet night needs for it as plain JSON, so that it opens neither DuckDB nor
YAML: what the last load had seen, and the expectations of an unchanged catalogue. Does not make findings, nor tell anybody.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pipelines.files import write_atomically
from pipelines.settings import Settings
from pipelines.sources.catalogue import Catalogue, Expectation, Publisher, catalogue_state, read_catalogue

_TYPES = {"target": "绩效目标", "self_evaluation": "绩效自评"}
# (publisher, document type, fiscal year)
Seen = set[tuple[str, str, int]]


@dataclass(frozen=True)
class Missing:
    """A document that should exist: whose, of which type and fiscal year, due when."""

    publisher: str
    document_type: str
    fiscal_year: int
    due_on: datetime.date

    @property
    def name(self) -> str:
        """Which document this is, whenever it is due."""
        return f"{self.publisher} {self.document_type} {self.fiscal_year}"

    @property
    def evidence(self) -> str:
        """What a person reads beside the rule."""
        return f"{self.publisher} {self.fiscal_year} 年{_TYPES[self.document_type]}，应于 {self.due_on} 前公布"


def missing_documents(catalogue: Catalogue, seen: Seen, day: datetime.date) -> Iterator[Missing]:
    """What was due before ``day`` and is not among ``seen``, under any name of its publisher."""
    for publisher in catalogue.publishers:
        for expectation in publisher.expects:
            for year in range(expectation.from_year, day.year + 2):
                due = expectation.due_on(year)
                if not expectation.covers(year) or due >= day:
                    continue
                if not any((name, expectation.document_type, year) in seen for name in publisher.names):
                    yield Missing(publisher.name, expectation.document_type, year, due)


def write_seen(settings: Settings, seen: Seen) -> None:
    """Keep what the star holds now."""
    write_atomically(settings.seen_documents, json.dumps(sorted(seen), ensure_ascii=False).encode())


def unseen_documents(settings: Settings, day: datetime.date) -> list[Missing] | None:
    """What is missing on ``day`` by what the last load had seen. None if no load has noted that yet."""
    if settings.seen_documents.exists():
        seen = {(name, kind, year) for name, kind, year in json.loads(settings.seen_documents.read_bytes())}
    elif settings.build_database.exists():
        return None  # loaded by a release that did not note it
    else:
        seen = set()
    return list(missing_documents(_expectations(settings), seen, day))


def _expectations(settings: Settings) -> Catalogue:
    """The catalogue without its pages: as kept, unless a file of it has changed since."""
    kept_file = settings.landing / "expectations.json"
    state = catalogue_state(settings.catalog)
    if kept_file.exists():
        kept = json.loads(kept_file.read_bytes())
        if kept["catalogue"] == state:
            return Catalogue(tuple(map(_publisher, kept["publishers"])))
    catalogue = read_catalogue(settings.catalog)
    publishers = [{**asdict(one), "sources": ()} for one in catalogue.publishers if one.expects]
    if not catalogue.problems:
        content = json.dumps({"catalogue": state, "publishers": publishers}, ensure_ascii=False)
        with contextlib.suppress(OSError):  # read anew next time
            write_atomically(kept_file, content.encode())
    return catalogue


def _publisher(kept: dict[str, Any]) -> Publisher:
    expects = tuple(Expectation(**one) for one in kept["expects"])
    return Publisher(kept["file"], kept["name"], kept["region_code"], tuple(kept["aliases"]), expects)
