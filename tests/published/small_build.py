"""A build file of a few small tables, each row of which carries a number, so that a mixture of versions is visible."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

from pipelines.published.publish import Publication, publish
from pipelines.settings import Settings
from pipelines.warehouse.database import LOAD_TABLES, build_database

TABLES = ("main.fct_a", "main.dim_b", "quality.c", "meta.d")
NOON = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)


def dbt_manifest(folder: Path) -> Path:
    """As much of dbt's manifest as a publication reads."""
    comment = "甲 | a"
    records = {
        f"source.jixiao.load.{name}": {
            "name": name,
            "source_name": "load",
            "description": comment,
            "columns": {
                column.split()[0]: {"name": column.split()[0], "description": comment} for column in columns.split(", ")
            },
        }
        for name, columns in LOAD_TABLES.items()
    }
    path = folder / "manifest.json"
    path.write_text(json.dumps({"sources": records, "nodes": {}}), encoding="utf-8")
    return path


def write_build(settings: Settings, number: int, rows: int = 20) -> None:
    """Make the build file hold ``number`` in every row of every table."""
    with build_database(settings.build_database) as connection:
        for table in TABLES:
            connection.execute(f"create schema if not exists {table.split('.')[0]}")
            connection.execute(f"create or replace table {table} as select {number} as number from range({rows})")
            connection.execute(f"comment on table {table} is '甲 | a'")


def publish_number(settings: Settings, manifest: Path, number: int) -> str:
    """One publication in which every table says ``number``."""
    write_build(settings, number)
    now = NOON + datetime.timedelta(minutes=number)
    return publish(settings, manifest, Publication(f"run{number:05d}", f"content{number}", now)).version
