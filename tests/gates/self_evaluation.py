"""A self-evaluation of 滨江市水务局, put beside the parsed documents by hand: rows as a form hands them over.

Its projects stand in the target document too; the third has no indicators. It sums up, scores within its weights and
states its rate rightly, so that every expectation passes. Does not read a file.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from pipelines.layouts.rows import (
    ANNUAL,
    DocumentRows,
    ExecutionRow,
    IndicatorRow,
    Place,
    ProjectRow,
    ResultText,
    TargetText,
)
from pipelines.parsed.buckets import Bucket
from pipelines.parsed.documents import ReadDocument, add_document, parse_rows
from pipelines.parsed.flatten import FlatRows
from pipelines.raw.table import RawDocument
from pipelines.settings import Settings
from pipelines.sources.inbox import Statement
from pipelines.sources.landing import Observation

SHA256 = "5e1f" * 16
STATED = Statement(fiscal_year=2024, publisher="滨江市水务局", region_code="440115", published_on="2025-03-10")
# Project | number | level 1 | level 2 | name | target | actual | weight | score.
INDICATORS = """
1 | 1 | 产出指标(50分)   | 数量指标 | 改造管网长度   | ≥15公里         | 15600米        | 30 | 30
1 | 2 | 产出指标(50分)   | 质量指标 | 工程验收合格率 | 100%            | 100%           | 10 | 10
1 | 3 | 产出指标(50分)   | 时效指标 | 完工时间       | 12月底前        | 2024年11月     | 10 | 10
1 | 4 | 效益指标(30分)   | 社会效益 | 宣传活动       | ≥2次或50人次    | 3次，60人次    | 15 | 15
1 | 5 | 效益指标(30分)   | 生态效益 | 水质改善       | 有效改善        | 有效改善       | 15 | 14
1 | 6 | 满意度指标(10分) |          | 用户满意度     | ≥90%            |                | 10 | 0
2 | 1 | 产出指标         | 数量指标 | 巡查次数       | ≥20次           | 22             | 90 | 90
"""


def _indicators() -> list[IndicatorRow]:
    rows = []
    for line, text in enumerate(INDICATORS.strip().splitlines(), start=10):
        project, number, level1, level2, name, target, actual, weight, score = (
            cell.strip() for cell in text.split("|")
        )
        result = ResultText(actual or None, Decimal(score), None if actual else "未开展调查", Place(1, line, 5))
        rows.append(
            IndicatorRow(
                project_number=int(project),
                number=int(number),
                level1_text=level1,
                level2_text=level2 or None,
                name=name,
                place=Place(1, line, 3),
                targets=(TargetText(ANNUAL, target, Place(1, line, 4)),),
                result=result,
                weight=Decimal(weight),
            )
        )
    return rows


def _executions() -> list[ExecutionRow]:
    amounts = [("total", 3_300_000, 3_135_000, "95.00"), ("fiscal_appropriation", 3_000_000, 3_000_000, "100")]
    lines = [
        ExecutionRow(
            project_number=1,
            source=source,
            place=Place(1, 4 + number, 3),
            initial_budget_cny=Decimal(budget),
            adjusted_budget_cny=Decimal(budget),
            executed_cny=Decimal(executed),
            execution_rate=Decimal(rate),
            weight=Decimal(10) if source == "total" else None,
            score=Decimal("9.5") if source == "total" else None,
            stated_texts=(str(budget // 10000), str(executed / 10000), f"{rate}%"),
        )
        for number, (source, budget, executed, rate) in enumerate(amounts)
    ]
    return lines


def _document() -> DocumentRows:
    stated = [
        (1, "滨江市水务局本级", "城区供水管网改造", Decimal("88.5")),
        (2, "滨江市水务局本级", "河堤巡查养护", None),
        (3, "滨江市水文站", "水文资料整编", Decimal(100)),
    ]
    projects = [
        ProjectRow(number, unit, name, "更换老旧供水管网。", Place(1, 2), goal_result_text="已完成", total_score=score)
        for number, unit, name, score in stated
    ]
    return DocumentRows(
        layout="self_evaluation",
        title="滨江市水务局2024年项目支出绩效自评表",
        department_name="滨江市水务局",
        fiscal_year=2024,
        document_type="self_evaluation",
        money_unit="万元",
        projects=projects,
        indicators=_indicators(),
        executions=_executions(),
        rows_read=20,
        rows_claimed=19,
        rows_ignored=1,
    )


def add_self_evaluation(settings: Settings, bucket: Bucket) -> None:
    """Put its rows behind those of a bucket that is already written: no file of the inbox has them."""
    raw = RawDocument(SHA256, "test", "text/plain", "utf-8", [])
    observation = Observation("2024/shuiwu_result.txt", SHA256, 1, "2025-03-11T00:00:00", STATED)
    rows = FlatRows()
    add_document([ReadDocument(observation, True, 2024, raw)], raw, _document(), rows)
    for table, frame in parse_rows(rows).items():
        path = bucket.folder(settings.parsed) / f"{table}.parquet"
        pl.concat([pl.read_parquet(path), frame]).write_parquet(path)
