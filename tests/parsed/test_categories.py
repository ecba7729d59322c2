"""Printed level names → canonical categories: what forms print around a name, the two rule sets, blanks and unknowns."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.parsed.categories import add_categories

# Level 1 as printed | level 2 as printed | level 1 | level 2 (empty: not known).
PAIRS = """
产出指标                     | 数量指标                         | 产出指标   | 数量指标
产出指标(50分)               | 数量指标（20分）                 | 产出指标   | 数量指标
产出指标（40-50）分          | 质量指标                         | 产出指标   | 质量指标
1-产出指标                   | 11-数量指标                      | 产出指标   | 数量指标
１－产出指标                 | １３－时效指标                   | 产出指标   | 时效指标
一、产出 指标                | 时 效 指 标                      | 产出指标   | 时效指标
产出指标（权重50%）          | 数量指标30分                     | 产出指标   | 数量指标
产出                         | 数量                             | 产出指标   | 数量指标
产出目标                     | 质量目标                         | 产出指标   | 质量指标
产出值                       | 数量值                           | 产出指标   | 数量指标
项目产出                     | 时效                             | 产出指标   | 时效指标
项目完成指标                 | 成本指标                         | 产出指标   | 成本指标
预期产出指标                 | 成本                             | 产出指标   | 成本指标
效益指标(0-20)分             | 经济效益指标                     | 效益指标   | 经济效益
效果指标                     | 社会效益                         | 效益指标   | 社会效益
项目效益指标                 | 环境效益指标                     | 效益指标   | 生态效益
结果目标                     | 生态效益目标                     | 效益指标   | 生态效益
效益值                       | 可持续影响值                     | 效益指标   | 可持续影响
效益                         | 可持续发展影响指标               | 效益指标   | 可持续影响
满意度                       | 社会公众或服务对象满意度指标     | 满意度指标 | 服务对象满意度
服务对象满意度指标           | 满意度指标                       | 满意度指标 | 服务对象满意度
满意度指标(10分)             |                                  | 满意度指标 | 服务对象满意度
满意度指标                   | 读者                             |            |
投入目标                     | 数量指标                         |            |
产出指标                     | 经济效益                         |            |
产出指标                     |                                  |            |
                             | 数量指标                         |            |
产出指标                     | 数量指标指标                     |            |
"""

# In a document that has cost as a level of its own.
PAIRS_2021 = """
成本指标                     | 经济成本指标                     | 成本指标   | 经济成本
成本                         | 社会成本                         | 成本指标   | 社会成本
成本指标(20分)               | 生态环境成本指标（5分）          | 成本指标   | 生态环境成本
成本指标                     |                                  |            |
成本指标                     | 成本指标                         |            |
成本指标                     | 数量指标                         |            |
产出指标                     | 成本指标                         |            |
满意度指标                   |                                  | 满意度指标 | 服务对象满意度
"""


def cells(table: str) -> list[list[str | None]]:
    return [[cell.strip() or None for cell in line.split("|")] for line in table.strip("\n").splitlines()]


def categorised(pairs: list[list[str | None]]) -> pl.DataFrame:
    texts = [{"document_id": "d", "sha256": "s", "level1_text": pair[0], "level2_text": pair[1]} for pair in pairs]
    schema = dict.fromkeys(("document_id", "sha256", "level1_text", "level2_text"), pl.String)
    return add_categories(pl.DataFrame(texts, schema=schema))


@pytest.mark.parametrize(("table", "taxonomy"), [(PAIRS, "mof_2015"), (PAIRS_2021, "mof_2021")])
def test_levels_are_read_as_the_table_says(table: str, taxonomy: str) -> None:
    expected = cells(table)
    found = categorised(expected)
    assert [list(row) for row in found.select("level1_text", "level2_text", "level1_name", "level2_name").rows()] == (
        expected
    )
    assert found["taxonomy"].unique().to_list() == [taxonomy]


def test_one_document_with_cost_at_level_1_does_not_change_another() -> None:
    schema = dict.fromkeys(("document_id", "sha256", "level1_text", "level2_text"), pl.String)
    rows = [("a", "s", "成本指标", "经济成本"), ("b", "t", "产出指标", "成本指标")]
    found = add_categories(pl.DataFrame(rows, schema=schema, orient="row"))
    assert found.select("taxonomy", "level1_name", "level2_name").rows() == [
        ("mof_2021", "成本指标", "经济成本"),
        ("mof_2015", "产出指标", "成本指标"),
    ]
