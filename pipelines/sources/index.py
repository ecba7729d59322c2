"""The index of what was seen: which files the inbox and listing pages held, and which observations a year has.

A SQLite file beside the archive, so that a quiet night answers within milliseconds. It holds nothing that the archive
and a new walk of the inbox and the pages could not rebuild (``rebuild``). Does not read the inbox or the archive's bytes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.sources.inbox import Statement
from pipelines.sources.landing import Observation

# Raised when names or columns change: an index of another version is made again from the archive.
_VERSION = 2
_SCHEMA = """
create table if not exists source (
    source_uri text primary key,
    size integer not null,
    modified integer not null,
    sidecar_modified integer not null,
    observation text not null,
    vanished_at text
);
create table if not exists observation (
    name text primary key,
    source_uri text not null,
    sha256 text not null,
    size integer not null,
    fetched_at text not null,
    statement text not null,
    fiscal_year integer
);
create table if not exists news (
    source_uri text primary key,
    kind text not null,
    observation text not null
);
create table if not exists handled (
    fiscal_year integer primary key,
    digest text not null
);
create index if not exists observation_by_year on observation (fiscal_year);
"""


@dataclass(frozen=True)
class SeenSource:
    """The last state of one inbox path or web address. ``vanished_at`` is set while it is gone."""

    source_uri: str
    size: int
    modified: int
    sidecar_modified: int
    observation: str
    vanished_at: str | None


class SourceIndex:
    """Reads and writes the index; every change happens inside ``transaction()``."""

    def __init__(self, path: Path) -> None:
        """Open or make the index at ``path``."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("pragma synchronous = full")
        (version,) = self._connection.execute("pragma user_version").fetchone()
        if version != _VERSION:
            for (table,) in self._connection.execute("select name from sqlite_master where type = 'table'").fetchall():
                self._connection.execute(f"drop table {table}")
            self._connection.execute(f"pragma user_version = {_VERSION}")
        self._connection.executescript(_SCHEMA)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was observed yet, or the index is to be made again from the archive."""
        return self._connection.execute("select 1 from observation limit 1").fetchone() is None

    @property
    def connection(self) -> sqlite3.Connection:
        """For the other tables of this file (``web_index.py``), so that one transaction covers both."""
        return self._connection

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> SourceIndex:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside take effect together or not at all."""
        self._connection.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def sources(self) -> dict[str, SeenSource]:
        """Every inbox path ever seen, by path."""
        rows = self._connection.execute(
            "select source_uri, size, modified, sidecar_modified, observation, vanished_at from source"
        )
        return {row[0]: SeenSource(*row) for row in rows}

    def put_source(self, source: SeenSource) -> None:
        """Replace the state of one inbox path."""
        self._connection.execute(
            "insert or replace into source values (?, ?, ?, ?, ?, ?)",
            (
                source.source_uri,
                source.size,
                source.modified,
                source.sidecar_modified,
                source.observation,
                source.vanished_at,
            ),
        )

    def put_observation(self, observation: Observation, fiscal_year: int | None) -> None:
        """Keep an observation, once."""
        self._connection.execute(
            "insert or ignore into observation values (?, ?, ?, ?, ?, ?, ?)",
            (
                observation.name,
                observation.source_uri,
                observation.sha256,
                observation.size,
                observation.fetched_at,
                json.dumps(observation.statement.as_dict(), ensure_ascii=False, sort_keys=True),
                fiscal_year,
            ),
        )

    def has_observation(self, name: str) -> bool:
        """Whether the observation is known."""
        return self._connection.execute("select 1 from observation where name = ?", (name,)).fetchone() is not None

    def set_fiscal_year(self, name: str, fiscal_year: int) -> None:
        """State the year of an observation whose folder stated none."""
        self._connection.execute("update observation set fiscal_year = ? where name = ?", (fiscal_year, name))

    def observations(self, fiscal_years: Iterable[int] | None = None) -> list[tuple[Observation, int | None]]:
        """Observations with their years, in the order of their names; all of them when no years are given."""
        query = "select source_uri, sha256, size, fetched_at, statement, fiscal_year from observation"
        if fiscal_years is not None:
            query += f" where fiscal_year in ({', '.join(str(int(year)) for year in fiscal_years)})"
        rows = self._connection.execute(query + " order by name")
        return [(Observation(row[0], row[1], row[2], row[3], Statement(**json.loads(row[4]))), row[5]) for row in rows]

    def put_news(self, source_uri: str, kind: str, observation: str) -> None:
        """Remember what happened to a path (new, changed, vanished) until a load has dealt with it."""
        self._connection.execute(
            "insert into news values (?, ?, ?) on conflict (source_uri) do update set "
            "kind = case when news.kind = 'new' and excluded.kind = 'changed' then 'new' else excluded.kind end, "
            "observation = excluded.observation",
            (source_uri, kind, observation),
        )

    def news(self, fiscal_years: Iterable[int]) -> dict[str, int]:
        """How many paths of the years are new, changed and vanished since the last load that dealt with them."""
        years = ", ".join(str(int(year)) for year in fiscal_years)
        rows = self._connection.execute(
            "select news.kind, count(*) from news join observation on news.observation = observation.name "
            f"where observation.fiscal_year in ({years}) group by news.kind"
        )
        return {"new": 0, "changed": 0, "vanished": 0} | dict(rows)

    def present_count(self, fiscal_years: Iterable[int]) -> int:
        """How many paths of the years the inbox holds now."""
        years = ", ".join(str(int(year)) for year in fiscal_years)
        row = self._connection.execute(
            "select count(*) from source join observation on source.observation = observation.name "
            f"where source.vanished_at is null and observation.fiscal_year in ({years})"
        ).fetchone()
        return int(row[0])

    def handled(self) -> dict[int, str]:
        """Digest of each fiscal year as the last load that came to its end left it."""
        return dict(self._connection.execute("select fiscal_year, digest from handled"))

    def set_handled(self, digests: dict[int, str]) -> None:
        """Note that a load has dealt with the years as they are now; their news is forgotten."""
        with self.transaction():
            for fiscal_year, digest in digests.items():
                self._connection.execute("insert or replace into handled values (?, ?)", (fiscal_year, digest))
                self._connection.execute(
                    "delete from news where observation in (select name from observation where fiscal_year = ?)",
                    (fiscal_year,),
                )
