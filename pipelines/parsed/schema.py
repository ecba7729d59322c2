"""The parsed tables: their columns and types, in one place.

Parquet files are written with exactly these columns, DuckDB's ``parsed`` schema is made from them, and tests hold dbt's
sources and the suites against them. Does not hold rows or rules.
"""

from __future__ import annotations

import polars as pl

MONEY = pl.Decimal(20, 2)
STATED_MONEY = pl.Decimal(20, 6)
VALUE = pl.Decimal(28, 6)
# Weights and scores in points, rates in percent.
POINTS = pl.Decimal(10, 4)
TIMESTAMP = pl.Datetime("us")

_DOCUMENT = {"document_id": pl.String, "sha256": pl.String, "fiscal_year": pl.Int32}
_PLACE = {"source_table": pl.Int32, "source_row": pl.Int32}
_SPAN = {**_PLACE, "source_column": pl.Int32, "source_start": pl.Int32, "source_end": pl.Int32}
_INDICATOR = {"project_no": pl.Int32, "indicator_no": pl.Int32}
# What the value parser says of a printed text.
_VALUE: dict[str, pl.DataType | type[pl.DataType]] = {
    "target_kind": pl.String,
    "comparator": pl.String,
    "lower_value": VALUE,
    "upper_value": VALUE,
    "unit_text": pl.String,
    "unit_name": pl.String,
    "qualifier": pl.String,
    "deadline_comparator": pl.String,
    "deadline_date": pl.Date,
    "deadline_precision": pl.String,
    "parse_grade": pl.String,
    "is_comparator_inherited": pl.Boolean,
    "residual_text": pl.String,
}

TABLES: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "parsed_documents": {
        **_DOCUMENT,
        "source_uri": pl.String,
        "source_url": pl.String,
        "publisher": pl.String,
        "department_name": pl.String,
        "region_code": pl.String,
        "title": pl.String,
        "document_type": pl.String,
        "media_type": pl.String,
        "layout": pl.String,
        "encoding": pl.String,
        "money_unit": pl.String,
        "published_on": pl.Date,
        "fetched_at": TIMESTAMP,
        "is_source_present": pl.Boolean,
        "rows_read": pl.Int32,
        "rows_claimed": pl.Int32,
        "rows_ignored": pl.Int32,
        "pieces_read": pl.Int32,
        "pieces_rejected": pl.Int32,
        "results_read": pl.Int32,
        "executions_read": pl.Int32,
    },
    "parsed_appearances": {
        **_DOCUMENT,
        "document_type": pl.String,
        "source_uri": pl.String,
        "source_url": pl.String,
        "published_on": pl.Date,
        "fetched_at": TIMESTAMP,
    },
    "parsed_projects": {
        **_DOCUMENT,
        "project_no": pl.Int32,
        "name_occurrence": pl.Int32,
        "unit_code": pl.String,
        "unit_name": pl.String,
        "department_name": pl.String,
        "project_code": pl.String,
        "project_name": pl.String,
        "goal_text": pl.String,
        "cycle_goal_text": pl.String,
        "goal_result_text": pl.String,
        "total_score": POINTS,
        **_PLACE,
    },
    "parsed_amounts": {
        **_DOCUMENT,
        "scope": pl.String,
        "project_no": pl.Int32,
        "unit_name": pl.String,
        "funding_source_code": pl.String,
        "stated_text": pl.String,
        "stated_amount": STATED_MONEY,
        "stated_unit": pl.String,
        "amount_cny": MONEY,
        **_PLACE,
        "source_column": pl.Int32,
        "covers_to_row": pl.Int32,
    },
    "parsed_indicators": {
        **_DOCUMENT,
        **_INDICATOR,
        "level1_text": pl.String,
        "level2_text": pl.String,
        "taxonomy": pl.String,
        "level1_name": pl.String,
        "level2_name": pl.String,
        "indicator_text": pl.String,
        "indicator_name": pl.String,
        "weight": POINTS,
        "description_text": pl.String,
        "previous_text": pl.String,
        **_SPAN,
    },
    "parsed_targets": {
        **_DOCUMENT,
        **_INDICATOR,
        "horizon": pl.String,
        "measure_no": pl.Int32,
        "joiner": pl.String,
        "target_text": pl.String,
        **_VALUE,
        **_SPAN,
    },
    "parsed_results": {
        **_DOCUMENT,
        **_INDICATOR,
        "measure_no": pl.Int32,
        "joiner": pl.String,
        "actual_text": pl.String,
        **_VALUE,
        "is_unit_inherited": pl.Boolean,
        "score": POINTS,
        "deviation_reason": pl.String,
        **_SPAN,
    },
    "parsed_executions": {
        **_DOCUMENT,
        "project_no": pl.Int32,
        "funding_source_code": pl.String,
        "stated_text": pl.String,
        "initial_budget_cny": MONEY,
        "adjusted_budget_cny": MONEY,
        "executed_cny": MONEY,
        "amount_step_cny": MONEY,
        "execution_rate": POINTS,
        "execution_rate_decimals": pl.Int32,
        "weight": POINTS,
        "score": POINTS,
        **_PLACE,
        "source_column": pl.Int32,
    },
    "parsed_findings": {
        **_DOCUMENT,
        "project_no": pl.Int32,
        "indicator_no": pl.Int32,
        "horizon": pl.String,
        "rule_code": pl.String,
        "severity": pl.String,
        "message": pl.String,
        "evidence": pl.String,
    },
    "parsed_corrections": {
        **_DOCUMENT,
        "file": pl.String,
        "entry_no": pl.Int32,
        "status": pl.String,
        "message": pl.String,
        "expected_text": pl.String,
        "corrected_text": pl.String,
        "reason": pl.String,
        "reported_by": pl.String,
        "expires_on": pl.Date,
        **_SPAN,
    },
    "parsed_quarantined_documents": {
        "sha256": pl.String,
        "fiscal_year": pl.Int32,
        "source_uri": pl.String,
        "reason_code": pl.String,
        "message": pl.String,
        "place": pl.String,
        "evidence": pl.String,
        "fetched_at": TIMESTAMP,
    },
    "parsed_quarantined_rows": {
        **_DOCUMENT,
        "project_no": pl.Int32,
        "reason_code": pl.String,
        "message": pl.String,
        "evidence": pl.String,
        **_SPAN,
    },
}

DUCKDB_TYPES: dict[pl.DataType | type[pl.DataType], str] = {
    pl.String: "varchar",
    pl.Int32: "integer",
    pl.Boolean: "boolean",
    pl.Date: "date",
    TIMESTAMP: "timestamp",
    MONEY: "decimal(20, 2)",
    STATED_MONEY: "decimal(20, 6)",
    VALUE: "decimal(28, 6)",
    POINTS: "decimal(10, 4)",
}


def empty(table: str) -> pl.DataFrame:
    """The table with its columns and no rows."""
    return pl.DataFrame(schema=TABLES[table])


def conform(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with exactly the table's columns and types, in its order. Raises on a missing column or a lossy cast."""
    return frame.select(pl.col(name).cast(dtype) for name, dtype in TABLES[table].items())
