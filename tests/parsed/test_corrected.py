"""Corrections of printed texts: what is read, what stays visible, what is told, and what is refused."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipelines.parsed.corrected import parse_corrected
from pipelines.parsed.documents import ReadDocument
from pipelines.raw.table import RawDocument
from pipelines.sources.corrections import Correction
from pipelines.sources.inbox import Statement
from pipelines.sources.landing import Observation
from tests.layouts.batch import batch_document
from tests.revisions.warehouse import packed

CELL = packed(次数="≥2次", 人数="≥30人")
BODY = f"培训\t10.00\t10.00\t\t\t目标\t{CELL}\n调研\t5.00\t5.00\t\t\t目标\t{packed(次数='≥2次')}"
SHA = "a" * 64


def correction(expected: str, corrected: str, **given: Any) -> Correction:
    named = {"sha256": SHA} if "document_id" not in given else {}
    return Correction("某局.yml", 1, expected, corrected, "印刷错误", "2027-12-31", **named, **given)


def parse(*corrections: Correction, body: str = BODY) -> dict[str, pl.DataFrame]:
    raw = batch_document(body)
    observation = Observation("2024/a.txt", SHA, 1, "2026-01-01T00:00:00", Statement(fiscal_year=2024))
    return parse_corrected([ReadDocument(observation, True, 2024, raw)], corrections)


def annual(frames: dict[str, pl.DataFrame], number: int = 1) -> dict[str, Any]:
    rows = frames["parsed_targets"].filter(
        (pl.col("project_no") == 1) & (pl.col("indicator_no") == number) & (pl.col("horizon") == "annual")
    )
    return rows.row(0, named=True)


def status(frames: dict[str, pl.DataFrame]) -> list[str]:
    return frames["parsed_corrections"]["status"].to_list()


def test_a_target_is_read_as_corrected_and_its_place_is_that_of_the_printed_text() -> None:
    frames = parse(correction("≥2次", "≥20人次", project="培训", indicator_no=1, horizon="annual"))
    row = annual(frames)
    assert (row["target_text"], int(row["lower_value"]), row["unit_text"]) == ("≥20人次", 20, "人次")
    assert CELL[row["source_start"] : row["source_end"]] == "≥2次"
    assert status(frames) == ["applied"]


def test_places_behind_a_corrected_text_are_those_of_the_printed_cell() -> None:
    frames = parse(correction("≥2次", "≥20000人次", project="培训", indicator_no=1, horizon="annual"))
    for name, text in (("parsed_targets", "target_text"), ("parsed_indicators", "indicator_text")):
        for row in frames[name].filter(pl.col("project_no") == 1, pl.col("indicator_no") == 2).iter_rows(named=True):
            assert row[text] in CELL[row["source_start"] : row["source_end"]]
    second = annual(frames, 2)
    assert CELL[second["source_start"] : second["source_end"]] == second["target_text"] == "≥30人"
    assert frames["parsed_indicators"]["source_end"].max() == len(CELL)


def test_a_correction_is_a_finding_with_old_and_new_text() -> None:
    frames = parse(correction("≥2次", "≥20次", project="培训", indicator_no=1, horizon="annual"))
    (row,) = frames["parsed_findings"].filter(pl.col("rule_code") == "corrected").iter_rows(named=True)
    assert (row["severity"], row["project_no"], row["indicator_no"], row["horizon"]) == ("info", 1, 1, "annual")
    assert "≥2次 → ≥20次" in row["evidence"] and "印刷错误" in row["message"]


def test_an_amount_is_corrected_before_sums_are_checked() -> None:
    wrong = BODY.replace("培训\t10.00\t10.00", "培训\t10.00\t1O.00")
    assert parse(body=wrong)["parsed_documents"].is_empty()
    frames = parse(correction("1O.00", "10.00", table=1, row=2, column=3), body=wrong)
    amounts = frames["parsed_amounts"].filter(pl.col("project_no") == 1)["amount_cny"].to_list()
    assert [int(amount) for amount in amounts] == [100000, 100000] and status(frames) == ["applied"]
    by_fact = parse(
        correction("10.00", "12.00", project="培训", amount="total"), body=BODY.replace("10.00\t10.00", "10.00\t")
    )
    assert status(by_fact) == ["applied"]


def test_two_corrections_of_one_cell_are_both_applied() -> None:
    frames = parse(
        correction("≥2次", "≥222次", project="培训", indicator_no=1, horizon="annual"),
        correction("≥30人", "≥3人", project="培训", indicator_no=2, horizon="annual"),
    )
    assert [annual(frames, number)["target_text"] for number in (1, 2)] == ["≥222次", "≥3人"]
    assert [CELL[row["source_start"] : row["source_end"]] for row in (annual(frames), annual(frames, 2))] == [
        "≥2次",
        "≥30人",
    ]


@pytest.mark.parametrize(
    ("given", "expected_status", "message"),
    [
        ({"expected": "≥7次", "project": "培训", "indicator_no": 1, "horizon": "annual"}, "expected_not_found", "≥2次"),
        ({"expected": "指标值", "project": "培训", "indicator_no": 1}, "expected_ambiguous", "2 次"),
        ({"expected": "≥2次", "project": "没有", "indicator_no": 1}, "place_not_found", "没有这个项目"),
        ({"expected": "≥2次", "project": "培训", "indicator_no": 9}, "place_not_found", "no such amount"),
        ({"expected": "≥2次", "table": 1, "row": 99, "column": 1}, "place_not_found", "表1 第99行"),
    ],
)
def test_a_correction_that_does_not_fit_is_told_and_changes_nothing(
    given: dict[str, Any], expected_status: str, message: str
) -> None:
    frames = parse(correction(corrected="x", **given))
    (row,) = frames["parsed_corrections"].iter_rows(named=True)
    assert row["status"] == expected_status and message in row["message"]
    assert row["message"].startswith("corrections/某局.yml 第 1 条 (entry 1): ")
    plain = parse()
    assert all(frames[name].equals(plain[name]) for name in plain if name != "parsed_corrections")


def test_corrections_that_overlap_are_told() -> None:
    place = {"project": "培训", "indicator_no": 1, "horizon": "annual"}
    assert status(parse(correction("≥2次", "≥3次", **place), correction("2次", "4次", **place))) == [
        "applied",
        "places_overlap",
    ]


def test_a_correction_by_identifier_and_year_concerns_just_that_document() -> None:
    place = {"project": "培训", "indicator_no": 1, "horizon": "annual"}
    named = correction("≥2次", "≥3次", document_id="某某局/2024/target", fiscal_year=2024, **place)
    other = correction("≥2次", "≥3次", document_id="某某局/2024/target", fiscal_year=2023, **place)
    frames = parse(named, other)
    assert annual(frames)["target_text"] == "≥3次" and status(frames) == ["applied"]


def test_the_raw_document_is_left_as_it_was() -> None:
    raw = batch_document(BODY)
    before = [cell.text for cell in raw.tables[0].cells]
    observation = Observation("2024/a.txt", SHA, 1, "2026-01-01T00:00:00", Statement(fiscal_year=2024))
    parse_corrected(
        [ReadDocument(observation, True, 2024, raw)],
        [correction("≥2次", "≥3次", project="培训", indicator_no=1, horizon="annual")],
    )
    assert isinstance(raw, RawDocument) and [cell.text for cell in raw.tables[0].cells] == before
