"""Great Expectations on DuckDB: everything that is special to the two together, in one file.

Great Expectations fetches rows after it has given its connection back, when DuckDB's cursor is already empty: rows are
therefore buffered right after each statement. Its connections are not pooled, because one that stays open would keep
dbt out of the build file. Belongs here: contexts, suites → Great Expectations objects, results → plain records, the
failing rows. Does not decide what a failure means.
"""

from __future__ import annotations

import datetime
import shutil
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import great_expectations as gx
import sqlalchemy
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import ProgressBarsConfig
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.pool import StaticPool

from pipelines.gates.suites import Expectation, Suite

_META_NAME = "jixiao_name"
_MOST_FAILING_ROWS = 1000


@dataclass(frozen=True)
class ExpectationResult:
    """What became of one expectation. ``error`` is set when it could not be evaluated: that is a failure."""

    suite: Suite
    expectation: Expectation
    success: bool
    observed: str
    failing_rows: int
    error: str | None = None


@sqlalchemy.event.listens_for(sqlalchemy.Engine, "after_cursor_execute")
def _buffer_rows(_connection: Any, cursor: Any, _statement: Any, _parameters: Any, context: Any, _many: Any) -> None:
    if context is None or context.dialect.name != "duckdb" or not cursor.description:
        return
    context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(cursor, initial_buffer=cursor.fetchall())


def validate(database: Path, suites: Sequence[Suite], data_docs: Path) -> list[ExpectationResult]:
    """Evaluate the suites on the tables of a DuckDB file and write Data Docs. One result per expectation, in order.

    An expectation that Great Expectations does not answer at all is an error result, never a missing one. The file is
    closed again when this returns or raises.
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    _add_site(context, data_docs)
    # One connection for the whole gate: opening the file for each of some two hundred statements took most of the time.
    source = context.data_sources.add_sql(
        "build", connection_string=f"duckdb:///{database}", kwargs={"poolclass": StaticPool}
    )
    try:
        answers, errors = _answers(context, source, suites)
    finally:
        source.get_execution_engine().engine.dispose()
        source.get_engine().dispose()
    context.build_data_docs()
    return [
        _result(suite, expectation, answers.get((suite.name, expectation.name)), errors.get(suite.name))
        for suite in suites
        for expectation in suite.expectations
    ]


def _answers(context: Any, source: Any, suites: Sequence[Suite]) -> tuple[dict[tuple[str, str], Any], dict[str, str]]:
    """What Great Expectations said, by suite and expectation; and why a suite could not be asked at all."""
    answers: dict[tuple[str, str], Any] = {}
    errors: dict[str, str] = {}
    # Without a checkpoint: it would serialise every suite again, and one suite that cannot run would end them all.
    run_id = RunIdentifier(run_time=datetime.datetime.now(datetime.UTC))
    for suite in suites:
        try:
            validation = _definition(context, source, suite).run(
                result_format={"result_format": "BASIC"}, run_id=run_id
            )
        except Exception as error:  # whatever it is, the suite's expectations are errors, and errors stop the load
            errors[suite.name] = _first_line(error)
            continue
        for answer in validation.results:
            answers[suite.name, (answer.expectation_config.meta or {}).get(_META_NAME, "")] = answer
    return answers, errors


def _first_line(error: object) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _add_site(context: Any, folder: Path) -> None:
    """Data Docs in ``folder``: one page per suite with its results. Great Expectations' own temporary site is left out."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in list(context.variables.data_docs_sites or {}):
        context.delete_data_docs_site(name)
    context.add_data_docs_site(
        "gates",
        {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "site_section_builders": {"expectations": "None", "profiling": "None"},
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
        },
    )


def _definition(context: Any, source: Any, suite: Suite) -> Any:
    with warnings.catch_warnings():
        # One datasource per schema is asked for instead; in one DuckDB file that would be one connection per schema.
        warnings.filterwarnings("ignore", message="`schema_name` is deprecated")
        asset = source.add_table_asset(suite.name, table_name=suite.table, schema_name=suite.schema)
    batch = asset.add_batch_definition_whole_table("all")
    expectations = [_gx_expectation(suite, expectation) for expectation in suite.expectations]
    added = context.suites.add(gx.ExpectationSuite(name=suite.name, expectations=expectations))
    return gx.ValidationDefinition(name=suite.name, data=batch, suite=added)


def _gx_expectation(suite: Suite, expectation: Expectation) -> Any:
    about = {
        "meta": {_META_NAME: expectation.name},
        "severity": expectation.severity,
        "description": f"{expectation.name}: {expectation.why}",
    }
    given = expectation.arguments
    if expectation.kind == "no_rows":
        query = _template_query(suite, expectation)
        return gx.expectations.UnexpectedRowsExpectation(unexpected_rows_query=query, **about)
    if expectation.kind == "row_count":
        return gx.expectations.ExpectTableRowCountToBeBetween(min_value=given["minimum"], **about)
    if expectation.kind == "not_null":
        return gx.expectations.ExpectColumnValuesToNotBeNull(column=given["column"], **about)
    if expectation.kind == "unique":
        return gx.expectations.ExpectColumnValuesToBeUnique(column=given["column"], **about)
    if expectation.kind == "in_set":
        return gx.expectations.ExpectColumnValuesToBeInSet(column=given["column"], value_set=given["values"], **about)
    bounds = {"min_value": given.get("minimum"), "max_value": given.get("maximum")}
    return gx.expectations.ExpectColumnValuesToBeBetween(column=given["column"], **bounds, **about)


def _template_query(suite: Suite, expectation: Expectation) -> str:
    """The failing rows query as Great Expectations formats it: every brace is doubled.

    It prints a line for each query that does not name ``{batch}``, and puts an alias of its own behind the batch where it
    stands; our queries have aliases already, so the batch is named in a comment.
    """
    query = failing_rows_query(suite, expectation).replace("{", "{{").replace("}", "}}")
    return f"/* {{batch}} */ {query}"


def failing_rows_query(suite: Suite, expectation: Expectation) -> str:
    """A query for whole failing rows: Great Expectations keeps 200 at most, and without their other columns."""
    table, given = f'"{suite.schema}"."{suite.table}"', expectation.arguments
    if expectation.kind == "no_rows":
        if "query" in given:
            return str(given["query"]).replace("{table}", table)
        return f"select * from {table} where {given['where']}"
    if expectation.kind == "row_count":
        return f"select count(*) as row_count from {table} having count(*) < {given['minimum']}"
    column = f'"{given["column"]}"'
    if expectation.kind == "not_null":
        return f"select * from {table} where {column} is null"
    if expectation.kind == "unique":
        return f"select * from {table} qualify count({column}) over (partition by {column}) > 1"
    if expectation.kind == "in_set":
        values = ", ".join("'" + str(value).replace("'", "''") + "'" for value in given["values"])
        return f"select * from {table} where {column} is not null and cast({column} as varchar) not in ({values})"
    bounds = [f"{column} < {given['minimum']}"] if "minimum" in given else []
    bounds += [f"{column} > {given['maximum']}"] if "maximum" in given else []
    return f"select * from {table} where {' or '.join(bounds)}"


def _result(suite: Suite, expectation: Expectation, answer: Any, error: str | None) -> ExpectationResult:
    if answer is None:
        return ExpectationResult(suite, expectation, False, "", 0, error or "Great Expectations gave no answer")
    raised = (answer.exception_info or {}).get("exception_message")
    if raised is None:  # metrics may hold their own errors one level down
        nested = [info for info in (answer.exception_info or {}).values() if isinstance(info, dict)]
        raised = next((info.get("exception_message") for info in nested if info.get("raised_exception")), None)
    if raised is not None:
        return ExpectationResult(suite, expectation, False, "", 0, _first_line(raised))
    told = answer.result or {}
    observed = told.get("observed_value")
    failing = told.get("unexpected_count")
    if failing is None:
        failing = observed if expectation.kind == "no_rows" and isinstance(observed, int) else int(not answer.success)
    # `is True`: anything that is not plainly a success must not pass.
    return ExpectationResult(
        suite, expectation, answer.success is True, str(observed if observed is not None else failing), failing
    )


def failing_rows(database: Path, result: ExpectationResult) -> list[str]:
    """The failing rows, whole, each as a JSON text; at most a thousand."""
    from pipelines.warehouse.database import build_database

    query = failing_rows_query(result.suite, result.expectation)
    with build_database(database, read_only=True) as connection:
        rows = connection.execute(
            f"select cast(to_json(failing) as varchar) from ({query}) as failing limit {_MOST_FAILING_ROWS}"
        ).fetchall()
    return [row[0] for row in rows]
