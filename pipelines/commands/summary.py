"""What is in the published file, in a few tables a person likes to read.

Belongs here: the queries behind the summary and their layout. Does not know how the file was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.commands.terminal import Column, make_table

_MOST_PROJECTS = 12


@dataclass(frozen=True)
class Summary:
    """Rows per year, self-evaluations per year, the largest projects of the newest year, findings by rule, and how totals
    reconcile."""

    years: list[tuple[Any, ...]]
    evaluations: list[tuple[Any, ...]]
    projects: list[tuple[Any, ...]]
    project_count: int
    findings: list[tuple[Any, ...]]
    reconciliation: dict[str, int]


def summarise(database: Path) -> Summary:
    """Read the published file."""
    import duckdb

    with duckdb.connect(str(database), read_only=True) as connection:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()

        years = rows(
            "select fiscal_year, count(distinct document_key), count(*), sum(indicator_count), sum(quantified_indicator_count), "
            "sum(total_amount_cny) from mart_project group by fiscal_year order by fiscal_year desc"
        )
        # A project's indicators are met or not as wholes: is_met repeats over the measures of one.
        evaluations = rows(
            "select fiscal_year, count(distinct document_key), count(distinct project_key), count(*), "
            "count(*) filter (is_met), count(*) filter (not is_met), count(*) filter (is_met is null) "
            "from (select distinct fiscal_year, document_key, project_key, indicator_no, is_met from fct_indicator_result) "
            "group by fiscal_year order by fiscal_year desc"
        )
        projects = rows(
            "select project_name, total_amount_cny, indicator_count, quantified_share, warning_finding_count from mart_project "
            "where fiscal_year = (select max(fiscal_year) from mart_project) "
            f"order by total_amount_cny desc nulls last, project_name limit {_MOST_PROJECTS}"
        )
        count = rows(
            "select count(*) from mart_project where fiscal_year = (select max(fiscal_year) from mart_project)"
        )
        findings = rows(
            "select severity, rule_code, any_value(message), count(*) from quality.finding group by severity, rule_code "
            "order by array_position(['critical', 'warning', 'info'], severity), count(*) desc, rule_code"
        )
        reconciled = dict(rows("select status, count(*) from quality.reconciliation group by status"))
    return Summary(years, evaluations, projects, int(count[0][0]), findings, reconciled)


def print_summary(out: Console, summary: Summary) -> None:
    """Print the tables."""
    heads = [Column("年度"), *(Column(head, True) for head in ("文件", "项目", "指标", "其中量化", "预算合计（万元）"))]
    out.print()
    out.print(make_table("各年度", heads, [(*row[:-1], _ten_thousands(row[-1])) for row in summary.years]))
    if summary.evaluations:
        heads = [
            Column("年度"),
            *(Column(head, True) for head in ("文件", "项目", "指标", "达到", "未达到", "无法判定")),
        ]
        out.print(make_table("自评", heads, summary.evaluations))
    if summary.projects:
        shown = f"，金额最大的 {len(summary.projects)} 个" if summary.project_count > len(summary.projects) else ""
        heads = [Column("项目"), *(Column(head, True) for head in ("预算（万元）", "指标", "量化比例", "警告"))]
        rows = [
            (name, _ten_thousands(amount), count, _percent(share), warnings or "")
            for name, amount, count, share, warnings in summary.projects
        ]
        out.print(make_table(f"{summary.years[0][0]} 年项目{shown}", heads, rows))
    if summary.findings:
        words = {"critical": "严重", "warning": "警告", "info": "提示"}
        heads = [Column("级别"), Column("规则"), Column("说明"), Column("次数", True)]
        out.print(make_table("发现的问题", heads, [(words[row[0]], *row[1:]) for row in summary.findings]))
    told = {"match": "相符", "mismatch": "不符", "not_stated": "未列示"}
    parts = " · ".join(f"{word} {summary.reconciliation.get(status, 0)}" for status, word in told.items())
    out.print(f"合计核对 (totals): {parts}")


def _ten_thousands(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount / 10000:,.2f}"


def _percent(share: Decimal | None) -> str:
    return "" if share is None else f"{share * 100:.0f}%"
