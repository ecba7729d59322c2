"""Two published files → the cells in which their facts differ, and the changed documents between them.

Rows are the same where their business keys are: an indicator by its project, year, category and name, so that one that is
printed at another place is no news. Belongs here: the comparison. Does not open anything but the two files, nor print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.warehouse.database import literal

# Fact → (keys besides project and year, the columns by which equal keys are numbered, columns that are no content).
_PLACES = ("document_key", "fiscal_year_start_date", "project_no", "amount_step_cny")
_FACTS: dict[str, tuple[str, ...]] = {
    "fct_project_budget": (),
    "fct_project_funding": ("funding_source_key",),
    "fct_indicator_target": ("indicator_key", "horizon", "measure_no"),
    "fct_indicator_result": ("indicator_key", "measure_no"),
    "fct_budget_execution": ("funding_source_key",),
    "fct_project_evaluation": (),
}


@dataclass(frozen=True)
class CellChange:
    """One cell of a fact: ``item`` names the indicator or funding source, with horizon and measure."""

    fact: str
    fiscal_year: int
    unit_name: str | None
    project_name: str | None
    item: str
    field: str
    change_type: str
    old_value: str | None
    new_value: str | None


@dataclass(frozen=True)
class DocumentNews:
    """A document that is new, has a new version, or whose source vanished or came back, with what is in it now."""

    kind: str
    document_id: str
    fiscal_year: int
    version_no: int
    title: str
    project_count: int


def fact_changes(old: Path, new: Path) -> list[CellChange]:
    """Every cell that differs, in the order of facts, years, projects and items."""
    with duckdb.connect(config={"threads": 2}) as connection:
        _attach(connection, old, new)
        known = [fact for fact in _FACTS if _columns(connection, "old", fact) and _columns(connection, "new", fact)]
        return [
            CellChange(fact, *row) for fact in known for row in connection.execute(_query(connection, fact)).fetchall()
        ]


def document_news(old: Path, new: Path) -> list[DocumentNews]:
    """Documents of which the new file knows something that the old one did not."""
    with duckdb.connect(config={"threads": 2}) as connection:
        _attach(connection, old, new)
        rows = connection.execute(
            "with before as (from old.main.dim_document where is_current), now as (from new.main.dim_document where is_current), "
            "compared as (select case when before.document_key is null then 'added' "
            "when before.version_no != now.version_no or before.sha256 != now.sha256 then 'changed' "
            "when before.is_source_present and not now.is_source_present then 'vanished' "
            "when now.is_source_present and not before.is_source_present then 'returned' end as kind, now.* "
            "from now left join before using (document_id, fiscal_year, document_type)) "
            "select kind, document_id, fiscal_year, version_no, title, "
            "(select count(*) from new.main.fct_project_budget as facts where facts.document_key = compared.document_key) "
            "from compared where kind is not null order by kind, fiscal_year, document_id, document_type"
        ).fetchall()
    return [DocumentNews(*row) for row in rows]


def document_changes(old: Path | None, new: Path) -> list[dict[str, Any]]:
    """Rows of ``history.document_change`` whose later version the old file did not know; all of them without one."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"attach {literal(new)} as new (read_only)")
        known = "select 1 from duckdb_tables() where database_name = 'new' and table_name = 'document_change'"
        if connection.execute(known).fetchone() is None:  # published before there was a change log
            return []
        where = ""
        if old is not None:
            connection.execute(f"attach {literal(old)} as old (read_only)")
            where = "where to_document_key not in (select document_key from old.main.dim_document)"
        cursor = connection.execute(f"select * from new.history.document_change {where}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _attach(connection: duckdb.DuckDBPyConnection, old: Path, new: Path) -> None:
    connection.execute(f"attach {literal(old)} as old (read_only)")
    connection.execute(f"attach {literal(new)} as new (read_only)")


def _columns(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> list[str]:
    rows = connection.execute(
        "select column_name from duckdb_columns() where schema_name = 'main' "
        f"and database_name = {literal(database)} and table_name = {literal(table)} order by column_index"
    ).fetchall()
    return [row[0] for row in rows]


def _query(connection: duckdb.DuckDBPyConnection, fact: str) -> str:
    """Both sides as cells, joined by their keys; columns that one of the files does not have are left out."""
    keys = ("project_key", "fiscal_year", *_FACTS[fact])
    present = set(_columns(connection, "old", fact))
    content = [
        name
        for name in _columns(connection, "new", fact)
        if name in present
        and name not in (*keys, *_PLACES, "indicator_no", "category_key")
        and not name.startswith("source_")
    ]
    sides = ", ".join(f"{side} as ({_cells(side, fact, keys, content)})" for side in ("old", "new"))
    joined = " and ".join(f"o.{key} = n.{key}" for key in (*keys, "nth", "field"))
    picked = ", ".join(
        f"coalesce(n.{name}, o.{name})" for name in ("fiscal_year", "unit_name", "project_name", "item", "field")
    )
    return (
        f"with {sides.replace('old as', 'old_cells as', 1).replace('new as', 'new_cells as', 1)} "
        f"select {picked}, case when o.field is null then 'added' when n.field is null then 'removed' else 'changed' end, "
        f"o.cell, n.cell from old_cells o full outer join new_cells n on {joined} "
        "where o.cell is distinct from n.cell order by all"
    )


def _cells(side: str, fact: str, keys: Sequence[str], content: Sequence[str]) -> str:
    main = f"{side}.main"
    order = "f.indicator_no" if "indicator_key" in keys else "f.project_key"
    names = {"indicator_key": "i.indicator_name", "funding_source_key": "s.funding_source_name", "horizon": "f.horizon"}
    parts = [names[key] for key in keys if key in names]
    parts += ["case when f.measure_no > 1 then cast(f.measure_no as varchar) end"] if "measure_no" in keys else []
    item = f"concat_ws(' · ', {', '.join(parts)})" if parts else "''"
    joins = f"left join {main}.dim_project p on f.project_key = p.project_key "
    joins += f"left join {main}.dim_budget_unit b on p.budget_unit_key = b.budget_unit_key "
    joins += (
        f"left join {main}.dim_indicator i on f.indicator_key = i.indicator_key " if "indicator_key" in keys else ""
    )
    if "funding_source_key" in keys:
        joins += f"left join {main}.dim_funding_source s on f.funding_source_key = s.funding_source_key "
    if "unit_key" in content:
        joins += f"left join {main}.dim_unit u on f.unit_key = u.unit_key "
    values = ", ".join(_value(name) for name in content)
    listed = ", ".join(f"f.{key}" for key in keys)
    return (
        f"unpivot (select {listed}, row_number() over (partition by {listed} order by {order}) as nth, b.unit_name, "
        f"p.project_name, {item} as item, {values} from {main}.{fact} f {joins}) "
        f"on {', '.join(_named(name) for name in content)} into name field value cell"
    )


def _named(column: str) -> str:
    return "unit" if column == "unit_key" else column


def _value(column: str) -> str:
    """A cell as text; a unit by its name, because people read it."""
    return (
        "cast(u.unit_name as varchar) as unit" if column == "unit_key" else f"cast(f.{column} as varchar) as {column}"
    )
