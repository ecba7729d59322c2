"""The orchestration: every stage's assets and checks on one data root, the nightly job and its schedule.

Belongs here: putting the stages together. ``build_defs`` returns fresh Definitions for any settings, so a test can run the
whole graph in a temporary folder. Does not read or write anything when imported.
"""

import dagster as dg

from pipelines.gates.assets import gate_checks
from pipelines.parsed.assets import parsed_tables
from pipelines.parsed.schema import TABLES
from pipelines.plan import plan_load
from pipelines.published.assets import publication
from pipelines.raw.assets import raw_tables
from pipelines.settings import Settings
from pipelines.sources.assets import source_documents
from pipelines.warehouse.assets import dbt_stage, loaded_tables
from pipelines.warehouse.dbt import Dbt

NIGHTLY_JOB = "nightly_load"
STAGING = ("staging",)
STAR = ("dimensions", "facts", "history", "marts", "quality", "meta", "report")


def build_defs(settings: Settings, dbt: Dbt | None = None) -> dg.Definitions:
    """All assets, gates, the job and the schedule for one data root; ``dbt`` may be replaced by a test.

    Parses the dbt project if it changed since its manifest was written.
    """
    dbt = dbt or Dbt(settings)
    manifest = dbt.ensure_manifest()
    staging = dbt_stage("dbt_staging", STAGING, manifest)
    star = dbt_stage("dbt_star", STAR, manifest)
    models = {key.path[-1]: key for assets in (staging, star) for key in assets.keys}
    job = dg.define_asset_job(
        NIGHTLY_JOB,
        selection=dg.AssetSelection.all(),
        description="每晚装载：拉取、解析、质量门、构建、发布。 Pull, parse, gate, build, gate, publish.",
        executor_def=dg.in_process_executor,
    )
    return dg.Definitions(
        assets=[
            source_documents,
            raw_tables,
            parsed_tables,
            loaded_tables,
            staging,
            star,
            publication(list(star.keys)),
        ],
        asset_checks=[
            gate_checks("parsed", settings, {table: dg.AssetKey(table) for table in TABLES}),
            gate_checks("stg", settings, models),
            gate_checks("mart", settings, models),
        ],
        jobs=[job],
        schedules=[nightly],
        resources={"settings": settings, "dbt": dbt},
    )


@dg.schedule(job_name=NIGHTLY_JOB, cron_schedule="0 2 * * *", execution_timezone="Asia/Shanghai")
def nightly(
    context: dg.ScheduleEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.RunRequest | dg.SkipReason:
    """At two in the morning, for the years that have news; a quiet night makes no run."""
    plan = plan_load(settings)
    if plan.outdated_corrections:
        raise dg.Failure("；".join(plan.outdated_corrections))
    if not plan.fiscal_years:
        return dg.SkipReason(f"没有新增、变更或消失的文件 (nothing changed; {len(plan.landed.unchanged)} documents)")
    return dg.RunRequest(
        run_key=f"{context.scheduled_execution_time.isoformat()} {plan.inputs}", tags=year_tags(plan.fiscal_years)
    )


def year_tags(fiscal_years: list[int]) -> dict[str, str]:
    """The run tags that select a range of partitions; years inside the range without news cost nothing."""
    return {
        "dagster/asset_partition_range_start": str(min(fiscal_years)),
        "dagster/asset_partition_range_end": str(max(fiscal_years)),
    }


@dg.definitions
def defs() -> dg.Definitions:
    """What ``dagster dev`` opens: the data root of the environment."""
    return build_defs(Settings.from_environment())
