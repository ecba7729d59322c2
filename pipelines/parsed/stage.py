"""Extracted documents → parsed Parquet, some buckets at a time; and the fiscal year of documents whose folder states none.

Belongs here: which buckets are pending and in which order they are made. Does not parse by itself, nor load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from pipelines.layouts.recognise import read_rows
from pipelines.layouts.rows import UnreadableForm
from pipelines.parsed.buckets import Bucket, buckets_of, with_corrections, write_bucket
from pipelines.raw.extract import size_of
from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.stage import extract
from pipelines.settings import Settings
from pipelines.sources.corrections import Correction, CorrectionIndex
from pipelines.sources.index import SourceIndex
from pipelines.sources.landing import Landing, Observation

if TYPE_CHECKING:
    import polars as pl

# A call of the parser costs as much as a dozen small documents; large ones are held in memory together.
_DOCUMENTS_AT_ONCE, _BYTES_AT_ONCE = 64, 16_000_000
_BUCKET = "bucket"


@dataclass
class ParseReport:
    """Rows per parsed table over the buckets that were made, and how many were made and left alone."""

    made: int = 0
    left: int = 0
    rows: dict[str, int] = field(default_factory=dict)


def pending_buckets(settings: Settings, index: SourceIndex, fiscal_years: Iterable[int] | None = None) -> list[Bucket]:
    """Buckets whose Parquet is not what today's documents and today's program would make."""
    return [bucket for bucket in buckets_of(index, fiscal_years) if not bucket.is_written(settings.parsed)]


def parse_years(
    settings: Settings,
    index: SourceIndex,
    fiscal_years: Iterable[int],
    progress: Callable[[int, int], None] | None = None,
) -> ParseReport:
    """Make every pending bucket of the years. ``progress`` is called with (done, all) buckets."""
    buckets = buckets_of(index, fiscal_years)
    pending = [bucket for bucket in buckets if not bucket.is_written(settings.parsed)]
    corrections = CorrectionIndex(index).all()
    result = ParseReport(made=len(pending), left=len(buckets) - len(pending))
    parse: Callable[[Sequence[Bucket]], list[dict[str, pl.DataFrame]]] | None = None
    done = 0
    for together in _together(pending, Landing(settings.landing)):
        parse = parse or _parser(settings, corrections)
        for bucket, frames in zip(together, parse(together), strict=True):
            # Only now is it known which documents these are, and so which corrections by identifier concern the bucket.
            CorrectionIndex(index).put_documents(_identities(bucket, frames))
            bucket = with_corrections(bucket, index)
            write_bucket(bucket, frames, settings.parsed)
            for table, frame in frames.items():
                result.rows[table] = result.rows.get(table, 0) + frame.height
            done += 1
            if progress:
                progress(done, len(pending))
    return result


def _together(buckets: Iterable[Bucket], landing: Landing) -> Iterator[list[Bucket]]:
    """Buckets of a year in stretches that are parsed at once: within both limits, or one bucket."""
    for _, of_year in groupby(buckets, lambda bucket: bucket.fiscal_year):
        together: list[Bucket] = []
        documents = size = 0
        for bucket in of_year:
            hashes = {shown.observation.sha256 for shown in bucket.documents}
            landed = sum(size_of(landing.path_of(sha256)) for sha256 in hashes)
            if together and (documents + len(hashes) > _DOCUMENTS_AT_ONCE or size + landed > _BYTES_AT_ONCE):
                yield together
                together, documents, size = [], 0, 0
            together.append(bucket)
            documents, size = documents + len(hashes), size + landed
        yield together


def _identities(bucket: Bucket, frames: dict[str, pl.DataFrame]) -> set[tuple[str, int, str]]:
    """(sha256, fiscal year, identifier) of the documents of a bucket, as parsed and as stated."""
    stated = {
        (shown.observation.sha256, bucket.fiscal_year, shown.observation.statement.document_id)
        for shown in bucket.documents
        if shown.observation.statement.document_id
    }
    return stated | set(frames["parsed_documents"].select("sha256", "fiscal_year", "document_id").rows())


def _parser(
    settings: Settings, corrections: list[Correction]
) -> Callable[[Sequence[Bucket]], list[dict[str, pl.DataFrame]]]:
    """Parses buckets of a year at once, year after year; a value that stands in many documents is read once."""
    from pipelines.parsed.corrected import parse_corrected  # Polars only when there is work
    from pipelines.parsed.documents import ReadDocument
    from pipelines.parsed.targets import KnownTexts

    known = KnownTexts()

    def parse(buckets: Sequence[Bucket]) -> list[dict[str, pl.DataFrame]]:
        fiscal_year = buckets[0].fiscal_year
        documents = [shown for bucket in buckets for shown in bucket.documents]
        raw = extract(settings, (shown.observation for shown in documents))
        read = [
            ReadDocument(
                shown.observation, shown.is_present, fiscal_year, raw[shown.observation.sha256], shown.is_return
            )
            for shown in documents
        ]
        return _by_bucket(parse_corrected(read, corrections, known), buckets)

    return parse


def _by_bucket(frames: dict[str, pl.DataFrame], buckets: Sequence[Bucket]) -> list[dict[str, pl.DataFrame]]:
    """Parsed tables of several buckets of one year → those of each, as if it had been parsed alone."""
    if len(buckets) == 1:
        return [frames]
    found: list[dict[str, pl.DataFrame]] = [{} for _ in buckets]
    for table, frame in frames.items():
        names = frame["sha256"].str.slice(0, len(buckets[0].name)).alias(_BUCKET)
        parts = frame.with_columns(names).partition_by(_BUCKET, as_dict=True, include_key=False)
        for bucket, tables in zip(buckets, found, strict=True):
            tables[table] = parts.pop((bucket.name,), frame.clear())
        if parts:
            raise ValueError(f"{table}: rows of documents that no bucket shows: {sorted(parts)}")
    return found


@dataclass(frozen=True)
class Unplaced:
    """A document that states no fiscal year anywhere, or could not be read to look for one."""

    observation: Observation
    reason: UnreadableForm


def unplaced_row(document: Unplaced) -> dict[str, object]:
    """Its row in ``parsed_quarantined_documents``: without a year."""
    return {
        "sha256": document.observation.sha256,
        "source_uri": document.observation.source_uri,
        "reason_code": document.reason.reason_code,
        "message": document.reason.message,
        "place": document.reason.place or None,
        "evidence": document.reason.text or None,
        "fetched_at": document.observation.fetched_at,
    }


def place_documents(settings: Settings, index: SourceIndex) -> list[Unplaced]:
    """Find the year of documents whose folder states none, by reading them. Returns those that state none either.

    The answer of today's program is kept in the index; what could not be placed is tried again by every load.
    """
    unplaced = [observation for observation, fiscal_year in index.observations() if fiscal_year is None]
    if not unplaced:
        return []
    failures = []
    documents = extract(settings, unplaced)
    with index.transaction():
        for observation in unplaced:
            document = documents[observation.sha256]
            try:
                if isinstance(document, RefusedDocument):
                    raise UnreadableForm(document.reason_code, document.message)
                index.set_fiscal_year(observation.name, read_rows(document, None).fiscal_year)
            except UnreadableForm as reason:
                failures.append(Unplaced(observation, reason))
    return failures
