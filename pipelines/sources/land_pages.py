"""Listing pages → landing: every listing of the catalogue walked, and what came of it written to archive and index.

Belongs here: which listings are asked, hosts side by side, and what is new, changed, unchanged or vanished. A failure is
kept and told once; it never counts as vanished. Does not speak HTTP: with no page to ask, nothing of it is imported.
"""

from __future__ import annotations

import datetime
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.run_log import StepReporter
from pipelines.settings import Settings
from pipelines.sources.address import host_of, is_web
from pipelines.sources.catalogue import Catalogue, ListingSource, Publisher, catalogue_state, read_catalogue
from pipelines.sources.inbox import Problem
from pipelines.sources.index import SeenSource, SourceIndex
from pipelines.sources.land import LandingReport
from pipelines.sources.landing import Landing, Observation, told_of
from pipelines.sources.observe import observe
from pipelines.sources.web_index import KeptFailure, WebIndex

if TYPE_CHECKING:
    from pipelines.sources.client import Client
    from pipelines.sources.publisher_pages import ListingOutcome, SeenDocument, Snapshot

_HOSTS_AT_ONCE = 16
_Task = tuple[Publisher, ListingSource]
_REMEDIES = {
    "robots_refused": "ask the publisher, or drop the documents into the inbox by hand",
    "bot_wall": "drop the documents into the inbox by hand",
    "address_refused": "correct the catalogue; a host of your own network goes into JIXIAO_ALLOW_PRIVATE_HOSTS",
    "redirect_refused": "look at the address in a browser and correct the catalogue",
    "nothing_listed": "compare `links` with the page",
    "link_limit": "raise max_links or narrow `links`",
    "page_limit": "raise max_pages or narrow `next`",
    "load_budget": "raise JIXIAO_FETCH_SECONDS; the next load goes on",
    "too_large": "look at it in a browser; a document may have 50 MB",
    "error_page": "look at the address in a browser; the next load tries again",
    "http_404": "look at the page in a browser and correct the catalogue",
}


def land_pages(
    settings: Settings,
    index: SourceIndex,
    report: LandingReport,
    *,
    unless_within: datetime.timedelta | None,
    reporter: StepReporter,
) -> None:
    """Ask every listing of the catalogue and add what was found to ``report``.

    ``unless_within``: leave alone listings that were asked so recently. Where fetching is off, or a listing could not be
    asked, its documents stay as they were.
    """
    if not (settings.catalog.is_dir() or any(map(is_web, index.sources()))):
        return
    web = WebIndex(index)
    state = catalogue_state(settings.catalog)
    if not web.is_without_pages(state):
        catalogue = read_catalogue(settings.catalog)
        report.problems.extend(catalogue.problems)
        if not catalogue.problems and not catalogue.has_pages:
            with index.transaction():
                web.set_without_pages(state)
        with index.transaction():
            web.keep_listings(source.url for publisher in catalogue.publishers for source in publisher.sources)
        tasks = _tasks(catalogue, web, unless_within) if settings.fetching.is_on else []
        if tasks:
            started = time.monotonic()
            reporter.begin("fetched_pages")
            _ask(settings, catalogue, tasks, index, report)
            reporter.end("fetched_pages", time.monotonic() - started)
    _count_the_rest(index, report)


def _tasks(catalogue: Catalogue, web: WebIndex, unless_within: datetime.timedelta | None) -> list[_Task]:
    """The listings to ask, longest unasked first: a load that runs out of time is continued by the next, not repeated."""
    asked = web.asked()
    tasks = [(publisher, source) for publisher in catalogue.publishers for source in publisher.sources]
    tasks.sort(key=lambda task: asked.get(task[1].url, ""))
    if unless_within is None:
        return tasks
    since = _text(datetime.datetime.now(datetime.UTC) - unless_within)
    return [task for task in tasks if asked.get(task[1].url, "") < since]


def _ask(
    settings: Settings, catalogue: Catalogue, tasks: list[_Task], index: SourceIndex, report: LandingReport
) -> None:
    from concurrent.futures import ThreadPoolExecutor, as_completed

    from pipelines.sources.client import Client  # only now: the HTTP library is not needed on a night without pages
    from pipelines.sources.publisher_pages import Snapshot

    web, landing = WebIndex(index), Landing(settings.landing)
    listings = {source.url for publisher in catalogue.publishers for source in publisher.sources}
    snapshot = Snapshot(web.pages(), index.sources(), listings)
    by_host: dict[str, list[_Task]] = defaultdict(list)
    for task in tasks:
        by_host[host_of(task[1].url)].append(task)
    client = Client(settings.fetching)
    writer = _Writer(index, web, landing, snapshot, report)
    with ThreadPoolExecutor(max_workers=min(_HOSTS_AT_ONCE, len(by_host)), thread_name_prefix="fetch") as executor:
        walks = [executor.submit(_walk, group, client, landing, snapshot) for group in by_host.values()]
        try:
            for finished in as_completed(walks):
                for outcome in finished.result():
                    writer.write(outcome)
        except BaseException:
            client.clock.stop()
            executor.shutdown(wait=True, cancel_futures=True)
            raise


def _walk(tasks: list[_Task], client: Client, landing: Landing, snapshot: Snapshot) -> list[ListingOutcome]:
    """The listings of one host, one after the other."""
    from pipelines.sources.publisher_pages import ListingWalk

    return [ListingWalk(publisher, source, client, landing).run(snapshot) for publisher, source in tasks]


class _Writer:
    """Writes outcomes to sidecars and index, one transaction each, and adds them to the report."""

    def __init__(
        self, index: SourceIndex, web: WebIndex, landing: Landing, snapshot: Snapshot, report: LandingReport
    ) -> None:
        self._index = index
        self._web = web
        self._landing = landing
        self._snapshot = snapshot
        self._report = report

    def write(self, outcome: ListingOutcome) -> None:
        """Everything that one walk found."""
        now = _text(datetime.datetime.now(datetime.UTC))
        with self._index.transaction():
            for page in outcome.pages:
                self._web.put_page(page)
            for document in outcome.documents:
                self._document(document)
            for source in self._vanished(outcome):
                self._index.put_source(replace(source, vanished_at=now))
                self._news("vanished", source.source_uri, source.observation)
            self._failures(outcome, now)
            if not any(failure.code == "load_budget" for failure in outcome.failures.values()):
                self._web.set_asked(outcome.source.url, now)

    def _document(self, document: SeenDocument) -> None:
        seen = Observation(document.url, document.sha256, document.size, document.fetched_at, document.statement)
        before = self._snapshot.sources.get(document.url)
        is_as_before = before is not None and told_of(before.observation) == seen.told
        if before is not None and is_as_before and before.vanished_at is None:
            return
        if before is not None and is_as_before:
            name = before.observation
        else:
            self._landing.describe(seen := observe(seen, before, self._landing, self._index), _response(document))
            name = seen.name
        self._index.put_source(SeenSource(document.url, document.size, 0, 0, name, vanished_at=None))
        self._news("new" if before is None else "changed", document.url, name)

    def _vanished(self, outcome: ListingOutcome) -> Iterator[SeenSource]:
        """Documents that the server says are gone, and those that no page of a wholly read listing links any more."""
        for url in self._snapshot.documents.get(outcome.source.url, []):
            source = self._snapshot.sources.get(url)
            if source is None or source.vanished_at is not None:
                continue
            if url in outcome.gone or (outcome.is_complete and url not in outcome.linked):
                yield source

    def _news(self, kind: str, url: str, observation: str) -> None:
        {"new": self._report.new, "changed": self._report.changed, "vanished": self._report.vanished}[kind].append(url)
        self._report.observations[url] = observation
        self._index.put_news(url, kind, observation)

    def _failures(self, outcome: ListingOutcome, now: str) -> None:
        listing, publisher = outcome.source.url, outcome.publisher.name
        before = {failure.url: failure for failure in self._web.failures(listing)}
        kept = []
        for url, failure in outcome.failures.items():
            known = before.get(url)
            is_told = known is not None and known.code == failure.code
            first_at, times = (known.first_at, known.times + 1) if known and is_told else (now, 1)
            kept.append(KeptFailure(url, listing, publisher, failure.code, failure.message, first_at, now, times))
            if not is_told:
                remedy = _REMEDIES.get(failure.code, "the next load tries again")
                self._report.problems.append(
                    Problem(url, f"未能抓取 (not fetched, {failure.code}): {failure.message}", remedy)
                )
        self._web.replace_failures(listing, kept)


def _response(document: SeenDocument) -> dict[str, object] | None:
    """What is kept of the server's words beside the bytes."""
    answer = document.answer
    if answer is None:
        return None
    return {
        "requested_url": answer.requested_url,
        "final_url": answer.url,
        "redirects": list(answer.redirects),
        "status": answer.status,
        "fetched_at": answer.fetched_at,
        "headers": answer.headers,
    }


def _count_the_rest(index: SourceIndex, report: LandingReport) -> None:
    """Web documents without news are unchanged, also where they were not asked for this time."""
    told = {*report.new, *report.changed, *report.vanished}
    for source in index.sources().values():
        if is_web(source.source_uri) and source.vanished_at is None and source.source_uri not in told:
            report.unchanged.append(source.source_uri)
            report.observations[source.source_uri] = source.observation


def _text(moment: datetime.datetime) -> str:
    return moment.replace(microsecond=0, tzinfo=None).isoformat()
