"""The nightly load, end to end: real files, the real graph, the real published file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.nightly import LoadOptions, LoadResult, run_load
from pipelines.published.manifest import read_manifest
from pipelines.settings import Settings
from tests.conftest import NANSHA
from tests.layouts.batch import HEAD, INDICATOR
from tests.raw.helpers import DOCUMENTS


def query(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    """Rows of the published file, read as a BI tool reads it."""
    with duckdb.connect(str(settings.published / "jixiao.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def batch_text(department: str, year: int, projects: dict[str, str]) -> str:
    """A small batch table as a published text file; ``projects`` maps names to amounts."""
    rows = [f"{name}\t{amount}\t{amount}\t\t\t目标\t{INDICATOR}" for name, amount in projects.items()]
    head = [f"{department}{year}年项目支出绩效目标表", "", f"部门名称：{department}", "", "单位：万元", "", HEAD]
    return "\n".join([*head, *rows, ""])


def test_the_first_load_publishes_the_document(nansha_load: tuple[Settings, LoadResult]) -> None:
    settings, result = nansha_load
    assert result.plan.landed.new == ["2024/nansha_2024.txt"]
    counts = query(
        settings,
        "select (select count(*) from fct_project_budget), (select count(*) from fct_indicator_target), "
        "(select count(*) from mart_indicator), (select sum(total_amount_cny) from fct_project_budget)",
    )
    assert [str(value) for value in counts[0]] == ["10", "210", "104", "15543500.00"]
    assert query(settings, "select distinct status from quality.reconciliation") == [("match",)]
    assert query(settings, "select province_name, prefecture_name, region_name from mart_project group by all") == [
        ("广东省", "广州市", "南沙区")
    ]
    assert query(settings, "select status, documents_added, published_version from meta.load_run") == [
        ("published", 1, result.published_version)
    ]
    failed = query(settings, "select suite, expectation from quality.gate_result where not success")
    assert failed == [] and query(settings, "select count(distinct suite) > 20 from quality.gate_result") == [(True,)]


def test_the_published_file_is_plain_described_and_locked(nansha_load: tuple[Settings, LoadResult]) -> None:
    settings, _ = nansha_load
    types = {row[0] for row in query(settings, "select distinct data_type from duckdb_columns() where not internal")}
    assert {kind.split("(")[0] for kind in types} <= {
        "VARCHAR",
        "INTEGER",
        "BIGINT",
        "DECIMAL",
        "BOOLEAN",
        "DATE",
        "TIMESTAMP",
    }
    for things in ("duckdb_tables()", "duckdb_views() where not internal", "duckdb_columns() where not internal"):
        undescribed = query(
            settings, f"select * from (from {things}) where comment is null or not contains(comment, ' | ')"
        )
        assert undescribed == []
    assert (
        query(settings, "select * from duckdb_constraints() where constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')")
        == []
    )
    assert query(settings, "select count(*) from 报表.绩效指标") == [(104,)]
    target = (settings.published / "jixiao.duckdb").resolve()
    assert target.parent == settings.published / "versions" and target.stat().st_mode & 0o777 == 0o444
    assert query(settings, "select value from (select current_setting('access_mode') as value)") == [("read_only",)]


def test_exports_and_manifest_stand_beside_the_file(nansha_load: tuple[Settings, LoadResult]) -> None:
    settings, result = nansha_load
    manifest = read_manifest(settings.published)
    assert manifest.current == result.published_version and manifest.versions[0].run_id == result.run_id
    rows = manifest.versions[0].rows
    assert rows["fct_indicator_target"] == 210
    package = json.loads((settings.published / "datapackage.json").read_text(encoding="utf-8"))
    assert {resource["path"] for resource in package["resources"]} == {f"parquet/{name}.parquet" for name in rows}
    for resource in package["resources"]:
        path = settings.published / resource["path"]
        (count,) = duckdb.sql(f"select count(*) from '{path}'").fetchone() or (None,)
        assert count == rows[path.stem]
        assert all(field["title"] and field["description"] for field in resource["schema"]["fields"]), path.stem


def test_a_quiet_night_imports_nothing_heavy_and_publishes_nothing(loaded: Settings) -> None:
    before = (loaded.published / "jixiao.duckdb").resolve()
    program = (
        "import sys; from pipelines.commands.main import _run; code = _run(sys.argv[1:]);"
        "print(code, sorted({'dagster', 'dbt', 'duckdb', 'great_expectations', 'polars', 'pandas'} & set(sys.modules)))"
    )
    arguments = [sys.executable, "-c", program, "load", "--data-root", str(loaded.data_root)]
    run = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "0 []" and "没有变化" in run.stdout
    assert (loaded.published / "jixiao.duckdb").resolve() == before


def test_a_load_is_told_apart_from_a_reader_by_a_lock(loaded: Settings) -> None:
    program = (
        "import fcntl, sys; file = open(sys.argv[1], 'a+'); fcntl.flock(file, fcntl.LOCK_EX); "
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(loaded.lock_file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        run = jixiao("load", "--data-root", str(loaded.data_root))
        holder.communicate("")
    assert run.returncode == 1 and "another load is running" in run.stderr and run.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_changed_document_replaces_its_version_and_other_years_stay(loaded: Settings) -> None:
    (loaded.inbox / "2023").mkdir()
    text = batch_text("某某局", 2023, {"甲": "1.00", "乙": "2.50"})
    (loaded.inbox / "2023" / "a.txt").write_text(text, encoding="utf-8")
    first = run_load(loaded)
    assert first.plan.fiscal_years == [2023] and first.problems == []
    (loaded.inbox / "2023" / "a.txt").write_text(text.replace("2.50", "3.50"), encoding="utf-8")
    second = run_load(loaded)
    assert second.plan.landed.changed == ["2023/a.txt"] and second.problems == []
    amounts = "select fiscal_year, project_name, total_amount_cny from mart_project where fiscal_year = 2023 order by 2"
    assert [(year, name, str(amount)) for year, name, amount in query(loaded, amounts)] == [
        (2023, "乙", "35000.00"),
        (2023, "甲", "10000.00"),
    ]
    assert query(loaded, "select version_no, is_current from dim_document where fiscal_year = 2023 order by 1") == [
        (1, False),
        (2, True),
    ]
    assert query(loaded, "select count(*) from fct_indicator_target where fiscal_year = 2024") == [(210,)]
    first_seen = dict(query(loaded, "select fiscal_year, any_value(first_seen_run) from quality.finding group by 1"))
    assert first_seen[2023] == second.run_id and first_seen[2024] not in (first.run_id, second.run_id)

    (loaded.inbox / "2023" / "a.txt").unlink()
    third = run_load(loaded)
    assert third.plan.landed.vanished == ["2023/a.txt"] and third.problems == []
    assert query(loaded, "select count(*) from mart_project where fiscal_year = 2023") == [(2,)]
    assert query(
        loaded, "select distinct is_source_present from dim_document where fiscal_year = 2023 and is_current"
    ) == [(False,)]


@pytest.mark.slow
def test_the_year_of_a_file_without_a_year_folder_is_read_from_its_title(loaded: Settings) -> None:
    (loaded.inbox / "b.txt").write_text(batch_text("乙局", 2022, {"丙": "1.00"}), encoding="utf-8")
    result = run_load(loaded)
    assert result.plan.fiscal_years == [2022] and result.problems == []
    assert query(loaded, "select project_name from mart_project where fiscal_year = 2022") == [("丙",)]


@pytest.mark.slow
def test_keys_and_rows_do_not_depend_on_what_was_loaded_before(loaded: Settings, tmp_path: Path) -> None:
    """The same documents in one load on another machine: the same star, byte for byte in every exported fact."""
    (loaded.inbox / "2023").mkdir()
    (loaded.inbox / "2023" / "a.txt").write_text(batch_text("某某局", 2023, {"甲": "1.00"}), encoding="utf-8")
    run_load(loaded)
    other = Settings(tmp_path / "other")
    shutil.copytree(loaded.inbox, other.inbox)
    run_load(other)
    for table in (
        "dim_project",
        "dim_indicator",
        "dim_unit",
        "dim_budget_unit",
        "fct_indicator_target",
        "fct_project_budget",
    ):
        here, there = (query(one, f"select * from {table} order by all") for one in (loaded, other))
        assert here == there, table


def jixiao(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command itself, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pipelines.commands.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        cwd=Path(__file__).resolve().parent.parent,
    )


BAD_FILES = {
    "empty": (b"", "empty"),
    "only_spaces": (b" \n\t\n", "table_missing"),
    "no_table": ("只有文字，没有表格。\n".encode(), "table_missing"),
    "random_bytes": (bytes(range(128, 256)) * 40, ""),
    "utf8_cut_into_gbk": ("项目\t总计\n甲\t".encode() + "一".encode("gbk") + b"\xff\xfe\x00\x81", ""),
    "unknown_header": ("某局2024年项目支出绩效目标表\n单位：万元\n名字\t钱\n甲\t1\n".encode(), "form_unknown"),
    "wrong_total": (
        batch_text("某局", 2024, {"甲": "1.00"}).replace("甲\t", "合计\t9.00\t9.00\t\t\t\t\n甲\t").encode(),
        "total_mismatch",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_one_line_and_nothing_published_is_touched(loaded: Settings, name: str) -> None:
    content, reason = BAD_FILES[name]
    before = {path: path.stat().st_mtime_ns for path in sorted(loaded.published.rglob("*")) if path.is_file()}
    (loaded.inbox / "2024" / f"{name}.txt").write_bytes(content)
    run = jixiao("load", "--data-root", str(loaded.data_root))
    assert run.returncode == 1
    complaints = [line for line in run.stderr.splitlines() if line.startswith("jixiao: ")]
    assert len(complaints) == 1 and f"inbox/2024/{name}.txt" in complaints[0] and reason in complaints[0]
    assert "Traceback" not in run.stdout + run.stderr
    assert {path: path.stat().st_mtime_ns for path in sorted(loaded.published.rglob("*")) if path.is_file()} == before
    # Told once; a night on which nothing changes is quiet, and `status` still shows it.
    assert jixiao("load", "--data-root", str(loaded.data_root)).returncode == 0
    assert f"{name}.txt" in jixiao("status", "--data-root", str(loaded.data_root)).stdout


@pytest.mark.slow
def test_the_good_documents_of_a_night_are_published_beside_a_bad_one(loaded: Settings) -> None:
    (loaded.inbox / "2024" / "empty.txt").write_bytes(b"")
    (loaded.inbox / "2024" / "good.txt").write_text(batch_text("某某局", 2024, {"甲": "1.00"}), encoding="utf-8")
    result = run_load(loaded)
    assert result.published_version is not None and result.failures == []
    assert [line.split(":")[0] for line in result.quarantined] == ["inbox/2024/empty.txt"]
    assert query(loaded, "select source_uri, reason_code from quality.quarantined_document") == [
        ("2024/empty.txt", "empty")
    ]
    assert query(loaded, "select count(*) from mart_project where fiscal_year = 2024") == [(11,)]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["load", "--data-root", "{root}/nowhere"], 1, "nowhere/inbox"),
        (["load", "--bogus"], 2, "No such option"),
        (["load", "--year", "soon"], 2, "soon"),
        (["rollback", "v0", "--data-root", "{root}"], 2, "no such version"),
        (["rollback", "--data-root", "{root}"], 2, "no earlier version"),
        (["bogus"], 2, "No such command"),
    ],
)
def test_wrong_usage_is_told_without_a_traceback(loaded: Settings, arguments: list[str], code: int, words: str) -> None:
    run = jixiao(*(argument.format(root=loaded.data_root) for argument in arguments))
    assert run.returncode == code and words in run.stderr and "Traceback" not in run.stderr


def test_a_wrong_setting_is_wrong_usage(loaded: Settings) -> None:
    run = jixiao("status", JIXIAO_DATA=str(loaded.data_root), JIXIAO_KEEP_VERSIONS="none")
    assert run.returncode == 2 and "JIXIAO_KEEP_VERSIONS is 'none'" in run.stderr


@pytest.mark.slow
def test_rollback_switches_back_and_a_quiet_night_does_not_undo_it(loaded: Settings) -> None:
    before = read_manifest(loaded.published).current
    (loaded.inbox / "2023").mkdir()
    (loaded.inbox / "2023" / "a.txt").write_text(batch_text("某某局", 2023, {"甲": "1.00"}), encoding="utf-8")
    after = run_load(loaded).published_version
    run = jixiao("rollback", "--json", "--data-root", str(loaded.data_root))
    assert json.loads(run.stdout) == {"from": after, "to": before}
    assert query(loaded, "select count(*) from mart_project where fiscal_year = 2023") == [(0,)]
    assert run_load(loaded).run_id is None
    assert read_manifest(loaded.published).current == before


@pytest.mark.slow
def test_old_versions_are_pruned(loaded: Settings) -> None:
    settings = Settings(loaded.data_root, keep_versions=2)
    for number in range(2):
        (loaded.inbox / f"{2021 + number}").mkdir()
        text = batch_text("某某局", 2021 + number, {"甲": "1.00"})
        (loaded.inbox / f"{2021 + number}" / "a.txt").write_text(text, encoding="utf-8")
        assert run_load(settings).problems == []
    versions = [one.version for one in read_manifest(settings.published).versions]
    assert len(versions) == 2
    assert sorted(path.name for path in (settings.published / "versions").iterdir()) == sorted(
        [*versions, *(f"{version}.duckdb" for version in versions)]
    )


def test_explain_leads_from_a_fact_to_the_printed_characters(nansha_load: tuple[Settings, LoadResult]) -> None:
    root = str(nansha_load[0].data_root)
    run = jixiao("explain", "广州南沙港澳商协会服务集聚区综合保障经费/5/cycle", "--json", "--data-root", root)
    facts = json.loads(run.stdout)
    assert [(fact["comparator"], fact["lower_value"], fact["unit_text"]) for fact in facts] == [
        ("ge", "180.000000", "批次"),
        ("ge", "600.000000", "人次"),
    ]
    assert {fact["printed"] for fact in facts} == {"≥180批次或600人次"}
    line, field = NANSHA.read_text(encoding="utf-8").split("\n")[20].split("\t"), facts[0]["address"].split()[-1]
    assert facts[0]["address"] == "text line 21 field 6" and field == "6"
    assert line[5][facts[0]["source_start"] : facts[0]["source_end"]] == "≥180批次或600人次"
    shown = jixiao("explain", "港澳与外事工作经费/33", "--data-root", root).stdout
    assert "nothing printed" in shown and "【≥90%】" in shown


def test_status_of_an_empty_data_root_says_what_to_do(settings: Settings) -> None:
    run = jixiao("status", "--data-root", str(settings.data_root))
    assert run.returncode == 0 and "nothing published yet" in run.stdout


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="mounting a small disk needs root; CI runs as root")
@pytest.mark.parametrize("kilobytes", [64, 400, 1200, 3000, 6000])
def test_a_full_disk_is_one_line_and_readers_keep_their_version(tmp_path: Path, kilobytes: int) -> None:
    """A real small file system, filled at different stages; after room is made, the next load completes."""
    mount = tmp_path / "disk"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(mount)], check=True)
    try:
        (mount / "inbox" / "2024").mkdir(parents=True)
        shutil.copy(NANSHA, mount / "inbox" / "2024" / "a.txt")
        run = jixiao("load", "--data-root", str(mount))
        assert run.returncode == 1, run.stdout
        assert "Traceback" not in run.stdout + run.stderr
        assert [line for line in run.stderr.splitlines() if line.startswith("jixiao: ")] != []
        assert not (mount / "published" / "jixiao.duckdb").exists()
        subprocess.run(["mount", "-o", "remount,size=200m", str(mount)], check=True)
        run = jixiao("load", "--data-root", str(mount))
        assert run.returncode == 0, run.stderr
        assert query(Settings(mount), "select count(*) from mart_indicator") == [(104,)]
    finally:
        subprocess.run(["umount", str(mount)], check=True)


@pytest.mark.slow
def test_a_run_of_chosen_years_loads_them_even_if_nothing_changed(loaded: Settings) -> None:
    result = run_load(loaded, LoadOptions(fiscal_years=[2024]))
    assert result.run_id is not None and result.problems == [] and result.published_version is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["flat.xlsx", "flat.xls", "flat.docx", "flat.doc", "flat.pdf", "flat_word_gbk.html", "flat_utf8bom.csv"]
)
def test_every_format_gives_the_same_facts(
    nansha_load: tuple[Settings, LoadResult], settings: Settings, name: str
) -> None:
    (settings.inbox / "2024").mkdir()
    shutil.copy(DOCUMENTS / name, settings.inbox / "2024" / name)
    (settings.inbox / "2024" / f"{name}.yml").write_text('region_code: "440115"\n', encoding="utf-8")
    result = run_load(settings)
    assert result.problems == []
    provenance = "document_key, source_table, source_row, source_column, source_start, source_end"
    for table, left_out in (
        ("fct_indicator_target", provenance),
        # A PDF does not print the blank at a line's end, so a goal may lack one.
        (
            "fct_project_budget",
            "document_key, source_table, source_row" + (", goal_text" if name == "flat.pdf" else ""),
        ),
        ("fct_project_funding", "document_key, source_table, source_row, source_column"),
    ):
        sql = f"select * exclude ({left_out}) from {table} order by all"
        assert query(settings, sql) == query(nansha_load[0], sql), table
