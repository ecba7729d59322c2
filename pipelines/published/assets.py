"""The asset ``published_warehouse``: the gated build file → the version that readers see. Does no work of its own."""

import datetime
from collections.abc import Sequence

import dagster as dg

from pipelines.partitions import FISCAL_YEARS, SINGLE_RUN, fiscal_years
from pipelines.published.publish import Run, publish_run
from pipelines.settings import Settings
from pipelines.warehouse.dbt import Dbt


def publication(upstream: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The last step, behind every model: it runs only if no gate stopped the run."""

    @dg.asset(
        deps=list(upstream),
        partitions_def=FISCAL_YEARS,
        backfill_policy=SINGLE_RUN,
        group_name="published",
        kinds={"duckdb", "parquet"},
    )
    def published_warehouse(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], dbt: dg.ResourceParam[Dbt]
    ) -> dg.MaterializeResult[None]:
        """发布：不可改的新版本，一次原子切换。 A new immutable version, switched to atomically."""
        now = datetime.datetime.now(datetime.UTC)
        version = publish_run(settings, dbt.ensure_manifest(), Run(context.run.run_id, fiscal_years(context), now))
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
