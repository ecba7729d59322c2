"""The load's lock inside a Dagster run, whoever started it, and the traces that dead runs left in Dagster's records.

Belongs here: one lock from a run's first step to its last, and closing what is over. Does not start runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.lock import Holder, LoadLock, load_lock
from pipelines.partitions import WRITER
from pipelines.published.switch import finish_switch
from pipelines.settings import Settings

RunLock = LoadLock
# On a run that the next holder of the lock found dead: who closed it has told of it.
CRASHED_TAG = "jixiao/crashed"


@dg.resource(
    required_resource_keys={"settings"}, description="装载锁：同一数据目录同时只有一个装载。 One load at a time."
)
def run_lock(context: Any) -> Iterator[LoadLock]:
    """Hold the lock for the whole run. A run from the web page waits for its turn; `jixiao load` holds it already."""
    settings: Settings = context.resources.settings
    with load_lock(settings.lock_file, waiting=context.log.info) as lock:
        run = context.run
        if run is not None and lock.holder.run_id != run.run_id:
            finish_switch(settings.published)
            for crashed in lock.crashed:
                settle_crash(settings, context.instance, crashed)
            if lock.crashed:
                lock.told()
            else:
                close_dead_runs(context.instance, None)
            lock.begin(run.run_id)
        yield lock


def settle_crash(settings: Settings, instance: dg.DagsterInstance, crashed: Holder) -> None:
    """Tell of a holder that died, and close its run; unless the daemon found the run dead before and told of it."""
    from pipelines.watch import tell_crash

    run = instance.get_run_by_id(crashed.run_id) if crashed.run_id else None
    # Only a run of the daemon's has an origin; the failure of any other is told by the process that ran it, if it can.
    if run is None or run.status != dg.DagsterRunStatus.FAILURE or run.remote_job_origin is None:
        tell_crash(settings, crashed)
    close_dead_runs(instance, crashed)


def close_dead_runs(instance: dg.DagsterInstance, crashed: Holder | None) -> None:
    """Free every slot of the writers' pool, and mark the crashed run as failed. Only the holder of the lock may do so.

    Every writing step runs under the lock, so whoever holds it knows that a slot still taken belongs to a dead run. Without
    this a killed run would block every later one for ever.
    """
    storage = instance.event_log_storage
    info = storage.get_concurrency_info(WRITER)
    for run_id in {*info.active_run_ids, *info.pending_run_ids, *info.assigned_run_ids}:
        storage.free_concurrency_slots_for_run(run_id)
    run = instance.get_run_by_id(crashed.run_id) if crashed is not None and crashed.run_id else None
    if run is not None and not run.is_finished:
        instance.add_run_tags(run.run_id, {CRASHED_TAG: "1"})
        instance.report_run_failed(run, f"运行中断：进程已不存在 (the run's process died: {crashed})")
