"""What the stages behind the reader make of one document: its projects and indicators, or why its form is not read.

Belongs here: running layouts and parser on a document that is not loaded, for ``jixiao read``. Does not read a file, nor
write anything.
"""

from __future__ import annotations

from typing import Any

from pipelines.raw.table import RawDocument


def recognised(document: RawDocument, fiscal_year: int | None) -> dict[str, Any]:
    """``form`` (the document's own facts), ``projects`` (with amounts and indicators) and ``findings``; or ``not_read``.

    ``fiscal_year`` is what an inbox folder would state; without it the title must.
    """
    import polars as pl

    from pipelines.parsed.documents import ReadDocument, parse_documents
    from pipelines.sources.inbox import Statement
    from pipelines.sources.landing import Observation

    observation = Observation("", document.sha256, 0, "1970-01-01T00:00:00", Statement(fiscal_year=fiscal_year))
    frames = parse_documents([ReadDocument(observation, True, fiscal_year, document)])
    refused = frames["parsed_quarantined_documents"]
    if not refused.is_empty():
        return {"not_read": refused.select("reason_code", "message", "place", "evidence").row(0, named=True)}

    def rows(table: str, *left_out: str) -> pl.DataFrame:
        return frames[table].drop("document_id", "sha256", "fiscal_year", *left_out)

    form = rows("parsed_documents", "source_uri", "fetched_at", "is_source_present").row(0, named=True)
    targets = rows("parsed_targets").partition_by(["project_no", "indicator_no"], as_dict=True, include_key=False)
    indicators = rows("parsed_indicators").partition_by("project_no", as_dict=True, include_key=False)
    results = rows("parsed_results").partition_by(["project_no", "indicator_no"], as_dict=True, include_key=False)
    amounts = rows("parsed_amounts").partition_by("project_no", as_dict=True, include_key=False)
    executions = rows("parsed_executions").partition_by("project_no", as_dict=True, include_key=False)
    projects = []
    for project in rows("parsed_projects").iter_rows(named=True):
        number = project["project_no"]
        found = indicators[(number,)].to_dicts() if (number,) in indicators else []
        for indicator in found:
            place = (number, indicator["indicator_no"])
            indicator["targets"] = targets[place].to_dicts()
            indicator["results"] = results[place].to_dicts() if place in results else []
        stated = amounts[(number,)].to_dicts() if (number,) in amounts else []
        executed = executions[(number,)].to_dicts() if (number,) in executions else []
        projects.append({**project, "amounts": stated, "executions": executed, "indicators": found})
    year = frames["parsed_documents"]["fiscal_year"][0]
    return {
        "form": {"fiscal_year": year, **form},
        "projects": projects,
        "findings": rows("parsed_findings").to_dicts(),
    }


def one_line(found: dict[str, Any]) -> str:
    """The answer for a person, in one line."""
    if "not_read" in found:
        reason = found["not_read"]
        place = f" [{reason['place']}]" if reason["place"] else ""
        return f"未识别 (form not read, {reason['reason_code']}){place}: {reason['message']}"
    count = sum(len(project["indicators"]) for project in found["projects"])
    form = found["form"]
    return (
        f"识别为 (recognised as) {form['layout']}：{form['department_name']} {form['fiscal_year']}，"
        f"{len(found['projects'])} 个项目、{count} 项指标、{len(found['findings'])} 条提示"
    )
