"""Buckets that are parsed together give the bytes that each gives alone, and none is made twice."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.parsed import corrected, stage
from pipelines.parsed.buckets import buckets_of
from pipelines.parsed.corrected import Frames
from pipelines.parsed.documents import ReadDocument
from pipelines.parsed.stage import parse_years
from pipelines.settings import Settings
from pipelines.sources.corrections import CorrectionIndex
from pipelines.sources.landing import Landing
from pipelines.sources.stage import land_inbox, open_index
from tests.conftest import NANSHA
from tests.parquet import parquet

FORMS = Path(__file__).parents[1] / "layouts" / "forms"
YEARS = [2023, 2024]
# One by hash; one by identifier, which concerns two versions that stand in different buckets.
CORRECTIONS = """
corrections:
  - sha256: {sha256}
    place: {{project: 国际化社区工作经费, amount: total}}
    expected: "98.00"
    corrected: "98.50"
    reason: 试验
    expires: 2099-12-31
  - document_id: 广州南沙经济技术开发区第1办公室/2024/target
    fiscal_year: 2024
    place: {{project: 国际化社区工作经费, amount: total}}
    expected: "98.00"
    corrected: "99.00"
    reason: 试验
    expires: 2099-12-31
"""


@pytest.fixture
def landed(settings: Settings) -> Settings:
    """Forms of all sorts and packed lists of three departments; one in two years, some in two versions; and no form."""
    forms = sorted(path for path in FORMS.iterdir() if path.suffix in (".html", ".xlsx", ".docx"))[::8]
    text = NANSHA.read_text(encoding="utf-8")
    for year in YEARS:
        (settings.inbox / str(year)).mkdir(parents=True)
    for form in forms:
        shutil.copy(form, settings.inbox / "2024" / form.name)
        if form.suffix == ".html":
            (settings.inbox / "2024" / f"revised_{form.name}").write_bytes(form.read_bytes().replace(b"9", b"8"))
    for number in range(3):
        path = settings.inbox / "2024" / f"packed_{number}.txt"
        path.write_text(text.replace("港澳合作事务办公室", f"第{number}办公室"), encoding="utf-8")
    revised = (settings.inbox / "2024" / "packed_1.txt").read_text(encoding="utf-8").replace("≥3场", "≥4场")
    (settings.inbox / "2024" / "revised.txt").write_text(revised, encoding="utf-8")
    shutil.copy(settings.inbox / "2024" / "packed_0.txt", settings.inbox / "2023" / "packed.txt")
    (settings.inbox / "2024" / "no_form.txt").write_text("通知\n", encoding="utf-8")
    of_hash = hashlib.sha256((settings.inbox / "2024" / "packed_2.txt").read_bytes()).hexdigest()
    settings.corrections.mkdir()
    (settings.corrections / "packed.yml").write_text(CORRECTIONS.format(sha256=of_hash), encoding="utf-8")
    with open_index(settings) as index:
        land_inbox(settings, index)
        CorrectionIndex(index).land(settings.corrections)
    return settings


def test_together_or_alone_the_bytes_are_the_same(landed: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    with open_index(landed) as index:
        buckets = buckets_of(index, YEARS)
        calls: list[int] = []
        parse_corrected = corrected.parse_corrected

        def counted(documents: list[ReadDocument], *arguments: Any) -> Frames:
            calls.append(len(documents))
            return parse_corrected(documents, *arguments)

        monkeypatch.setattr(corrected, "parse_corrected", counted)
        together = parse_years(landed, index, YEARS, lambda done, total: told.append((done, total)))
        first = parquet(landed.parsed)
        shutil.rmtree(landed.parsed)
        monkeypatch.setattr(stage, "_DOCUMENTS_AT_ONCE", 1)
        alone = parse_years(landed, index, YEARS)
    assert len(buckets) > 20 and len({bucket.fiscal_year for bucket in buckets}) == 2
    assert together == alone and together.made == len(buckets)
    assert together.rows["parsed_corrections"] == 3
    assert together.rows["parsed_results"] > 0 and together.rows["parsed_quarantined_documents"] > 0
    assert told == [(done, len(buckets)) for done in range(1, len(buckets) + 1)]
    assert first == parquet(landed.parsed) != {}
    assert max(calls[: -len(buckets)]) > 10 and len(calls) < len(buckets) + 10


@pytest.mark.parametrize(("documents", "size"), [(3, 10**9), (10**9, 60_000), (3, 60_000), (1, 1)])
def test_buckets_are_taken_together_within_both_limits(
    landed: Settings, monkeypatch: pytest.MonkeyPatch, documents: int, size: int
) -> None:
    monkeypatch.setattr(stage, "_DOCUMENTS_AT_ONCE", documents)
    monkeypatch.setattr(stage, "_BYTES_AT_ONCE", size)
    landing = Landing(landed.landing)
    with open_index(landed) as index:
        buckets = buckets_of(index, YEARS)
    groups = list(stage._together(buckets, landing))
    assert [bucket for group in groups for bucket in group] == buckets
    for group in groups:
        hashes = {shown.observation.sha256 for bucket in group for shown in bucket.documents}
        landed_bytes = sum(landing.path_of(sha256).stat().st_size for sha256 in hashes)
        assert len({bucket.fiscal_year for bucket in group}) == 1
        assert len(group) == 1 or (len(hashes) <= documents and landed_bytes <= size)
    assert (max(len(group) for group in groups) > 1) == (documents > 1)


def test_only_buckets_without_their_files_are_parsed(landed: Settings) -> None:
    with open_index(landed) as index:
        parse_years(landed, index, YEARS)
        bucket = buckets_of(index, YEARS)[3]
        first = parquet(landed.parsed)
        shutil.rmtree(bucket.folder(landed.parsed))
        assert parse_years(landed, index, YEARS).made == 1
    assert parquet(landed.parsed) == first
