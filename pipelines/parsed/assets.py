"""The parsed assets, one per table: raw tables → typed Parquet. Does no work of its own."""

from collections.abc import Iterator

import dagster as dg

from pipelines.parsed.schema import TABLES
from pipelines.parsed.stage import parse_years
from pipelines.partitions import FISCAL_YEARS, SINGLE_RUN, fiscal_years
from pipelines.run_lock import RunLock
from pipelines.settings import Settings
from pipelines.sources.stage import open_index

_DESCRIPTIONS = {
    "parsed_documents": "文件。 Documents and what they state of themselves.",
    "parsed_appearances": "文件的历次出现。 When and where each document's bytes were published.",
    "parsed_projects": "项目。 Projects as printed.",
    "parsed_amounts": "金额：项目、单位小计、合计。 Amounts of projects, subtotals and totals.",
    "parsed_indicators": "指标。 Indicators with their place.",
    "parsed_targets": "指标值：解析为比较符、上下限、单位。 Targets: comparator, bounds, unit.",
    "parsed_results": "自评的实际完成值、得分与偏差原因。 Actual values of self-evaluations, scores and reasons.",
    "parsed_executions": "自评的预算执行情况。 Budget execution stated by self-evaluations.",
    "parsed_findings": "解析时发现的问题。 What the parser noticed.",
    "parsed_corrections": "更正及其结果。 Corrections of printed texts and what became of each.",
    "parsed_quarantined_documents": "隔离的文件及原因。 Documents that were not understood, with the reason.",
    "parsed_quarantined_rows": "隔离的片段及原因。 Stretches of text that were not loaded.",
}


@dg.multi_asset(
    name="parsed_tables",
    specs=[
        dg.AssetSpec(
            table, deps=["raw_tables"], description=_DESCRIPTIONS[table], group_name="parsed", kinds={"polars"}
        )
        for table in TABLES
    ],
    partitions_def=FISCAL_YEARS,
    backfill_policy=SINGLE_RUN,
)
def parsed_tables(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], run_lock: dg.ResourceParam[RunLock]
) -> Iterator[dg.MaterializeResult[None]]:
    """Parse the buckets of the run's years that changed; the others keep their files."""
    with open_index(settings) as index:
        parsed = parse_years(settings, index, fiscal_years(context))
    for table in TABLES:
        metadata: dict[str, dg.MetadataValue | int] = {
            "rows_parsed": parsed.rows.get(table, 0),
            "buckets_parsed": parsed.made,
            "buckets_unchanged": parsed.left,
        }
        preview = _preview(settings, fiscal_years(context), table) if parsed.made else None
        if preview:
            metadata["preview"] = dg.MetadataValue.md(preview)
        yield dg.MaterializeResult(asset_key=table, metadata=metadata)


def _preview(settings: Settings, years: list[int], table: str) -> str | None:
    """The first rows of a table as Markdown."""
    import polars as pl

    for year in years:
        for path in sorted((settings.parsed / f"fiscal_year={year}").glob(f"*/{table}.parquet")):
            head = pl.read_parquet(path, n_rows=5)
            if head.height:
                names = head.columns[:12]
                lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
                for row in head.select(names).iter_rows():
                    cells = (str("" if value is None else value)[:60].replace("|", "\\|") for value in row)
                    lines.append("| " + " | ".join(cells) + " |")
                return "\n".join(lines)
    return None
