"""The last gate before a publication: no fiscal year, and no publisher in it, may suddenly lose most of its rows.

Belongs here: comparing the build file with what readers see now. Documents that vanish from their place keep their rows, so
a great loss is a misreading, a broken file or a wrong year until a person says otherwise. Does not look at values.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import NamedTuple

from pipelines.settings import Settings
from pipelines.warehouse.database import build_database, insert

# The year as a whole stands first, without a publisher.
_COUNTS = """
    select
        fiscal_year, publisher, count(*) as projects, coalesce(sum(indicator_count), 0) as indicators,
        count(distinct document_key) as documents
    from (
        select mart_project.*, dim_document.publisher
        from mart_project inner join dim_document using (document_key)
    ) as projects
    group by grouping sets ((fiscal_year), (fiscal_year, publisher))
    order by fiscal_year, publisher nulls first
"""
_MOST_PUBLISHERS = 5  # named in one message


class RowsDropped(Exception):
    """A year or a publisher in it would lose most of its rows; the message says which, from how many to how many, and
    what to do.
    """


class _Counts(NamedTuple):
    projects: int
    indicators: int
    documents: int


_WORDS = {"projects": "项目", "indicators": "指标"}
_Counted = dict[tuple[int, str | None], _Counts]  # by year and publisher; None: all of the year


def dropped_years(settings: Settings, published: Path) -> list[str]:
    """One line per year and measure that falls by more than ``drop_share`` and by at least ``drop_rows`` rows; for the
    other years, one per publisher whose rows fall so.

    Where documents were withdrawn on purpose (dated to another year, merged as versions of one, given to another
    publisher), rows may fall with their number: the loss is measured against the rows that so many documents had before.
    """
    before, now = _counted(published), _counted(settings.build_database)
    lines = []
    for measure, word in _WORDS.items():
        fallen = [group for group in before if _has_fallen(group, measure, before, now, settings)]
        years = {year for year, publisher in fallen if publisher is None}
        # A publisher without any document left has moved; what a whole year loses is told of the year.
        of_publishers = [group for group in fallen if group[0] not in years and group in now]
        for year, publisher in [(year, None) for year in sorted(years)] + of_publishers[:_MOST_PUBLISHERS]:
            old, new = before[year, publisher], now.get((year, publisher), _Counts(0, 0, 0))
            name = f" {publisher} " if publisher is not None else ""
            lines.append(f"{year} 年{name}{word} {getattr(old, measure)} → {getattr(new, measure)}")
        if len(of_publishers) > _MOST_PUBLISHERS:
            lines.append(f"另有 {len(of_publishers) - _MOST_PUBLISHERS} 个发布单位{word}骤降")
    return lines


def _has_fallen(
    group: tuple[int, str | None], measure: str, before: _Counted, now: _Counted, settings: Settings
) -> bool:
    old, new = before[group], now.get(group, _Counts(0, 0, 0))
    share = min(1.0, new.documents / old.documents) if new.documents else 1.0
    had, has = getattr(old, measure), getattr(new, measure)
    return bool(had - has >= settings.drop_rows and has < (1 - settings.drop_share) * had * share)


def check_drop(settings: Settings, run_id: str, *, accepts_drop: bool) -> None:
    """Note the outcome among the gate's results; raise ``RowsDropped`` unless a person has accepted the loss."""
    published = settings.published / "jixiao.duckdb"
    if not published.exists():
        return
    lines = dropped_years(settings, published)
    with build_database(settings.build_database) as connection:
        row = {
            "run_id": run_id,
            "suite": "published.drop",
            "table_name": "mart_project",
            "expectation": "rows_do_not_drop",
            "severity": "critical",
            "success": not lines or accepts_drop,
            "observed": "；".join(lines) + (" (accepted)" if lines and accepts_drop else ""),
            "failing_rows": len(lines),
            "checked_at": datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0).isoformat(),
        }
        insert(connection, "load.gate_result", row)
    if lines and not accepts_drop:
        raise RowsDropped(
            f"质量门未通过 (gate failed) published.drop: 行数骤降 (rows dropped): {'；'.join(lines)}; "
            "look at their documents; if this is right, run `jixiao load --accept-drop`"
        )


def _counted(database: Path) -> _Counted:
    with build_database(database, read_only=True) as connection:
        rows = connection.execute(_COUNTS).fetchall()
    return {(int(year), publisher): _Counts(*(int(count) for count in counts)) for year, publisher, *counts in rows}
