"""The catalogue: one YAML per publisher in ``catalog/`` → what it publishes, when it is due and where it is listed.

Belongs here: the shape of an entry and its strict reading; whatever is not understood is one line that names file, key
and remedy, and only that entry is left out. Does not fetch anything. docs/sources.md explains every key to people.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines.sources.entry import EntryError, Fields, read_entry
from pipelines.sources.inbox import Problem

DOCUMENT_TYPES = ("target", "self_evaluation")
_DUE = re.compile(r"(next )?(\d\d)-(\d\d)")
_REGION = re.compile(r"\d{6}")


@dataclass(frozen=True)
class Expectation:
    """One document of this type is expected for every fiscal year from ``from_year`` to ``to_year`` (open if None)."""

    document_type: str
    from_year: int
    to_year: int | None = None
    by: str | None = None

    def covers(self, fiscal_year: int) -> bool:
        """Whether a document is expected for the year at all."""
        return self.from_year <= fiscal_year and (self.to_year is None or fiscal_year <= self.to_year)

    def due_on(self, fiscal_year: int) -> datetime.date:
        """The day after which its absence is a finding: ``by`` (``03-31``, ``next 08-31``), else the year's last day."""
        found = _DUE.fullmatch(self.by or "12-31")
        assert found is not None, self.by
        return datetime.date(fiscal_year + bool(found[1]), int(found[2]), int(found[3]))


@dataclass(frozen=True)
class ListingSource:
    """Pages of one site that list documents, and which of their links are documents.

    A pattern is searched in a link's text, its title, the words beside it and its address; what its first group (or the
    whole of it) matches is the fact.
    """

    url: str
    links: re.Pattern[str]
    follow: re.Pattern[str] | None = None
    next: re.Pattern[str] | None = None
    max_pages: int = 20
    max_links: int = 500
    document_type: str | None = None
    fiscal_year: int | re.Pattern[str] | None = None
    published_on: re.Pattern[str] | None = None
    document_id: re.Pattern[str] | None = None
    states_publisher: bool = True


@dataclass(frozen=True)
class Publisher:
    """Who publishes: a catalogue entry."""

    file: str
    name: str
    region_code: str
    aliases: tuple[str, ...] = ()
    expects: tuple[Expectation, ...] = ()
    sources: tuple[ListingSource, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which its documents may be published."""
        return (self.name, *self.aliases)


@dataclass(frozen=True)
class Catalogue:
    """All entries that could be read, by file name, and the problems of the others."""

    publishers: tuple[Publisher, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def has_pages(self) -> bool:
        """Whether anything is to be fetched."""
        return any(publisher.sources for publisher in self.publishers)


def catalogue_state(folder: Path) -> str:
    """Changes when a file of the catalogue does; costs no reading, so that a quiet night need not parse YAML."""
    digest = hashlib.sha256()
    for path in _files(folder):
        state = path.stat()
        digest.update(f"{path.name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def read_catalogue(folder: Path) -> Catalogue:
    """Read every ``*.yml`` of the folder; a missing folder is an empty catalogue. Never raises for what is in a file."""
    publishers: list[Publisher] = []
    problems: list[Problem] = []
    taken: dict[str, str] = {}
    listed: dict[str, str] = {}
    for path in _files(folder):
        try:
            publisher = _publisher(path.name, read_entry(path))
            _claim(publisher, taken, listed)
        except EntryError as error:
            problems.append(
                Problem(f"catalog/{path.name}", f"目录条目无法使用 (entry left out): {error.what}", error.remedy)
            )
        except OSError as error:
            reason = f"目录条目无法读取 (cannot read: {error.strerror})"
            problems.append(Problem(f"catalog/{path.name}", reason, "give the loading user read access"))
        else:
            publishers.append(publisher)
    for path in sorted(folder.glob("*.yaml")):
        problems.append(Problem(f"catalog/{path.name}", "目录只读 .yml (only .yml is read)", "rename the file to .yml"))
    return Catalogue(tuple(publishers), tuple(problems))


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.yml")) if not path.name.startswith((".", "~"))]


def _claim(publisher: Publisher, taken: dict[str, str], listed: dict[str, str]) -> None:
    """A name means one publisher and a listing page belongs to one entry: the first file that says so keeps it."""
    for name in publisher.names:
        if name in taken and taken[name] != publisher.file:
            raise EntryError(f"publisher {name} is in {taken[name]} too", "keep one file per publisher")
    for source in publisher.sources:
        if source.url in listed:
            raise EntryError(f"listing {source.url} is in {listed[source.url]} too", "list a page once")
        listed[source.url] = publisher.file
    taken.update(dict.fromkeys(publisher.names, publisher.file))


def _publisher(file: str, entry: dict[str, Any]) -> Publisher:
    fields = Fields(entry, "")
    publisher = Publisher(
        file=file,
        name=fields.text("publisher"),
        region_code=fields.text("region_code"),
        aliases=tuple(fields.texts("aliases")),
        expects=tuple(_expectation(one) for one in fields.mappings("expects")),
        sources=tuple(_source(one) for one in fields.mappings("sources")),
    )
    fields.finish()
    if not _REGION.fullmatch(publisher.region_code):
        raise EntryError(
            f"region_code is {publisher.region_code!r}", "write the six digits of GB/T 2260, such as '440115'"
        )
    return publisher


def _expectation(fields: Fields) -> Expectation:
    expectation = Expectation(
        document_type=fields.one_of("document_type", DOCUMENT_TYPES),
        from_year=fields.year("from_year"),
        to_year=fields.optional_year("to_year"),
        by=fields.optional_text("by"),
    )
    fields.finish()
    if expectation.to_year is not None and expectation.to_year < expectation.from_year:
        raise EntryError(f"{fields.place}to_year is before from_year", "swap them")
    try:
        if expectation.by is not None and not _DUE.fullmatch(expectation.by):
            raise ValueError
        expectation.due_on(2023)  # not a leap year: 02-29 is no day to be due on
    except ValueError:
        remedy = "write month and day of the fiscal year such as 03-31, or of the year after it: next 08-31"
        raise EntryError(f"{fields.place}by is {expectation.by!r}", remedy) from None
    return expectation


def _source(fields: Fields) -> ListingSource:
    source = ListingSource(
        url=fields.text("listing"),
        links=fields.pattern("links"),
        follow=fields.optional_pattern("follow"),
        next=fields.optional_pattern("next"),
        max_pages=fields.count("max_pages", 20, most=1000),
        max_links=fields.count("max_links", 500, most=20_000),
        document_type=fields.one_of("document_type", DOCUMENT_TYPES) if "document_type" in fields else None,
        fiscal_year=fields.year_or_pattern("fiscal_year"),
        published_on=fields.optional_pattern("published_on"),
        document_id=fields.optional_pattern("document_id"),
        states_publisher=fields.flag("states_publisher", default=True),
    )
    fields.finish()
    remedy = "write an http:// or https:// address without user and password"
    try:
        parts = urlsplit(source.url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        usable = False
    if not usable:
        raise EntryError(f"{fields.place}listing is {source.url!r}", remedy)
    return source
