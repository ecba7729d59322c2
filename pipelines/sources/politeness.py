"""Manners towards a host: one request at a time, a pace, back-off when it asks for it, and an end to what fails.

Belongs here: when the next request to a host may begin, how often a request is repeated, and what a load may spend in all.
Does not send requests. Time is a parameter, so that tests need not wait.
"""

from __future__ import annotations

import datetime
import email.utils
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipelines.sources.fetch import FetchFailure

_MOST_FAILURES_IN_A_ROW = 3


class Clock:
    """The real time; ``stop`` ends every wait at once."""

    def __init__(self) -> None:
        """Running."""
        self._stopped = threading.Event()

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def now(self) -> datetime.datetime:
        """The time of day, UTC."""
        return datetime.datetime.now(datetime.UTC)

    def wait(self, seconds: float) -> None:
        """Let time pass. Raises ``FetchFailure`` when the load is being ended."""
        if self._stopped.wait(max(seconds, 0)):
            raise FetchFailure("stopped", "装载被中止 (the load was stopped)")

    def stop(self) -> None:
        """Wake everybody who waits."""
        self._stopped.set()


@dataclass(frozen=True)
class Manners:
    """The pace and the patience. Seconds throughout; a longer ``Retry-After`` than the cap is left to the next load."""

    interval: float = 2.0
    longest_interval: float = 30.0
    attempts: int = 3
    backoff: float = 2.0
    longest_retry_after: float = 120.0


@dataclass
class _Host:
    lock: threading.Lock = field(default_factory=threading.Lock)
    interval: float = 0.0
    free_at: float = 0.0
    failures: int = 0


class Hosts:
    """The state of every host that a load speaks to, and the load's budget."""

    def __init__(self, manners: Manners, clock: Clock, load_seconds: float, load_bytes: int) -> None:
        """After ``load_seconds`` or ``load_bytes`` no further request begins."""
        self.manners = manners
        self.clock = clock
        self._ends_at = clock.monotonic() + load_seconds
        self._bytes_left = load_bytes
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait until the host may be asked, and keep everybody else from asking meanwhile.

        The pace counts from the end of one answer to the next request. Raises ``FetchFailure`` when the budget is used up
        or the host has failed too often in a row to be asked again by this load.
        """
        state = self._state(host)
        with state.lock:
            if state.failures >= _MOST_FAILURES_IN_A_ROW:
                raise FetchFailure(
                    "host_failing", f"{host} 连续失败，本次不再请求 (failed {state.failures} times in a row)"
                )
            wait = state.free_at - self.clock.monotonic()
            if self.clock.monotonic() + max(wait, 0) >= self._ends_at:
                raise FetchFailure("load_budget", "本次装载的抓取时间用完 (the load's time for fetching is used up)")
            if self._bytes_left <= 0:
                raise FetchFailure("load_budget", "本次装载的抓取量用完 (the load has fetched all the bytes it may)")
            self.clock.wait(wait)
            try:
                yield
            finally:
                self._rest(state, max(state.interval, self.manners.interval))

    def spend(self, size: int) -> None:
        """Count the bytes of an answer against the budget."""
        with self._lock:
            self._bytes_left -= size

    def slow_down(self, host: str, interval: float | None) -> None:
        """Keep the longer interval that a host's robots.txt asks for, up to the cap."""
        if interval:
            self._state(host).interval = min(interval, self.manners.longest_interval)

    def report(self, host: str, failure: FetchFailure | None) -> None:
        """Count failures in a row; an answer ends the row. What a host cannot help is not counted."""
        state = self._state(host)
        if failure is None:
            state.failures = 0
        elif failure.may_pass or failure.code in ("too_slow", "tls"):
            state.failures += 1

    def before_retry(self, host: str, failure: FetchFailure, attempt: int) -> bool:
        """Whether to ask again after this failed ``attempt`` (1, 2 …); the host is left alone until then."""
        if not failure.may_pass or attempt >= self.manners.attempts:
            return False
        pause = self.manners.backoff * 2 ** (attempt - 1)
        pause += random.uniform(0, self.manners.backoff)  # so that many clients do not come back together
        if failure.retry_after is not None:
            if failure.retry_after > self.manners.longest_retry_after:
                return False
            pause = max(pause, failure.retry_after) if failure.retry_after else pause
        self._rest(self._state(host), pause)
        return True

    def _state(self, host: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(host, _Host())

    def _rest(self, state: _Host, seconds: float) -> None:
        state.free_at = max(state.free_at, self.clock.monotonic() + seconds)


def retry_after(header: str | None, now: datetime.datetime) -> float | None:
    """Seconds of a ``Retry-After`` header, which holds seconds or a date; None where it holds neither."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return max((moment - now).total_seconds(), 0.0)
