"""``load.run``: one row per run, from its beginning to its end; published as ``meta.load_run``.

Belongs here: the few updates a run makes to its own row. Does not run anything.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pipelines.warehouse.database import build_database, insert, literal

_ROW_COLUMNS = {
    "parsed_projects": "project_rows",
    "parsed_indicators": "indicator_rows",
    "parsed_targets": "target_rows",
    "parsed_findings": "finding_rows",
    "parsed_quarantined_documents": "documents_quarantined",
}


def begin_run(
    database: Path, run_id: str, fiscal_years: Sequence[int], documents: Mapping[str, int], versions: Collection[str]
) -> None:
    """Add the row. ``documents`` counts new, changed, unchanged and vanished ones of the years.

    A row that an earlier run left as running belongs to a process that was killed: it is marked so. So is the last one
    that calls itself published, if its version is not among the kept ``versions``: it was killed while it published.
    """
    started_at = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)
    kept = ", ".join(map(literal, versions)) or "''"
    with build_database(database) as connection:
        connection.execute("update load.run set status = 'interrupted' where status = 'running'")
        connection.execute(
            "update load.run set status = 'interrupted', published_version = null, finished_at = null where rowid = "
            f"(select max(rowid) from load.run where status = 'published') and published_version not in ({kept})"
        )
        connection.execute(f"delete from load.run where run_id = {literal(run_id)}")
        insert(
            connection,
            "load.run",
            {
                "run_id": run_id,
                "started_at": started_at.isoformat(),
                "fiscal_years": ", ".join(map(str, fiscal_years)),
                "documents_added": documents["new"],
                "documents_changed": documents["changed"],
                "documents_unchanged": documents["unchanged"],
                "documents_quarantined": 0,
                "documents_vanished": documents["vanished"],
                "status": "running",
            },
        )


def count_rows(database: Path, run_id: str, rows: Mapping[str, int]) -> None:
    """Note how many rows of each parsed table the years of the run have."""
    columns = ", ".join(f"{column} = {rows[table]}" for table, column in _ROW_COLUMNS.items())
    with build_database(database) as connection:
        connection.execute(f"update load.run set {columns} where run_id = {literal(run_id)}")


def remember_findings(database: Path) -> None:
    """Keep which run saw each finding first: a rebuild of the star could not know it."""
    with build_database(database) as connection:
        connection.execute(
            "insert into load.first_seen_finding select finding_key, first_seen_run from quality.finding "
            "where finding_key not in (select finding_key from load.first_seen_finding)"
        )


def finish_run(
    database: Path, run_id: str, status: str, now: datetime.datetime, published_version: str | None = None
) -> None:
    """End the row: ``published``, ``nothing_to_publish`` or ``failed``."""
    finished_at = now.replace(tzinfo=None, microsecond=0).isoformat()
    with build_database(database) as connection:
        connection.execute(
            f"update load.run set status = {literal(status)}, finished_at = {literal(finished_at)}, "
            f"published_version = {literal(published_version)} where run_id = {literal(run_id)}"
        )
