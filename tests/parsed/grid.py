"""Grids by hand: rows as a form hands them over, and the tables that are parsed from them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from pipelines.layouts.rows import (
    ANNUAL,
    DocumentRows,
    ExecutionRow,
    IndicatorRow,
    Place,
    ProjectRow,
    ResultText,
    TargetText,
)
from pipelines.parsed.documents import parse_rows
from pipelines.parsed.flatten import FlatRows, flatten

IDENTITY = {"document_id": "d", "sha256": "s", "fiscal_year": 2024}


def place(row: int, column: int) -> Place:
    """A cell of table 1."""
    return Place(1, row, column)


def indicator(
    number: int,
    target: str = "≥50次",
    actual: str | None = None,
    *,
    levels: tuple[str | None, str | None] = ("产出指标", "数量指标"),
    name: str = "次数",
    comparator: str | None = None,
    unit: str | None = None,
    **given: Any,
) -> IndicatorRow:
    """Row ``number + 1`` of a grid: name in column 3, target in 4, actual value in 5 (only where one is given)."""
    result = None if actual is None else ResultText(actual or None, Decimal(9), None, place(number + 1, 5))
    return IndicatorRow(
        project_number=1,
        number=number,
        level1_text=levels[0],
        level2_text=levels[1],
        name=name,
        place=place(number + 1, 3),
        targets=(TargetText(ANNUAL, target, place(number + 1, 4), comparator, unit),),
        result=result,
        **given,
    )


def document(*indicators: IndicatorRow, executions: tuple[ExecutionRow, ...] = (), **project: Any) -> DocumentRows:
    """A self-evaluation with one project."""
    only = ProjectRow(1, "某局", "培训费", "目标", Place(1, 1), **project)
    return DocumentRows(
        layout="self_evaluation",
        title="自评表",
        department_name="某局",
        fiscal_year=2024,
        document_type="self_evaluation",
        money_unit="万元",
        projects=[only],
        indicators=list(indicators),
        executions=list(executions),
    )


def parse(*indicators: IndicatorRow, **given: Any) -> dict[str, pl.DataFrame]:
    """The parsed tables of one document with these indicators."""
    rows = FlatRows()
    flatten(IDENTITY, document(*indicators, **given), rows)
    return parse_rows(rows)
