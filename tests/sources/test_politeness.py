"""Pace and patience, on a clock that the test turns."""

from __future__ import annotations

import datetime

import pytest

from pipelines.sources.address import AddressRefused, check_redirect, normal_address
from pipelines.sources.fetch import FetchFailure
from pipelines.sources.politeness import Clock, Hosts, Manners, retry_after


class HandClock(Clock):
    """Time passes only where somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 100.0

    def monotonic(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += max(seconds, 0)


def _turn(hosts: Hosts, clock: HandClock, host: str = "a", lasting: float = 0.0) -> float:
    with hosts.turn(host):
        began = clock.time
        clock.time += lasting
    return began


def test_the_pace_counts_from_the_end_of_one_answer_to_the_next_request() -> None:
    clock = HandClock()
    hosts = Hosts(Manners(interval=2), clock, 1000, 1)
    assert [_turn(hosts, clock, lasting=5), _turn(hosts, clock), _turn(hosts, clock, "b")] == [100, 107, 107]
    clock.time = 200
    assert _turn(hosts, clock) == 200


def test_a_crawl_delay_slows_down_up_to_the_cap() -> None:
    clock = HandClock()
    hosts = Hosts(Manners(interval=2, longest_interval=30), clock, 10_000, 1)
    for delay, pace in ((10, 10), (86_400, 30), (0.5, 2)):
        hosts.slow_down("a", delay)
        began = _turn(hosts, clock)
        assert _turn(hosts, clock) - began == pace


def test_back_off_grows_and_a_server_may_ask_for_more() -> None:
    clock = HandClock()
    hosts = Hosts(Manners(interval=0, backoff=1, attempts=3, longest_retry_after=60), clock, 10_000, 1)
    assert hosts.before_retry("a", FetchFailure("x", "", may_pass=True), 1)
    assert 1 <= _turn(hosts, clock) - 100 <= 2
    clock.time = 200
    assert hosts.before_retry("a", FetchFailure("x", "", may_pass=True), 2)
    assert 2 <= _turn(hosts, clock) - 200 <= 3
    clock.time = 300
    assert hosts.before_retry("a", FetchFailure("x", "", may_pass=True, retry_after=60), 1)
    assert _turn(hosts, clock) == 360
    assert not hosts.before_retry("a", FetchFailure("x", "", may_pass=True, retry_after=61), 1)
    assert not hosts.before_retry("a", FetchFailure("x", "", may_pass=True), 3)
    assert not hosts.before_retry("a", FetchFailure("x", ""), 1)


def test_no_request_begins_after_the_budget() -> None:
    clock = HandClock()
    hosts = Hosts(Manners(interval=10), clock, 15, 1)
    assert [_turn(hosts, clock), _turn(hosts, clock)] == [100, 110]
    with pytest.raises(FetchFailure, match="used up"):
        _turn(hosts, clock)
    assert clock.time == 110  # nobody waits for a turn that cannot come


def test_an_answer_ends_a_row_of_failures() -> None:
    clock = HandClock()
    hosts = Hosts(Manners(), clock, 1000, 1)
    broken = FetchFailure("connection", "", may_pass=True)
    for outcome in (broken, broken, None, broken, broken, FetchFailure("too_large", "")):
        hosts.report("a", outcome)
    _turn(hosts, clock)
    hosts.report("a", broken)
    with pytest.raises(FetchFailure, match="3 times in a row"):
        _turn(hosts, clock)
    _turn(hosts, clock, "b")


def test_a_stopped_load_does_not_wait() -> None:
    clock = Clock()
    clock.stop()
    with pytest.raises(FetchFailure, match="stopped"):
        clock.wait(1000)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Mon, 05 Feb 2024 00:01:00 GMT", 60.0),
        ("Mon, 05 Feb 2024 00:01:00", 60.0),
        ("Sun, 04 Feb 2024 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("１２", None),
        ("9" * 400, 999_999_999.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, datetime.datetime(2024, 2, 5, tzinfo=datetime.UTC)) == seconds


def test_encryption_is_not_given_up_by_a_redirect() -> None:
    check_redirect("http://a/", "https://a/")
    check_redirect("https://a/", "https://b/")
    with pytest.raises(AddressRefused, match="from https to http"):
        check_redirect("https://a/", "http://a/")


@pytest.mark.parametrize(
    ("address", "base", "normal"),
    [
        ("HTTP://Example.CN:80/a#b", None, "http://example.cn/a"),
        ("https://example.cn:443", None, "https://example.cn/"),
        ("https://example.cn:8443/a", None, "https://example.cn:8443/a"),
        ("http://政务.cn/表 一.xls?年=2024", None, "http://xn--zfr164b.cn/%E8%A1%A8%20%E4%B8%80.xls?%E5%B9%B4=2024"),
        ("/a%20b%E7%94%B2%zz", "http://h/x/", "http://h/a%20b%E7%94%B2%25zz"),
        ("../b.doc", "http://h/x/y/", "http://h/x/b.doc"),
        ("../../../b.doc", "http://h/x/", "http://h/b.doc"),
        ("?p=2", "http://h/list.asp", "http://h/list.asp?p=2"),
        ("\\files\\a.doc", "http://h/x/", "http://h/files/a.doc"),
        (" /a\n\t.doc ", "http://h/", "http://h/a.doc"),
        ("//other/a", "https://h/", "https://other/a"),
        ("http://[2001:DB8::1]:80/", None, "http://[2001:db8::1]/"),
    ],
)
def test_an_address_has_one_spelling(address: str, base: str | None, normal: str) -> None:
    assert normal_address(address, base) == normal
    assert normal_address(normal) == normal


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a.doc",
        "javascript:x()",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://",
        "http://a:b@h/",
        "http://h:0x1/",
    ],
)
def test_what_no_load_asks_for_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        normal_address(address)
