"""One request after another against a server that misbehaves in every way we know: what is taken, refused and repeated."""

from __future__ import annotations

import email.utils
import gzip
import shutil
import socket
import subprocess
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.settings import Fetching
from pipelines.sources.client import Client
from pipelines.sources.fetch import FetchFailure
from tests.sources.site import FETCHING, INTERVAL, Handler, Site, in_turn, page, redirect, serving, status


def failure_of(site: Site, path: str = "/a", fetching: Fetching = FETCHING) -> FetchFailure:
    with pytest.raises(FetchFailure) as caught:
        Client(fetching).get(f"{site.root}{path}")
    assert "\n" not in caught.value.message
    return caught.value


def one_try(site: Site) -> None:
    assert len(site.asked("/a")) == 1


PRIVATE = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://0.0.0.0/",
    "http://224.0.0.1/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_never_connected_to(address: str) -> None:
    with pytest.raises(FetchFailure) as caught:
        Client(replace(FETCHING, allow_private_hosts=())).get(address)
    assert caught.value.code == "robots_unreachable" and "not a public address" in caught.value.message


@pytest.mark.parametrize(
    "target",
    [
        *(one for one in PRIVATE if one not in ("http://127.0.0.1/", "http://localhost/")),
        "file:///etc/passwd",
        "ftp://127.0.0.1/a",
        "http://user:secret@127.0.0.1/",
        "//user@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "",
    ],
)
def test_a_redirect_to_where_no_load_goes_is_not_followed(site: Site, target: str) -> None:
    site.pages["/a"] = redirect(target)
    failure = failure_of(site)
    assert failure.code in ("redirect_refused", "address_refused", "robots_unreachable")
    one_try(site)


def test_a_redirect_loop_and_a_long_chain_end(site: Site) -> None:
    site.pages["/a"], site.pages["/b"] = redirect("/b"), redirect("/a")
    assert "loop" in failure_of(site).message and len(site.asked()) == 2
    for number in range(9):
        site.pages[f"/c{number}"] = redirect(f"/c{number + 1}")
    assert "too many redirects" in failure_of(site, "/c0").message and len(site.asked()) == 2 + 6


def test_a_redirect_is_followed_with_the_manners_of_its_new_host(site: Site) -> None:
    with serving() as other:
        site.pages["/a"] = redirect(f"http://localhost:{other.port}/b")
        other.put("/b", "一")
        answer = Client(FETCHING).get(f"{site.root}/a")
        assert answer.body.decode() == "一" and answer.redirects == (f"{site.root}/a",)
        assert [one.path for one in other.requests] == ["/robots.txt", "/b"]
        other.put("/robots.txt", "User-agent: jixiao\nDisallow: /")
        assert failure_of(site).code == "robots_refused"


def test_the_checked_address_is_the_one_connected_to(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers well once and badly afterwards: the name is asked once a connection, the address pinned."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: str, *arguments: object, **options: object) -> object:
        if host != "rebind.example":
            return real(host, *arguments, **options)  # type: ignore[arg-type]
        asked.append(host)
        return real("127.0.0.1" if len(asked) <= 2 else "10.0.0.1", *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    site.put("/a", "一")
    client = Client(replace(FETCHING, allow_private_hosts=("rebind.example",)))
    assert client.get(f"http://rebind.example:{site.port}/a").body.decode() == "一"
    assert asked == ["rebind.example"] * 2  # robots.txt and the page, one look-up each
    assert {one.headers["Host"] for one in site.requests} == {f"rebind.example:{site.port}"}
    with pytest.raises(FetchFailure, match="not a public address"):
        Client(FETCHING).get(f"http://rebind.example:{site.port}/a")


def test_one_private_answer_among_public_ones_refuses_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)
    with pytest.raises(FetchFailure, match=r"mixed.example is 10\.0\.0\.1"):
        Client(FETCHING).get("http://mixed.example/")


def endless(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while handler.site.running.is_set():
        handler.wfile.write(b"x" * 10_000)


def dripping(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while handler.site.running.wait(0) and not time.sleep(0.02):
        handler.wfile.write(b"x")


def dripping_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while handler.site.running.wait(0) and not time.sleep(0.02):
        handler.wfile.write(b"x")


def chunked_without_end(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"5\r\nhello\r\n")


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)), packer.flush()])


GZIP = {"Content-Encoding": "gzip"}


@pytest.mark.parametrize(
    ("misbehave", "code", "tries"),
    [
        pytest.param(page("x", {"Content-Length": "999999999"}), "too_large", 1, id="says it is huge"),
        pytest.param(endless, "too_large", 1, id="endless without a length"),
        pytest.param(page(bomb(60_000_000), GZIP), "too_large", 1, id="gzip bomb"),
        pytest.param(page(gzip.compress(bytes(100_000)) * 3, GZIP), "too_large", 1, id="gzip of three members"),
        pytest.param(dripping, "too_slow", 1, id="drips its body"),
        pytest.param(dripping_headers, "too_slow", 1, id="drips its headers"),
        pytest.param(lambda handler: time.sleep(1.3), "too_slow", 1, id="silent"),
        pytest.param(lambda handler: handler.reset(), "connection", 3, id="resets before it answers"),
        pytest.param(lambda handler: None, "broken_answer", 3, id="closes before it answers"),
        pytest.param(page("short", {"Content-Length": "10"}), "broken_answer", 3, id="less than it said"),
        pytest.param(chunked_without_end, "broken_answer", 3, id="chunks without an end"),
        pytest.param(page(gzip.compress(b"x" * 999)[:-9], GZIP), "broken_answer", 3, id="gzip cut off"),
        pytest.param(page(b"no gzip", GZIP), "broken_answer", 3, id="gzip that is none"),
        pytest.param(page(b"x", {"Content-Encoding": "br"}), "broken_answer", 1, id="an encoding nobody asked for"),
        pytest.param(page(b""), "empty_answer", 1, id="empty"),
        pytest.param(lambda handler: handler.wfile.write(b"hello\r\n\r\n"), "broken_answer", 3, id="no HTTP"),
        pytest.param(status(500), "http_500", 3, id="500"),
        pytest.param(status(503), "http_503", 3, id="503"),
        pytest.param(status(403), "http_403", 1, id="403"),
        pytest.param(status(412), "bot_wall", 1, id="412"),
        pytest.param(status(204), "http_204", 1, id="204"),
        pytest.param(status(304), "http_304", 1, id="304 to nobody's question"),
        pytest.param(status(302), "redirect_refused", 1, id="a redirect to nowhere"),
    ],
)
def test_misbehaviour_is_one_clear_failure(
    site: Site, misbehave: Callable[[Handler], None], code: str, tries: int
) -> None:
    site.pages["/a"] = misbehave
    started = time.monotonic()
    failure = failure_of(site, fetching=replace(FETCHING, request_seconds=1.0))
    assert (failure.code, len(site.asked("/a"))) == (code, tries)
    assert time.monotonic() - started < 5


def test_honest_gzip_and_its_oddities_are_unpacked(site: Site) -> None:
    text = "绩效目标" * 9_000
    for packed in (
        gzip.compress(text.encode()),
        gzip.compress(text[:7].encode()) + gzip.compress(text[7:].encode()),
        gzip.compress(text.encode()) + bytes(512),
    ):
        site.put("/a", packed, GZIP)
        assert Client(FETCHING).get(f"{site.root}/a").body.decode() == text


def test_an_answer_exactly_at_the_limit_is_taken(site: Site) -> None:
    for body, headers in ((bytes(200_000), {}), (gzip.compress(bytes(200_000)), GZIP)):
        site.put("/a", body, headers)
        assert len(Client(FETCHING).get(f"{site.root}/a").body) == 200_000
    for body, headers in ((bytes(200_001), {}), (gzip.compress(bytes(200_001)), GZIP)):
        site.put("/a", body, headers)
        assert failure_of(site).code == "too_large"


@pytest.mark.parametrize("trouble", [status(503), status(429), lambda handler: handler.reset()])
def test_trouble_that_passes_costs_only_time(site: Site, trouble: Callable[[Handler], None]) -> None:
    site.pages["/a"] = in_turn(trouble, trouble, page("一"))
    assert Client(FETCHING).get(f"{site.root}/a").body.decode() == "一"
    first, second, third = (one.at for one in site.asked("/a"))
    assert second - first >= INTERVAL * 0.9 and third - second >= 2 * INTERVAL * 0.9


def test_retry_after_is_honoured_in_seconds_and_as_a_date(site: Site) -> None:
    site.pages["/a"] = in_turn(status(429, Retry_After="1"), page("一"))
    assert Client(FETCHING).get(f"{site.root}/a").status == 200
    first, second = (one.at for one in site.asked("/a"))
    assert second - first >= 0.95
    moment = email.utils.formatdate(time.time() + 2, usegmt=True)
    site.pages["/b"] = in_turn(status(503, Retry_After=moment), page("一"))
    assert Client(FETCHING).get(f"{site.root}/b").status == 200
    first, second = (one.at for one in site.asked("/b"))
    assert second - first >= 0.9


def test_a_long_retry_after_is_left_to_the_next_load(site: Site) -> None:
    site.pages["/a"] = status(429, Retry_After="86400")
    failure = failure_of(site)
    assert "come back in 86400 s" in failure.message
    one_try(site)


def test_the_user_agent_names_product_and_contact(site: Site) -> None:
    site.put("/a", "一")
    Client(replace(FETCHING, contact="mailto:data@example.org")).get(f"{site.root}/a")
    assert {one.headers["User-Agent"] for one in site.requests} == {"jixiao/1 (+mailto:data@example.org)"}


def test_no_cookie_is_sent_back_and_no_proxy_of_the_environment_used(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    site.pages["/a"] = redirect("/b")
    site.put("/b", "一", {"Set-Cookie": "a=b"})
    client = Client(FETCHING)
    client.get(f"{site.root}/b")
    client.get(f"{site.root}/a")
    assert all("Cookie" not in one.headers for one in site.requests)


ROBOTS = """\
User-agent: *
Disallow: /private/
Disallow: /*.pdf$
Allow: /private/open/
Crawl-delay: 0.2

User-agent: jixiao
Disallow: /ours/
"""


def test_the_group_of_our_name_replaces_the_one_for_everybody(site: Site) -> None:
    site.put("/robots.txt", ROBOTS)
    site.put("/private/a", "一")
    assert Client(FETCHING).get(f"{site.root}/private/a").status == 200
    assert failure_of(site, "/ours/a").code == "robots_refused"


def test_rules_for_everybody_hold_with_wildcards_and_their_delay(site: Site) -> None:
    site.put("/robots.txt", ROBOTS.partition("User-agent: jixiao")[0])
    site.put("/private/open/a", "一")
    client = Client(FETCHING)
    assert client.get(f"{site.root}/private/open/a").status == 200
    for path in ("/private/a", "/x/a.pdf"):
        with pytest.raises(FetchFailure, match=r"robots\.txt"):
            client.get(f"{site.root}{path}")
    client.get(f"{site.root}/private/open/a")
    first, second = (one.at for one in site.asked())
    assert second - first >= 0.19


def test_robots_txt_is_asked_for_once_and_may_be_odd(site: Site) -> None:
    site.put("/a", "一")
    for text in (b"", b"\xff\xfe\x00", b"<html>not found</html>", b"\xef\xbb\xbfUser-agent: *\nDisallow: /b"):
        site.requests.clear()
        site.put("/robots.txt", text)
        client = Client(FETCHING)
        for _ in range(3):
            assert client.get(f"{site.root}/a").status == 200
        assert len(site.asked("/robots.txt")) == 1
    site.put("/robots.txt", b"#" * 600_000)
    assert failure_of(site).code == "robots_unreachable"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for localhost that nobody vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(path), "-out", f"{path}.crt"]
    subprocess.run([*command, *names], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


def test_encryption_is_checked_and_kept(certificate: Path, monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    site.put("/b", "二")
    with serving(certificate) as secure:
        secure.put("/a", "一")
        secure.pages["/down"] = redirect(f"{site.root}/b")
        url = f"https://localhost:{secure.port}"
        with pytest.raises(FetchFailure, match="TLS") as caught:
            Client(FETCHING).get(f"{url}/a")
        assert caught.value.code == "robots_unreachable" and secure.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
        client = Client(FETCHING)
        assert client.get(f"{url}/a").body.decode() == "一"
        with pytest.raises(FetchFailure, match="from https to http"):
            client.get(f"{url}/down")
        with pytest.raises(FetchFailure, match="TLS"):
            client.get(f"https://127.0.0.1:{secure.port}/a")  # the name is checked, not the address
    assert site.requests == []
