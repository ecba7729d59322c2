"""The shipped document against its hand-made labels: every level, name, text, comparator, bound and unit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.parsed.documents import ReadDocument, parse_documents
from pipelines.raw.read import read_document
from pipelines.sources.inbox import Statement
from pipelines.sources.landing import Observation
from tests.conftest import NANSHA, REPOSITORY

GOLD = json.loads((REPOSITORY / "tests" / "gold" / "nansha_2024.json").read_text(encoding="utf-8"))


def parse_file(path: Path, fiscal_year: int | None = 2024) -> dict[str, pl.DataFrame]:
    """Parse one file as the stage does, without a data root."""
    raw = read_document(path)
    observation = Observation(path.name, raw.sha256, 1, "2026-01-01T00:00:00", Statement(fiscal_year=fiscal_year))
    return parse_documents([ReadDocument(observation, True, fiscal_year, raw)])


@pytest.fixture(scope="module")
def nansha() -> dict[str, pl.DataFrame]:
    return parse_file(NANSHA)


def _resolved(text: str | None) -> str | None:
    """The labels keep the printed markup; the contract says that it is resolved."""
    return None if text is None else re.sub(r" *<sup>2</sup> *", "²", text)


def _labelled() -> Iterator[tuple[Any, ...]]:
    for label in GOLD:
        head = (
            label["project"],
            label["no"],
            label["level1_name"],
            label["level2_name"],
            _resolved(label["indicator"]),
        )
        for horizon in ("cycle", "annual"):
            side = label[horizon]
            measures = side.get("measures") or [{"comparator": None, "lower": None, "upper": None, "unit": None}]
            for number, measure in enumerate(measures, start=1):
                bounds = [None if measure[bound] is None else Decimal(measure[bound]) for bound in ("lower", "upper")]
                yield (
                    *head,
                    horizon,
                    number,
                    _resolved(side["text"]),
                    side["kind"],
                    side.get("joiner"),
                    measure["comparator"],
                    *bounds,
                    measure["unit"],
                )


def test_every_target_equals_its_label(nansha: dict[str, pl.DataFrame]) -> None:
    keys = ["document_id", "project_no"]
    read = (
        nansha["parsed_targets"]
        .join(nansha["parsed_indicators"], on=[*keys, "indicator_no"], maintain_order="left")
        .join(nansha["parsed_projects"].select(*keys, "project_name"), on=keys, maintain_order="left")
        .select(
            "project_name",
            "indicator_no",
            "level1_text",
            "level2_text",
            "indicator_text",
            "horizon",
            "measure_no",
            "target_text",
            "target_kind",
            "joiner",
            "comparator",
            "lower_value",
            "upper_value",
            "unit_text",
        )
    )
    labelled = list(_labelled())
    assert len(GOLD) == 104 and len(labelled) == 210
    assert sorted(read.iter_rows(), key=repr) == sorted(labelled, key=repr)


def test_every_span_points_at_the_printed_characters(nansha: dict[str, pl.DataFrame]) -> None:
    (table,) = read_document(NANSHA).tables
    cells = {
        (cell.row + 1, max(one.column for one in table.cells if one.row == cell.row)): cell for cell in table.cells
    }
    packed = {cell.row + 1: cell.text for (row, column), cell in cells.items() if cell.column == column and row}
    for name in ("parsed_indicators", "parsed_targets"):
        for row in nansha[name].iter_rows(named=True):
            if row["source_start"] is None:
                assert row["target_kind"] == "missing"
                continue
            printed = packed[row["source_row"]][row["source_start"] : row["source_end"]]
            if name == "parsed_targets":
                assert _resolved(printed) == row["target_text"]
            else:
                assert printed.startswith(f"{row['indicator_no']}、")


def test_the_documents_traps_are_findings(nansha: dict[str, pl.DataFrame]) -> None:
    findings = nansha["parsed_findings"].select("rule_code", "project_no", "indicator_no", "horizon", "severity")
    assert sorted(findings.iter_rows(), key=repr) == sorted(
        [
            *(("shifted_columns_repaired", number, None, None, "info") for number in range(5, 11)),
            ("truncated_cell", 5, 33, "annual", "warning"),
            ("unterminated_cell", 8, 11, "annual", "info"),
        ],
        key=repr,
    )


def test_every_row_and_piece_is_accounted_for(nansha: dict[str, pl.DataFrame]) -> None:
    (document,) = nansha["parsed_documents"].iter_rows(named=True)
    counts = ("rows_read", "rows_claimed", "rows_ignored", "pieces_read", "pieces_rejected")
    assert [document[name] for name in counts] == [13, 13, 0, 104, 0]
    assert nansha["parsed_quarantined_documents"].is_empty() and nansha["parsed_quarantined_rows"].is_empty()
