"""A real web server on loopback that behaves, or misbehaves, as its pages say; and data roots that ask it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from pipelines.settings import Fetching, Settings
from pipelines.sources.land import LandingReport
from pipelines.sources.stage import land_sources, open_index
from pipelines.sources.web_index import KeptFailure, WebIndex

INTERVAL = 0.02
FETCHING = Fetching(
    allow_private_hosts=("127.0.0.1", "localhost"),
    host_interval=INTERVAL,
    request_seconds=10.0,
    load_seconds=60,
    document_bytes=200_000,
)
Page = Callable[["Handler"], None]


@dataclass(frozen=True)
class Request:
    """What the server was asked, and when."""

    at: float
    path: str
    headers: dict[str, str]


@dataclass
class Site:
    """The server's pages by path (percent-decoded), and every request that reached it."""

    port: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    running: threading.Event = field(default_factory=threading.Event)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, path: str, body: str | bytes, headers: dict[str, str] | None = None, etag: str | None = None) -> None:
        """A page that behaves: with an ETag it answers 304 to whoever knows it."""
        self.pages[path] = page(body, headers, etag)

    def listing(self, *links: str, path: str = "/list.html") -> None:
        """A listing page; each link is ``address`` or ``address|text``."""
        items = "".join(
            f'<li><a href="{link.partition("|")[0]}">{link.partition("|")[2] or link}</a></li>' for link in links
        )
        self.put(path, f"<html><body><ul>{items}</ul></body></html>")

    def asked(self, path: str | None = None) -> list[Request]:
        """Requests for the path; without one all but those for robots.txt."""
        return [one for one in self.requests if (one.path == path if path else one.path != "/robots.txt")]


class Handler(BaseHTTPRequestHandler):
    """Hands each request to its page; what is not there is 404."""

    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        path = unquote(self.path, encoding="utf-8", errors="replace")
        self.site.requests.append(Request(time.monotonic(), path, dict(self.headers)))
        self.close_connection = True
        with contextlib.suppress(ConnectionError, TimeoutError):
            self.site.pages.get(path, status(404))(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, code: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def reset(self) -> None:
        """End the connection as a crashed server does."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def page(body: str | bytes, headers: dict[str, str] | None = None, etag: str | None = None) -> Page:
    data = body.encode() if isinstance(body, str) else body

    def answer(handler: Handler) -> None:
        if etag is not None and handler.headers.get("If-None-Match") == etag:
            handler.answer(304, ETag=etag)
        else:
            handler.answer(200, data, **({"ETag": etag} if etag else {}), **(headers or {}))

    return answer


def status(code: int, **headers: str) -> Page:
    return lambda handler: handler.answer(code, **headers)


def redirect(target: str) -> Page:
    return status(302, Location=target)


def in_turn(*pages: Page) -> Page:
    """The first page for the first request, and so on; the last one stays."""
    left = list(pages)

    def answer(handler: Handler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what many of these tests are about."""


@contextlib.contextmanager
def serving(certificate: Path | None = None) -> Iterator[Site]:
    """A site that is served while the block runs, over TLS if there is a certificate."""
    site = Site()
    handler = type("SiteHandler", (Handler,), {"site": site})
    with _Server(("127.0.0.1", 0), handler) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        site.port = server.server_address[1]
        site.running.set()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            site.running.clear()
            server.shutdown()
            thread.join()


def catalogue(settings: Settings, listing: str, *keys: str, name: str = "某局", file: str = "a.yml") -> None:
    """Write one entry with one listing; ``keys`` are further lines of the source."""
    settings.catalog.mkdir(parents=True, exist_ok=True)
    lines = [f"publisher: {name}", 'region_code: "440115"', "sources:", f"  - listing: {listing}"]
    if not any(key.startswith("links:") for key in keys):
        keys = (r"links: '\.(txt|xlsx)$'", *keys)
    path = settings.catalog / file
    path.write_text("\n".join([*lines, *(f"    {key}" for key in keys), ""]), encoding="utf-8")


def load(settings: Settings) -> LandingReport:
    """Land what inbox and pages have now."""
    with open_index(settings) as index:
        return land_sources(settings, index)


def failures(settings: Settings) -> list[KeptFailure]:
    with open_index(settings) as index:
        return WebIndex(index).failures()


def landed_text(settings: Settings, report: LandingReport, url: str) -> str:
    """The bytes that the archive holds for what the report says of an address."""
    sha256 = report.observations[url].partition(".")[0]
    return Path(settings.landing / sha256[:2] / sha256).read_text(encoding="utf-8")
