"""The last gate before a publication: no fiscal year may suddenly lose most of its rows.

Belongs here: comparing the build file with what readers see now. Documents that vanish from their place keep their rows, so
a great loss is a misreading, a broken file or a wrong year until a person says otherwise. Does not look at values.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from pipelines.settings import Settings
from pipelines.warehouse.database import build_database, insert

_COUNTS = (
    "select fiscal_year, count(*) as projects, coalesce(sum(indicator_count), 0) as indicators, "
    "count(distinct document_key) as documents from mart_project group by fiscal_year"
)
_WORDS = {"projects": "项目", "indicators": "指标"}


class RowsDropped(Exception):
    """A year would lose most of its rows; the message says which, from how many to how many, and what to do."""


def dropped_years(settings: Settings, published: Path) -> list[str]:
    """One line per year and measure that falls by more than ``drop_share`` and by at least ``drop_rows`` rows.

    Where documents of the year were withdrawn on purpose (dated to another year, merged as versions of one), rows may fall
    with their number: the loss is measured against the rows that so many documents had before.
    """
    before, now = _counts(published), _counts(settings.build_database)
    lines = []
    for year, old in sorted(before.items()):
        new = now.get(year, {"projects": 0, "indicators": 0, "documents": 0})
        share = min(1.0, new["documents"] / old["documents"]) if new["documents"] else 1.0
        for measure, word in _WORDS.items():
            expected = old[measure] * share
            lost = old[measure] - new[measure]
            if lost >= settings.drop_rows and new[measure] < (1 - settings.drop_share) * expected:
                lines.append(f"{year} 年{word} {old[measure]} → {new[measure]}")
    return lines


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
            "look at the documents of the year; if this is right, run `jixiao load --accept-drop`"
        )


def _counts(database: Path) -> dict[int, dict[str, int]]:
    with build_database(database, read_only=True) as connection:
        rows = connection.execute(_COUNTS).fetchall()
    return {
        int(year): {"projects": int(projects), "indicators": int(indicators), "documents": int(documents)}
        for year, projects, indicators, documents in rows
    }
