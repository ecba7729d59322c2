"""Inbox → landing: what is new, changed, unchanged or vanished, and its bytes kept.

Belongs here: the comparison with the index and the order of writes (bytes, sidecar, then index). Does not open a
document: a year that no folder states is found later, by reading.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipelines.sources.address import is_web
from pipelines.sources.inbox import (
    InboxFile,
    InboxListing,
    Problem,
    SidecarError,
    list_inbox,
    read_statement,
)
from pipelines.sources.index import SeenSource, SourceIndex
from pipelines.sources.landing import ChangedWhileRead, Landing, Observation, sha256_of, told_of
from pipelines.sources.observe import observe


@dataclass
class LandingReport:
    """Inbox paths and web addresses by what happened to them, and the problems met.

    ``observations`` maps each to its observation.
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    observations: dict[str, str] = field(default_factory=dict)

    @property
    def has_news(self) -> bool:
        """Whether anything but unchanged documents was found."""
        return bool(self.new or self.changed or self.vanished)


def land(inbox: Path, landing: Landing, index: SourceIndex, now: datetime.datetime) -> LandingReport:
    """Bring the archive and the index up to date with the inbox.

    A file whose size and times are as last seen is not read. ``now`` must be UTC; it becomes ``fetched_at`` of what is
    new. A place that cannot be read is reported, and nothing below it counts as vanished.
    """
    report = LandingReport()
    listing = list_inbox(inbox)
    report.problems.extend(listing.problems)
    seen = index.sources()
    fetched_at = now.replace(microsecond=0, tzinfo=None).isoformat()
    with index.transaction():
        for file in listing.files:
            try:
                _land_file(file, seen.get(file.source_uri), landing, index, fetched_at, report)
            except (PermissionError, SidecarError, ChangedWhileRead) as error:
                report.problems.append(_problem(file, error))
        _mark_vanished(listing, seen, index, fetched_at, report)
        for kind, uris in (("new", report.new), ("changed", report.changed), ("vanished", report.vanished)):
            for source_uri in uris:
                index.put_news(source_uri, kind, report.observations[source_uri])
    return report


def _land_file(
    file: InboxFile,
    before: SeenSource | None,
    landing: Landing,
    index: SourceIndex,
    fetched_at: str,
    report: LandingReport,
) -> None:
    state = (file.size, file.modified, file.sidecar_modified)
    if (
        before is not None
        and before.vanished_at is None
        and state == (before.size, before.modified, before.sidecar_modified)
    ):
        report.unchanged.append(file.source_uri)
        report.observations[file.source_uri] = before.observation
        return
    seen = Observation(file.source_uri, sha256_of(file.path), file.size, fetched_at, read_statement(file))
    is_as_before = before is not None and told_of(before.observation) == seen.told
    if before is not None and is_as_before:
        name = before.observation
    else:
        landing.put(file.path, seen := observe(seen, before, landing, index))
        name = seen.name
    index.put_source(SeenSource(file.source_uri, *state, observation=name, vanished_at=None))
    report.observations[file.source_uri] = name
    if before is None:
        report.new.append(file.source_uri)
    elif not is_as_before or before.vanished_at is not None:
        report.changed.append(file.source_uri)
    else:
        report.unchanged.append(file.source_uri)


def _mark_vanished(
    listing: InboxListing, seen: dict[str, SeenSource], index: SourceIndex, now: str, report: LandingReport
) -> None:
    present = {file.source_uri for file in listing.files}
    for source in seen.values():
        if is_web(source.source_uri):
            continue
        unknown = any(source.source_uri.startswith(prefix) for prefix in listing.unreadable)
        if source.source_uri in present or source.vanished_at is not None or unknown:
            continue
        index.put_source(replace(source, vanished_at=now))
        report.vanished.append(source.source_uri)
        report.observations[source.source_uri] = source.observation


def _problem(file: InboxFile, error: PermissionError | SidecarError | ChangedWhileRead) -> Problem:
    if isinstance(error, SidecarError):
        return Problem(
            f"inbox/{file.source_uri}.yml", f"附属说明无法读取 ({error})", "correct the sidecar or remove it"
        )
    if isinstance(error, ChangedWhileRead):
        return Problem(
            f"inbox/{file.source_uri}", "文件正在写入 (changed while read)", "load again when it is complete"
        )
    return Problem(f"inbox/{file.source_uri}", "文件无法读取 (permission denied)", "give the loading user read access")
