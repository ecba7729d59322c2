"""A document that is revised, and returns: what facts show, what was known when, and the order of arrival."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipelines.settings import Settings
from tests.revisions.warehouse import Sighting, batch, build, land_all, packed, published_copy, rows

A = batch("甲局", {"培训": ("10.00", packed(次数="≥1次")), "旧项目": ("1.00", packed(次数="≥5次"))})
B = batch("甲局", {"培训": ("20.00", packed(次数="≥2次", 人数="≥30人"))})
OTHER = batch("甲局", {"培训": ("33.00", packed(次数="≥3次"))})
OTHER_STATED = {"document_id": "区汇总", "published_on": "2026-01-20"}
# A, then B, then A again at one place; later another document states one of its projects, and counts.
SIGHTINGS = [
    Sighting(A, 2),
    Sighting(B, 5),
    Sighting(A, 9),
    Sighting(OTHER, 21, "2024/other.txt", OTHER_STATED),
]
AMOUNTS = (
    "select project_name, total_amount_cny::integer from {} join dim_project using (project_key) "
    "where project_name in ('培训', '旧项目') order by project_name"
)
# Another document with two versions, to see what changed between them.
C = batch(
    "乙局",
    {
        "会议": ("5.00", packed(场次="≥4场", 到会率="≥90%", 满意度="≥95%")),
        "巡查": ("7.00", packed(次数="≥7次")),
        "老楼维修": ("3.00", packed(栋数="≥2栋")),
        "撤销": ("1.00", packed(次数="≥1次")),
    },
)
D = batch(
    "乙局",
    {
        "新增": ("2.00", packed(次数="≥6次")),
        "会议": ("5.00", packed(场次="≥6场", 出席率="≥90%", 满意度="≥95%", 简报="≥3份")),
        "旧楼维修": ("3.00", packed(栋数="≥2栋")),
        "巡查": ("8.50", packed(次数="≥7次")),
    },
)
SIGHTINGS += [Sighting(C, 3, "2024/c.txt"), Sighting(D, 4, "2024/c.txt")]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(tmp_path_factory.mktemp("as_of"))
    land_all(settings, SIGHTINGS)
    return published_copy(settings, build(settings))


def test_a_return_to_earlier_bytes_is_the_third_version_and_current(published: Path) -> None:
    versions = rows(
        published,
        "select version_no, occurrence_no, day(valid_from), day(valid_to), is_current from dim_document "
        "where document_id = '甲局/2024/target' order by version_no",
    )
    assert versions == [(1, 1, 2, 5, False), (2, 1, 5, 9, False), (3, 2, 9, None, True)]
    assert rows(published, "select count(distinct document_key) from dim_document") == [(7,)]


def test_facts_hold_current_documents_only(published: Path) -> None:
    assert rows(published, AMOUNTS.format("fct_project_budget")) == [("培训", 330000), ("旧项目", 10000)]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-01-02 07:59:59", []),
        ("2026-01-02 08:00:00", [("培训", 100000), ("旧项目", 10000)]),
        ("2026-01-05 08:00:00", [("培训", 200000)]),
        ("2026-01-09 08:00:00", [("培训", 100000), ("旧项目", 10000)]),
        ("2026-01-20 00:00:00", [("培训", 330000), ("旧项目", 10000)]),
    ],
)
def test_budgets_are_shown_as_they_were_known(published: Path, time: str, expected: list[tuple[str, int]]) -> None:
    assert rows(published, AMOUNTS.format(f"project_budgets_as_of(timestamp '{time}')")) == expected


def test_targets_are_shown_as_they_were_known(published: Path) -> None:
    query = (
        "select target_text, version_no from indicator_targets_as_of('2026-01-{} 12:00:00') "
        "join dim_document using (document_key) where horizon = 'annual' and publisher = '甲局' order by target_text"
    )
    assert rows(published, query.format("02")) == [("≥1次", 1), ("≥5次", 1)]
    assert rows(published, query.format("06")) == [("≥2次", 2), ("≥30人", 2)]
    assert rows(published, query.format("10")) == [("≥1次", 3), ("≥5次", 3)]
    assert rows(published, query.format("01")) == []


@pytest.mark.parametrize(
    ("fact", "macro"),
    [("fct_project_budget", "project_budgets_as_of"), ("fct_indicator_target", "indicator_targets_as_of")],
)
def test_what_is_known_in_the_end_is_what_the_facts_hold(published: Path, fact: str, macro: str) -> None:
    known = f"select * from {macro}(timestamp '2999-01-01')"
    assert rows(published, f"({known} except all from {fact}) union all (from {fact} except all {known})") == []
    assert rows(published, f"describe {known}") == rows(published, f"describe {fact}")


def test_the_macros_are_described_and_work_for_an_attached_file_that_is_in_use(published: Path) -> None:
    described = rows(published, "select comment from duckdb_functions() where function_name like '%_as_of'")
    assert len(described) == 2 and all(" | " in comment for (comment,) in described)
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as jixiao (read_only); use jixiao")
        assert connection.execute("select count(*) from project_budgets_as_of(timestamp '2026-01-06')").fetchall() == [
            (5,)
        ]


CHANGES = (
    "select project_name, indicator_name, field, change_type, old_value, new_value from history.document_change "
    "where document_id = '{}/2024/target' and to_version_no = {} order by all"
)


def test_every_changed_cell_is_told_with_its_old_and_new_value(published: Path) -> None:
    changes = [row for row in rows(published, CHANGES.format("乙局", 2)) if row[2] not in ("unit_name", "category")]
    # The two projects at place 3 are one under another name; 撤销 (place 4) is gone, 新增 (place 1) is new.
    assert [row for row in changes if row[0] not in ("撤销", "新增")] == [
        ("会议", "出席率", "indicator_name", "changed", "到会率", "出席率"),
        ("会议", "场次", "annual_target", "changed", "≥4场", "≥6场"),
        ("会议", "简报", "annual_target", "added", None, "≥3份"),
        ("会议", "简报", "cycle_target", "added", None, "≥9次"),
        ("会议", "简报", "indicator_name", "added", None, "简报"),
        ("巡查", None, "amount_cny.fiscal_appropriation", "changed", "70000.00", "85000.00"),
        ("巡查", None, "amount_cny.total", "changed", "70000.00", "85000.00"),
        ("旧楼维修", None, "project_name", "changed", "老楼维修", "旧楼维修"),
    ]
    for name, kind in (("撤销", "removed"), ("新增", "added")):
        told = {(row[2], row[3]) for row in changes if row[0] == name}
        assert {kind for _, kind in told} == {kind}
        assert {"project_name", "amount_cny.total", "goal_text", "indicator_name", "annual_target"} <= {
            field for field, _ in told
        }


def test_a_return_undoes_what_the_version_before_it_changed(published: Path) -> None:
    there, back = (rows(published, CHANGES.format("甲局", number)) for number in (2, 3))
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    undone = [(*row[:3], opposite[row[3]], row[5], row[4]) for row in there]
    assert there and {row[2:] for row in back} == {row[2:] for row in undone}


def test_the_order_of_arrival_changes_no_row(tmp_path: Path, published: Path) -> None:
    """Everything at once, shuffled; and one load per sighting, the newest first."""
    shuffled = random.Random(6).sample(SIGHTINGS, len(SIGHTINGS))
    at_once, one_by_one = Settings(tmp_path / "at_once"), Settings(tmp_path / "one_by_one")
    land_all(at_once, shuffled)
    copies = [published_copy(at_once, build(at_once, with_tests=False))]
    for sighting in reversed(SIGHTINGS):
        land_all(one_by_one, [sighting])
        dbt = build(one_by_one, with_tests=False)
    copies.append(published_copy(one_by_one, dbt))
    tables = rows(
        published,
        "select schema_name || '.' || table_name from duckdb_tables() where not internal and schema_name != 'meta' "
        "and table_name not in ('gate_result', 'gate_failing_row')",
    )
    for (table,) in tables:
        expected = rows(published, f"from {table.replace('报表', chr(34) + '报表' + chr(34))}")
        assert [rows(copy, f"from {table}") for copy in copies] == [expected, expected], table
