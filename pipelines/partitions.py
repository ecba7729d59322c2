"""The one partitioning: the fiscal year (in China the calendar year), a new one appearing by itself.

Belongs here: the partitions and how a step learns its years. Does not know any stage.
"""

from __future__ import annotations

import warnings

import dagster as dg

# A range of years in one run needs a backfill policy, which Dagster 1.13 still calls beta. The release is pinned and the
# behaviour tested; without this line every start would print the warning once per asset.
warnings.filterwarnings("ignore", message="Parameter `backfill_policy`", category=dg.BetaWarning)

# Before the first year of which performance targets were published; the year in progress and the next are included,
# because budgets are published ahead of their year.
FIRST_YEAR = 2010
FISCAL_YEARS = dg.TimeWindowPartitionsDefinition(
    start=str(FIRST_YEAR), fmt="%Y", cron_schedule="0 0 1 1 *", timezone="Asia/Shanghai", end_offset=2
)
# One run for a range of years: a step reads `fiscal_years`, never a single key.
SINGLE_RUN = dg.BackfillPolicy.single_run()
# The pool of every step that writes the build file; its limit of one stands in dagster.yaml.
WRITER = "duckdb_writer"


def fiscal_years(
    context: dg.OpExecutionContext | dg.AssetExecutionContext | dg.AssetCheckExecutionContext,
) -> list[int]:
    """The years of the run, also for a step that has no partitions of its own (an asset check)."""
    tags = context.run.tags
    single = tags.get("dagster/partition")
    first = tags.get("dagster/asset_partition_range_start", single)
    last = tags.get("dagster/asset_partition_range_end", single)
    if first is None or last is None:
        raise dg.Failure("no fiscal year was selected: choose one or more partitions")
    return list(range(int(first), int(last) + 1))
