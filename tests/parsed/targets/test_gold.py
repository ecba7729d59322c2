"""Every labelled text is read exactly as its label says."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.parsed.targets import parse_targets

GOLD = Path(__file__).parents[2] / "gold"


def _published_texts() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLD / "values.jsonl").read_text(encoding="utf-8").splitlines()]


def _nansha_texts() -> list[dict[str, Any]]:
    indicators = json.loads((GOLD / "nansha_2024.json").read_text(encoding="utf-8"))
    return [{**row[horizon], "indicator": row["indicator"]} for row in indicators for horizon in ("cycle", "annual")]


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


def _read(labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    has_qualifiers = any("qualifier" in measure for label in labels for measure in label.get("measures") or [])
    frame = pl.DataFrame(
        {
            "target_text": [label["text"] for label in labels],
            "indicator_name": [label.get("indicator") for label in labels],
            "fiscal_year": [label.get("fiscal_year") for label in labels],
            "stated_comparator": [label.get("stated_comparator") for label in labels],
            "stated_unit": [label.get("stated_unit") for label in labels],
        },
        schema={
            "target_text": pl.String,
            "indicator_name": pl.String,
            "fiscal_year": pl.Int32,
            "stated_comparator": pl.String,
            "stated_unit": pl.String,
        },
    )
    read: list[dict[str, Any]] = [{"measures": []} for _ in labels]
    for row in parse_targets(frame).iter_rows(named=True):
        reading = read[row["input_row"]]
        reading |= {"kind": row["target_kind"], "grade": row["parse_grade"], "residual": row["residual"]}
        if row["target_kind"] == "quantity":
            reading["measures"].append(
                {
                    "comparator": row["comparator"],
                    "lower": _plain(row["lower_value"]),
                    "upper": _plain(row["upper_value"]),
                    "unit": row["unit_text"],
                    **({"qualifier": row["qualifier"]} if has_qualifiers and row["qualifier"] else {}),
                }
            )
        reading["joiner"] = row["joiner"]
        reading["deadline"] = row["deadline_text"]
        reading["comparator"] = row["deadline_comparator"]
    return read


@pytest.mark.parametrize("labels", [_published_texts(), _nansha_texts()], ids=["published", "nansha"])
def test_every_labelled_text_is_read_as_labelled(labels: list[dict[str, Any]]) -> None:
    fields = ("kind", "measures", "joiner", "deadline", "comparator")
    expected = [
        {field: label.get(field) or ([] if field == "measures" else None) for field in fields} for label in labels
    ]
    found = [{field: reading[field] for field in fields} for reading in _read(labels)]
    wrong = [
        (label["text"], want, got) for label, want, got in zip(labels, expected, found, strict=True) if want != got
    ]
    assert wrong == []


def test_no_labelled_text_leaves_a_residual() -> None:
    labels = _published_texts() + _nansha_texts()
    assert [label["text"] for label, reading in zip(labels, _read(labels), strict=True) if reading["residual"]] == []
