"""The label tables hold bare labels, known fields and one meaning each: a slip of the pen is found here."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from pipelines.layouts import labels
from pipelines.layouts.labels import amount_label, form_label, grid_label, normalise_label

FOLDER = Path(labels.__file__).with_name("vocabulary")
SOURCES = Path(labels.__file__).parents[1] / "parsed" / "vocabulary" / "funding_sources.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FUNDING = {row["funding_source_code"] for row in rows(SOURCES)} | {"total", "cycle_total"}
GRID = {
    *("level1", "level2", "name", "name_or_description", "level1_or_ignored", "annual", "cycle", "previous", "actual"),
    *("weight", "score", "reason", "description", "ignored", "nature", "unit", "side", "cycle_side", "annual_side"),
    *("area_group", "graded", "project_name", "project_code", "unit_name", "unit_code", "department_name", "goal"),
    *("cycle_goal", "project_ignored", *(f"amount:{source}" for source in FUNDING)),
}
FORM = {
    *("project_name", "project_code", "unit_name", "unit_code", "department_name", "fiscal_year", "goal", "cycle_goal"),
    *("goal_result", "section", "ignored", "ignored_block", "table_total", "subtotal", "initial", "adjusted"),
    *("executed", "rate", "execution_weight", "execution_score"),
}


@pytest.mark.parametrize(
    ("name", "column", "fields"),
    [("grid_labels", "field", GRID), ("form_labels", "field", FORM), ("amount_labels", "source", FUNDING)],
)
def test_fields_are_known_and_labels_have_one_meaning(name: str, column: str, fields: set[str]) -> None:
    table = rows(FOLDER / f"{name}.csv")
    assert {row[column] for row in table} <= fields
    listed = [normalise_label(row["label"]) for row in table]
    assert sorted(set(listed)) == sorted(listed)


def test_rules_compile_and_name_known_fields() -> None:
    fields = {"grid": GRID, "form": FORM, "amount": FUNDING}
    for row in rows(FOLDER / "label_patterns.csv"):
        assert row["field"] in fields[row["table"]], row
        assert re.compile(row["pattern"]).fullmatch("") is None, row


@pytest.mark.parametrize(
    ("name", "read"), [("grid_labels", grid_label), ("form_labels", form_label), ("amount_labels", amount_label)]
)
def test_every_listed_label_is_found(name: str, read: object) -> None:
    assert callable(read)
    for row in rows(FOLDER / f"{name}.csv"):
        found = read(row["label"])
        assert found is not None and found.field == (row.get("field") or row["source"]), row
