"""The table macros of the published file: SQL beside this file, one macro each, and how they are created.

DuckDB keeps a macro as text and resolves its tables when it is called, in the database that is the default then: a reader
who attaches the file under a name says ``use <name>`` first. Belongs here: macros only. Does not read a row.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

COMMENTS = {
    "indicator_targets_as_of": (
        "某一时点（UTC）所知的指标值，列同 fct_indicator_target；首个版本之前没有行。 "
        "| Targets as they were known at a time (UTC), with the columns of fct_indicator_target; no rows before the first version."
    ),
    "project_budgets_as_of": (
        "某一时点（UTC）所知的项目预算，列同 fct_project_budget；首个版本之前没有行。 "
        "| Budgets as they were known at a time (UTC), with the columns of fct_project_budget; no rows before the first version."
    ),
}


def create_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every macro in the connection's default database."""
    for name, comment in COMMENTS.items():
        connection.execute((Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8"))
        connection.execute(f"comment on macro table main.{name} is '{comment}'")
