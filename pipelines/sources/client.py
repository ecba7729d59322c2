"""Asking for a page as a good guest: robots.txt, the host's turn, redirects looked at one by one, repeats with patience.

Belongs here: what an answer's status means for the load, and what a robots.txt allows (RFC 9309). Does not know what is in
a page, nor what was known of it before.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

import httpcore2

from pipelines.settings import Fetching
from pipelines.sources.address import (
    AddressRefused,
    check_redirect,
    host_of,
    normal_address,
    origin_of,
)
from pipelines.sources.fetch import READ_STATUSES, Answer, FetchFailure, Limits, request
from pipelines.sources.politeness import Clock, Hosts, Manners, retry_after

if TYPE_CHECKING:
    from protego import Protego

PRODUCT = "jixiao"
GONE = frozenset({404, 410})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAY_PASS = frozenset({429, 500, 502, 503, 504})
_BOT_WALLS = frozenset({412, 521})  # a script must run before the page is shown: reported, never got round
_MOST_REDIRECTS = 5
_ROBOTS_BYTES = 512 * 1024


class Client:
    """Speaks to all hosts of one load; may be used by several threads."""

    def __init__(self, fetching: Fetching, clock: Clock | None = None) -> None:
        """Opens nothing yet."""
        clock = clock or Clock()
        manners = Manners(interval=fetching.host_interval, backoff=fetching.host_interval)
        self.clock = clock
        self.hosts = Hosts(manners, clock, fetching.load_seconds, fetching.load_bytes)
        self._allowed = frozenset(fetching.allow_private_hosts)
        self._limits = Limits(fetching.document_bytes, fetching.request_seconds)
        self._agent = f"{PRODUCT}/1 (+{fetching.contact})" if fetching.contact else f"{PRODUCT}/1"
        self._context = httpcore2.default_ssl_context()
        self._rules: dict[str, Protego | FetchFailure] = {}
        self._rule_locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, url: str, validators: Mapping[str, str] | None = None) -> Answer:
        """The page (200), or word that it is unchanged (304) or gone (404, 410). Everything else is a ``FetchFailure``."""
        answer = self._follow(url, validators or {}, self._limits, obey=True)
        if answer.status in READ_STATUSES | GONE or (answer.status == 304 and validators):
            return answer
        if answer.status in _BOT_WALLS:
            message = f"网站要求运行脚本后才给内容 (HTTP {answer.status}: a bot wall)"
            raise FetchFailure("bot_wall", message)
        raise FetchFailure(f"http_{answer.status}", f"服务器应答 HTTP {answer.status} (unexpected status)")

    def _follow(self, url: str, headers: Mapping[str, str], limits: Limits, *, obey: bool) -> Answer:
        passed: list[str] = []
        target = url
        while True:
            if obey:
                self._ask_robots(target)
            answer = self._with_patience(target, headers, limits)
            if answer.status not in _REDIRECTS:
                return dataclasses.replace(answer, redirects=tuple(passed), requested_url=url)
            passed.append(target)
            try:
                location = normal_address(answer.headers.get("location", ""), base=target)
                check_redirect(target, location)
            except AddressRefused as error:
                raise FetchFailure("redirect_refused", f"不跟随转向 (redirect refused: {error})") from None
            if location in passed:
                raise FetchFailure("redirect_refused", f"循环转向 (redirect loop at {location})")
            if len(passed) > _MOST_REDIRECTS:
                raise FetchFailure("redirect_refused", f"转向超过 {_MOST_REDIRECTS} 次 (too many redirects)")
            target = location

    def _with_patience(self, url: str, headers: Mapping[str, str], limits: Limits) -> Answer:
        host, attempt = host_of(url), 0
        while True:
            attempt += 1
            try:
                with self.hosts.turn(host):
                    answer = request(url, {"User-Agent": self._agent, **headers}, limits, self._context, self._allowed)
                if answer.status in _MAY_PASS:
                    raise self._refusal(answer)
            except FetchFailure as failure:
                if self.hosts.before_retry(host, failure, attempt):
                    continue
                self.hosts.report(host, failure)
                raise
            self.hosts.report(host, None)
            self.hosts.spend(len(answer.body))
            return answer

    def _refusal(self, answer: Answer) -> FetchFailure:
        seconds = retry_after(answer.headers.get("retry-after"), self.clock.now())
        told = "" if seconds is None else f"; asks to come back in {seconds:.0f} s"
        message = f"服务器应答 HTTP {answer.status} (the server cannot serve now{told})"
        return FetchFailure(f"http_{answer.status}", message, may_pass=True, retry_after=seconds)

    def _ask_robots(self, url: str) -> None:
        origin = origin_of(url)
        with self._lock:
            lock = self._rule_locks.setdefault(origin, threading.Lock())
        with lock:
            rules = self._rules.get(origin)
            if rules is None:
                rules = self._rules[origin] = self._read_robots(origin)
        if isinstance(rules, FetchFailure):
            raise rules
        if not rules.can_fetch(url, PRODUCT):
            raise FetchFailure("robots_refused", f"robots.txt 不允许 (disallowed by {origin}/robots.txt)")

    def _read_robots(self, origin: str) -> Protego | FetchFailure:
        """No file (4xx) allows everything; one that cannot be had forbids everything for this load."""
        from protego import Protego

        url = f"{origin}/robots.txt"
        limits = dataclasses.replace(self._limits, bytes=_ROBOTS_BYTES)
        text = ""
        try:
            answer = self._follow(url, {}, limits, obey=False)
            if answer.status in READ_STATUSES:
                text = answer.body.decode("utf-8-sig", "replace")
            elif not 400 <= answer.status < 500:
                raise FetchFailure("", f"HTTP {answer.status}")
        except FetchFailure as failure:
            if failure.code in ("load_budget", "host_failing", "stopped"):
                return failure
            if failure.code != "empty_answer":
                message = f"robots.txt 取不到，本次不访问 ({url}: {failure.message})"
                return FetchFailure("robots_unreachable", message)
        rules = Protego.parse(text)
        delay = rules.crawl_delay(PRODUCT)
        self.hosts.slow_down(host_of(url), None if delay is None else float(delay))
        return rules
