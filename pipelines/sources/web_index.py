"""What is known of web pages: validators for conditional requests, kept links, failed fetches, when a listing was asked.

Tables beside those of ``index.py``, in the same file and its transactions. Losing them costs one full fetch and nothing
else. Does not fetch.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from pipelines.sources.index import SourceIndex

_SCHEMA = """
create table if not exists web_page (
    url text primary key,
    listing text not null,
    publisher text not null,
    is_document integer not null,
    etag text,
    last_modified text,
    answered_at text not null,
    links text
);
create table if not exists fetch_failure (
    url text not null,
    listing text not null,
    publisher text not null,
    code text not null,
    message text not null,
    first_at text not null,
    last_at text not null,
    times integer not null,
    primary key (url, listing)
);
create table if not exists web_listing (
    listing text primary key,
    asked_at text not null
);
create table if not exists catalogue_without_pages (
    state text primary key
);
"""


@dataclass(frozen=True)
class WebPage:
    """The last whole answer (200) of an address. ``links`` are those of a listing page, as text; None for a document."""

    url: str
    listing: str
    publisher: str
    is_document: bool
    etag: str | None
    last_modified: str | None
    answered_at: str
    links: str | None = None


@dataclass(frozen=True)
class KeptFailure:
    """An address that could not be had when it was last asked; a sign of nothing else."""

    url: str
    listing: str
    publisher: str
    code: str
    message: str
    first_at: str
    last_at: str
    times: int

    def __str__(self) -> str:
        since = f", {self.times} times since {self.first_at[:10]}" if self.times > 1 else ""
        return f"{self.url}: 未能抓取 (not fetched, {self.code}{since}): {self.message}"


class WebIndex:
    """Reads and writes the tables; changes belong inside ``SourceIndex.transaction()``."""

    def __init__(self, index: SourceIndex) -> None:
        """Use the index's file; makes the tables where there are none."""
        self._connection = index.connection
        self._connection.executescript(_SCHEMA)

    def pages(self) -> dict[str, WebPage]:
        """Every page ever answered, by address."""
        rows = self._connection.execute(
            "select url, listing, publisher, is_document, etag, last_modified, answered_at, links from web_page"
        )
        return {row[0]: WebPage(row[0], row[1], row[2], bool(row[3]), row[4], row[5], row[6], row[7]) for row in rows}

    def put_page(self, page: WebPage) -> None:
        """Replace what is known of an address."""
        self._connection.execute("insert or replace into web_page values (?, ?, ?, ?, ?, ?, ?, ?)", astuple(page))

    def failures(self, listing: str | None = None) -> list[KeptFailure]:
        """What could not be had when it was last asked, by publisher and address; of one listing if it is given."""
        rows = self._connection.execute(
            "select url, listing, publisher, code, message, first_at, last_at, times from fetch_failure "
            "where listing = coalesce(?, listing) order by publisher, url, listing",
            (listing,),
        )
        return [KeptFailure(*row) for row in rows]

    def replace_failures(self, listing: str, failures: Iterable[KeptFailure]) -> None:
        """The failures of one listing are these and no others."""
        self._connection.execute("delete from fetch_failure where listing = ?", (listing,))
        self._connection.executemany(
            "insert or replace into fetch_failure values (?, ?, ?, ?, ?, ?, ?, ?)", map(astuple, failures)
        )

    def keep_listings(self, listings: Iterable[str]) -> None:
        """Forget failures of listings that the catalogue no longer names."""
        kept = set(listings)
        for (listing,) in self._connection.execute("select distinct listing from fetch_failure").fetchall():
            if listing not in kept:
                self._connection.execute("delete from fetch_failure where listing = ?", (listing,))

    def asked(self) -> dict[str, str]:
        """When each listing was asked last."""
        return dict(self._connection.execute("select listing, asked_at from web_listing"))

    def set_asked(self, listing: str, moment: str) -> None:
        """Note when a listing was asked."""
        self._connection.execute("insert or replace into web_listing values (?, ?)", (listing, moment))

    def is_without_pages(self, state: str) -> bool:
        """Whether the catalogue in this state was read before, was in order, and lists no page."""
        row = self._connection.execute("select 1 from catalogue_without_pages where state = ?", (state,)).fetchone()
        return row is not None

    def set_without_pages(self, state: str) -> None:
        """Note it, and forget earlier states."""
        self._connection.execute("delete from catalogue_without_pages")
        self._connection.execute("insert into catalogue_without_pages values (?)", (state,))
