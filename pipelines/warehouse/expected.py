"""Documents that the catalogue expects and nobody has seen → findings ``expected_document_missing``.

Belongs here: asking the star what was seen, and the rows of the findings. A document is missing once something was fetched
after the day it was due: the newest fetch, not today's clock, so that a rebuild from the archive finds the same. Does not
fetch, and knows no other rule: the other findings are models.
"""

from __future__ import annotations

import datetime

import duckdb

from pipelines.settings import Settings
from pipelines.sources.catalogue import read_catalogue
from pipelines.sources.expected import Missing, Seen, missing_documents, write_seen
from pipelines.warehouse.database import build_database, literal, transaction

RULE = "expected_document_missing"
_MESSAGE = "应公布的文件至今未见 (a document that the catalogue expects was not seen)"


def find_missing(settings: Settings) -> list[Missing]:
    """What is missing by the star that is in the build file now."""
    seen, newest = _seen(settings)
    return [] if newest is None else list(missing_documents(read_catalogue(settings.catalog), seen, newest))


def _seen(settings: Settings) -> tuple[Seen, datetime.date | None]:
    """The documents of the star, and the day of the newest fetch."""
    with build_database(settings.build_database, read_only=True) as connection:
        rows = connection.execute(
            "select publisher, document_type, fiscal_year, cast(fetched_at as date) from dim_document where document_key != 0"
        ).fetchall()
    seen = {(publisher, document_type, year) for publisher, document_type, year, _ in rows}
    return seen, max((fetched for _, _, _, fetched in rows), default=None)


def add_missing_documents(settings: Settings) -> int:
    """Add a finding for each to ``quality.finding``, which dbt has just rebuilt. Returns how many there are.

    Notes what was seen for the nights that do not open the build file.
    """
    missing = find_missing(settings)
    with build_database(settings.build_database) as connection, transaction(connection):
        connection.execute(f"delete from quality.finding where rule_code = {literal(RULE)}")
        for one in missing:
            _add(connection, one)
    write_seen(settings, _seen(settings)[0])
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
