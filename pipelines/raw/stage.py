"""Landing → extracted documents, for the observations that somebody wants to parse.

Belongs here: handing landed bytes to the readers and counting what came back. Does not choose which observations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.raw.extract import extract_documents
from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.table import RawDocument
from pipelines.settings import Settings
from pipelines.sources.landing import Landing, Observation


@dataclass(frozen=True)
class ExtractionReport:
    """How many documents were read and refused, and the tables and cells in them."""

    documents: int
    refused: int
    tables: int
    cells: int


def extract(settings: Settings, observations: Iterable[Observation]) -> dict[str, RawDocument | RefusedDocument]:
    """Document or refusal by content hash, from the cache where the same reader has read the same bytes before."""
    landing = Landing(settings.landing)
    wanted = sorted({observation.sha256 for observation in observations})
    return extract_documents(((sha256, landing.path_of(sha256)) for sha256 in wanted), settings.raw)


def report(documents: Iterable[RawDocument | RefusedDocument]) -> ExtractionReport:
    """Count what the readers gave."""
    found = list(documents)
    tables = [table for document in found if isinstance(document, RawDocument) for table in document.tables]
    return ExtractionReport(
        documents=len(found),
        refused=sum(isinstance(document, RefusedDocument) for document in found),
        tables=len(tables),
        cells=sum(len(table.cells) for table in tables),
    )
