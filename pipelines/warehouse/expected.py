"""Documents that the catalogue expects and nobody has seen → findings ``expected_document_missing``.

Belongs here: comparing the catalogue's expectations with the documents of the star. A document is missing once something was
fetched after the day it was due: the newest fetch, not today's clock, so that a rebuild from the archive finds the same.
Does not fetch, and knows no other rule: the other findings are models.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from pipelines.settings import Settings
from pipelines.sources.catalogue import Catalogue, read_catalogue
from pipelines.warehouse.database import build_database, literal, transaction

RULE = "expected_document_missing"
_MESSAGE = "应公布的文件至今未见 (a document that the catalogue expects was not seen)"
_TYPES = {"target": "绩效目标", "self_evaluation": "绩效自评"}


@dataclass(frozen=True)
class Missing:
    """A document that should exist: whose, of which type and fiscal year, due when."""

    publisher: str
    document_type: str
    fiscal_year: int
    due_on: datetime.date

    @property
    def evidence(self) -> str:
        """What a person reads beside the rule."""
        return f"{self.publisher} {self.fiscal_year} 年{_TYPES[self.document_type]}，应于 {self.due_on} 前公布"


def missing_documents(
    catalogue: Catalogue, seen: set[tuple[str, str, int]], newest: datetime.date
) -> Iterator[Missing]:
    """``seen`` holds (publisher, document type, fiscal year); ``newest`` is the day of the newest fetch."""
    for publisher in catalogue.publishers:
        for expectation in publisher.expects:
            for year in range(expectation.from_year, newest.year + 2):
                due = expectation.due_on(year)
                if not expectation.covers(year) or due >= newest:
                    continue
                if not any((name, expectation.document_type, year) in seen for name in publisher.names):
                    yield Missing(publisher.name, expectation.document_type, year, due)


def find_missing(settings: Settings) -> list[Missing]:
    """What is missing by the star that is in the build file now."""
    with build_database(settings.build_database, read_only=True) as connection:
        rows = connection.execute(
            "select publisher, document_type, fiscal_year, cast(fetched_at as date) from dim_document where document_key != 0"
        ).fetchall()
    if not rows:
        return []
    seen = {(publisher, document_type, year) for publisher, document_type, year, _ in rows}
    newest = max(fetched for _, _, _, fetched in rows)
    return list(missing_documents(read_catalogue(settings.catalog), seen, newest))


def add_missing_documents(settings: Settings) -> int:
    """Add a finding for each to ``quality.finding``, which dbt has just rebuilt. Returns how many there are."""
    missing = find_missing(settings)
    with build_database(settings.build_database) as connection, transaction(connection):
        connection.execute(f"delete from quality.finding where rule_code = {literal(RULE)}")
        for one in missing:
            _add(connection, one)
    return len(missing)


def _add(connection: duckdb.DuckDBPyConnection, one: Missing) -> None:
    # The key of the macro `key`: the first 63 bits of MD5 over the fields of the finding's own key.
    fields = (
        f"{literal(RULE)} || chr(31) || '0' || chr(31) || '0' || chr(31) || chr(30) || chr(31) || chr(30) || chr(31)"
    )
    key = f"cast(cast('0x' || left(md5({fields} || {literal(one.evidence)}), 16) as ubigint) >> 1 as bigint)"
    connection.execute(
        "insert into quality.finding by name select "
        f"{key} as finding_key, {literal(RULE)} as rule_code, 'warning' as severity, 0 as document_key, 0 as project_key, "
        f"{one.fiscal_year} as fiscal_year, {literal(_MESSAGE)} as message, {literal(one.evidence)} as evidence, "
        "1 as occurrence_count, coalesce((select max(first_seen_run) from "
        f"(select run_id as first_seen_run from load.first_seen_finding where finding_key = {key})), "
        "(select max(run_id) from load.current_run)) as first_seen_run"
    )
