"""One guarded request: connect to a checked address, send, and read an answer of bounded size within bounded time.

Built on httpcore's connection pool, whose public ``network_backend`` is where the address is pinned; it follows no
redirect, keeps no cookie, reads no proxy from the environment and decodes nothing, so every one of these is decided here.
Does not follow redirects, wait, repeat or read robots.txt: ``politeness.py`` does.
"""

from __future__ import annotations

import datetime
import ssl
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpcore2

from pipelines.sources.address import AddressRefused, checked_addresses
from pipelines.sources.body import BodyError, read_body

_CONNECT_SECONDS = 15.0
_SILENT_SECONDS = 30.0
READ_STATUSES = frozenset({200, 203})
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Limits:
    """What one answer may cost: decoded bytes, and seconds from its first connection to its last byte."""

    bytes: int
    seconds: float


@dataclass(frozen=True)
class Answer:
    """What a server said. ``headers`` have names in lower case; ``body`` is filled for the statuses that are read."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    fetched_at: str
    redirects: tuple[str, ...] = ()
    requested_url: str = field(default="")


class FetchFailure(Exception):
    """A page or document that could not be had this time. ``may_pass``: worth asking again soon."""

    def __init__(self, code: str, message: str, *, may_pass: bool = False, retry_after: float | None = None) -> None:
        """``code`` is one word for machines, ``message`` one line for people."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.may_pass = may_pass
        self.retry_after = retry_after


def request(
    url: str, headers: Mapping[str, str], limits: Limits, context: ssl.SSLContext, allowed: Collection[str]
) -> Answer:
    """Ask once. Raises ``FetchFailure``; a status is never a failure here."""
    deadline = time.monotonic() + limits.seconds
    sent = {"Host": urlsplit(url).netloc, "Connection": "close", "Accept": "*/*", "Accept-Encoding": "gzip", **headers}
    timeouts = {"connect": _CONNECT_SECONDS, "read": _SILENT_SECONDS, "write": _SILENT_SECONDS, "pool": 1.0}
    try:
        with (
            httpcore2.ConnectionPool(ssl_context=context, network_backend=_Guard(deadline, allowed)) as pool,
            pool.stream("GET", url, headers=list(sent.items()), extensions={"timeout": timeouts}) as response,
        ):
            found = _headers(response.headers)
            body = b""
            if response.status in READ_STATUSES:
                body = read_body(response.iter_stream(), found, limits.bytes)
            moment = datetime.datetime.now(datetime.UTC).replace(microsecond=0, tzinfo=None).isoformat()
            return Answer(url, response.status, found, body, moment, requested_url=url)
    except BodyError as error:
        raise FetchFailure(error.code, str(error), may_pass=error.may_pass) from None
    except AddressRefused as error:
        raise FetchFailure("address_refused", f"不连接该地址 (address refused: {error})") from None
    except _TooSlow:
        raise FetchFailure("too_slow", f"超过 {limits.seconds:g} 秒 (took longer than allowed)") from None
    except httpcore2.TimeoutException:
        raise FetchFailure("no_answer", "没有应答 (the server does not answer)", may_pass=True) from None
    except (httpcore2.NetworkError, httpcore2.RemoteProtocolError, OSError) as error:
        raise _network_failure(error) from None
    except (httpcore2.LocalProtocolError, httpcore2.UnsupportedProtocol) as error:
        raise FetchFailure("address_refused", f"地址无法请求 (cannot ask for this address: {error})") from None


def _network_failure(error: Exception) -> FetchFailure:
    cause = error.args[0] if error.args else None  # httpcore wraps the operating system's error
    for one in (error, cause):
        if isinstance(one, ssl.SSLError):
            return FetchFailure("tls", f"加密连接失败 (TLS: {one})")
    if isinstance(error, httpcore2.RemoteProtocolError):
        return FetchFailure("broken_answer", f"应答不完整或不合规 (broken answer: {error})", may_pass=True)
    return FetchFailure("connection", f"连接失败 (connection: {str(error) or type(error).__name__})", may_pass=True)


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names in lower case; a repeated header's values joined. Bytes beyond ASCII are UTF-8, else GB18030."""
    found: dict[str, str] = {}
    for name_bytes, value_bytes in raw:
        name = name_bytes.decode("ascii", "replace").lower()
        try:
            value = value_bytes.decode("utf-8")
        except UnicodeDecodeError:
            value = value_bytes.decode("gb18030", "replace")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


class _TooSlow(Exception):
    """The whole answer took longer than it may, however steadily it drips."""


class _Guard(httpcore2.NetworkBackend):
    """Connects only to addresses that were checked, and gives out streams that end at the deadline."""

    def __init__(self, deadline: float, allowed: Collection[str]) -> None:
        self._deadline = deadline
        self._allowed = allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = checked_addresses(host, port, self._allowed)
        for number, address in enumerate(addresses, start=1):
            try:
                left = min(timeout or _CONNECT_SECONDS, _left(self._deadline))
                inner = httpcore2.SyncBackend().connect_tcp(address, port, left, local_address, socket_options or [])
                return _TimedStream(inner, self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise httpcore2.ConnectError(f"{host} has no address")


class _TimedStream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._timed(lambda left: self._inner.read(max_bytes, left), timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._timed(lambda left: self._inner.write(buffer, left), timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        inner = self._timed(lambda left: self._inner.start_tls(ssl_context, server_hostname, left), timeout)
        return _TimedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _timed(self, operation: Callable[[float], _Result], timeout: float | None) -> _Result:
        left = _left(self._deadline)
        try:
            return operation(min(timeout or left, left))
        except httpcore2.TimeoutException:
            _left(self._deadline)
            raise


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise _TooSlow
    return left
