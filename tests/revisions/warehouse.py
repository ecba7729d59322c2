"""A small warehouse made from sightings of documents at stated times, through every stage but the gates.

Belongs here: putting sightings into the archive and building from it, as fast as the stages allow. Does not assert anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from pipelines.definitions import STAGING, STAR
from pipelines.parsed.buckets import buckets_of
from pipelines.parsed.stage import parse_years
from pipelines.published.copy import copy_database
from pipelines.settings import Settings
from pipelines.sources.inbox import Statement
from pipelines.sources.landing import Landing, Observation
from pipelines.sources.stage import open_index
from pipelines.warehouse.database import build_database
from pipelines.warehouse.dbt import Dbt, raise_failures
from pipelines.warehouse.load import LoadRequest, load_parsed
from tests.layouts.batch import HEAD

RECORD = "{no}、1-产出指标；11-数量指标；{name}；实施周期指标值：{cycle}；年度指标值：{annual}。"


def packed(**indicators: str) -> str:
    """A packed cell; ``name="annual"`` states an annual target, its cycle target is always ≥9次."""
    return "".join(
        RECORD.format(no=no, name=name, cycle="≥9次", annual=annual)
        for no, (name, annual) in enumerate(indicators.items(), start=1)
    )


def batch(department: str, projects: dict[str, tuple[str, str]], year: int = 2024) -> str:
    """A batch table; ``projects`` maps names to (amount, packed cell)."""
    rows = [f"{name}\t{amount}\t{amount}\t\t\t目标\t{cell}" for name, (amount, cell) in projects.items()]
    head = [f"{department}{year}年项目支出绩效目标表", "", f"部门名称：{department}", "", "单位：万元", "", HEAD]
    return "\n".join([*head, *rows, ""])


@dataclass(frozen=True)
class Sighting:
    """A document's text seen at a place on a day of January 2026 (or at a whole ISO time)."""

    text: str
    day: int
    place: str = "2024/a.txt"
    stated: dict[str, Any] = field(default_factory=dict)

    @property
    def observation(self) -> Observation:
        """As the archive keeps it."""
        data = self.text.encode()
        statement = Statement(fiscal_year=int(self.place[:4]), **self.stated)
        fetched_at = f"2026-01-{self.day:02}T08:00:00"
        return Observation(self.place, hashlib.sha256(data).hexdigest(), len(data), fetched_at, statement)


def land_all(settings: Settings, sightings: Sequence[Sighting]) -> None:
    """Put the sightings into the archive in the order given; the index follows from the archive."""
    incoming = settings.data_root / "incoming"
    incoming.parent.mkdir(parents=True, exist_ok=True)
    with open_index(settings) as index:
        for sighting in sightings:
            incoming.write_bytes(sighting.text.encode())
            Landing(settings.landing).put(incoming, sighting.observation)
            index.put_observation(sighting.observation, sighting.observation.statement.fiscal_year)
    incoming.unlink()


def build(settings: Settings, years: Sequence[int] = (2024,), *, with_tests: bool = True) -> Dbt:
    """Parse, load and build the years from the archive."""
    with open_index(settings) as index:
        parse_years(settings, index, years)
        buckets = buckets_of(index, years)
    with build_database(settings.build_database) as connection:
        loaded = load_parsed(connection, settings.parsed, LoadRequest(buckets, years, "run", "test"))
    dbt = Dbt(settings)
    raise_failures(dbt.build([*STAGING, *STAR], full_refresh=loaded.is_full_refresh, with_tests=with_tests))
    return dbt


def published_copy(settings: Settings, dbt: Dbt, name: str = "published") -> Path:
    """The file that readers would get."""
    path = settings.data_root / f"{name}.duckdb"
    copy_database(settings.build_database, path, dbt.ensure_manifest())
    return path


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of a DuckDB file."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()
