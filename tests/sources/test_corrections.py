"""The files of corrections: what they may say, when they are outdated, and which documents they make anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.parsed.buckets import buckets_of
from pipelines.parsed.stage import parse_years
from pipelines.plan import plan_load
from pipelines.settings import Settings
from pipelines.sources.correction_files import read_corrections
from pipelines.sources.corrections import CorrectionError, CorrectionIndex, problems
from pipelines.sources.stage import open_index
from tests.revisions.warehouse import Sighting, batch, land_all, packed

SHA = "a" * 64
SOUND: dict[str, Any] = {
    "sha256": SHA,
    "place": {"table": 1, "row": 2, "column": 3},
    "expected": "1O.00",
    "corrected": "10.00",
    "reason": "字母 O 印作数字 0",
    "expires": "2027-12-31",
}
A, B = (batch(name, {"培训": ("10.00", packed(次数="≥1次"))}) for name in ("甲局", "乙局"))


def write(folder: Path, *entries: object, name: str = "某局.yml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(yaml.safe_dump({"corrections": list(entries)}, allow_unicode=True), encoding="utf-8")
    return path


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in SOUND.items() if key not in keys}


def test_an_entry_says_where_what_and_why(tmp_path: Path) -> None:
    by_name = without("sha256") | {"document_id": "甲局/2024/target", "fiscal_year": 2024, "reported_by": "读者来信"}
    target = by_name | {"place": {"project": "培训", "indicator_no": 2, "horizon": "annual"}}
    write(tmp_path, SOUND, target)
    first, second = read_corrections(tmp_path)
    assert (first.sha256, first.table, first.row, first.column, first.expires) == (SHA, 1, 2, 3, "2027-12-31")
    assert (second.document_id, second.fiscal_year, second.project, second.indicator_no, second.horizon) == (
        "甲局/2024/target",
        2024,
        "培训",
        2,
        "annual",
    )
    assert str(second) == "corrections/某局.yml 第 2 条 (entry 2)"


REFUSED = {
    "an unknown key": (SOUND | {"expcted": "x"}, "unknown key expcted"),
    "no reason": (without("reason"), "lacks reason"),
    "a number as text": (SOUND | {"expected": 10.0}, "expected is 10.0; write a text, in quotes"),
    "an empty text": (SOUND | {"expected": " "}, "expected is empty"),
    "no change": (SOUND | {"corrected": "1O.00"}, "are the same text"),
    "a short hash": (SOUND | {"sha256": "abc"}, "write all 64 hexadecimal digits"),
    "no document": (without("sha256"), "name the document by sha256, or by document_id and fiscal_year"),
    "an identifier without year": (without("sha256") | {"document_id": "d"}, "name the document by"),
    "two names": (SOUND | {"document_id": "d", "fiscal_year": 2024}, "name the document by"),
    "half a cell": (SOUND | {"place": {"table": 1, "row": 2}}, "place is a cell"),
    "a row from 0": (SOUND | {"place": {"table": 1, "row": 0, "column": 1}}, "row is 0; write a whole number from 1"),
    "a project alone": (SOUND | {"place": {"project": "培训"}}, "place is a cell"),
    "a strange horizon": (
        SOUND | {"place": {"project": "培训", "indicator_no": 1, "horizon": "monthly"}},
        "horizon is 'monthly'",
    ),
    "no date": (SOUND | {"expires": "next year"}, "expires is 'next year'"),
    "a text": ("1O.00", "is '1O.00'; write its keys"),
}


@pytest.mark.parametrize(("entry", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_an_entry_that_could_be_misunderstood_is_refused_with_its_place(
    tmp_path: Path, entry: object, message: str
) -> None:
    write(tmp_path, SOUND, entry)
    with pytest.raises(CorrectionError) as refusal:
        read_corrections(tmp_path)
    text = str(refusal.value)
    assert text.startswith("corrections/某局.yml 第 2 条 (entry 2): ") and message in text and "\n" not in text


@pytest.mark.parametrize("content", ["corrections: [", "- a\n", "corrections: {}\n", "corrections: []\nmore: 1\n"])
def test_a_file_that_is_no_list_of_corrections_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.yml").write_text(content, encoding="utf-8")
    with pytest.raises(CorrectionError, match=r"^corrections/a\.yml: "):
        read_corrections(tmp_path)


def test_a_file_that_would_be_passed_over_is_refused(tmp_path: Path) -> None:
    write(tmp_path, SOUND, name="a.yaml")
    with pytest.raises(CorrectionError, match="rename it"):
        read_corrections(tmp_path)


def test_a_bad_file_leaves_the_corrections_of_before(settings: Settings) -> None:
    path = write(settings.corrections, SOUND)
    with open_index(settings) as index:
        known = CorrectionIndex(index)
        known.land(settings.corrections)
        path.write_text("corrections: [", encoding="utf-8")
        with pytest.raises(CorrectionError):
            known.land(settings.corrections)
        assert [one.expected for one in known.all()] == ["1O.00"]
        path.unlink()
        known.land(settings.corrections)
        assert known.all() == []


def found(settings: Settings, years: set[int] | None = None) -> list[str]:
    with open_index(settings) as index:
        CorrectionIndex(index).land(settings.corrections)
        return [status for _, status, _ in problems(index, years)]


def test_a_correction_of_no_document_is_told(settings: Settings) -> None:
    land_all(settings, [Sighting(A, 1)])
    by_name = without("sha256") | {"document_id": "甲局/2023/target", "fiscal_year": 2023}
    write(settings.corrections, SOUND, by_name)
    assert found(settings) == ["document_not_found", "document_not_found"]
    assert found(settings, {2024}) == ["document_not_found"]  # 2023 may not have been parsed yet


def test_a_correction_expires_by_the_archives_time_not_by_the_clock(settings: Settings) -> None:
    sighting = Sighting(A, 10)
    land_all(settings, [sighting])
    write(settings.corrections, SOUND | {"sha256": sighting.observation.sha256, "expires": "2026-01-10"})
    assert found(settings) == []
    land_all(settings, [Sighting(B, 11, "2024/b.txt")])
    assert found(settings) == ["expired"]


def test_a_changed_correction_makes_anew_just_the_documents_that_it_names(settings: Settings) -> None:
    land_all(settings, [Sighting(A, 1), Sighting(B, 1, "2024/b.txt")])
    place = {"place": {"project": "培训", "indicator_no": 1, "horizon": "annual"}, "expected": "≥1次"}
    by_hash = SOUND | place | {"sha256": Sighting(A, 1).observation.sha256}
    by_name = without("sha256") | place | {"document_id": "乙局/2024/target", "fiscal_year": 2024}

    def made(*entries: object) -> list[str]:
        write(settings.corrections, *entries)
        with open_index(settings) as index:
            CorrectionIndex(index).land(settings.corrections)
            pending = [bucket for bucket in buckets_of(index, [2024]) if not bucket.is_written(settings.parsed)]
            parse_years(settings, index, [2024])
            assert parse_years(settings, index, [2024]).made == 0
        return [bucket.name for bucket in pending]

    of_a, of_b = (Sighting(text, 1).observation.sha256[:2] for text in (A, B))
    assert made() == sorted([of_a, of_b])
    assert made(by_hash) == [of_a]
    assert made(by_hash, by_name) == [of_b]
    assert made(by_hash, by_name | {"corrected": "≥2次"}) == [of_b]
    assert made(by_name | {"corrected": "≥2次"}) == sorted([of_a, of_b])  # the entry's number is told, so it counts


def test_corrections_are_looked_at_on_a_night_without_work_too(settings: Settings) -> None:
    write(settings.corrections, SOUND)
    (line,) = plan_load(settings).outdated_corrections
    assert line.startswith("corrections/某局.yml 第 1 条 (entry 1): 没有文件") and "remove it" in line
