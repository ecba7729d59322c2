"""Two published files compared: cells of facts by their keys, and documents by their versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.commands.main import _run
from pipelines.published.compare import document_changes, document_news, fact_changes
from pipelines.published.manifest import Version
from pipelines.published.switch import switch_to
from pipelines.settings import Settings
from tests.revisions.warehouse import Sighting, batch, build, land_all, packed, published_copy

pytestmark = pytest.mark.slow
FIRST = batch("甲局", {"培训": ("10.00", packed(次数="≥1次", 人数="≥30人")), "调研": ("2.00", packed(报告="≥1份"))})
SECOND = batch("甲局", {"调研": ("2.00", packed(报告="≥1份")), "培训": ("12.00", packed(人数="≥30人", 次数="≥4次"))})
OTHER = batch("乙局", {"会议": ("5.00", packed(场次="≥2场"))})


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data root with two published versions: the second changes one document and adds one."""
    settings = Settings(tmp_path_factory.mktemp("diff"))
    steps = {"v1": [Sighting(FIRST, 1)], "v2": [Sighting(SECOND, 2), Sighting(OTHER, 3, "2024/b.txt")]}
    for name, sightings in steps.items():
        land_all(settings, sightings)
        copy = published_copy(settings, build(settings, with_tests=False), name)
        versions = settings.published / "versions"
        (versions / name).mkdir(parents=True)
        copy.rename(versions / f"{name}.duckdb")
        (versions / name / "jixiao.duckdb").symlink_to(f"../{name}.duckdb")
        switch_to(settings.published, Version(name, "2026-01-01T00:00:00", "run", "", 0, "", name), 7)
    return settings


def files(root: Settings) -> tuple[Path, Path]:
    return root.published / "versions" / "v1.duckdb", root.published / "versions" / "v2.duckdb"


def test_facts_differ_in_the_cells_that_changed_and_not_because_rows_moved(root: Settings) -> None:
    changes = fact_changes(*files(root))
    told = [
        (one.fact, one.project_name, one.item, one.field, one.change_type, one.old_value, one.new_value)
        for one in changes
        if one.project_name != "会议"
    ]
    amounts = ("total_amount_cny", "components_amount_cny")
    target = ("fct_indicator_target", "培训", "次数 · annual")
    assert told == [
        *sorted(("fct_project_budget", "培训", "", field, "changed", "100000.00", "120000.00") for field in amounts),
        ("fct_project_funding", "培训", "财政拨款", "amount_cny", "changed", "100000.00", "120000.00"),
        ("fct_project_funding", "培训", "财政拨款", "stated_amount", "changed", "10.000000", "12.000000"),
        (*target, "base_lower_value", "changed", "1.000000", "4.000000"),
        (*target, "lower_value", "changed", "1.000000", "4.000000"),
        (*target, "target_text", "changed", "≥1次", "≥4次"),
    ]
    assert {one.change_type for one in changes if one.project_name == "会议"} == {"added"}
    backwards = fact_changes(*reversed(files(root)))
    assert len(backwards) == len(changes) and "removed" in {one.change_type for one in backwards}
    assert fact_changes(files(root)[0], files(root)[0]) == []


def test_documents_are_new_or_changed(root: Settings) -> None:
    news = [(one.kind, one.document_id, one.version_no, one.project_count) for one in document_news(*files(root))]
    assert news == [("added", "乙局/2024/target", 1, 1), ("changed", "甲局/2024/target", 2, 2)]
    changed = {(row["project_name"], row["field"]) for row in document_changes(*files(root))}
    assert changed == {
        ("培训", "amount_cny.total"),
        ("培训", "amount_cny.fiscal_appropriation"),
        ("培训", "annual_target"),
    }


def diff(capsys: pytest.CaptureFixture[str], root: Settings, *arguments: str) -> tuple[int, str, str]:
    code = _run(["diff", *arguments, "--data-root", str(root.data_root)])
    return code, *capsys.readouterr()


def test_the_command_shows_what_the_newest_publication_changed(
    root: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    code, shown, _ = diff(capsys, root)
    assert code == 0 and "v1 → v2" in shown and "≥1次" in shown and "≥4次" in shown and "新增" in shown
    code, answer, _ = diff(capsys, root, "--json")
    content = json.loads(answer)
    assert (content["old"], content["new"], len(content["documents"]), len(content["changes"])) == ("v1", "v2", 2, 3)


def test_the_command_compares_two_versions(root: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer, _ = diff(capsys, root, "v1", "v2", "--json")
    assert code == 0 and {row["fact"] for row in json.loads(answer)["changes"]} == {
        "fct_project_budget",
        "fct_project_funding",
        "fct_indicator_target",
    }
    assert "事实表相同" in diff(capsys, root, "v2", "v2")[1]


def test_wrong_usage_is_one_line_and_exit_code_2(root: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = diff(capsys, root, "v1", "v9")
    assert code == 2 and "没有版本 v9" in said and "kept: v2、v1" in said
    assert diff(capsys, root, "v1")[0] == 2


def test_nothing_published_is_no_failure(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(capsys, settings)[:2] == (0, "尚未发布 (nothing published yet)\n")
