"""The warehouse assets: parsed Parquet → DuckDB, and the dbt models, split at the gates. Does no work of its own."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from pipelines.parsed.buckets import buckets_of
from pipelines.parsed.schema import TABLES
from pipelines.parsed.stage import place_documents, unplaced_row
from pipelines.partitions import FISCAL_YEARS, SINGLE_RUN, WRITER, fiscal_years
from pipelines.run_lock import RunLock
from pipelines.settings import Settings
from pipelines.sources.stage import open_index
from pipelines.versions import program_version
from pipelines.warehouse.database import build_database
from pipelines.warehouse.dbt import Dbt, NodeResult, raise_failures
from pipelines.warehouse.expected import add_missing_documents
from pipelines.warehouse.load import LoadRequest, is_full_refresh, load_parsed
from pipelines.warehouse.runs import count_rows

LOADED = dg.AssetKey("loaded_tables")


@dg.asset(
    key=LOADED,
    deps=list(TABLES),
    partitions_def=FISCAL_YEARS,
    backfill_policy=SINGLE_RUN,
    group_name="warehouse",
    kinds={"duckdb"},
    pool=WRITER,
)
def loaded_tables(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], run_lock: dg.ResourceParam[RunLock]
) -> dg.MaterializeResult[None]:
    """装入构建库：只替换有变化的分桶，一个事务完成。 Changed buckets into the build file, in one transaction."""
    years = fiscal_years(context)
    with open_index(settings) as index:
        buckets = buckets_of(index, years)
        unplaced = place_documents(settings, index)
    request = LoadRequest(
        buckets=buckets,
        fiscal_years=years,
        run_id=context.run.run_id,
        program_version=program_version(settings.dbt_project, settings.expectations),
        unplaced=[unplaced_row(document) for document in unplaced],
    )
    with build_database(settings.build_database) as connection:
        loaded = load_parsed(connection, settings.parsed, request)
    count_rows(settings.build_database, context.run.run_id, loaded.rows)
    return dg.MaterializeResult(
        metadata={
            "buckets": loaded.buckets,
            "is_full_refresh": loaded.is_full_refresh,
            **{f"rows/{table}": count for table, count in loaded.rows.items()},
        }
    )


class _Translator(DagsterDbtTranslator):
    """Asset keys are model names; every dbt source is what the load made."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """A model's own name, or the asset that loads the sources."""
        if dbt_resource_props["resource_type"] == "source":
            return LOADED
        return dg.AssetKey(dbt_resource_props["name"])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The model's folder."""
        return str(dbt_resource_props["fqn"][1])


def dbt_stage(name: str, folders: Sequence[str], manifest: Path) -> dg.AssetsDefinition:
    """The models of some folders as assets of one step, each with its own materialisation and data tests."""
    translator = _Translator(
        settings=DagsterDbtTranslatorSettings(
            enable_duplicate_source_asset_keys=True,
            # Two hundred data tests as Dagster checks would cost more time in its event log than dbt needs to run them. A
            # failed one fails its step by name; how many passed stands beside each model.
            enable_asset_checks=False,
        )
    )

    @dbt_assets(
        manifest=manifest,
        select=" ".join(folders),
        name=name,
        partitions_def=FISCAL_YEARS,
        backfill_policy=SINGLE_RUN,
        dagster_dbt_translator=translator,
        pool=WRITER,
    )
    def models(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        dbt: dg.ResourceParam[Dbt],
        run_lock: dg.ResourceParam[RunLock],
    ) -> Iterator[Any]:
        yield from _run_models(context, settings, dbt, folders)

    return models


def _run_models(
    context: dg.AssetExecutionContext, settings: Settings, dbt: Dbt, folders: Sequence[str]
) -> Iterator[dg.MaterializeResult[None]]:
    """Build and test, then report every model. A node that failed raises after the others were reported."""
    results = dbt.build(folders, full_refresh=is_full_refresh(settings.build_database))
    if any(result.name == "finding" and result.is_good for result in results if not result.is_test):
        add_missing_documents(settings)
    counts = _row_counts(settings, results)
    tests = Counter(result.tested_model for result in results if result.is_test and result.is_good)
    for result in results:
        if result.is_test or not result.is_good or dg.AssetKey(result.name) not in context.selected_asset_keys:
            continue
        metadata: dict[str, float | int] = {
            "seconds": round(result.seconds, 3),
            "tests_passed": tests[result.unique_id],
        }
        if result.name in counts:
            metadata["dagster/row_count"] = counts[result.name]
        yield dg.MaterializeResult(asset_key=result.name, metadata=metadata)
    raise_failures(results)


def _row_counts(settings: Settings, results: Sequence[NodeResult]) -> dict[str, int]:
    names = {result.name for result in results if not result.is_test}
    with build_database(settings.build_database, read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where not internal and schema_name != 'parsed'"
        ).fetchall()
        return {
            table: int(row[0])
            for schema, table in tables
            if table in names and (row := connection.execute(f'select count(*) from "{schema}"."{table}"').fetchone())
        }
