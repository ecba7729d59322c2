"""The star as dbt builds it over several loads: years that become empty, rebuilds, and tests that bite.

One small warehouse of three documents, made once; each test changes it. Does not parse documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.warehouse.database import build_database, insert
from pipelines.warehouse.dbt import Dbt, raise_failures
from pipelines.warehouse.load import LoadRequest, load_parsed

pytestmark = pytest.mark.slow  # each test runs dbt once or twice

DOCUMENT = {"document_type": "target", "source_uri": "a.txt", "publisher": "甲局", "title": "绩效目标表"}
PLACE = {"source_table": 1, "source_row": 2}
BUDGETS = "select fiscal_year, total_amount_cny::varchar from fct_project_budget order by all"


def add_document(settings: Settings, fiscal_year: int, amount: int) -> None:
    """A document with one project, one amount, one indicator and its two targets."""
    identity = {"document_id": f"d{fiscal_year}", "sha256": f"s{amount}", "fiscal_year": fiscal_year}
    project = {**identity, "project_no": 1, **PLACE}
    indicator = {**project, "indicator_no": 1, "source_column": 3, "source_start": 0, "source_end": 9}
    with build_database(settings.build_database) as connection:
        stated = {**identity, **DOCUMENT, "fetched_at": f"{fiscal_year}-03-01 00:00:00", "is_source_present": True}
        insert(connection, "parsed.parsed_documents", stated)
        shown = {key: stated[key] for key in (*identity, "document_type", "source_uri", "fetched_at")}
        insert(connection, "parsed.parsed_appearances", shown)
        names = {"unit_name": "甲局", "department_name": "甲局", "project_name": f"{fiscal_year}年培训费"}
        insert(connection, "parsed.parsed_projects", {**project, **names})
        money = {"stated_text": amount, "stated_amount": amount, "stated_unit": "元", "amount_cny": amount}
        source = {"scope": "project", "funding_source_code": "total", "source_column": 2}
        insert(connection, "parsed.parsed_amounts", {**project, **source, **money})
        named = {"taxonomy": "mof_2015", "level1_name": "产出指标", "level2_name": "数量指标"}
        named |= {
            "level1_text": "产出指标",
            "level2_text": "数量指标",
            "indicator_text": "人数",
            "indicator_name": "人数",
        }
        insert(connection, "parsed.parsed_indicators", {**indicator, **named})
        for horizon in ("cycle", "annual"):
            measure = {"horizon": horizon, "measure_no": 1, "target_text": "≥90%", "target_kind": "quantity"}
            measure |= {"comparator": "ge", "lower_value": 90, "unit_text": "%", "unit_name": "%"}
            measure |= {"parse_grade": "A", "is_comparator_inherited": False}
            insert(connection, "parsed.parsed_targets", {**indicator, **measure})


def remove_year(settings: Settings, fiscal_year: int) -> None:
    """Take the year out of every parsed table, and put it in scope, as the load does for a vanished bucket."""
    with build_database(settings.build_database) as connection:
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'parsed'"
        ).fetchall():
            connection.execute(f"delete from parsed.{table} where fiscal_year = {fiscal_year}")
        connection.execute("delete from load.scope")
        insert(connection, "load.scope", {"fiscal_year": fiscal_year})


def rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with build_database(settings.build_database, read_only=True) as connection:
        return connection.execute(query).fetchall()


def build(dbt: Dbt, *flags: str) -> None:
    raise_failures(dbt.execute("build", ["*"], "--exclude-resource-type", "unit_test", *flags))


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = Settings(tmp_path)
    with build_database(made.build_database) as connection:
        load_parsed(connection, made.parsed, LoadRequest([], [2023, 2024], "r1", "test"))
    add_document(made, 2023, 100)
    add_document(made, 2024, 130)
    yield made


@pytest.fixture
def dbt(settings: Settings) -> Dbt:
    return Dbt(settings)


def test_a_year_that_became_empty_loses_its_rows_and_the_others_stay(settings: Settings, dbt: Dbt) -> None:
    build(dbt)
    assert rows(settings, BUDGETS) == [(2023, "100.00"), (2024, "130.00")]
    assert rows(settings, "select change_amount_cny::varchar from mart_project where fiscal_year = 2024") == [
        ("30.00",)
    ]
    remove_year(settings, 2023)
    build(dbt)
    assert rows(settings, BUDGETS) == [(2024, "130.00")]
    assert rows(settings, "select distinct fiscal_year from fct_indicator_target") == [(2024,)]


def test_a_full_rebuild_makes_the_rows_that_increments_made(settings: Settings, dbt: Dbt) -> None:
    build(dbt)
    add_document(settings, 2022, 90)
    with build_database(settings.build_database) as connection:
        connection.execute("delete from load.scope")
        insert(connection, "load.scope", {"fiscal_year": 2022})
    build(dbt)
    tables = ("fct_project_budget", "fct_indicator_target", "dim_project", "dim_budget_unit", "quality.finding")
    incremental = {table: rows(settings, f"select * from {table} order by all") for table in tables}
    build(dbt, "--full-refresh")
    assert {table: rows(settings, f"select * from {table} order by all") for table in tables} == incremental
    assert len(incremental["fct_project_budget"]) == 3


# Test → what breaks it, each on rows of its own.
BROKEN = {
    "bounds_follow_the_comparator": "update parsed.parsed_targets set upper_value = 95 "
    "where horizon = 'annual' and fiscal_year = 2023",
    "quantities_alone_have_a_comparator": "update parsed.parsed_targets set comparator = null, lower_value = null "
    "where horizon = 'cycle' and fiscal_year = 2023",
    "accepted_values_fct_indicator_target_horizon": "update parsed.parsed_targets set horizon = 'monthly' "
    "where horizon = 'annual' and fiscal_year = 2024",
    "unique_combination_fct_indicator_target": "insert into parsed.parsed_targets from parsed.parsed_targets "
    "where horizon = 'cycle' and fiscal_year = 2024",
    "every_parsed_project_is_staged": "insert into parsed.parsed_projects "
    "select * replace ('?' as sha256) from parsed.parsed_projects limit 1",
    "relationships_fct_indicator_target_category_key": "update parsed.parsed_indicators set level2_name = '没有'",
}


def test_every_broken_row_fails_the_test_that_is_made_for_it(settings: Settings, dbt: Dbt) -> None:
    with build_database(settings.build_database) as connection:
        for statement in BROKEN.values():
            connection.execute(statement)
    raise_failures(dbt.execute("run", ["*"]))
    results = dbt.execute("test", ["test_type:data"])
    failed = [result.name for result in results if not result.is_good]
    assert [name for name in BROKEN if not any(one.startswith(name) for one in failed)] == []


@pytest.mark.slow
def test_the_models_unit_tests_pass(loaded: Settings) -> None:
    """dbt runs them on rows of its own; the tables only have to be there. Not part of a night: they prove code."""
    results = Dbt(loaded).execute("test", ["test_type:unit"])
    assert [(result.name, result.message) for result in results if not result.is_good] == []
    assert len(results) > 25
