"""The project is parsed once in a process: for every place of a build file, and again when a file of it changes."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.warehouse.dbt import Dbt


@dataclass(frozen=True)
class SettingsWithProject(Settings):
    """Settings of a deployment that keeps its dbt project elsewhere."""

    project: Path = field(default=Path())

    @property
    def dbt_project(self) -> Path:
        return self.project


def nodes(settings: Settings) -> dict[str, str]:
    """Every node of the written manifest with its SQL."""
    manifest = json.loads(Dbt(settings).ensure_manifest().read_text(encoding="utf-8"))
    return {name: node["raw_code"] for name, node in manifest["nodes"].items() if "raw_code" in node}


@pytest.mark.slow
def test_another_place_has_the_same_manifest_and_a_changed_model_another(tmp_path: Path) -> None:
    project = tmp_path / "dbt_project"
    shutil.copytree(Settings(tmp_path).dbt_project, project)
    first, second, third = (nodes(SettingsWithProject(tmp_path / name, project=project)) for name in "aab")
    assert first == second == third and len(first) > 200
    model = project / "models" / "marts" / "mart_project.sql"
    model.write_text(model.read_text(encoding="utf-8") + "-- changed\n", encoding="utf-8")
    for place in "ab":
        changed = nodes(SettingsWithProject(tmp_path / place, project=project))
        assert {name for name in first if first[name] != changed[name]} == {"model.jixiao.mart_project"}
