"""The unit of work below a year: a bucket of documents, by the first two digits of their content hash.

A changed document touches one bucket of its year, so the work of a night is proportional to what changed, and a year is
never more than 256 folders of Parquet. Belongs here: which buckets there are, which are up to date, and writing one so
that it is whole or absent. Does not parse.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.files import write_atomically
from pipelines.sources.corrections import Correction, CorrectionIndex
from pipelines.sources.history import Stretch, stretches_of
from pipelines.sources.index import SourceIndex
from pipelines.versions import parser_version

if TYPE_CHECKING:
    import polars as pl

_FINGERPRINT = "fingerprint"


@dataclass(frozen=True)
class Bucket:
    """Documents of one fiscal year whose content hashes begin alike: where and when each was shown.

    ``corrections`` are those that are known to concern one of them.
    """

    fiscal_year: int
    name: str
    documents: tuple[Stretch, ...]
    corrections: tuple[Correction, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Changes with a document, its presence at the source, its corrections, and the program that reads it."""
        digest = hashlib.sha256(parser_version().encode())
        for shown in sorted(self.documents, key=lambda one: one.observation.name):
            digest.update(f"\n{shown.observation.name} {shown.is_present} {shown.is_return}".encode())
        for correction in self.corrections:
            digest.update(f"\n{correction.digest}".encode())
        return digest.hexdigest()[:16]

    def folder(self, parsed: Path) -> Path:
        """Where the bucket's Parquet files are."""
        return parsed / f"fiscal_year={self.fiscal_year}" / f"bucket={self.name}"

    def is_written(self, parsed: Path) -> bool:
        """Whether the folder holds exactly this bucket, completely written."""
        mark = self.folder(parsed) / _FINGERPRINT
        return mark.exists() and mark.read_text() == self.fingerprint


def buckets_of(index: SourceIndex, fiscal_years: Iterable[int] | None = None) -> list[Bucket]:
    """Every bucket of the given years (all years without), in order of year and name."""
    wanted = None if fiscal_years is None else set(fiscal_years)
    vanished = {source.source_uri for source in index.sources().values() if source.vanished_at is not None}
    grouped: dict[tuple[int, str], list[Stretch]] = defaultdict(list)
    # All years, because a place may have shown documents of several.
    for shown in stretches_of(index.observations(), vanished):
        if shown.fiscal_year is not None and (wanted is None or shown.fiscal_year in wanted):
            grouped[shown.fiscal_year, shown.observation.sha256[:2]].append(shown)
    buckets = [Bucket(year, name, tuple(documents)) for (year, name), documents in sorted(grouped.items())]
    corrections = CorrectionIndex(index).all()
    return [_with_corrections(bucket, index, corrections) for bucket in buckets] if corrections else buckets


def with_corrections(bucket: Bucket, index: SourceIndex) -> Bucket:
    """The bucket with the corrections that concern one of its documents, as far as these are known by now."""
    return _with_corrections(bucket, index, CorrectionIndex(index).all())


def _with_corrections(bucket: Bucket, index: SourceIndex, corrections: list[Correction]) -> Bucket:
    shown = {one.observation.sha256 for one in bucket.documents}
    of_year = [one for one in corrections if one.document_id and one.fiscal_year == bucket.fiscal_year]
    named = CorrectionIndex(index).documents_named(of_year) if of_year else {}
    concerned = {one for sha256 in shown for one in named.get(sha256, [])}
    return replace(bucket, corrections=tuple(one for one in corrections if one.sha256 in shown or one in concerned))


def year_digests(buckets: Iterable[Bucket], program_version: str) -> dict[int, str]:
    """A digest per fiscal year over its buckets and the program: what a load of that year would start from."""
    digests: dict[int, hashlib._Hash] = {}
    for bucket in buckets:
        digest = digests.setdefault(bucket.fiscal_year, hashlib.sha256(program_version.encode()))
        digest.update(f"\n{bucket.name} {bucket.fingerprint}".encode())
    return {fiscal_year: digest.hexdigest()[:16] for fiscal_year, digest in digests.items()}


def write_bucket(bucket: Bucket, frames: dict[str, pl.DataFrame], parsed: Path) -> None:
    """Write every parsed table of a bucket; the fingerprint goes first and comes last, so a half is never taken whole."""
    from pipelines.parsed.schema import TABLES, conform  # Polars only when there is something to write

    folder = bucket.folder(parsed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _FINGERPRINT).unlink(missing_ok=True)
    for table in TABLES:
        path = folder / f"{table}.parquet"
        part = path.with_suffix(".part")
        # In one chunk: the bytes must not tell how the rows came together.
        conform(table, frames[table]).rechunk().write_parquet(part, compression="zstd", compression_level=1)
        part.replace(path)
    write_atomically(folder / _FINGERPRINT, bucket.fingerprint.encode())
