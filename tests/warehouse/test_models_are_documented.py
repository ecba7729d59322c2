"""Every model says what a row is, and every column what it means, in Chinese and English; keys are proven.

Does not run dbt: whether the tests pass is the build's affair.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.warehouse.catalogues import columns, doc_blocks, kinds_of_tests, model, model_files, resolved

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2}")
PLAIN_TYPE = re.compile(r"bigint|integer|varchar|boolean|date|timestamp|decimal\(\d+, \d+\)")
# The table whose own key a column is; there it is tested for uniqueness instead.
DIMENSION_OF = {
    "project_key": "dim_project",
    "indicator_key": "dim_indicator",
    "category_key": "dim_indicator_category",
    "document_key": "dim_document",
    "unit_key": "dim_unit",
    "budget_unit_key": "dim_budget_unit",
    "region_key": "dim_region",
    "funding_source_key": "dim_funding_source",
    "fiscal_year": "dim_fiscal_year",
}
OWN_KEYS = {"finding": "finding_key"}
# Staging makes the keys and tests them with data tests, since views hold no constraints; the Chinese views have none.
READ_MODELS = [
    path for path in model_files() if path.parent.name in {"dimensions", "facts", "history", "marts", "quality", "meta"}
]


def is_bilingual(text: str) -> bool:
    chinese, separator, english = text.partition(" | ")
    return bool(separator and HAN.search(chinese) and LATIN.search(english))


@pytest.fixture(params=model_files(), ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def test_a_model_has_a_yaml_of_its_own_beside_it(path: Path) -> None:
    assert path.with_suffix(".yml").exists()
    assert model(path)["name"] == path.stem


def test_the_first_sentence_states_the_grain(path: Path) -> None:
    description = resolved(model(path)["description"])
    assert is_bilingual(description), description
    chinese, _, english = description.partition(" | ")
    assert chinese.startswith("每行"), chinese
    assert english.startswith("One row per"), english


def test_every_column_is_described_in_both_languages(path: Path) -> None:
    described = {column["name"]: resolved(column["description"]) for column in model(path)["columns"]}
    assert [name for name, text in described.items() if not is_bilingual(text)] == []


def test_every_type_is_plain(path: Path) -> None:
    assert {name: kind for name, kind in columns(model(path)).items() if not PLAIN_TYPE.fullmatch(kind)} == {}


@pytest.mark.parametrize("read_model", READ_MODELS, ids=lambda path: path.stem)
def test_every_foreign_key_is_proven(read_model: Path) -> None:
    unproven = []
    for column in model(read_model)["columns"]:
        name, tests = column["name"], kinds_of_tests(column)
        is_own = DIMENSION_OF.get(name) == read_model.stem or OWN_KEYS.get(read_model.stem) == name
        if (is_own and "unique" not in tests) or (
            not is_own and (name.endswith("_key") or name in DIMENSION_OF) and "relationships" not in tests
        ):
            unproven.append(name)
    assert unproven == []


@pytest.mark.parametrize("read_model", READ_MODELS, ids=lambda path: path.stem)
def test_every_key_is_never_null(read_model: Path) -> None:
    nullable = [
        column["name"]
        for column in model(read_model)["columns"]
        if column["name"].endswith("_key") and {"type": "not_null"} not in column.get("constraints", [])
    ]
    assert nullable == []


def test_every_doc_block_is_used() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in model_files()[0].parents[1].rglob("*.yml"))
    assert [name for name in doc_blocks() if f"doc('{name}')" not in text] == []


@pytest.mark.parametrize("text", ["One row per project.", "每行一个项目。", "项目 | 项目", "Project | project"])
def test_one_language_is_not_both(text: str) -> None:
    assert not is_bilingual(text)
