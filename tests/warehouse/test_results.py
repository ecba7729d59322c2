"""Target and actual value as printed → met or not, through the value parser and the star: the rule as a reader meets it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.parsed.buckets import Bucket, write_bucket
from pipelines.parsed.documents import ReadDocument, add_document, parse_rows
from pipelines.parsed.flatten import FlatRows
from pipelines.raw.table import RawDocument
from pipelines.settings import Settings
from pipelines.sources.history import Stretch
from pipelines.sources.inbox import Statement
from pipelines.sources.landing import Observation
from pipelines.warehouse.database import build_database
from pipelines.warehouse.dbt import Dbt, raise_failures
from pipelines.warehouse.load import LoadRequest, load_parsed
from tests.parsed.grid import document, indicator

pytestmark = pytest.mark.slow  # dbt builds the star once

# Level 1 / level 2 | name | target | actual | met: yes, no, or ? where the words leave it open.
PRINTED = """
产出指标/数量指标   | 次数       | ≥50次               | 50            | yes
产出指标/数量指标   | 次数       | ≥50次               | 48            | no
产出指标/数量指标   | 次数       | ≥50次               | 60人          | ?
产出指标/数量指标   | 次数       | ≥50次               | 约50次        | ?
产出指标/数量指标   | 次数       | 约50次              | 50次          | yes
产出指标/数量指标   | 次数       | 约50次              | 52次          | ?
产出指标/数量指标   | 次数       | 50次                | 50次          | yes
产出指标/数量指标   | 次数       | 50次                | 45次          | no
产出指标/数量指标   | 次数       | 50次                | 52次          | ?
产出指标/数量指标   | 份数       | 5                   | 4份           | no
产出指标/数量指标   | 份数       | ≥5                  | 6份           | yes
产出指标/成本指标   | 经费       | 5                   | 4.8万元       | ?
产出指标/数量指标   | 座数       | 1                   | 1座           | yes
产出指标/质量指标   | 合格率     | ≥0.95               | 96%           | ?
产出指标/数量指标   | 次数       | =50次               | 52次          | no
产出指标/数量指标   | 长度       | ≥2公里              | 1500米        | no
产出指标/数量指标   | 长度       | ≥2公里              | 2.1公里       | yes
产出指标/数量指标   | 次数       | 20～24次            | 22次          | yes
产出指标/数量指标   | 次数       | 20～24次            | 25次          | no
产出指标/数量指标   | 批次       | ≥180批次或600人次   | 700人次       | yes
产出指标/数量指标   | 批次       | ≥180批次或600人次   | 100批次       | ?
产出指标/数量指标   | 批次       | ≥180批次且≥600人次  | 200批次，500人次 | no
产出指标/数量指标   | 次数       | ≥50次               | 达成预期指标  | ?
产出指标/数量指标   | 次数       | ≥**次               | 50次          | ?
产出指标/数量指标   | 次数       |                     | 50次          | ?
产出指标/数量指标   | 次数       | ≥50次               |               | ?
产出指标/质量指标   | 合格率     | ≥95%                | ≥95%          | yes
产出指标/质量指标   | 合格率     | ≥95%                | ≥90%          | ?
产出指标/质量指标   | 合格率     | ≥95%                | 0.96          | ?
产出指标/质量指标   | 合格率     | 100%                | 98%           | no
产出指标/质量指标   | 差错率     | 5%                  | 3%            | ?
产出指标/质量指标   | 偏差       | ±3%以内             | 2%            | yes
产出指标/质量指标   | 误差       | ±3%以内             | 4%            | no
产出指标/时效指标   | 完成时间   | 12月底前            | 2024年11月    | yes
产出指标/时效指标   | 完成时间   | 12月底前            | 2025年1月     | no
产出指标/时效指标   | 完成时间   | 6月15日前           | 6月           | ?
产出指标/时效指标   | 完成时间   | 2024年12月          | 2024年11月    | yes
产出指标/时效指标   | 办结天数   | 30天                | 20天          | ?
产出指标/成本指标   | 培训费     | ≤5万元              | 4.8万元       | yes
产出指标/成本指标   | 培训费     | ≤5万元              | 52000元       | no
产出指标/成本指标   | 培训费     | ≤5万元              | 4.8           | yes
产出指标/成本指标   | 培训费     | ≤5万元              | 520           | ?
产出指标/时效指标   | 及时率     | 100%                | 99%           | no
产出指标/成本指标   | 培训费     | 5万元               | 4.8万元       | ?
产出指标/成本指标   | 培训费     | 5万元               | 5.2万元       | no
满意度指标/         | 满意度     | ＞90%               | 90%           | no
满意度指标/         | 满意度     | 90%以上             | 96.5          | yes
效益指标/社会效益   | 知晓率     | 显著提高            | 显著提高      | ?
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    made = Settings(tmp_path_factory.mktemp("results") / "root")
    rows = []
    for number, line in enumerate(PRINTED.strip().splitlines(), start=1):
        levels, name, target, actual, _ = (cell.strip() for cell in line.split("|"))
        level1, level2 = levels.split("/")
        rows.append(indicator(number, target, actual, levels=(level1, level2 or None), name=name))
    observation = Observation("2024/a.txt", "ab" * 32, 1, "2025-03-01T00:00:00", Statement(fiscal_year=2024))
    raw = RawDocument(observation.sha256, "test", "text/plain", "utf-8", [])
    flat = FlatRows()
    add_document([ReadDocument(observation, True, 2024, raw)], raw, document(*rows), flat)
    bucket = Bucket(2024, "ab", (Stretch(observation, 2024),))
    write_bucket(bucket, parse_rows(flat), made.parsed)
    with build_database(made.build_database) as connection:
        load_parsed(connection, made.parsed, LoadRequest([bucket], [2024], "run", "test"))
    raise_failures(Dbt(made).execute("build", ["*"], "--exclude-resource-type", "unit_test"))
    yield made


def rows_of(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with build_database(settings.build_database, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_printed_targets_and_actual_values_are_decided_as_the_table_says(settings: Settings) -> None:
    query = "select indicator_no, any_value(is_met) from fct_indicator_result group by all"
    found = {number: {True: "yes", False: "no", None: "?"}[met] for number, met in rows_of(settings, query)}
    lines = PRINTED.strip().splitlines()
    wrong = [
        f"{line} but is {found[number]}"
        for number, line in enumerate(lines, start=1)
        if line.split("|")[-1].strip() != found[number]
    ]
    assert wrong == []
    assert len(found) == len(lines)


def test_a_self_evaluation_alone_fills_no_table_of_targets(settings: Settings) -> None:
    for table in ("fct_indicator_target", "fct_project_budget", "mart_indicator", "mart_project"):
        assert rows_of(settings, f"select count(*) from {table}") == [(0,)], table
    assert rows_of(settings, "select count(*) from fct_project_evaluation") == [(1,)]
    assert rows_of(settings, "select coverage from meta.coverage") == [("self_evaluation",)]
    assert rows_of(settings, "select count(*) from 报表.自评结果 where \"是否完成\" = '是'")[0][0] == sum(
        line.endswith("yes") for line in PRINTED.strip().splitlines()
    )
