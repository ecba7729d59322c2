"""The asset ``published_warehouse``: the gated build file → the version that readers see. Does no work of its own."""

import datetime
from collections.abc import Sequence

import dagster as dg

from pipelines.partitions import FISCAL_YEARS, SINGLE_RUN, WRITER, fiscal_years
from pipelines.published.publish import ACCEPT_DROP_TAG, REPLACES_TAG, Run, publish_run
from pipelines.run_lock import RunLock
from pipelines.settings import Settings
from pipelines.warehouse.dbt import Dbt

# Departments publish budgets in spring and self-evaluations in autumn, so a published warehouse without any news for half
# a year has lost its sources. A quiet night publishes nothing and is no sign of that.
_LONG_SILENCE = datetime.timedelta(days=150)
_LONGEST_SILENCE = datetime.timedelta(days=200)


def publication(upstream: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The last step, behind every model: it runs only if no gate stopped the run."""

    @dg.asset(
        deps=list(upstream),
        partitions_def=FISCAL_YEARS,
        backfill_policy=SINGLE_RUN,
        group_name="published",
        kinds={"duckdb", "parquet"},
        pool=WRITER,
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=_LONGEST_SILENCE, warn_window=_LONG_SILENCE),
    )
    def published_warehouse(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        dbt: dg.ResourceParam[Dbt],
        run_lock: dg.ResourceParam[RunLock],
    ) -> dg.MaterializeResult[None]:
        """发布：不可改的新版本，一次原子切换。 A new immutable version, switched to atomically."""
        now = datetime.datetime.now(datetime.UTC)
        tags = context.run.tags
        run = Run(
            context.run.run_id, fiscal_years(context), now, tags.get(REPLACES_TAG), accepts_drop=ACCEPT_DROP_TAG in tags
        )
        version = publish_run(settings, dbt.ensure_manifest(), run)
        if version is None:
            return dg.MaterializeResult(metadata={"published": False, "reason": "no document was loaded or changed"})
        return dg.MaterializeResult(
            metadata={
                "published": True,
                "version": version.version,
                "path": dg.MetadataValue.path(str(settings.published / "jixiao.duckdb")),
                "bytes": version.size,
                **{f"rows/{table}": rows for table, rows in version.rows.items()},
            }
        )

    return published_warehouse
