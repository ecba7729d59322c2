"""``jixiao explain``: from a published fact back to the printed characters, and how a text was read.

Belongs here: finding the fact, its document and cell, and showing them. A subject that names no fact is explained as a
text. Does not parse: it shows what the stages did.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.commands.terminal import Column, console, make_table, print_json
from pipelines.settings import Settings
from pipelines.warehouse.database import literal

_CONTEXT = 30


# Targets, and results of self-evaluations as a horizon of their own: what is explained of both is the same.
_FACTS = """
    with facts as (
        select * from fct_indicator_target
        union all by name
        select
            * exclude (target_text, actual_text, kind),
            coalesce(actual_text, '') as target_text,
            kind as target_kind,
            'result' as horizon
        from fct_indicator_result
    )

    select
        t.project_key, p.project_name, t.fiscal_year, t.indicator_no, i.indicator_name, t.horizon, t.measure_no,
        t.target_text, t.target_kind, t.joiner, t.comparator, t.lower_value, t.upper_value, t.unit_text, u.unit_name,
        t.base_lower_value, t.base_upper_value, t.qualifier, t.deadline_date, t.deadline_precision, t.parse_grade,
        t.residual_text, t.score, t.is_met, t.source_table, t.source_row, t.source_column, t.source_start, t.source_end,
        d.title, d.source_uri, d.source_url, d.sha256,
        (
            select string_agg(c.evidence, '；') from quality.finding as c
            where
                c.rule_code = 'corrected' and c.document_key = t.document_key and c.project_key = t.project_key
                and (c.indicator_no is null or c.indicator_no = t.indicator_no)
                and (c.horizon is null or c.horizon = t.horizon)
        ) as correction
    from facts as t
    inner join dim_project as p using (project_key)
    inner join dim_indicator as i using (indicator_key)
    inner join dim_unit as u on t.unit_key = u.unit_key
    inner join dim_document as d on t.document_key = d.document_key
"""
_ORDER = "order by t.fiscal_year, t.project_key, t.indicator_no, t.horizon = 'result', t.horizon desc, t.measure_no"
_HORIZONS = {"cycle": "实施周期", "annual": "年度", "result": "实际完成"}


@dataclass(frozen=True)
class ExplainRequest:
    """What was asked: a fact (``PROJECT[/NUMBER[/cycle|annual|result]]``, by name or key) or a text with its context."""

    subject: str
    indicator: str | None = None
    fiscal_year: int | None = None


def explain_command(settings: Settings, request: ExplainRequest, *, as_json: bool) -> int:
    """Explain the facts that the subject names; without any, the text itself."""
    database = settings.published / "jixiao.duckdb"
    facts = _find(database, request) if database.exists() and request.indicator is None else []
    if not facts:
        from pipelines.commands.explain_text import explain_text

        return explain_text(request.subject, request.indicator, request.fiscal_year, as_json, sys.stdout)
    explained = [{**fact, **_printed(settings, fact)} for fact in facts]
    if as_json:
        print_json(explained)
    else:
        for fact in explained:
            _print(fact)
    return 0


def _find(database: Path, request: ExplainRequest) -> list[dict[str, Any]]:
    import duckdb

    project, number, horizon = _parts(request.subject)
    conditions = [f"(p.project_name = {literal(project)} or cast(t.project_key as varchar) = {literal(project)})"]
    conditions += [f"t.indicator_no = {number}"] if number is not None else []
    conditions += [f"t.horizon = {literal(horizon)}"] if horizon else []
    conditions += [f"t.fiscal_year = {request.fiscal_year}"] if request.fiscal_year is not None else []
    with duckdb.connect(str(database), read_only=True) as connection:
        cursor = connection.execute(_FACTS + f"where {' and '.join(conditions)} {_ORDER}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _parts(subject: str) -> tuple[str, int | None, str | None]:
    """``PROJECT/33/annual`` → its parts; a project's name may itself hold slashes."""
    parts = subject.split("/")
    horizon = parts.pop() if len(parts) > 1 and parts[-1] in _HORIZONS else None
    number = int(parts.pop()) if len(parts) > 1 and parts[-1].isdecimal() else None
    return "/".join(parts), number, horizon


def _printed(settings: Settings, fact: dict[str, Any]) -> dict[str, Any]:
    """The cell, its address in the file, and the characters around the value, read again from the landed bytes."""
    from pipelines.layouts.recognise import printed_cell
    from pipelines.layouts.rows import Place
    from pipelines.raw.extract import extract_documents
    from pipelines.raw.table import RawDocument
    from pipelines.sources.landing import Landing

    sha256 = fact["sha256"]
    document = extract_documents([(sha256, Landing(settings.landing).path_of(sha256))], settings.raw)[sha256]
    if not isinstance(document, RawDocument):
        return {"address": None, "printed": None}
    cell = printed_cell(document, Place(fact["source_table"], fact["source_row"], fact["source_column"]))
    if cell is None:
        return {"address": None, "printed": None}
    address = "；".join(f"{position.part} {position.reference or ''}".strip() for position in cell.positions)
    start, end = fact["source_start"], fact["source_end"]
    if start is None:
        return {"address": address, "printed": None, "before": cell.text[-_CONTEXT:], "after": ""}
    before, after = cell.text[max(0, start - _CONTEXT) : start], cell.text[end : end + _CONTEXT]
    return {"address": address, "printed": cell.text[start:end], "before": before, "after": after}


def _print(fact: dict[str, Any]) -> None:
    out = console()
    horizon = _HORIZONS[fact["horizon"]]
    title = f"{fact['project_name']} · 指标 {fact['indicator_no']} {fact['indicator_name']} · {horizon}（{fact['fiscal_year']}）"
    place = f"表 {fact['source_table']} 行 {fact['source_row']} 列 {fact['source_column']}"
    span = "" if fact["source_start"] is None else f"，第 {fact['source_start']}–{fact['source_end']} 字"
    printed = "（未印出 nothing printed）" if fact["printed"] is None else f"【{fact['printed']}】"
    rows = [
        ("文件", f"{fact['title']}"),
        ("来源", fact["source_url"] or f"inbox/{fact['source_uri']}"),
        ("SHA-256", fact["sha256"]),
        ("位置", f"{place}{span}（{fact['address']}）"),
        ("原文", f"…{fact['before']}{printed}{fact['after']}…"),
        *([("更正", fact["correction"])] if fact["correction"] else []),
        ("读作", _reading(fact)),
        *([("评价", _verdict(fact))] if fact["horizon"] == "result" else []),
        (
            "等级",
            f"{fact['parse_grade']}" + (f"；未读懂的字符: {fact['residual_text']}" if fact["residual_text"] else ""),
        ),
    ]
    out.print(make_table(title, [Column("项"), Column("内容")], rows))


def _verdict(fact: dict[str, Any]) -> str:
    words = {True: "达到目标 (met)", False: "未达到目标 (not met)", None: "无法判定 (cannot be decided)"}
    score = "" if fact["score"] is None else f"；得分 {_plain(fact['score'])}"
    return words[fact["is_met"]] + score


def _reading(fact: dict[str, Any]) -> str:
    parts = [fact["target_kind"]]
    if fact["comparator"]:
        bounds = [str(_plain(value)) for value in (fact["lower_value"], fact["upper_value"]) if value is not None]
        unit = fact["unit_name"] if fact["unit_text"] else "（无单位）"
        parts.append(f"{fact['comparator']} {' .. '.join(dict.fromkeys(bounds))} {unit}")
    if fact["deadline_date"]:
        parts.append(f"deadline {fact['deadline_date']} ({fact['deadline_precision']})")
    if fact["joiner"]:
        parts.append(f"measure {fact['measure_no']}, joined by {fact['joiner']}")
    if fact["qualifier"]:
        parts.append(f"qualifier {fact['qualifier']}")
    return "；".join(parts)


def _plain(value: Any) -> str:
    """A decimal without the zeros that its column's type adds."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
