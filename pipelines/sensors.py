"""What starts or reports runs by itself: the schedule at night, the sensor for new files, the alarm for failed runs.

Belongs here: when to start a run and for which years, never twice for the same news. Does not know any stage.
"""

import hashlib
import json

import dagster as dg

from pipelines.lock import LoadRunning, load_lock
from pipelines.plan import LoadPlan, plan_load
from pipelines.run_lock import CRASHED_TAG
from pipelines.settings import Settings
from pipelines.sources.inbox import list_inbox
from pipelines.watch import tell_load, tell_missing_documents

NIGHTLY_JOB = "nightly_load"
_IN_PROGRESS = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


def year_tags(fiscal_years: list[int]) -> dict[str, str]:
    """The run tags that select a range of partitions; years inside the range without news cost nothing."""
    return {
        "dagster/asset_partition_range_start": str(min(fiscal_years)),
        "dagster/asset_partition_range_end": str(max(fiscal_years)),
    }


@dg.schedule(
    job_name=NIGHTLY_JOB,
    cron_schedule="0 2 * * *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly(
    context: dg.ScheduleEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.RunRequest | dg.SkipReason:
    """At two in the morning, for the years that have news; a quiet night makes no run."""
    plan = plan_load(settings)
    tell_load(settings, plan.outdated_corrections, None)
    if plan.outdated_corrections:
        raise dg.Failure("；".join(plan.outdated_corrections))
    if not plan.fiscal_years:
        tell_missing_documents(settings)
        return dg.SkipReason(f"没有新增、变更或消失的文件 (nothing changed; {len(plan.landed.unchanged)} documents)")
    return dg.RunRequest(
        run_key=f"{context.scheduled_execution_time.isoformat()} {plan.inputs}", tags=year_tags(plan.fiscal_years)
    )


@dg.sensor(job_name=NIGHTLY_JOB, minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def inbox_files(context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]) -> dg.SensorResult:
    """收件夹有新文件时装载相应年度。 New, changed or removed files in the inbox: load the years concerned.

    Files must look the same at two evaluations in a row, so that one still being copied is left alone. While any load is
    running nothing is started: that load may deal with them. What was started once is not started again, even if it failed.
    """
    cursor = json.loads(context.cursor or "{}")
    state = inbox_state(settings)
    if state == cursor.get("started"):
        return _skip(cursor, "收件夹没有变化 (the inbox is as it was)")
    if state != cursor.get("seen"):
        return _skip(
            {**cursor, "seen": state}, "文件可能仍在写入，稍候 (files are arriving; waiting for them to settle)"
        )
    # Of any job: a range of years that somebody materialises in the page is a run of Dagster's own job for assets.
    running = context.instance.get_run_records(dg.RunsFilter(statuses=_IN_PROGRESS), limit=1)
    plan = None if running else _plan(settings)
    if plan is None:
        return _skip(cursor, "已有装载在进行 (a load is running)")
    cursor = {"seen": state, "started": state}
    if not plan.fiscal_years:
        return _skip(cursor, "没有需要装载的年度 (no year to load)")
    request = dg.RunRequest(run_key=f"inbox {state} {plan.inputs}", tags=year_tags(plan.fiscal_years))
    return dg.SensorResult(run_requests=[request], cursor=json.dumps(cursor))


def _plan(settings: Settings) -> LoadPlan | None:
    try:
        with load_lock(settings.lock_file):
            return plan_load(settings.offline())
    except LoadRunning:
        return None


def _skip(cursor: dict[str, str], reason: str) -> dg.SensorResult:
    return dg.SensorResult(skip_reason=dg.SkipReason(reason), cursor=json.dumps(cursor))


def inbox_state(settings: Settings) -> str:
    """Changes with any file of the inbox: its path, size or time, or that of its sidecar."""
    digest = hashlib.sha256()
    for file in list_inbox(settings.inbox).files:
        digest.update(f"{file.source_uri}\0{file.size}\0{file.modified}\0{file.sidecar_modified}\n".encode())
    return digest.hexdigest()[:16]


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def failed_runs(context: dg.RunFailureSensorContext, settings: dg.ResourceParam[Settings]) -> None:
    """一次失败的运行，一条消息。 One message for each failed run of the daemon; `jixiao load` tells its own.

    A run whose process died is told by whoever finds it first: this, or the next holder of the lock, which marks it.
    """
    if CRASHED_TAG in context.dagster_run.tags:
        return
    causes = [_cause(event) for event in context.get_step_failure_events()]
    message = context.failure_event.message or "the run failed"
    tell_load(settings, [*dict.fromkeys(cause for cause in causes if cause)] or [message], context.dagster_run.run_id)


def _cause(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return ""
    is_gate = error.cls_name in ("DagsterAssetCheckFailedError", "RowsDropped")
    line = next((line for line in error.message.strip().splitlines() if line.strip()), error.cls_name or "")
    return f"{'质量门未通过 (gate failed) ' if is_gate else ''}{event.step_key}: {line}"
