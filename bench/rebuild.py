"""Replace one fiscal year of the facts, or rebuild all of them? `python bench/rebuild.py [--documents N ...]`.

Scales the parsed rows of the shipped document to ten fiscal years with N documents each, inside a build file of its own, and
times the fact models by dbt's own clock: a full refresh, and one year in scope. Everything else of a night is the same in both.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

from pipelines.definitions import STAGING, STAR
from pipelines.parsed.schema import TABLES
from pipelines.settings import Settings
from pipelines.warehouse.database import build_database
from pipelines.warehouse.dbt import Dbt, NodeResult

REPOSITORY = Path(__file__).resolve().parent.parent
YEARS = range(2015, 2025)


def scale(settings: Settings, documents: int) -> None:
    """Every parsed row once per year and document; ids are told apart by year and number."""
    with build_database(settings.build_database) as connection:
        for table, columns in TABLES.items():
            if "document_id" not in columns:
                continue
            replaced = "y.year as fiscal_year, document_id || y.year || '/' || n.number as document_id"
            if table == "parsed_projects":  # units of their own, so that every project has one current document
                replaced += ", unit_name || n.number as unit_name"
            connection.execute(f"create or replace temp table one as from parsed.{table}")
            connection.execute(f"delete from parsed.{table}")
            connection.execute(
                f"insert into parsed.{table} by name select one.* replace ({replaced}) from one, "
                f"(select unnest(range({YEARS.start}, {YEARS.stop}))::integer as year) y, "
                f"(select unnest(range({documents})) as number) n"
            )


def facts(results: list[NodeResult]) -> float:
    """Seconds of the fact models."""
    return sum(result.seconds for result in results if result.name.startswith("fct_") and not result.is_test)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="*", default=[1, 100, 1000])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print("| indicators (10 years) | all years, s | one year, s | ratio |\n|---|---|---|---|")
    for documents in options.documents:
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(Path(folder) / "data")
            shutil.copytree(REPOSITORY / "data" / "inbox", settings.inbox)
            _prepare(settings)
            scale(settings, documents)
            dbt, full, one = Dbt(settings), [], []
            dbt.build([*STAGING, *STAR], full_refresh=True, with_tests=False)
            for _ in range(options.runs):
                full.append(facts(dbt.build(["facts"], full_refresh=True, with_tests=False)))
                one.append(facts(dbt.build(["facts"], with_tests=False)))
            whole, year = statistics.median(full), statistics.median(one)
            print(f"| {documents * 104 * len(YEARS):,} | {whole:.2f} | {year:.2f} | {whole / year:.1f} |", flush=True)


def _prepare(settings: Settings) -> None:
    """The shipped document, loaded into the build file without gates or publication."""
    from pipelines.parsed.buckets import buckets_of
    from pipelines.parsed.stage import parse_years
    from pipelines.sources.stage import land_inbox, open_index
    from pipelines.warehouse.load import LoadRequest, load_parsed

    with open_index(settings) as index:
        land_inbox(settings, index)
        parse_years(settings, index, [2024])
        buckets = buckets_of(index, [2024])
    with build_database(settings.build_database) as connection:
        load_parsed(connection, settings.parsed, LoadRequest(buckets, [2024], "bench", "bench"))


if __name__ == "__main__":
    main()
