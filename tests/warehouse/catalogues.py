"""The project's YAML catalogues, read as plain data with doc blocks resolved. Does not know dbt's manifest."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"


@cache
def doc_blocks() -> dict[str, str]:
    """Name → text of every doc block below the models."""
    blocks: dict[str, str] = {}
    for path in sorted(MODELS.rglob("*.md")):
        for name, text in re.findall(r"{% docs (\w+) %}(.*?){% enddocs %}", path.read_text(encoding="utf-8"), re.S):
            assert name not in blocks, f"{name} is described twice"
            blocks[name] = text.strip()
    return blocks


def resolved(description: str | None) -> str:
    """The description as a reader gets it."""
    reference = re.fullmatch(r"{{ doc\('(\w+)'\) }}", (description or "").strip())
    return doc_blocks()[reference.group(1)] if reference else " ".join((description or "").split())


def model_files() -> list[Path]:
    """Every model's SQL file."""
    return sorted(MODELS.rglob("*.sql"))


@cache
def model(path: Path) -> dict[str, Any]:
    """What the sibling YAML says of the model in ``path``."""
    content = yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))
    (entry,) = content["models"]
    assert entry["name"] == path.stem
    return dict(entry)


@cache
def sources() -> dict[str, dict[str, dict[str, Any]]]:
    """Source → table → what ``sources.yml`` says of it."""
    content = yaml.safe_load((MODELS / "sources.yml").read_text(encoding="utf-8"))
    return {source["name"]: {table["name"]: table for table in source["tables"]} for source in content["sources"]}


def columns(table: dict[str, Any]) -> dict[str, str]:
    """Column → data type, in order."""
    return {column["name"]: column["data_type"] for column in table["columns"]}


def kinds_of_tests(column: dict[str, Any]) -> set[str]:
    """The kinds of data tests of a column."""
    return {test if isinstance(test, str) else next(iter(test)) for test in column.get("data_tests", [])}
