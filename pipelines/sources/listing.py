"""The links of a listing page: where they lead, what they say, and what stands beside them.

Belongs here: HTML anchors, ``<base>``, addresses in any spelling and encoding, and the facts that a catalogue's patterns
find in a link. Does not fetch, nor decide what happens to a link.
"""

from __future__ import annotations

import datetime
import json
import re
import unicodedata
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pipelines.raw.encoding import decode
from pipelines.sources.address import AddressRefused, normal_address
from pipelines.sources.catalogue import ListingSource, Publisher
from pipelines.sources.inbox import Statement

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_ROWS = frozenset({"li", "tr", "dd", "p"})
_KEPT_VERSION = 1  # goes up when a link is read otherwise
_NEAR = 6  # levels of markup between a link and its row
_LONGEST_TEXT = 500
_DATE = re.compile(r"((?:19|20)\d\d)\D{0,2}([01]?\d)\D{0,2}([0-3]?\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Link:
    """One address of a page; ``text`` and ``title`` as the page shows them, ``beside`` the row in which it stands."""

    url: str
    text: str = ""
    title: str = ""
    beside: str = ""

    def matches(self, pattern: re.Pattern[str] | None) -> bool:
        """Whether the pattern finds something in what the link says or in its address."""
        return pattern is not None and any(pattern.search(place) for place in self._places() if place)

    def found(self, pattern: re.Pattern[str]) -> str | None:
        """What the pattern's first group, or else the whole of it, finds: in the link, its row, its address."""
        for place in (*self._places()[:2], self.beside, *self._places()[2:]):
            found = pattern.search(place) if place else None
            if found:
                return found[1] if pattern.groups else found[0]
        return None

    def _places(self) -> tuple[str, str, str, str]:
        return (self.text, self.title, self.url, unquote(self.url))


def links_to_text(links: list[Link]) -> str:
    """For keeping in the index."""
    return json.dumps([_KEPT_VERSION, [astuple(link) for link in links]], ensure_ascii=False)


def links_from_text(text: str | None) -> list[Link] | None:
    """Kept links; None where there are none, or an earlier program kept them: the page is then asked for whole."""
    version, links = json.loads(text) if text is not None else (None, [])
    return [Link(*link) for link in links] if version == _KEPT_VERSION else None


def links_of(body: bytes, url: str) -> list[Link]:
    """Every link of the page, in its order, each address once; links that no load could follow are left out."""
    from selectolax.lexbor import LexborHTMLParser

    decoded = decode(body)
    tree = LexborHTMLParser(decoded.text)
    base_node = tree.css_first("base[href]")
    base = url
    if base_node is not None:
        try:
            base = normal_address(base_node.attributes.get("href") or "", url, decoded.encoding)
        except AddressRefused:
            base = url
    links: dict[str, Link] = {}
    rows: dict[int, str] = {}
    for node in tree.css("a[href], area[href]"):
        try:
            address = normal_address(node.attributes.get("href") or "", base, decoded.encoding)
        except AddressRefused:
            continue
        if address == url:
            continue  # a place in the page itself
        row = _row_of(node)
        if row is not None and row.mem_id not in rows:  # once a row: a page may be one row with thousands of links
            rows[row.mem_id] = _squeezed(row.text(separator=" "))
        link = Link(
            url=address,
            text=_squeezed(node.text(separator=" ")),
            title=_squeezed(node.attributes.get("title") or ""),
            beside=rows[row.mem_id] if row is not None else "",
        )
        before = links.get(address)
        if before is None or (not before.text and link.text):  # a picture first, the words second
            links[address] = link
    return list(links.values())


def _row_of(node: LexborNode) -> LexborNode | None:
    """The list item or table row in which a link stands, if it is near."""
    row = node.parent
    for _ in range(_NEAR):
        if row is None or row.tag in _ROWS:
            return row
        row = row.parent
    return None


def statement_of(publisher: Publisher, source: ListingSource, link: Link) -> Statement:
    """What the catalogue and the link say about a document, without opening it."""
    fiscal_year = source.fiscal_year
    if isinstance(fiscal_year, re.Pattern):
        year = _YEAR.fullmatch(unicodedata.normalize("NFKC", link.found(fiscal_year) or ""))
        fiscal_year = int(year[0]) if year else None
    document_id = link.found(source.document_id) if source.document_id else None
    return Statement(
        fiscal_year=fiscal_year,
        publisher=publisher.name if source.states_publisher else None,
        region_code=publisher.region_code,
        source_url=link.url,
        published_on=_date(link.found(source.published_on)) if source.published_on else None,
        document_id=f"{publisher.name}/{document_id}" if document_id else None,
    )


def _date(text: str | None) -> str | None:
    found = _DATE.search(unicodedata.normalize("NFKC", text or ""))
    try:
        return datetime.date(int(found[1]), int(found[2]), int(found[3])).isoformat() if found else None
    except ValueError:
        return None


def _squeezed(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_TEXT]
