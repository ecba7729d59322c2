"""The build file → one new immutable DuckDB file and its Parquet exports.

Belongs here: which schemas readers get, comments, views, the load's own records under their published names. Every table
is written anew, in its model's order, so that the file is compact and sorted. Does not switch readers over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.published.macros import create_macros
from pipelines.warehouse.database import STORAGE_VERSION, insert, literal

PUBLISHED_SCHEMAS = ("main", "history", "quality", "meta", "报表")
# The load's own records, as published: (schema, table) → the table of the build file's schema `load`.
_RECORDS = {
    ("meta", "load_run"): "run",
    ("quality", "gate_result"): "gate_result",
    ("quality", "gate_failing_row"): "gate_failing_row",
}


@dataclass(frozen=True)
class PublishedTable:
    """A table of the published file. ``columns``: name → (type, comment)."""

    schema: str
    name: str
    comment: str
    columns: dict[str, tuple[str, str]]
    is_view: bool
    rows: int

    @property
    def export_name(self) -> str:
        """Its Parquet name: the table's name, with the schema before it outside ``main``."""
        return self.name if self.schema == "main" else f"{self.schema}.{self.name}"


def copy_database(build: Path, target: Path, dbt_manifest: Path) -> list[PublishedTable]:
    """Write ``target`` from the build file and return what is in it. The caller makes the file visible."""
    models = json.loads(dbt_manifest.read_text(encoding="utf-8"))
    connection = duckdb.connect(config={"threads": 2})
    try:
        connection.execute(f"attach {literal(build)} as build (read_only)")
        connection.execute(f"attach {literal(target)} as published (storage_version '{STORAGE_VERSION}')")
        for schema in PUBLISHED_SCHEMAS:
            connection.execute(f'create schema if not exists published."{schema}"')
        _copy_tables(connection)
        _copy_records(connection, models)
        _write_relationships(connection, models)
        connection.execute("use published")
        _copy_views(connection)
        create_macros(connection)
        _comment(connection)
        tables = list(_describe(connection))
        connection.execute("checkpoint published")
        connection.execute("use memory")
        connection.execute("detach published")
    finally:
        connection.close()
    return tables


def export_parquet(database: Path, tables: list[PublishedTable], folder: Path) -> None:
    """One Parquet file per table of the published file, zstd, in the table's own order."""
    folder.mkdir(parents=True)
    with duckdb.connect(str(database), read_only=True) as connection:
        for table in tables:
            if not table.is_view:
                path = literal(folder / f"{table.export_name}.parquet")
                connection.execute(f'copy "{table.schema}"."{table.name}" to {path} (format parquet, compression zstd)')


def _build_tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    schemas = ", ".join(literal(schema) for schema in PUBLISHED_SCHEMAS)
    return connection.execute(
        f"select schema_name, table_name from duckdb_tables() where database_name = 'build' and schema_name in ({schemas}) "
        "order by schema_name, table_name"
    ).fetchall()


def _copy_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for schema, table in _build_tables(connection):
        connection.execute(f'create table published."{schema}"."{table}" as from build."{schema}"."{table}"')


def _copy_records(connection: duckdb.DuckDBPyConnection, models: dict[str, Any]) -> None:
    described = {source["name"]: source for source in models["sources"].values() if source["source_name"] == "load"}
    for (schema, table), record in _RECORDS.items():
        connection.execute(f'create table published."{schema}"."{table}" as from build.load."{record}"')
        source = described[record]
        _set_comment(connection, f'table published."{schema}"."{table}"', source["description"])
        for column in source["columns"].values():
            _set_comment(connection, f'column published."{schema}"."{table}"."{column["name"]}"', column["description"])


def _write_relationships(connection: duckdb.DuckDBPyConnection, models: dict[str, Any]) -> None:
    """``meta.relationship``: the joins that dbt's relationship tests prove, instead of constraints in the file."""
    name = "published.meta.relationship"
    connection.execute(
        f"create table {name} (from_table varchar, from_column varchar, to_table varchar, to_column varchar)"
    )
    rows = []
    for node in models["nodes"].values():
        test = node.get("test_metadata") or {}
        if test.get("name") != "relationships":
            continue
        nodes = [models["nodes"][unique_id] for unique_id in node["depends_on"]["nodes"]]
        attached = models["nodes"][node["attached_node"]]
        parent = next((one for one in nodes if one["unique_id"] != attached["unique_id"]), attached)
        if attached["schema"] in PUBLISHED_SCHEMAS:
            rows.append((attached["alias"], node["column_name"], parent["alias"], test["kwargs"]["field"]))
    for row in sorted(set(rows)):
        insert(connection, name, dict(zip(("from_table", "from_column", "to_table", "to_column"), row, strict=True)))
    comments = {
        "": "表间关系（由测试证明，文件中不设约束）。 | Joins between tables, proven by tests instead of constraints.",
        "from_table": "引用的表。 | The table that refers.",
        "from_column": "引用的列。 | Its column.",
        "to_table": "被引用的表。 | The table referred to.",
        "to_column": "被引用的列。 | Its column.",
    }
    for column, comment in comments.items():
        _set_comment(connection, f"column {name}.{column}" if column else f"table {name}", comment)


def _copy_views(connection: duckdb.DuckDBPyConnection) -> None:
    schemas = ", ".join(literal(schema) for schema in PUBLISHED_SCHEMAS)
    views = connection.execute(
        "select sql from duckdb_views() "
        f"where database_name = 'build' and schema_name in ({schemas}) and not internal order by schema_name, view_name"
    ).fetchall()
    for (sql,) in views:
        # dbt names the build file in the view's own name; what the view reads is named without it (see the models).
        connection.execute(sql.replace("CREATE VIEW build.", "CREATE VIEW ", 1))


def _comment(connection: duckdb.DuckDBPyConnection) -> None:
    """`create table as` drops comments: bring over every one that the build file has."""
    schemas = ", ".join(literal(schema) for schema in PUBLISHED_SCHEMAS)
    where = f"where database_name = 'build' and schema_name in ({schemas}) and comment is not null and comment != ''"
    tables = connection.execute(
        f"select 'table', schema_name, table_name, comment from duckdb_tables() {where}"
    ).fetchall()
    views = connection.execute(f"select 'view', schema_name, view_name, comment from duckdb_views() {where}").fetchall()
    for kind, schema, name, comment in [*tables, *views]:
        _set_comment(connection, f'{kind} published."{schema}"."{name}"', comment)
    columns = connection.execute(
        f"select schema_name, table_name, column_name, comment from duckdb_columns() {where}"
    ).fetchall()
    for schema, table, column, comment in columns:
        _set_comment(connection, f'column published."{schema}"."{table}"."{column}"', comment)


def _set_comment(connection: duckdb.DuckDBPyConnection, thing: str, comment: str) -> None:
    connection.execute(f"comment on {thing} is {literal(' '.join(comment.split()))}")


def _describe(connection: duckdb.DuckDBPyConnection) -> Iterator[PublishedTable]:
    columns: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for schema, table, column, kind, comment in connection.execute(
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns() "
        "where database_name = 'published' and not internal order by schema_name, table_name, column_index"
    ).fetchall():
        columns.setdefault((schema, table), {})[column] = (kind, comment or "")
    things = connection.execute(
        "select schema_name, table_name, comment, false from duckdb_tables() where database_name = 'published' "
        "union all "
        "select schema_name, view_name, comment, true from duckdb_views() where database_name = 'published' and not internal "
        "order by 1, 2"
    ).fetchall()
    for schema, name, comment, is_view in things:
        row = connection.execute(f'select count(*) from "{schema}"."{name}"').fetchone()
        yield PublishedTable(schema, name, comment or "", columns[schema, name], is_view, int(row[0]) if row else 0)
