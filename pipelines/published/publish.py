"""Write–audit–publish, its last step: a gated build file becomes the version that readers see.

Belongs here: the order of the steps, so that a crash at any instant leaves the published version as it was. Does not
decide whether the data is good: it runs only behind the last gate.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.files import sync_folder
from pipelines.parsed.buckets import buckets_of, year_digests
from pipelines.published.copy import PublishedTable, copy_database, export_parquet
from pipelines.published.datapackage import datapackage, write_datapackage
from pipelines.published.drop import check_drop
from pipelines.published.manifest import Version, read_manifest
from pipelines.published.switch import DATABASE, switch_to
from pipelines.settings import Settings
from pipelines.sources.landing import sha256_of
from pipelines.sources.stage import open_index
from pipelines.versions import program_version
from pipelines.warehouse.database import STORAGE_VERSION, build_database
from pipelines.warehouse.expected import RULE as MISSING
from pipelines.warehouse.load import mark_star_built
from pipelines.warehouse.runs import finish_run, remember_findings

# Tags of a run: the version that its own makes superfluous, and a person's word that fewer rows are right.
REPLACES_TAG = "jixiao/replaces"
ACCEPT_DROP_TAG = "jixiao/accept-drop"


@dataclass(frozen=True)
class Run:
    """A run that has passed the last gate: its id, its fiscal years, the time (UTC), and what its tags say."""

    run_id: str
    fiscal_years: Sequence[int]
    now: datetime.datetime
    replaces: str | None = None
    accepts_drop: bool = False


@dataclass(frozen=True)
class Publication:
    """What is to be published: by which run, of which content (see ``manifest.Version``), when (UTC), in whose place."""

    run_id: str
    content: str
    now: datetime.datetime
    replaces: str | None = None

    @property
    def version(self) -> str:
        """Names the version: sortable by time, distinct by run."""
        return f"{self.now:%Y%m%dT%H%M%SZ}-{self.run_id[:8]}"


def content_digest(build: Path, program_version: str) -> str:
    """What the star is made of: documents, their presence, those missing, and the program. Equal digests make equal stars."""
    with build_database(build, read_only=True) as connection:
        missing = connection.execute(
            f"select evidence from quality.finding where rule_code = '{MISSING}' order by all"
        ).fetchall()
        documents = connection.execute("from parsed.parsed_documents order by all").fetchall()
        corrections = connection.execute("from parsed.parsed_corrections order by all").fetchall()
        appearances = connection.execute("from parsed.parsed_appearances order by all").fetchall()
    content = (program_version, documents, appearances, corrections, missing)
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16] if documents else ""


def publish_run(settings: Settings, dbt_manifest: Path, run: Run) -> Version | None:
    """Publish what a run has built, or nothing (``None``) if the star holds no document, or just the newest version's.

    Either way the years of the run are dealt with: the next load has nothing to do until something changes.
    """
    program = program_version(settings.dbt_project, settings.expectations)
    mark_star_built(settings.build_database)
    remember_findings(settings.build_database)
    content = content_digest(settings.build_database, program)
    newest = read_manifest(settings.published).newest
    version = None
    check_drop(settings, run.run_id, accepts_drop=run.accepts_drop)
    if not content or (newest is not None and newest.content == content):
        finish_run(settings.build_database, run.run_id, "nothing_to_publish", run.now)
    else:
        version = publish(settings, dbt_manifest, Publication(run.run_id, content, run.now, run.replaces))
    with open_index(settings) as index:
        digests = year_digests(buckets_of(index, run.fiscal_years), program)
        index.set_handled({year: digests.get(year, "") for year in run.fiscal_years})
    return version


def publish(settings: Settings, dbt_manifest: Path, publication: Publication) -> Version:
    """Copy, export, check and switch. The build file must be closed. Returns the version that is now current."""
    versions = settings.published / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    name = publication.version
    part, final, folder = versions / f"{name}.duckdb.part", versions / f"{name}.duckdb", versions / name
    finish_run(settings.build_database, publication.run_id, "published", publication.now, name)
    try:
        tables = copy_database(settings.build_database, part, dbt_manifest)
        _check(part, tables)
        export_parquet(part, tables, folder / "parquet")
        created = publication.now.replace(tzinfo=None, microsecond=0).isoformat()
        write_datapackage(folder / "datapackage.json", datapackage(tables, name, created))
        (folder / DATABASE).symlink_to(f"../{name}.duckdb")
        _seal(part)
        os.replace(part, final)
        sync_folder(versions)
    except BaseException:
        part.unlink(missing_ok=True)
        part.with_name(f"{part.name}.wal").unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        raise
    version = Version(
        version=name,
        published_at=created,
        run_id=publication.run_id,
        sha256=sha256_of(final),
        size=final.stat().st_size,
        storage_version=STORAGE_VERSION,
        content=publication.content,
        rows={table.export_name: table.rows for table in tables if not table.is_view},
    )
    switch_to(settings.published, version, settings.keep_versions, publication.replaces)
    return version


def _check(database: Path, tables: list[PublishedTable]) -> None:
    """Open the copy as a reader does and count every table again."""
    with duckdb.connect(str(database), read_only=True) as connection:
        for table in tables:
            row = connection.execute(f'select count(*) from "{table.schema}"."{table.name}"').fetchone()
            if row is None or row[0] != table.rows:
                raise RuntimeError(f"{table.schema}.{table.name}: the copy has {row} rows, the build file {table.rows}")


def _seal(path: Path) -> None:
    """No write-ahead log may be left, the bytes are on disk, and nobody may write."""
    if path.with_name(f"{path.name}.wal").exists():
        raise RuntimeError(f"{path.name} was closed with a write-ahead log")
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.chmod(0o444)
