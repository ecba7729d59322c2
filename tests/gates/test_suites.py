"""The suite files: what is refused, and that the shipped ones cover every table that is gated."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

from pipelines.gates.suites import STAGES, Suite, SuiteError, read_suites
from pipelines.layouts.rows import TOTAL
from pipelines.parsed.schema import TABLES
from pipelines.settings import Settings
from pipelines.warehouse.database import build_database
from tests.gates.bad_rows import EXPECTATIONS

REPOSITORY = Path(__file__).parents[2]
MODELS = REPOSITORY / "dbt_project" / "models"
SOUND = {"name": "code_stated", "kind": "not_null", "severity": "critical", "why": "须写明", "column": "code"}


def write(folder: Path, content: object, stage: str = "stg") -> Path:
    path = folder / stage / "thing.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def suite_with(*expectations: object) -> dict[str, object]:
    return {"schema": "main", "expectations": list(expectations)}


def without(key: str) -> dict[str, str]:
    return {name: value for name, value in SOUND.items() if name != key}


REFUSED = {
    "an unknown kind": (
        suite_with(SOUND | {"kind": "regex"}),
        "code_stated: kind is 'regex'; known kinds are not_null",
    ),
    "an unknown severity": (
        suite_with(SOUND | {"severity": "fatal"}),
        "severity is 'fatal'; it is critical or warning",
    ),
    "a name that stands twice": (suite_with(SOUND, SOUND), "expectation code_stated stands twice"),
    "a missing name": (suite_with(without("name")), "lacks 'name'; it has kind, severity, why, column"),
    "a missing reason": (suite_with(without("why")), "lacks 'why'"),
    "a missing column": (suite_with(without("column")), "kind not_null takes column; given are none"),
    "a misspelt argument": (suite_with(SOUND | {"colunm": "x"}), "given are column, colunm"),
    "a range without bounds": (
        suite_with(SOUND | {"kind": "between"}),
        "kind between takes column and maximum or minimum",
    ),
    "a set without values": (suite_with(SOUND | {"kind": "in_set"}), "kind in_set takes column and values"),
    "both a condition and a query": (
        suite_with(without("column") | {"kind": "no_rows", "where": "true", "query": "select 1"}),
        "kind no_rows takes query or where; given are query, where",
    ),
    "an expectation that is a text": (suite_with("code_stated"), "an expectation is 'code_stated'"),
    "no expectations": (suite_with(), "with at least one expectation"),
    "no schema": ({"expectations": [SOUND]}, "expected the keys schema and expectations"),
    "an empty file": ("", "expected the keys schema and expectations"),
    "broken YAML": ("schema: main\nexpectations: [", "not YAML in UTF-8"),
    "a colon in a sentence": ("schema: main\nexpectations:\n  - why: one: two", "not YAML in UTF-8 (mapping values"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_suite_file_that_could_not_work_is_refused(tmp_path: Path, content: object, message: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(SuiteError) as refusal:
        read_suites(tmp_path, "stg")
    assert str(refusal.value).startswith(f"{path}: ")
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_stage_without_suites_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="no suite found; a gate without expectations would pass anything"):
        read_suites(tmp_path, "parsed")


def test_a_warning_is_refused_in_the_mart_stage_and_only_there(tmp_path: Path) -> None:
    content = suite_with(SOUND | {"severity": "warning"})
    write(tmp_path, content, "mart")
    write(tmp_path, content, "stg")
    with pytest.raises(SuiteError, match="code_stated is a warning; quality.finding is built before this gate"):
        read_suites(tmp_path, "mart")
    assert [suite.name for suite in read_suites(tmp_path, "stg")] == ["stg.thing"]


def suites(stage: str) -> dict[str, Suite]:
    return {suite.table: suite for suite in read_suites(EXPECTATIONS, stage)}


def models(*folders: str) -> set[str]:
    return {path.stem for folder in folders for path in (MODELS / folder).glob("*.sql")}


def test_every_gated_table_has_a_suite_and_every_suite_a_table() -> None:
    assert set(suites("parsed")) == set(TABLES)
    assert set(suites("stg")) == models("staging")
    assert set(suites("mart")) == models("dimensions", "facts", "history", "marts", "quality", "meta")


@pytest.mark.parametrize("stage", ["stg", "mart"])
def test_every_suite_names_the_schema_in_which_dbt_builds_its_table(whole_root: Settings, stage: str) -> None:
    with build_database(whole_root.build_database, read_only=True) as connection:
        built = set(
            connection.execute("select table_schema || '.' || table_name from information_schema.tables").fetchall()
        )
    assert {(f"{suite.schema}.{suite.table}",) for suite in suites(stage).values()} <= built


@pytest.mark.parametrize("stage", STAGES)
def test_every_reason_is_one_sentence_in_chinese_and_english(stage: str) -> None:
    for suite in suites(stage).values():
        for expectation in suite.expectations:
            chinese, separator, english = expectation.why.partition(" (")
            assert separator and english.endswith(")"), f"{suite.name}.{expectation.name}: {expectation.why}"
            assert any("一" <= character <= "鿿" for character in chinese)
            assert english.isascii(), f"{suite.name}.{expectation.name}: {expectation.why}"


def column(path: str, name: str) -> list[str]:
    with (REPOSITORY / "pipelines" / path).open(encoding="utf-8", newline="") as file:
        return list(dict.fromkeys(row[name] for row in csv.DictReader(file)))


def values(stage: str, table: str, expectation: str) -> set[str]:
    (found,) = [one for one in suites(stage)[table].expectations if one.name == expectation]
    return set(found.arguments["values"])


CATEGORIES = "parsed/vocabulary/categories.csv"
VOCABULARIES = [
    ("parsed", "parsed_documents", "money_unit_known", column("layouts/vocabulary/money_units.csv", "unit"), []),
    (
        "parsed",
        "parsed_amounts",
        "funding_source_known",
        column("parsed/vocabulary/funding_sources.csv", "funding_source_code"),
        [TOTAL],
    ),
    (
        "parsed",
        "parsed_executions",
        "funding_source_known",
        column("parsed/vocabulary/funding_sources.csv", "funding_source_code"),
        [TOTAL],
    ),
    ("parsed", "parsed_indicators", "level1_known", column(CATEGORIES, "level1_name"), []),
    ("parsed", "parsed_indicators", "level2_known", column(CATEGORIES, "level2_name"), []),
    ("stg", "stg_indicator_categories", "taxonomy_known", column(CATEGORIES, "taxonomy"), []),
    ("mart", "dim_indicator_category", "level1_name_canonical", column(CATEGORIES, "level1_name"), ["未注明"]),
    ("mart", "dim_indicator_category", "level2_name_canonical", column(CATEGORIES, "level2_name"), ["未注明"]),
]


@pytest.mark.parametrize(
    ("stage", "table", "expectation", "vocabulary", "besides"), VOCABULARIES, ids=lambda value: str(value)[:40]
)
def test_a_suite_lists_the_vocabulary_as_it_stands(
    stage: str, table: str, expectation: str, vocabulary: list[str], besides: list[str]
) -> None:
    assert values(stage, table, expectation) == {*vocabulary, *besides}


def test_the_kinds_of_quantity_are_those_of_the_reviewed_units() -> None:
    known = values("stg", "stg_units", "quantity_kind_known")
    assert set(column("parsed/vocabulary/units.csv", "quantity_kind")) <= known
