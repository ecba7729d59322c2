"""Web addresses: how one is written, and which of them a load may connect to.

Belongs here: one spelling per address, links against their base, and the guard against private networks. A catalogue and
a publisher's page are words of others: neither may send a load to the machine's own network. Does not connect.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_KEPT = "%/:@!$&'()*+,;=~-._"
_WHITE = re.compile(r"[\t\r\n]")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # IPv4 behind a NAT64 gateway


class AddressRefused(Exception):
    """An address that no load connects to, whoever names it."""


def is_web(source_uri: str) -> bool:
    """Whether a source is a web address rather than a path of the inbox (in which // cannot occur)."""
    return "://" in source_uri


def normal_address(address: str, base: str | None = None, encoding: str = "utf-8") -> str:
    """The one spelling of an address: absolute, percent-encoded, no fragment, no default port. Raises ``AddressRefused``.

    As browsers do, a query that is not percent-encoded is encoded in the page's own ``encoding``, a path always in UTF-8.
    """
    text = _WHITE.sub("", address).strip()
    try:
        text = text if base is None else urljoin(base, text.replace("\\", "/"))
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError:
        raise AddressRefused(f"{address[:200]!r} is no address") from None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise AddressRefused(f"{parts.scheme or 'no scheme'}: only http and https are fetched")
    if "@" in parts.netloc:
        raise AddressRefused("an address with user or password")
    host = f"[{host}]" if ":" in host else host
    netloc = host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    path = quote(_PERCENT.sub("%25", parts.path or "/"), safe=_KEPT)
    query = quote(_PERCENT.sub("%25", parts.query), safe=_KEPT + "?", encoding=encoding, errors="replace")
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def host_of(url: str) -> str:
    """The host name, in lower case, without its port."""
    return urlsplit(url).hostname or ""


def origin_of(url: str) -> str:
    """Scheme, host and port: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def check_redirect(url: str, target: str) -> None:
    """Raise ``AddressRefused`` where a redirect gives up encryption."""
    if url.startswith("https:") and not target.startswith("https:"):
        raise AddressRefused(f"redirect from https to http ({target[:200]})")


def checked_addresses(host: str, port: int, allowed: Collection[str]) -> list[str]:
    """The IP addresses of a host, all of them public, or ``AddressRefused``; ``OSError`` where the name is not known.

    The caller connects to what is returned and not to the name, so a second answer of the name server changes nothing.
    ``allowed``: hosts named by the operator that may be private.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise AddressRefused(f"{host[:80]} is no host name") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if host.lower() not in allowed:
        for address in addresses:
            if not _is_public(address):
                raise AddressRefused(f"{host} is {address}, which is not a public address")
    return addresses


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if embedded is not None:
            return _is_public(str(embedded))
    return address.is_global and not address.is_multicast
