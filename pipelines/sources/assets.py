"""The asset ``source_documents``: inbox and listing pages → landing. Does no work of its own."""

import datetime

import dagster as dg

from pipelines.parsed.stage import place_documents
from pipelines.partitions import FISCAL_YEARS, SINGLE_RUN, WRITER, fiscal_years
from pipelines.published.manifest import read_manifest
from pipelines.run_lock import RunLock
from pipelines.settings import Settings
from pipelines.sources.stage import land_sources, open_index
from pipelines.warehouse.runs import begin_run

# `jixiao load` and the schedule ask before they start a run; a run by hand asks by itself, but not one year after another.
_JUST_ASKED = datetime.timedelta(hours=1)


@dg.asset(partitions_def=FISCAL_YEARS, backfill_policy=SINGLE_RUN, group_name="sources", kinds={"file"}, pool=WRITER)
def source_documents(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], run_lock: dg.ResourceParam[RunLock]
) -> dg.MaterializeResult[None]:
    """源文件：收件夹与列表页的文件按内容存档，辨明新增、变更与消失。 Inbox and listed files, landed by content hash."""
    years = fiscal_years(context)
    with open_index(settings) as index:
        landed = land_sources(settings, index, unless_within=_JUST_ASKED)
        unplaced = place_documents(settings, index)
        known = index.observations(years)
        counts = index.news(years)
        counts["unchanged"] = index.present_count(years) - counts["new"] - counts["changed"]
    versions = [one.version for one in read_manifest(settings.published).versions]
    begin_run(settings.build_database, context.run.run_id, years, counts, versions)
    lines = [f"| {observation.source_uri} | {year} | `{observation.sha256[:12]}` |" for observation, year in known[:20]]
    return dg.MaterializeResult(
        metadata={
            **counts,
            "problems": len(landed.problems) + len(unplaced),
            "dagster/row_count": len(known),
            "preview": dg.MetadataValue.md("\n".join(["| 文件 | 年度 | SHA-256 |", "|---|---|---|", *lines])),
        }
    )
