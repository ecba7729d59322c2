"""Documents → parsed tables: identity, quarantine, numbering, categories and cut cells."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from pipelines.parsed.documents import ReadDocument, parse_documents
from pipelines.parsed.schema import TABLES
from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.table import RawDocument
from pipelines.sources.inbox import Statement
from pipelines.sources.landing import Observation
from tests.layouts.batch import INDICATOR, batch_document

RECORD = "{no}、{level1}；{level2}；{name}；实施周期指标值：{cycle}；年度指标值：{annual}。"


def record(no: int = 1, name: str = "次数", annual: str = "≥2次", **given: str) -> str:
    """One packed indicator."""
    levels = {"level1": "1-产出指标", "level2": "11-数量指标", "cycle": "≥3次"}
    return RECORD.format(no=no, name=name, annual=annual, **(levels | given))


STATED = Statement(fiscal_year=2024)


def parse(*packed: str, statement: Statement = STATED) -> dict[str, pl.DataFrame]:
    """Parse a document with one project per packed cell."""
    body = "\n".join(f"项目{number}\t1\t1\t\t\t目标\t{cell}" for number, cell in enumerate(packed, start=1))
    return parse_documents([_read(batch_document(body), statement)])


def _read(
    raw: RawDocument | RefusedDocument, statement: Statement, uri: str = "2024/a.txt", day: int = 1
) -> ReadDocument:
    sha256 = raw.sha256 if isinstance(raw, RawDocument) else "0" * 64
    return ReadDocument(Observation(uri, sha256, 1, f"2026-01-{day:02}T00:00:00", statement), True, 2024, raw)


def test_every_table_has_exactly_its_columns_and_types() -> None:
    for name, frame in parse(INDICATOR).items():
        assert dict(frame.schema) == dict(pl.DataFrame(schema=TABLES[name]).schema), name


def test_a_document_is_named_by_publisher_year_and_type_or_as_its_sidecar_says() -> None:
    assert parse(INDICATOR)["parsed_documents"]["document_id"].to_list() == ["某某局/2024/target"]
    stated = Statement(fiscal_year=2024, publisher="某市财政局")
    assert parse(INDICATOR, statement=stated)["parsed_documents"]["document_id"].to_list() == ["某市财政局/2024/target"]
    stated = Statement(fiscal_year=2024, document_id="x-1")
    assert parse(INDICATOR, statement=stated)["parsed_documents"]["document_id"].to_list() == ["x-1"]


def test_a_region_code_that_nobody_knows_is_a_finding() -> None:
    known = parse(INDICATOR, statement=Statement(fiscal_year=2024, region_code="440115"))
    assert "unknown_region" not in known["parsed_findings"]["rule_code"].to_list()
    unknown = parse(INDICATOR, statement=Statement(fiscal_year=2024, region_code="430699"))["parsed_findings"]
    assert unknown.filter(pl.col("rule_code") == "unknown_region")["evidence"].to_list() == ["430699"]


def test_equal_bytes_at_two_places_are_one_document_first_seen_first() -> None:
    raw = batch_document(f"项目\t1\t1\t\t\t目标\t{INDICATOR}")
    statement = Statement(fiscal_year=2024)
    frames = parse_documents([_read(raw, statement, "2024/b.txt", day=2), _read(raw, statement, "2024/a.txt", day=1)])
    assert frames["parsed_documents"]["source_uri"].to_list() == ["2024/a.txt"]
    assert frames["parsed_projects"].height == 1


def appearances(*shown: tuple[str, int, str | None, bool]) -> list[tuple[str, int, str | None]]:
    """(place, day, publication date) of what counts, from (place, day, date, whether the place returned to the bytes)."""
    raw = batch_document(f"项目\t1\t1\t\t\t目标\t{INDICATOR}")
    documents = [
        replace(_read(raw, Statement(fiscal_year=2024, published_on=date), place, day), is_return=is_return)
        for place, day, date, is_return in shown
    ]
    rows = parse_documents(documents)["parsed_appearances"].iter_rows(named=True)
    return [
        (row["source_uri"], row["fetched_at"].day, row["published_on"] and row["published_on"].isoformat())
        for row in rows
    ]


def test_a_copy_without_a_date_of_its_own_is_no_publication() -> None:
    assert appearances(("a", 1, None, False), ("b", 2, None, False)) == [("a", 1, None)]
    dated = appearances(("a", 1, None, False), ("b", 2, "2024-03-01", False), ("c", 3, "2024-03-01", False))
    assert dated == [("b", 2, "2024-03-01")]


def test_a_second_date_and_a_return_publish_the_same_bytes_again() -> None:
    shown = [("a", 1, "2024-03-01", False), ("b", 2, "2024-05-01", False), ("a", 9, "2024-03-01", True)]
    assert appearances(*shown) == appearances(*reversed(shown))
    assert appearances(*shown) == [("a", 1, "2024-03-01"), ("b", 2, "2024-05-01"), ("a", 9, "2024-03-01")]


def test_a_refused_document_is_quarantined_and_the_others_are_parsed() -> None:
    good = _read(batch_document(f"项目\t1\t1\t\t\t目标\t{INDICATOR}"), Statement(fiscal_year=2024))
    bad = _read(RefusedDocument("scanned", "扫描件 (scanned)"), Statement(fiscal_year=2024), "2024/scan.pdf")
    frames = parse_documents([good, bad])
    assert frames["parsed_documents"].height == 1
    quarantined = frames["parsed_quarantined_documents"].select("source_uri", "reason_code", "message")
    assert quarantined.rows() == [("2024/scan.pdf", "scanned", "扫描件 (scanned)")]


def test_text_that_is_no_record_quarantines_its_whole_document() -> None:
    frames = parse(INDICATOR, "另附说明一份。" + record())
    assert frames["parsed_documents"].is_empty() and frames["parsed_targets"].is_empty()
    (quarantined,) = frames["parsed_quarantined_documents"].iter_rows(named=True)
    assert quarantined["reason_code"] == "record_unreadable"
    assert "第3行" in quarantined["place"] and "另附说明一份" in quarantined["evidence"]


def test_a_cell_cut_before_a_records_values_loads_the_rest_and_keeps_the_stump() -> None:
    frames = parse(record(1) + "2、1-产出指标；11-数")
    assert frames["parsed_indicators"]["indicator_no"].to_list() == [1]
    assert frames["parsed_quarantined_rows"].select("reason_code", "evidence").rows() == [
        ("truncated_record", "2、1-产出指标；11-数")
    ]
    assert frames["parsed_findings"]["rule_code"].to_list() == ["truncated_cell"]
    assert frames["parsed_documents"].select("pieces_read", "pieces_rejected").rows() == [(2, 1)]


def test_a_number_printed_twice_gives_way_to_the_position() -> None:
    frames = parse(record(1, "甲") + record(1, "乙") + record(2, "丙"))
    assert frames["parsed_indicators"].select("indicator_no", "indicator_text").rows() == [
        (1, "甲"),
        (2, "乙"),
        (3, "丙"),
    ]


def test_projects_of_one_name_are_told_apart() -> None:
    body = "\n".join(f"同名\t1\t1\t\t\t目标\t{INDICATOR}" for _ in range(2))
    frames = parse_documents([_read(batch_document(body), Statement(fiscal_year=2024))])
    assert frames["parsed_projects"]["name_occurrence"].to_list() == [1, 2]


@pytest.mark.parametrize(
    ("level1", "level2", "names"),
    [
        ("1-产出指标", "12-质量指标", ("mof_2015", "产出指标", "质量指标")),
        ("2-效益指标", "22-社会效益指标", ("mof_2015", "效益指标", "社会效益")),
        ("1-产出目标", "11-数量指标", ("mof_2015", "产出指标", "数量指标")),
        ("1-成本指标", "11-经济成本指标", ("mof_2021", "成本指标", "经济成本")),
        ("1-产出指标", "14-成本指标", ("mof_2015", "产出指标", "成本指标")),
    ],
)
def test_level_names_are_canonical(level1: str, level2: str, names: tuple[str, str, str]) -> None:
    frames = parse(record(level1=level1, level2=level2))
    assert frames["parsed_indicators"].select("taxonomy", "level1_name", "level2_name").rows() == [names]


@pytest.mark.parametrize(("level1", "level2"), [("1-神秘指标", "11-数量指标"), ("1-产出指标", "21-经济效益")])
def test_an_unknown_level_falls_to_no_default_and_is_a_finding(level1: str, level2: str) -> None:
    frames = parse(record(level1=level1, level2=level2))
    assert frames["parsed_indicators"].select("level1_name", "level2_name").rows() == [(None, None)]
    findings = frames["parsed_findings"].select("rule_code", "evidence").rows()
    assert findings == [("unknown_category", f"{level1[2:]} / {level2[3:]}")]


@pytest.mark.parametrize(
    ("printed", "resolved"),
    [
        ("约1600m <sup>2</sup> ", "约1600m²"),
        ("≥3m<SUP>3</SUP>", "≥3m³"),
        ("CO<sub>2</sub>≤5吨", "CO₂≤5吨"),
        ("<b>≥3</b>", "<b>≥3</b>"),
    ],
)
def test_markup_printed_as_text_is_resolved_and_unknown_tags_stay(printed: str, resolved: str) -> None:
    assert parse(record(annual=printed))["parsed_targets"]["target_text"].to_list() == ["≥3次", resolved]


def test_a_line_broken_anywhere_in_a_cell_is_read_and_its_places_are_those_of_the_printed_text() -> None:
    cell = record(1, "甲", annual="≥120批次或600人次") + record(2, "乙")
    body = f"项目\t1\t1\t\t\t目标\t{cell}"
    for width in (3, 5, 7, 11):
        broken = "\n".join(cell[at : at + width] for at in range(0, len(cell), width))
        raw = batch_document(body)
        (packed,) = [one for one in raw.tables[0].cells if one.text == cell]
        packed.text = broken
        frames = parse_documents([_read(raw, STATED)])
        assert frames["parsed_indicators"]["indicator_text"].to_list() == ["甲", "乙"]
        for row in frames["parsed_targets"].iter_rows(named=True):
            printed = broken[row["source_start"] : row["source_end"]]
            assert printed.replace("\n", "") == row["target_text"] and not printed.startswith("\n")
        spans = frames["parsed_indicators"].select("source_start", "source_end").rows()
        assert spans[0][0] == 0 and spans[-1][1] == len(broken)
