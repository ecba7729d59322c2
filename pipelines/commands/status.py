"""``jixiao status``: what readers see now, which versions are kept, what is quarantined, how the last run ended.

Belongs here: reading the manifest and the build file's records. Does not change anything.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pipelines.commands.summary import print_summary, summarise
from pipelines.commands.terminal import Column, console, make_table, print_json
from pipelines.nightly import quarantined_lines
from pipelines.published.manifest import read_manifest
from pipelines.published.switch import current_version
from pipelines.settings import Settings
from pipelines.sources.stage import open_index
from pipelines.sources.web_index import KeptFailure, WebIndex


def status_command(settings: Settings, *, as_json: bool) -> int:
    """Print the state; 0 also where nothing was published yet, because asking is not a failure."""
    state = _state(settings)
    if as_json:
        print_json(state)
        return 0
    out = console()
    if state["current_version"] is None:
        out.print("尚未发布 (nothing published yet): put documents below inbox/<year>/ and run `jixiao load`")
    else:
        out.print(f"[bold]当前版本[/bold] (current): {state['current_version']}", soft_wrap=True)
        print_summary(out, summarise(settings.published / "jixiao.duckdb"))
        rows = [
            (
                "→" if one["version"] == state["current_version"] else "",
                one["version"],
                one["published_at"],
                f"{one['size'] / 1e6:.1f} MB",
            )
            for one in state["versions"]
        ]
        heads = [Column(""), Column("版本"), Column("发布时间 (UTC)"), Column("大小", True)]
        out.print(make_table("保留的版本", heads, rows))
    for line in state["quarantined"]:
        out.print(f"! {line}", markup=False, soft_wrap=True)
    for failure in state["fetch_failures"]:
        out.print(f"! {failure['line']}", markup=False, soft_wrap=True)
    return 0


def _state(settings: Settings) -> dict[str, Any]:
    manifest = read_manifest(settings.published)
    years: list[int] = []
    failures: list[KeptFailure] = []
    if settings.landing.exists():
        with open_index(settings) as index:
            years = sorted({year for _, year in index.observations() if year is not None})
            failures = WebIndex(index).failures()
    return {
        "data_root": str(settings.data_root),
        "current_version": current_version(settings.published),
        "versions": [
            {key: getattr(one, key) for key in ("version", "published_at", "run_id", "size", "sha256", "rows")}
            for one in manifest.versions
        ],
        "fiscal_years": years,
        "quarantined": quarantined_lines(settings, years),
        "fetch_failures": [{**asdict(failure), "line": str(failure)} for failure in failures],
    }
