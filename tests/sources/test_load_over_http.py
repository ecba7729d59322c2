"""The shipped document, published on a listing page instead of dropped into the inbox, corrected a night later."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from pipelines.nightly import run_load
from pipelines.plan import plan_load
from pipelines.settings import Settings
from pipelines.sources.landing import Landing
from pipelines.sources.stage import open_index
from tests.conftest import NANSHA
from tests.sources.site import Site, catalogue, failures, status

PUBLISHER = "广州南沙经济技术开发区港澳合作事务办公室"
PRINTED, CORRECTED = "≥180批次或600人次", "≥185批次或600人次"


def _published(site: Site, text: str, etag: str) -> None:
    site.put("/jxmb/2024.txt", text, {"Last-Modified": "Mon, 05 Feb 2024 01:00:00 GMT"}, etag=etag)


@pytest.fixture
def listed(web: Settings, site: Site) -> Settings:
    """The document as its publisher's site lists it; the listing states everything that the inbox's sidecar states."""
    site.put(
        "/list.html",
        '<meta charset="gbk"><ul><li><a href="/jxmb/2024.txt">2024年项目支出绩效目标表</a>2024-02-05</li></ul>'.encode(
            "gbk"
        ),
    )
    _published(site, NANSHA.read_text(encoding="utf-8"), '"1"')
    keys = (
        r"fiscal_year: '(20\d\d)年'",
        r"published_on: '\d{4}-\d\d-\d\d'",
        "document_type: target",
        "links: 绩效目标",
    )
    catalogue(web, f"{site.root}/list.html", *keys, name=PUBLISHER)
    return web


def test_a_listed_document_makes_its_year_pending_and_a_quiet_night_does_not(listed: Settings, site: Site) -> None:
    plan = plan_load(listed)
    assert plan.fiscal_years == [2024] and plan.unplaced == [] and plan.landed.problems == []
    (observation,) = Landing(listed.landing).observations()
    assert observation.statement.as_dict() == {
        "fiscal_year": 2024,
        "publisher": PUBLISHER,
        "region_code": "440115",
        "published_on": "2024-02-05",
        "source_url": f"{site.root}/jxmb/2024.txt",
    }
    inputs = plan.inputs
    assert plan_load(listed).inputs == inputs
    _published(site, NANSHA.read_text(encoding="utf-8").replace(PRINTED, CORRECTED), '"2"')
    changed = plan_load(listed)
    assert changed.landed.changed == [observation.source_uri] and changed.inputs != inputs


def test_the_year_is_read_from_the_document_where_the_listing_states_none(listed: Settings, site: Site) -> None:
    catalogue(listed, f"{site.root}/list.html", "links: 绩效目标", name=PUBLISHER)
    assert plan_load(listed).fiscal_years == [2024]


def test_inbox_and_listing_bring_one_document(listed: Settings) -> None:
    (listed.inbox / "2024").mkdir()
    shutil.copy(NANSHA, listed.inbox / "2024" / "a.txt")
    plan = plan_load(listed)
    assert (
        len(plan.landed.new) == 2 and len({name.partition(".")[0] for name in plan.landed.observations.values()}) == 1
    )


def _query(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.published / "jixiao.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.slow
def test_two_versions_of_a_listed_document_are_two_published_versions(listed: Settings, site: Site) -> None:
    first = run_load(listed)
    assert first.problems == [] and first.published_version is not None
    assert [str(row) for row in _query(listed, "select count(*), sum(total_amount_cny) from fct_project_budget")] == [
        "(10, Decimal('15543500.00'))"
    ]
    assert _query(listed, "select publisher, source_url, published_on::varchar from dim_document where is_current") == [
        (PUBLISHER, f"{site.root}/jxmb/2024.txt", "2024-02-05")
    ]
    asked = len(site.requests)
    assert asked == 3  # robots.txt, the listing, the document: the run itself does not ask again
    assert run_load(listed).run_id is None  # a quiet night: two conditional requests and robots.txt
    assert len(site.requests) == asked + 3

    _published(site, NANSHA.read_text(encoding="utf-8").replace(PRINTED, CORRECTED), '"2"')
    second = run_load(listed)
    assert second.plan.landed.changed == [f"{site.root}/jxmb/2024.txt"] and second.problems == []
    assert _query(listed, "select version_no, is_current from dim_document where fiscal_year = 2024 order by 1") == [
        (1, False),
        (2, True),
    ]
    texts = f"select distinct target_text from fct_indicator_target where target_text in ('{PRINTED}', '{CORRECTED}')"
    assert _query(listed, texts) == [(CORRECTED,)]
    assert _query(listed, "select documents_added, documents_changed from meta.load_run order by started_at") == [
        (1, 0),
        (0, 1),
    ]

    site.pages["/jxmb/2024.txt"] = status(503)
    third = run_load(listed)
    assert third.run_id is None and len(third.problems) == 1 and [one.code for one in failures(listed)] == ["http_503"]
    site.pages["/jxmb/2024.txt"] = status(404)
    fourth = run_load(listed)
    assert fourth.plan.landed.vanished == [f"{site.root}/jxmb/2024.txt"] and fourth.problems == []
    assert _query(listed, "select count(*) from mart_project where fiscal_year = 2024") == [(10,)]
    assert _query(listed, "select is_source_present from dim_document where is_current and fiscal_year = 2024") == [
        (False,)
    ]
    with open_index(listed) as index:
        assert index.news([2024]) == {"new": 0, "changed": 0, "vanished": 0}
