"""dbt's sources state exactly the columns that the load makes. Does not look into the models."""

from __future__ import annotations

import csv

import pytest

from pipelines.parsed.schema import DUCKDB_TYPES, TABLES
from pipelines.warehouse.database import LOAD_TABLES
from pipelines.warehouse.load import VOCABULARY, VOCABULARY_TABLES
from tests.warehouse.catalogues import columns, resolved, sources


def test_the_sources_are_the_schemas_of_the_load() -> None:
    assert {name: sorted(tables) for name, tables in sources().items()} == {
        "parsed": sorted(TABLES),
        "vocabulary": sorted(VOCABULARY_TABLES),
        "load": sorted(LOAD_TABLES),
    }


@pytest.mark.parametrize("table", TABLES)
def test_parsed_columns_and_types_agree(table: str) -> None:
    made = {name: DUCKDB_TYPES[dtype] for name, dtype in TABLES[table].items()} | {"bucket": "varchar"}
    assert list(columns(sources()["parsed"][table]).items()) == list(made.items())


@pytest.mark.parametrize("table", LOAD_TABLES)
def test_load_columns_and_types_agree(table: str) -> None:
    made = [tuple(column.split(" ", 1)) for column in LOAD_TABLES[table].split(", ")]
    assert list(columns(sources()["load"][table]).items()) == made


@pytest.mark.parametrize("table", VOCABULARY_TABLES)
def test_vocabulary_columns_agree(table: str) -> None:
    with (VOCABULARY / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert list(columns(sources()["vocabulary"][table]).items()) == [(name, "varchar") for name in header]


def test_every_source_table_and_column_is_described_in_both_languages() -> None:
    described = {
        (table, column): resolved(description)
        for tables in sources().values()
        for table, entry in tables.items()
        for column, description in [
            ("", entry["description"]),
            *((column["name"], column["description"]) for column in entry["columns"]),
        ]
    }
    assert [place for place, text in described.items() if " | " not in text] == []
