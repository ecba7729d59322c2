"""Links of listing pages as publishers write them."""

from __future__ import annotations

import re
import time

import pytest

from pipelines.sources.listing import Link, links_of


def _urls(html: str | bytes, url: str = "http://h/x/list.html") -> list[str]:
    return [link.url for link in links_of(html.encode() if isinstance(html, str) else html, url)]


def test_links_are_absolute_in_order_and_each_once() -> None:
    html = (
        '<a href="a.doc">甲</a><a href=\'/b.doc#x\'>乙</a><A HREF="HTTP://H/x/a.doc">又</A>'
        '<a href="../c.doc">丙</a><map><area href="d.doc"></map><a name="no">x</a><a href>x</a><a href=" ">x</a>'
    )
    assert _urls(html) == ["http://h/x/a.doc", "http://h/b.doc", "http://h/c.doc", "http://h/x/d.doc"]


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("/docs/", "http://h/docs/a.doc"),
        ("https://files.example/y/z.html", "https://files.example/y/a.doc"),
        ("javascript:x", "http://h/x/a.doc"),
        ("", "http://h/x/a.doc"),
    ],
)
def test_a_base_moves_relative_links(base: str, expected: str) -> None:
    assert _urls(f'<base href="{base}"><a href="a.doc">甲</a>') == [expected]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5"])
def test_a_page_is_read_in_its_encoding(encoding: str) -> None:
    html = '<p>部門預算公開</p><li><a href="甲.doc">項目績效目標表</a>2024-02-05</li>'
    (link,) = links_of(html.encode(encoding), "http://h/")
    assert link == Link("http://h/%E7%94%B2.doc", "項目績效目標表", "", "項目績效目標表 2024-02-05")


def test_a_picture_and_words_that_lead_to_one_place_say_what_the_words_say() -> None:
    (link,) = links_of('<a href="a.doc"><img src="i.png"></a> <a href="a.doc">目标表</a>'.encode(), "http://h/")
    assert link.text == "目标表"


def test_the_whole_title_of_a_shortened_text_counts_and_so_does_the_address_as_read() -> None:
    html = '<li><a href="%E7%BB%A9%E6%95%88.doc" title="2024年部门预算项目支出绩效目标">2024年部门预…</a></li>'
    (link,) = links_of(html.encode(), "http://h/")
    assert link.matches(re.compile("绩效目标$")) and link.matches(re.compile(r"/绩效\.doc$"))
    assert not link.matches(re.compile("自评")) and not link.matches(None)


def test_what_stands_beside_a_link_states_facts_but_chooses_nothing() -> None:
    html = '<table><tr><td><a href="t1_2.doc">目标表</a></td><td>2024-02-05</td></tr></table>'
    (link,) = links_of(html.encode(), "http://h/")
    day = re.compile(r"\d{4}-\d\d-\d\d")
    assert link.found(day) == "2024-02-05" and not link.matches(day)
    assert link.found(re.compile(r"t(\d)_(\d)")) == "1"


@pytest.mark.parametrize("body", [b"\x00\x01\xff", b"<a href=", b"<a href='http://[/'>x</a>", b"{}", b"<a>" * 100_000])
def test_a_page_without_sense_has_no_links(body: bytes) -> None:
    assert links_of(body, "http://h/") == []


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>" + "".join(f"<a href='{number}.doc'>甲{number}</a>" for number in range(20_000)),
        "<div>" * 20_000 + "".join(f"<a href='{number}.doc'>甲{number}</a>" for number in range(20_000)),
        "".join(f"<li><a href='{number}.doc'>甲{number}</a>" for number in range(20_000)),
    ],
)
def test_a_huge_page_costs_time_in_proportion_to_its_size(html: str) -> None:
    started = time.monotonic()
    assert len(_urls(html)) == 20_000
    assert time.monotonic() - started < 10  # quadratic work would take minutes
