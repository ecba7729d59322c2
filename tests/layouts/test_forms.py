"""Every family of forms, from document to rows and values: exact, or refused with a reason – and never a wrong fact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bench.form_facts import score_document
from pipelines.layouts.recognise import printed_cell, read_rows
from pipelines.layouts.rows import UnreadableForm
from pipelines.parsed.documents import ReadDocument, parse_documents
from pipelines.raw.refusal import RefusedDocument
from pipelines.sources.inbox import Statement
from pipelines.sources.landing import Observation
from tests.layouts.conftest import Read

FORMS = Path(__file__).parent / "forms"
TRUTHS = {path.name.removesuffix(".truth.json"): path for path in sorted(FORMS.glob("*.truth.json"))}
# Documents that may be refused because no reader can know what they mean, with the reason that they are refused for.
_REASONS = {
    "A3_prose": "table_missing",
    "B1_blank_year": "fiscal_year_missing",
    "H_grades": "form_graded_thresholds",
    "H_sample": "form_without_levels",
    "H_content": "form_evaluation_content",
    "H_review": "form_review_template",
}
MAY_REFUSE = {"levels_ambiguous", "form_unknown", "cell_unclaimed"}


def _truth(name: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(TRUTHS[name].read_text("utf-8"))
    return truth


@pytest.mark.parametrize("name", TRUTHS)
def test_a_form_is_read_exactly_or_refused(name: str) -> None:
    truth = _truth(name)
    score = score_document(FORMS / truth["document"], truth)
    assert not score.wrong and not score.lost
    if truth.get("refused"):
        assert score.refused == _REASONS[truth["variant"]]
    elif truth.get("may_refuse"):
        assert score.refused in {"", *MAY_REFUSE}
    else:
        assert score.refused == ""


@pytest.mark.parametrize("name", [name for name in TRUTHS if name.endswith("_plain")])
def test_rows_are_accounted_for_and_places_lead_back_to_the_printed_cell(name: str, read_document: Read) -> None:
    truth = _truth(name)
    try:
        document = read_document(FORMS / truth["document"])
        rows = read_rows(document, truth.get("folder_year"))
    except (UnreadableForm, RefusedDocument):
        return
    assert rows.rows_read == rows.rows_claimed + rows.rows_ignored
    for indicator in rows.indicators:
        for target in indicator.targets:
            cell = printed_cell(document, target.place)
            assert cell is not None
            printed = cell.text[target.start : target.end].replace("\n", "")
            assert target.text.replace(" ", "") == printed.strip().replace(" ", "")


def test_no_name_or_telephone_number_of_a_person_reaches_a_row(read_document: Read) -> None:
    for name in TRUTHS:
        truth = _truth(name)
        try:
            rows = read_rows(read_document(FORMS / truth["document"]), truth.get("folder_year"))
        except (UnreadableForm, RefusedDocument):
            continue
        kept = repr((rows.projects, rows.indicators, rows.findings, rows.title, rows.department_name))
        for word in truth.get("forbidden", []):
            assert word not in kept, (name, word)


@pytest.mark.parametrize("name", ["d1_plain", "d2_plain", "d5_plain", "e4_plain", "e5_plain", "b4_plain"])
def test_comparators_of_columns_and_names_reach_the_values(name: str, read_document: Read) -> None:
    truth = _truth(name)
    statement = Statement(fiscal_year=truth["fiscal_year"])
    observation = Observation("", "0" * 64, 0, "2024-01-01T00:00:00", statement)
    document = ReadDocument(observation, True, truth["fiscal_year"], read_document(FORMS / truth["document"]))
    frames = parse_documents([document])
    targets = frames["parsed_targets"].filter(pl.col("target_kind") == "quantity")
    read = {
        (row["project_no"], row["indicator_no"]): row["comparator"]
        for row in targets.iter_rows(named=True)
        if row["measure_no"] == 1
    }
    expected = {
        (indicator["project_no"], indicator["no"]): target["comparator"]
        for indicator in truth["indicators"]
        for target in indicator["targets"]
        if target["comparator"] and (indicator["project_no"], indicator["no"]) in read
    }
    assert len(expected) > 3
    assert {key: read[key] for key in expected} == expected
