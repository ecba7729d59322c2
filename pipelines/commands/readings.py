"""Rows of ``parse_targets`` → the JSON objects that ``jixiao parse`` and ``jixiao explain`` print.

Does not read texts or files.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

import polars as pl


def decimal_text(value: Decimal | None) -> str | None:
    """A value without trailing zeros (``12000``, ``0.565``), never in exponent form."""
    return None if value is None else format(value.normalize(), "f")


def reading_objects(texts: list[str | None], rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """One object per input text, in order: contract §6, with the residual beside the grade.

    Measures of one text that have different deadlines carry their own ``deadline`` as well.
    """
    for input_row, group in groupby(rows.iter_rows(named=True), key=lambda row: row["input_row"]):
        found = list(group)
        first = found[0]
        deadlines = [_deadline(row) for row in found]
        measures = [_measure(row) for row in found if row["target_kind"] == "quantity"]
        if len({str(deadline) for deadline in deadlines}) > 1:
            for measure, deadline in zip(measures, deadlines, strict=True):
                measure["deadline"] = deadline
        yield {
            "text": texts[input_row],
            "kind": first["target_kind"],
            "joiner": next((row["joiner"] for row in found if row["joiner"]), None),
            "measures": measures,
            "deadline": next((deadline for deadline in deadlines if deadline), None),
            "grade": first["parse_grade"],
            "residual": first["residual"],
        }


def _measure(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "comparator": row["comparator"],
        "lower": decimal_text(row["lower_value"]),
        "upper": decimal_text(row["upper_value"]),
        "unit": row["unit_text"],
        "qualifier": row["qualifier"],
    }


def _deadline(row: dict[str, Any]) -> dict[str, Any] | None:
    if row["deadline_text"] is None:
        return None
    return {
        "comparator": row["deadline_comparator"],
        "date": row["deadline_text"],
        "precision": row["deadline_precision"],
    }
