"""A publication that fails leaves what is published as it was, and nothing half-written."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.published import publish as publish_module
from pipelines.published.publish import Publication, publish
from pipelines.settings import Settings
from pipelines.warehouse.dbt import Dbt

NOW = datetime.datetime(2026, 1, 1, 2, 3, 4, tzinfo=datetime.UTC)


def _listing(published: Path) -> list[str]:
    return sorted(str(path.relative_to(published)) for path in published.rglob("*"))


@pytest.mark.parametrize("step", ["copy_database", "export_parquet", "write_datapackage", "_seal"])
def test_an_error_at_any_step_leaves_no_trace(loaded: Settings, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    before, target = _listing(loaded.published), (loaded.published / "jixiao.duckdb").resolve()
    original = getattr(publish_module, step)

    def fail(*arguments: object) -> None:
        original(*arguments)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish_module, step, fail)
    with pytest.raises(OSError, match="No space left"):
        publish(loaded, Dbt(loaded).manifest_path, Publication("second-run", "content", NOW))
    assert _listing(loaded.published) == before
    assert (loaded.published / "jixiao.duckdb").resolve() == target


def test_the_same_build_file_publishes_the_same_tables(loaded: Settings) -> None:
    def tables() -> dict[str, list[tuple[object, ...]]]:
        with duckdb.connect(str(loaded.published / "jixiao.duckdb"), read_only=True) as connection:
            names = connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('main', 'quality') order by 1"
            ).fetchall()
            return {name: connection.execute(f"from {name}").fetchall() for (name,) in names}

    before = tables()
    version = publish(loaded, Dbt(loaded).manifest_path, Publication("second-run", "content", NOW))
    assert version.version == "20260101T020304Z-second-r"
    assert tables() == before and len(before) > 15


def test_tables_keep_their_models_order(loaded: Settings) -> None:
    with duckdb.connect(str(loaded.published / "jixiao.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select fiscal_year, document_key, source_table, source_row, indicator_no from fct_indicator_target"
        ).fetchall()
    assert rows == sorted(rows)


def test_relationships_are_published_and_hold(loaded: Settings) -> None:
    with duckdb.connect(str(loaded.published / "jixiao.duckdb"), read_only=True) as connection:
        stated = connection.execute("from meta.relationship").fetchall()
        schemas = dict(
            connection.execute(
                "select table_name, '\"' || schema_name || '\"' from duckdb_tables() "
                "union all select view_name, '\"' || schema_name || '\"' from duckdb_views() where not internal"
            ).fetchall()
        )
        assert ("fct_indicator_target", "project_key", "dim_project", "project_key") in stated and len(stated) > 20
        for child, column, parent, key in stated:
            orphans = connection.execute(
                f'select count(*) from {schemas[child]}."{child}" c anti join {schemas[parent]}."{parent}" p '
                f'on c."{column}" = p."{key}" where c."{column}" is not null'
            ).fetchone()
            assert orphans == (0,), (child, column, parent)
