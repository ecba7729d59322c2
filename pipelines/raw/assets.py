"""The asset ``raw_tables``: landing → extracted tables. Does no work of its own."""

import dagster as dg

from pipelines.parsed.stage import pending_buckets
from pipelines.partitions import FISCAL_YEARS, SINGLE_RUN, fiscal_years
from pipelines.raw.stage import extract, report
from pipelines.run_lock import RunLock
from pipelines.settings import Settings
from pipelines.sources.stage import open_index


@dg.asset(
    deps=["source_documents"],
    partitions_def=FISCAL_YEARS,
    backfill_policy=SINGLE_RUN,
    group_name="raw",
    kinds={"python"},
)
def raw_tables(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], run_lock: dg.ResourceParam[RunLock]
) -> dg.MaterializeResult[None]:
    """原始表格：单元格原文与位置，按内容与读取程序版本缓存。 Cells as printed, cached by content and reader version."""
    with open_index(settings) as index:
        pending = pending_buckets(settings, index, fiscal_years(context))
    documents = extract(settings, [shown.observation for bucket in pending for shown in bucket.documents])
    found = report(documents.values())
    return dg.MaterializeResult(
        metadata={
            "documents": found.documents,
            "refused": found.refused,
            "tables": found.tables,
            "cells": found.cells,
        }
    )
