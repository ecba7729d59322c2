"""Listing pages → landing: what is new, changed, unchanged and vanished on the web, and what proves nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from pipelines.settings import Settings
from pipelines.sources.landing import Landing
from pipelines.sources.stage import open_index
from tests.sources.site import Site, catalogue, failures, in_turn, landed_text, load, page, serving, status


def _ready(web: Settings, site: Site, *keys: str) -> str:
    """One listing with one document; returns the document's address."""
    site.listing("a.txt|甲局2024年绩效目标")
    site.put("/a.txt", "一", etag='"1"')
    catalogue(web, f"{site.root}/list.html", *keys)
    return f"{site.root}/a.txt"


def test_a_listed_document_is_new_then_unchanged_without_being_sent_again(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    first = load(web)
    assert (first.new, first.problems) == ([url], []) and landed_text(web, first, url) == "一"
    second = load(web)
    assert (second.new, second.changed, second.unchanged, second.problems) == ([], [], [url], [])
    assert [one.headers.get("If-None-Match") for one in site.asked("/a.txt")] == [None, '"1"']
    assert {one.headers["User-Agent"] for one in site.requests} == {"jixiao/1"}


def test_what_the_server_said_is_kept_beside_the_bytes(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    site.pages["/a.txt"] = status(301, Location="/files/%E7%94%B2.txt")
    site.put("/files/甲.txt", "一", {"Last-Modified": "Mon, 05 Feb 2024 00:00:00 GMT"}, etag='"1"')
    name = load(web).observations[url]
    record = json.loads((web.landing / name[:2] / f"{name}.http").read_text(encoding="utf-8"))
    assert record["requested_url"] == url and record["redirects"] == [url] and record["status"] == 200
    assert record["final_url"] == f"{site.root}/files/%E7%94%B2.txt"
    assert record["headers"]["etag"] == '"1"' and record["headers"]["last-modified"].startswith("Mon, 05 Feb")
    (observation,) = Landing(web.landing).observations()
    assert observation.source_uri == url and observation.fetched_at == record["fetched_at"]
    assert all(path.stat().st_mode & 0o777 == 0o444 for path in web.landing.glob("??/*"))


def test_changed_bytes_are_a_new_version_and_the_old_one_stays(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    load(web)
    site.put("/a.txt", "二", etag='"2"')
    report = load(web)
    assert report.changed == [url] and landed_text(web, report, url) == "二"
    assert len(list(Landing(web.landing).observations())) == 2


def test_bytes_decide_and_not_the_etag(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    load(web)
    site.put("/a.txt", "一", etag='"other"')
    assert load(web).unchanged == [url]
    site.pages["/a.txt"] = page("二", {"ETag": '"other"'})  # says 200 to whoever asks, under the same tag
    assert load(web).changed == [url]


def test_a_server_without_validators_is_asked_for_the_bytes_again(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    site.put("/a.txt", "一")
    load(web)
    assert load(web).unchanged == [url]
    site.put("/a.txt", "二")
    assert load(web).changed == [url]


def test_an_unasked_not_modified_is_a_failure(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    site.pages["/a.txt"] = status(304)
    assert "HTTP 304" in str(load(web).problems[0])
    assert [one.url for one in failures(web)] == [url]


def test_last_modified_alone_makes_a_conditional_request(web: Settings, site: Site) -> None:
    _ready(web, site)
    site.put("/a.txt", "一", {"Last-Modified": "Mon, 05 Feb 2024 00:00:00 GMT"})
    load(web)
    load(web)
    assert site.asked("/a.txt")[1].headers["If-Modified-Since"] == "Mon, 05 Feb 2024 00:00:00 GMT"


def test_after_a_month_an_unchanged_answer_is_no_longer_trusted(web: Settings, site: Site) -> None:
    _ready(web, site)
    load(web)
    with open_index(web) as index, index.transaction():
        index.connection.execute("update web_page set answered_at = '2020-01-01T00:00:00'")
    load(web)
    assert "If-None-Match" not in site.asked("/a.txt")[1].headers


def test_a_lost_archive_file_is_fetched_again(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    name = load(web).observations[url]
    (web.landing / name[:2] / name.partition(".")[0]).unlink()
    report = load(web)
    assert report.unchanged == [url] and landed_text(web, report, url) == "一"


def test_a_missing_document_has_vanished_until_it_comes_back(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    load(web)
    for gone in (404, 410):
        site.pages["/a.txt"] = status(gone)
        report = load(web)
        assert (report.vanished, report.problems, report.unchanged) == ([url], [], [])
        assert load(web).vanished == []
        site.put("/a.txt", "一", etag='"1"')
        assert load(web).changed == [url]


def test_a_document_that_no_page_links_any_more_has_vanished(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    site.put("/b.txt", "乙")
    site.listing("a.txt", "b.txt")
    load(web)
    site.listing("b.txt")
    assert load(web).vanished == [url]
    assert len(site.asked("/a.txt")) == 1
    site.listing("a.txt", "b.txt")
    assert load(web).changed == [url]


def test_a_link_that_no_longer_fits_the_pattern_is_left_alone(web: Settings, site: Site) -> None:
    _ready(web, site)
    site.put("/b.txt", "乙")
    site.listing("a.txt|旧名", "b.txt|绩效")
    load(web)
    catalogue(web, f"{site.root}/list.html", "links: 绩效")
    report = load(web)
    assert report.vanished == [] and len(report.unchanged) == 2


def test_a_server_in_trouble_proves_nothing_and_is_told_once(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    load(web)
    site.pages["/a.txt"] = status(500)
    report = load(web)
    assert (report.vanished, report.unchanged) == ([], [url])
    (problem,) = report.problems
    assert str(problem).startswith(f"{url}: 未能抓取") and "HTTP 500" in str(problem) and "\n" not in str(problem)
    assert load(web).problems == []
    (kept,) = failures(web)
    assert (kept.url, kept.publisher, kept.code, kept.times) == (url, "某局", "http_500", 2)
    site.put("/a.txt", "一", etag='"1"')
    assert load(web).problems == [] and failures(web) == []


def test_a_listing_in_trouble_makes_nothing_vanish(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    load(web)
    for trouble, code in ((status(503), "http_503"), (status(404), "http_404"), (status(412), "bot_wall")):
        site.pages["/list.html"] = trouble
        report = load(web)
        assert (report.vanished, report.unchanged) == ([], [url])
        assert [one.code for one in failures(web)] == [code] and len(report.problems) == 1
    site.put("/list.html", "<p>网站维护中</p>")
    report = load(web)
    assert report.vanished == [] and "compare `links` with the page" in str(report.problems[0])


def test_the_other_sources_of_a_load_go_on(web: Settings, site: Site, drop) -> None:  # type: ignore[no-untyped-def]
    url = _ready(web, site)
    with serving() as down:
        dead = down.root
    catalogue(web, f"{dead}/list.html", name="乙局", file="b.yml")
    drop("2024/c.txt", "丙")
    report = load(web)
    assert report.new == ["2024/c.txt", url]
    assert [one.code for one in failures(web)] == ["robots_unreachable"]


def test_links_that_are_not_documents_are_not_asked_for(web: Settings, site: Site) -> None:
    _ready(web, site)
    site.listing("a.txt", "about.html", "/../b.pdf", "javascript:void(0)", "mailto:a@b.cn", "ftp://h/x.txt", "#a.txt")
    load(web)
    assert [one.path for one in site.asked()] == ["/list.html", "/a.txt"]


def test_a_listing_in_gb18030_with_chinese_names_states_what_its_links_say(web: Settings, site: Site) -> None:
    html = (
        '<html><head><meta charset="gb2312"><base href="/docs/"></head><body><ul>'
        '<li><a href="甲局 绩效.txt#top">甲局２０２３年项目绩效目标</a> <span>2023年2月5日</span></li>'
        '<li><a href="show.asp?名=乙.txt">乙局2024年绩效目标</a><i>[2024-03-01]</i></li></ul></body></html>'
    )
    site.put("/list.html", html.encode("gb18030"))
    site.put("/docs/甲局 绩效.txt", "甲")
    # A query is sent in the page's own encoding, as browsers do.
    site.pages["/docs/show.asp?名=乙.txt".encode("gb18030").decode("utf-8", "replace")] = page("乙")
    facts = (r"fiscal_year: '(20\d\d)年'", r"published_on: '\d{4}[年-]\d+[月-]\d+'", "document_id: '^(.局)'")
    catalogue(web, f"{site.root}/list.html", *facts)
    report = load(web)
    assert report.problems == [] and len(report.new) == 2
    stated = [one.statement.as_dict() for one in Landing(web.landing).observations()]
    common = {"publisher": "某局", "region_code": "440115"}
    assert sorted(stated, key=lambda one: one["fiscal_year"]) == [
        {
            **common,
            "fiscal_year": 2023,
            "published_on": "2023-02-05",
            "document_id": "某局/甲局",
            "source_url": f"{site.root}/docs/%E7%94%B2%E5%B1%80%20%E7%BB%A9%E6%95%88.txt",
        },
        {
            **common,
            "fiscal_year": 2024,
            "published_on": "2024-03-01",
            "document_id": "某局/乙局",
            "source_url": f"{site.root}/docs/show.asp?%C3%FB=%D2%D2.txt",
        },
    ]


def test_next_pages_and_followed_pages_are_read(web: Settings, site: Site) -> None:
    site.listing("p2.html|下一页", "news/1.html|2024年绩效目标公开", "other.html|其他")
    site.listing("p2.html|下一页", "list.html|上一页", "b.txt|2023年乙", path="/p2.html")
    site.listing("../files/x.txt|附件1", "p9.html|下一页", path="/news/1.html")
    site.put("/files/x.txt", "一")
    site.put("/b.txt", "二")
    catalogue(web, f"{site.root}/list.html", "next: 下一页", "follow: 绩效目标公开", r"fiscal_year: '(\d{4})年'")
    report = load(web)
    assert report.problems == [] and report.new == [f"{site.root}/b.txt", f"{site.root}/files/x.txt"]
    assert "/p9.html" not in {one.path for one in site.requests}
    years = {one.source_uri[-5:]: one.statement.fiscal_year for one in Landing(web.landing).observations()}
    assert years == {"b.txt": 2023, "x.txt": 2024}  # the attachment says nothing: the page's link does


def test_a_listing_that_never_ends_is_cut_and_proves_nothing(web: Settings, site: Site) -> None:
    for number in range(9):
        site.listing(f"p{number + 1}.html|下一页", f"{number}.txt", path=f"/p{number}.html")
        site.put(f"/{number}.txt", f"{number}")
    catalogue(web, f"{site.root}/p0.html", "next: 下一页", "max_pages: 3", "max_links: 2")
    report = load(web)
    assert len(report.new) == 2 and {one.code for one in failures(web)} == {"link_limit"}
    site.listing("p1.html|下一页", "8.txt", path="/p0.html")
    assert load(web).vanished == []


def test_an_unchanged_listing_is_not_sent_again_but_its_documents_are_asked_for(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    site.put("/list.html", '<a href="a.txt">甲</a>', etag='"list"')
    load(web)
    site.put("/a.txt", "二", etag='"2"')
    assert load(web).changed == [url]
    assert site.asked("/list.html")[1].headers["If-None-Match"] == '"list"'


def test_a_catalogue_that_says_more_is_news_without_another_download(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    load(web)
    catalogue(web, f"{site.root}/list.html", "fiscal_year: 2024")
    report = load(web)
    assert report.changed == [url] and site.asked("/a.txt")[1].headers["If-None-Match"] == '"1"'
    with open_index(web) as index:
        assert {year for _, year in index.observations()} == {None, 2024}
        assert index.news([2024]) == {"new": 1, "changed": 0, "vanished": 0}  # no load has dealt with it yet


def test_a_document_listed_twice_belongs_to_one_listing(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    site.listing("a.txt|甲", path="/other.html")
    catalogue(web, f"{site.root}/other.html", name="乙局", file="b.yml")
    assert load(web).new == [url]
    for _ in range(2):
        report = load(web)
        assert (report.changed, report.vanished, report.unchanged) == ([], [], [url])
    assert len(site.asked("/a.txt")) == 3


def test_a_publisher_taken_out_of_the_catalogue_keeps_its_documents(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    load(web)
    site.pages["/a.txt"] = status(500)
    load(web)
    (web.catalog / "a.yml").unlink()
    report = load(web)
    assert (report.vanished, report.unchanged, failures(web)) == ([], [url], [])


def test_offline_nothing_is_asked_and_nothing_vanishes(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    load(web)
    count = len(site.requests)
    report = load(replace(web, fetching=replace(web.fetching, is_on=False)))
    assert len(site.requests) == count and report.unchanged == [url]


def test_only_what_robots_txt_allows_is_asked_for(web: Settings, site: Site) -> None:
    _ready(web, site)
    site.put("/b.txt", "乙")
    site.listing("a.txt", "b.txt")
    site.put("/robots.txt", "User-agent: *\nDisallow: /a\nAllow: /b")
    report = load(web)
    assert report.new == [f"{site.root}/b.txt"] and site.asked("/a.txt") == []
    assert [one.code for one in failures(web)] == ["robots_refused"]
    assert len(site.asked("/robots.txt")) == 1


def test_a_robots_txt_that_cannot_be_had_forbids_everything_this_time(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    load(web)
    site.pages["/robots.txt"] = status(500)
    report = load(web)
    assert (report.vanished, report.unchanged) == ([], [url]) and len(site.asked("/list.html")) == 1
    assert [one.code for one in failures(web)] == ["robots_unreachable"]
    for absent in (401, 403, 404):
        site.pages["/robots.txt"] = status(absent)
        assert load(web).problems == [] and failures(web) == []


def test_a_failing_host_is_left_alone_after_three_failures(web: Settings, site: Site) -> None:
    names = [f"{number}.txt" for number in range(20)]
    site.listing(*names)
    site.pages.update({f"/{name}": status(503) for name in names})
    catalogue(web, f"{site.root}/list.html")
    report = load(web)
    assert len(site.asked()) == 1 + 3 * 3
    assert [one.code for one in failures(web)] == ["http_503"] * 3 + ["host_failing"] and len(report.problems) == 4


def test_a_load_ends_when_its_time_is_used_up(web: Settings, site: Site) -> None:
    site.listing(*(f"{number}.txt" for number in range(50)))
    site.pages.update({f"/{number}.txt": page(str(number)) for number in range(50)})
    catalogue(web, f"{site.root}/list.html")
    report = load(replace(web, fetching=replace(web.fetching, load_seconds=0.3)))
    assert len(report.new) < 40 and [one.code for one in failures(web)] == ["load_budget"]
    assert report.vanished == []
    assert load(web).vanished == [] and failures(web) == []


def test_hosts_are_asked_side_by_side_and_each_at_its_pace(web: Settings, site: Site) -> None:
    with serving() as other:
        for one, host in ((site, "127.0.0.1"), (other, "localhost")):
            one.listing(*(f"{number}.txt" for number in range(6)))
            one.pages.update({f"/{number}.txt": page(f"{host}{number}") for number in range(6)})
            catalogue(web, f"http://{host}:{one.port}/list.html", name=host, file=f"{host}.yml")
        slow = replace(web, fetching=replace(web.fetching, host_interval=0.05))
        assert len(load(slow).new) == 12
        for one in (site, other):
            times = [request.at for request in one.requests]
            assert min(late - early for early, late in zip(times, times[1:], strict=False)) >= 0.045
        assert site.requests[0].at < other.requests[-1].at and other.requests[0].at < site.requests[-1].at


def test_a_night_without_pages_imports_neither_yaml_nor_the_http_library(settings: Settings) -> None:
    settings.catalog.mkdir()
    entry = 'publisher: 某局\nregion_code: "440115"\nexpects:\n  - {document_type: target, from_year: 2024}\n'
    (settings.catalog / "a.yml").write_text(entry, encoding="utf-8")
    assert load(settings).problems == []
    program = (
        "import sys; from pathlib import Path; from pipelines.settings import Settings; "
        "from pipelines.plan import plan_load; plan_load(Settings(Path(sys.argv[1]))); "
        "print(sorted({'httpcore2', 'protego', 'selectolax', 'yaml', 'ssl'} & set(sys.modules)))"
    )
    arguments = [sys.executable, "-c", program, str(settings.data_root)]
    assert subprocess.run(arguments, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_bad_catalogue_entry_is_told_every_time_and_the_others_are_asked(web: Settings, site: Site) -> None:
    url = _ready(web, site)
    (web.catalog / "z.yml").write_text("publishr: 某局\n", encoding="utf-8")
    first, second = load(web), load(web)
    assert first.new == [url] and second.unchanged == [url]
    assert str(first.problems[0]) == str(second.problems[0]) and "catalog/z.yml" in str(first.problems[0])


def test_the_shipped_catalogue_is_in_order_and_needs_no_network() -> None:
    from pipelines.sources.catalogue import read_catalogue

    catalogue = read_catalogue(Path(__file__).resolve().parents[2] / "data" / "catalog")
    assert catalogue.problems == () and not catalogue.has_pages and catalogue.publishers


def test_a_listing_may_name_documents_of_many_departments(web: Settings, site: Site) -> None:
    _ready(web, site, "states_publisher: false")
    load(web)
    (observation,) = Landing(web.landing).observations()
    assert observation.statement.publisher is None and observation.statement.region_code == "440115"


def test_a_broken_connection_is_tried_again(web: Settings, site: Site) -> None:
    def cut(handler) -> None:  # type: ignore[no-untyped-def]
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"half")
        handler.reset()

    url = _ready(web, site)
    site.pages["/a.txt"] = in_turn(cut, page("一"))
    report = load(web)
    assert (report.new, report.problems) == ([url], []) and landed_text(web, report, url) == "一"


def test_a_web_page_in_place_of_a_file_is_no_new_version(web: Settings, site: Site) -> None:
    site.listing("a.xlsx", "b.xls", "c.xls")
    for name in ("a.xlsx", "b.xls"):
        site.put(f"/{name}", f"文件 {name}")
    site.put("/c.xls", "<html><table><tr><td>表</td></tr></table>")  # Excel saves such files
    catalogue(web, f"{site.root}/list.html", r"links: '\.xlsx?$'")
    assert len(load(web).new) == 3
    site.put("/a.xlsx", "\ufeff\r\n<!DOCTYPE HTML><p>您访问的页面不存在</p>")
    site.pages["/b.xls"] = status(302, Location="/404.html")
    site.put("/404.html", "<html>您访问的页面不存在</html>")
    report = load(web)
    assert (report.changed, report.vanished, len(report.unchanged)) == ([], [], 3)
    assert [one.code for one in failures(web)] == ["error_page", "error_page"]


def test_a_load_out_of_time_is_continued_by_the_next(web: Settings, site: Site) -> None:
    for number in range(12):
        site.listing(f"{number}.txt", path=f"/list{number}.html")
        site.put(f"/{number}.txt", str(number))
        catalogue(web, f"{site.root}/list{number}.html", name=f"{number}局", file=f"{number:02}.yml")
    hurried = replace(web, fetching=replace(web.fetching, host_interval=0.05, load_seconds=0.6))
    nights = [len(load(hurried).new)]
    while sum(nights) < 12 and len(nights) < 50:
        nights.append(len(load(hurried).new))
    assert sum(nights) == 12 and len(nights) > 1


def test_a_load_ends_when_it_has_fetched_enough_bytes(web: Settings, site: Site) -> None:
    site.listing(*(f"{number}.txt" for number in range(9)))
    site.pages.update({f"/{number}.txt": page(f"{number}" * 1000) for number in range(9)})
    catalogue(web, f"{site.root}/list.html")
    report = load(replace(web, fetching=replace(web.fetching, load_bytes=4000)))
    assert len(report.new) == 4 and [one.code for one in failures(web)] == ["load_budget"]
