"""The orchestration: every stage's assets and checks on one data root, the nightly job, its schedule and sensors.

Belongs here: putting the stages together. ``build_defs`` returns fresh Definitions for any settings, so a test can run the
whole graph in a temporary folder. Does not read or write anything when imported.
"""

import dagster as dg

from pipelines.gates.assets import gate_checks
from pipelines.parsed.assets import parsed_tables
from pipelines.parsed.schema import TABLES
from pipelines.published.assets import publication
from pipelines.raw.assets import raw_tables
from pipelines.run_lock import run_lock
from pipelines.sensors import NIGHTLY_JOB, failed_runs, inbox_files, nightly
from pipelines.settings import Settings
from pipelines.sources.assets import source_documents
from pipelines.warehouse.assets import dbt_stage, loaded_tables
from pipelines.warehouse.dbt import Dbt

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
        sensors=[inbox_files, failed_runs],
        resources={"settings": settings, "dbt": dbt, "run_lock": run_lock},
        # One process per run, also for what is selected by hand: it holds the lock from its first step to its last.
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What ``dagster dev`` opens: the data root of the environment."""
    return build_defs(Settings.from_environment())
