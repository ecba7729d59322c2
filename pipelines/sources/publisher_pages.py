"""One listing of the catalogue: its pages read, its documents asked for, and the bytes of what is new kept.

Belongs here: the walk over a listing (next pages, pages to follow, documents) and conditional requests. Runs in a thread,
reads only the snapshot it is given and writes only bytes to the archive. Does not write the index: ``land_pages.py`` does.
"""

from __future__ import annotations

import datetime
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from pipelines.sources.address import AddressRefused, normal_address
from pipelines.sources.catalogue import ListingSource, Publisher
from pipelines.sources.client import GONE, Client
from pipelines.sources.fetch import Answer, FetchFailure
from pipelines.sources.inbox import Statement
from pipelines.sources.index import SeenSource
from pipelines.sources.landing import Landing
from pipelines.sources.listing import Link, links_from_text, links_of, links_to_text, statement_of
from pipelines.sources.web_index import WebPage

# A server may answer "unchanged" for ever by mistake: after so long the bytes are asked for again.
_TRUSTED_DAYS = 30
_NEVER_HTML = (".pdf", ".xlsx", ".docx")
_SELDOM_HTML = (".xls", ".doc", ".csv", ".txt", ".et", ".wps")
# What stands in the way of every further address of a host: one line of the listing says it for all.
_SAID_ONCE = frozenset({"load_budget", "host_failing", "stopped", "robots_unreachable"})


@dataclass(frozen=True)
class SeenDocument:
    """A document that is there. ``answer`` is None where the server said that it has not changed."""

    url: str
    statement: Statement
    sha256: str
    size: int
    fetched_at: str
    answer: Answer | None


@dataclass
class ListingOutcome:
    """What a walk found. ``is_complete``: every page was read, so that a missing link means something."""

    publisher: Publisher
    source: ListingSource
    documents: list[SeenDocument] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    linked: set[str] = field(default_factory=set)
    pages: list[WebPage] = field(default_factory=list)
    failures: dict[str, FetchFailure] = field(default_factory=dict)
    is_complete: bool = True

    def fail(self, url: str, failure: FetchFailure, *, is_complete: bool = False) -> None:
        """Note what could not be had; unless told otherwise, absence then proves nothing."""
        self.failures[self.source.url if failure.code in _SAID_ONCE else url] = failure
        self.is_complete = self.is_complete and is_complete


class Snapshot:
    """What the index knew when the walks began, and which listing owns an address that several list."""

    def __init__(self, pages: Mapping[str, WebPage], sources: Mapping[str, SeenSource], listings: set[str]) -> None:
        """``listings``: those of today's catalogue. ``documents`` are the known addresses by listing."""
        self.pages = pages
        self.sources = sources
        self.documents: dict[str, list[str]] = {}
        for url, page in pages.items():
            if page.is_document:
                self.documents.setdefault(page.listing, []).append(url)
        self._listings = listings
        self._owners: dict[str, str] = {}
        self._lock = threading.Lock()

    def claim(self, url: str, listing: str) -> bool:
        """Whether this listing speaks for the address: the one that did so before, or else the first that asks."""
        page, source = self.pages.get(url), self.sources.get(url)
        if page and source and source.vanished_at is None and page.listing in self._listings:
            return page.listing == listing
        with self._lock:
            return self._owners.setdefault(url, listing) == listing


class ListingWalk:
    """The walk over one listing."""

    def __init__(self, publisher: Publisher, source: ListingSource, client: Client, landing: Landing) -> None:
        """Nothing is asked yet."""
        self._outcome = ListingOutcome(publisher, source)
        self._source = source
        self._client = client
        self._landing = landing

    def run(self, snapshot: Snapshot) -> ListingOutcome:
        """Read every page, then every document."""
        links = self._documents_listed(snapshot)
        if not links and self._outcome.is_complete:
            count = len(self._outcome.linked)
            message = f"没有链接符合 links (none of {count} links matches `links`: redesigned page or wrong pattern)"
            self._outcome.fail(self._source.url, FetchFailure("nothing_listed", message))
        if len(links) > self._source.max_links:
            message = f"链接超过 max_links (lists {len(links)} documents, only {self._source.max_links} are read)"
            self._outcome.fail(self._source.url, FetchFailure("link_limit", message))
        for link in list(links.values())[: self._source.max_links]:
            if not snapshot.claim(link.url, self._source.url):
                continue
            try:
                self._read_document(link, snapshot)
            except FetchFailure as failure:
                self._outcome.fail(link.url, failure, is_complete=self._outcome.is_complete)
        return self._outcome

    def _documents_listed(self, snapshot: Snapshot) -> dict[str, Link]:
        """Document links of the listing, of the pages after it, and of the pages that it says to follow."""
        documents: dict[str, Link] = {}
        listing_pages: deque[str] = deque()
        followed: dict[str, Link] = {}
        queued: set[str] = set()
        try:
            listing_pages.append(normal_address(self._source.url))
        except AddressRefused as error:
            self._outcome.fail(self._source.url, FetchFailure("address_refused", str(error)))
        queued.update(listing_pages)
        pages = 0
        while listing_pages:
            if pages == self._source.max_pages:
                message = f"页数超过 max_pages (more than {pages} pages; the rest is not read)"
                self._outcome.fail(self._source.url, FetchFailure("page_limit", message))
                break
            pages += 1
            for link in self._links(listing_pages.popleft(), snapshot, may_be_gone=False):
                if link.matches(self._source.links):
                    documents.setdefault(link.url, link)
                elif link.matches(self._source.next) and link.url not in queued:
                    queued.add(link.url)
                    listing_pages.append(link.url)
                elif link.matches(self._source.follow):
                    followed.setdefault(link.url, link)
        for page in list(followed.values())[: self._source.max_links]:
            for link in self._links(page.url, snapshot, may_be_gone=True):
                if link.matches(self._source.links):
                    # What the attachment does not say of itself, the page's own link in the listing may say.
                    told = replace(link, beside=" ".join((link.beside, page.text, page.title, page.beside)))
                    documents.setdefault(link.url, told)
        return documents

    def _links(self, url: str, snapshot: Snapshot, *, may_be_gone: bool) -> list[Link]:
        before = snapshot.pages.get(url)
        kept = links_from_text(before.links) if before is not None else None
        try:
            answer = self._client.get(url, self._validators(before) if kept is not None else None)
            if answer.status in GONE and not may_be_gone:
                raise FetchFailure(f"http_{answer.status}", f"列表页不存在 (HTTP {answer.status}: the page is gone)")
        except FetchFailure as failure:
            self._outcome.fail(url, failure)
            return []
        if answer.status in GONE:
            return []
        if answer.status == 304:
            links = kept or []
        else:
            links = links_of(answer.body, answer.url)
            self._outcome.pages.append(self._page(url, answer, links_to_text(links)))
        self._outcome.linked.update(link.url for link in links)
        return links

    def _read_document(self, link: Link, snapshot: Snapshot) -> None:
        source = snapshot.sources.get(link.url)
        kept = source.observation.partition(".")[0] if source is not None else ""
        validators = None
        if source is not None and self._landing.path_of(kept).exists():
            validators = self._validators(snapshot.pages.get(link.url))
        answer = self._client.get(link.url, validators)
        if answer.status in GONE:
            if source is None:
                message = f"列出的文件不存在 (HTTP {answer.status}: a listed document is not there)"
                raise FetchFailure(f"http_{answer.status}", message)
            self._outcome.gone.append(link.url)
            return
        statement = statement_of(self._outcome.publisher, self._source, link)
        if answer.status == 304 and source is not None:
            self._outcome.documents.append(
                SeenDocument(link.url, statement, kept, source.size, answer.fetched_at, None)
            )
            return
        if _is_error_page(link.url, answer):
            message = f"得到的是网页而不是文件 (a web page instead of the document, from {answer.url})"
            raise FetchFailure("error_page", message)
        sha256 = self._landing.put_bytes(answer.body)
        self._outcome.pages.append(self._page(link.url, answer, None))
        self._outcome.documents.append(
            SeenDocument(link.url, statement, sha256, len(answer.body), answer.fetched_at, replace(answer, body=b""))
        )

    def _validators(self, page: WebPage | None) -> dict[str, str] | None:
        """Headers of a conditional request, unless the last whole answer is too long ago to be trusted."""
        if page is None:
            return None
        age = self._client.clock.now() - datetime.datetime.fromisoformat(f"{page.answered_at}+00:00")
        if age > datetime.timedelta(days=_TRUSTED_DAYS):
            return None
        headers = {"If-None-Match": page.etag, "If-Modified-Since": page.last_modified}
        return {name: value for name, value in headers.items() if value is not None} or None

    def _page(self, url: str, answer: Answer, links: str | None) -> WebPage:
        return WebPage(
            url=url,
            listing=self._source.url,
            publisher=self._outcome.publisher.name,
            is_document=links is None,
            etag=_sendable(answer.headers.get("etag")),
            last_modified=_sendable(answer.headers.get("last-modified")),
            answered_at=answer.fetched_at,
            links=links,
        )


def _sendable(header: str | None) -> str | None:
    """A validator that can be sent back as it came: short, printable ASCII."""
    return header if header and len(header) <= 300 and header.isascii() and header.isprintable() else None


def _is_error_page(url: str, answer: Answer) -> bool:
    """Whether HTML came for a file that cannot be HTML, as sites answer 200 for what they do not have.

    Tables saved as HTML under .xls and .doc are common, so these are believed unless a redirect led to a page.
    """
    if not answer.body[:512].lstrip(b"\xef\xbb\xbf\r\n\t ").lower().startswith((b"<!doctype html", b"<html")):
        return False
    path, final = urlsplit(url).path.lower(), urlsplit(answer.url).path.lower()
    return path.endswith(_NEVER_HTML) or (path.endswith(_SELDOM_HTML) and not final.endswith(_SELDOM_HTML))
