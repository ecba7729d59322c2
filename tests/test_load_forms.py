"""Forms of every family through the whole load: what is published is what is printed, and nothing of a refused document."""

from __future__ import annotations

import json
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.commands.explain import ExplainRequest, explain_command
from pipelines.nightly import run_load
from pipelines.settings import Settings

FORMS = Path(__file__).parent / "layouts" / "forms"
READ = [
    *("a2_plain", "b1_many_plain", "b2_weight_plain", "c1_plain", "c3_plain", "d1_plain", "d2_plain", "d5_plain"),
    *("e1_plain", "e2_parents_plain", "e4_official_plain", "f_plain", "g_villages_plain"),
]
REFUSED = ["h_grades_plain", "h_sample_plain", "b1_other_table_plain"]

pytestmark = pytest.mark.slow


def _truth(name: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((FORMS / f"{name}.truth.json").read_text("utf-8"))
    return truth


@pytest.fixture(scope="module")
def loaded_forms(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One load of all these documents."""
    settings = Settings(tmp_path_factory.mktemp("forms") / "data")
    for name in [*READ, *REFUSED]:
        truth = _truth(name)
        folder = settings.inbox / str(truth["fiscal_year"])
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(FORMS / truth["document"], folder)
        (folder / f"{truth['document']}.yml").write_text(f"document_id: {name}\n", encoding="utf-8")
    result = run_load(settings)
    assert result.published_version is not None
    refused = {Path(problem.split(":")[0]).stem for problem in result.problems}
    assert refused == set(REFUSED)
    return settings


@pytest.fixture(scope="module")
def published(loaded_forms: Settings) -> duckdb.DuckDBPyConnection:
    """The published file, opened as a BI tool opens it."""
    settings = loaded_forms
    return duckdb.connect(str(settings.published / "jixiao.duckdb"), read_only=True)


def bare(text: object) -> str:
    """Without white space, which wraps add."""
    return re.sub(r"\s", "", str(text or ""))


def test_every_printed_target_is_a_fact(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute(
        "select distinct document_id, project_name, unit_name, indicator_no, horizon, target_text "
        "from fct_indicator_target join dim_document using (document_key) join dim_project using (project_key) "
        "join dim_budget_unit using (budget_unit_key) where target_kind <> 'missing'"
    ).fetchall()
    for name in READ:
        truth = _truth(name)
        if truth["document_type"] != "target":
            continue
        projects = {one["no"]: one for one in truth["projects"]}
        printed = sorted(
            (bare(projects[one["project_no"]]["project_name"]), target["horizon"], bare(target["text"]))
            for one in truth["indicators"]
            for target in one["targets"]
            if target["text"]
        )
        loaded = sorted((bare(row[1]), row[4], bare(row[5])) for row in rows if row[0] == name)
        assert loaded == printed, name


def test_every_printed_result_is_a_fact_with_its_points(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute(
        "select distinct document_id, indicator_no, project_name, actual_text, weight, score, deviation_reason "
        "from fct_indicator_result join dim_document using (document_key) join dim_project using (project_key)"
    ).fetchall()
    for name in READ:
        truth = _truth(name)
        if truth["document_type"] != "self_evaluation":
            continue
        printed = sorted(
            (
                one["no"],
                bare(one["actual"]),
                _number(one["weight"]),
                _number(one["score"]),
                bare(one["deviation_reason"]),
            )
            for one in truth["indicators"]
        )
        loaded = sorted(
            (row[1], bare(row[3]), _number(row[4]), _number(row[5]), bare(row[6])) for row in rows if row[0] == name
        )
        assert loaded == printed, name


def _number(value: object) -> str:
    text = bare(value)
    return str(Decimal(text).normalize()) if re.fullmatch(r"-?[0-9.]+", text) else ""


def test_budgets_and_their_execution_are_facts(published: duckdb.DuckDBPyConnection) -> None:
    budgets = published.execute(
        "select document_id, sum(total_amount_cny) from fct_project_budget join dim_document using (document_key) group by 1"
    ).fetchall()
    executed = published.execute(
        "select document_id, sum(executed_cny) from fct_project_evaluation join dim_document using (document_key) group by 1"
    ).fetchall()
    for name in READ:
        truth = _truth(name)
        if truth["document_type"] == "target":
            printed = [
                Decimal(amount["amount_cny"])
                for project in truth["projects"]
                for amount in project["amounts"]
                if amount["source"] == "total" and amount["horizon"] == "annual"
            ]
            assert dict(budgets)[name] == sum(printed), name
        else:
            printed = [Decimal(one["amounts"]["executed"]) for one in truth["execution"] if one["source"] == "total"]
            assert dict(executed)[name] == sum(printed), name


def test_whether_a_target_was_met_is_decided_only_where_it_can_be(published: duckdb.DuckDBPyConnection) -> None:
    decided = published.execute(
        "select count(*) filter (is_met), count(*) filter (not is_met), "
        "count(*) filter (is_met is not null and kind = 'qualitative') from fct_indicator_result"
    ).fetchone()
    assert decided is not None and decided[0] > 0 and decided[1] > 0 and decided[2] == 0


def test_no_person_and_no_refused_document_reaches_a_table(published: duckdb.DuckDBPyConnection) -> None:
    forbidden = {word for name in READ for word in _truth(name).get("forbidden", [])}
    assert forbidden
    tables = published.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' and not internal"
    ).fetchall()
    for schema, table, column in tables:
        held = published.execute(
            f'select string_agg(distinct "{column}", chr(10)) from "{schema}"."{table}"'
        ).fetchone()
        text = (held[0] if held else None) or ""
        assert not [word for word in forbidden if word in text], (schema, table, column)
    documents = {row[0] for row in published.execute("select document_id from dim_document").fetchall()}
    assert not documents & set(REFUSED)
    quarantined = published.execute("select count(*) from quality.quarantined_document").fetchone()
    assert quarantined == (len(REFUSED),)


def test_explain_leads_from_a_result_to_its_cell(loaded_forms: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    truth = _truth("e1_plain")
    name = truth["projects"][0]["project_name"]
    request = ExplainRequest(f"{name}/1/result", fiscal_year=truth["fiscal_year"])
    assert explain_command(loaded_forms, request, as_json=True) == 0
    explained = json.loads(capsys.readouterr().out)
    assert [bare(one["printed"]) for one in explained] == [bare(truth["indicators"][0]["actual"])]
    assert explained[0]["horizon"] == "result" and explained[0]["address"]
