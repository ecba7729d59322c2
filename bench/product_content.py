"""What the product makes of one document, as plain facts: the one place that knows the product's interface.

Belongs here: calling the reader and the layouts, and naming their fields as the truth of ``bench.forms`` names them.
Does not judge anything: score_forms.py does.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.commands.recognised import recognised
from pipelines.layouts.recognise import read_rows
from pipelines.layouts.rows import PROJECT, DocumentRows, IndicatorRow, UnreadableForm
from pipelines.raw.read import RefusedDocument, read_document


def product_content(path: Path, folder_year: int | None) -> dict[str, Any]:
    """``refused`` with a reason, or ``document``, ``projects``, ``amounts``, ``indicators`` and ``execution``.

    An indicator holds its ``targets`` (horizon, area, text, comparator, unit) and its result; a field that the product
    does not know is absent, so that it is not scored.
    """
    try:
        document = read_document(path, isolated=False)
        rows = read_rows(document, folder_year)
    except RefusedDocument as refusal:
        return {"refused": refusal.reason_code, "message": refusal.message}
    except UnreadableForm as reason:
        return {"refused": reason.reason_code, "message": f"{reason.message} {reason.place} {reason.text}"}
    found = recognised(document, folder_year)
    if "not_read" in found:
        return {"refused": found["not_read"]["reason_code"], "message": found["not_read"]["message"]}
    indicators = [_indicator(row) for row in rows.indicators] or _packed(found, rows)
    _add_measures(indicators, found)
    return {
        "document": {
            name: getattr(rows, name)
            for name in ("layout", "title", "department_name", "fiscal_year", "document_type", "money_unit")
        },
        "projects": [
            {
                "no": row.number,
                "project_name": row.project_name,
                "unit_name": row.unit_name,
                "project_code": row.project_code,
                "goal": row.goal_text,
                "goal_cycle": row.cycle_goal_text,
                "goal_done": row.goal_result_text,
                "total_score": row.total_score,
            }
            for row in rows.projects
        ],
        "amounts": [
            {"project_no": row.project_number, "source": row.source, "amount_cny": row.amount_cny}
            for row in rows.amounts
            if row.scope == PROJECT
        ],
        "indicators": indicators,
        "execution": [
            {
                "project_no": row.project_number,
                "source": row.source,
                "initial": row.initial_budget_cny,
                "adjusted": row.adjusted_budget_cny,
                "executed": row.executed_cny,
                "rate": row.execution_rate,
                "weight": row.weight,
                "score": row.score,
            }
            for row in rows.executions
        ],
    }


def _indicator(row: IndicatorRow) -> dict[str, Any]:
    result = row.result
    return {
        "project_no": row.project_number,
        "no": row.number,
        "level1_text": row.level1_text,
        "level2_text": row.level2_text,
        "name": row.name,
        "targets": [
            {
                "horizon": one.horizon,
                "area": getattr(one, "area", None),
                "text": one.text,
                "comparator": one.stated_comparator,
                "unit": one.stated_unit,
            }
            for one in row.targets
        ],
        "weight": row.weight,
        "previous": row.previous_text,
        "actual": result.actual_text if result else None,
        "score": result.score if result else None,
        "deviation_reason": result.deviation_reason if result else None,
    }


def _add_measures(indicators: list[dict[str, Any]], found: dict[str, Any]) -> None:
    """What the next stage makes of each target text: comparator, bounds and unit of its measures."""
    read = {
        (project["project_no"], one["indicator_no"], target["horizon"]): []
        for project in found["projects"]
        for one in project["indicators"]
        for target in one["targets"]
    }
    for project in found["projects"]:
        for one in project["indicators"]:
            for target in one["targets"]:
                read[project["project_no"], one["indicator_no"], target["horizon"]].append(target)
    for one in indicators:
        for target in one["targets"]:
            target["measures"] = read.get((one["project_no"], one["no"], target["horizon"]), [])


def _packed(found: dict[str, Any], rows: DocumentRows) -> list[dict[str, Any]]:
    """The indicators of packed cells, which the layouts hand over whole and the next stage splits."""
    if not rows.packed_cells:
        return []
    packed: list[dict[str, Any]] = []
    for project in found["projects"]:
        for one in project["indicators"]:
            texts = {t["horizon"]: t["target_text"] for t in one["targets"]}
            packed.append(
                {
                    "project_no": project["project_no"],
                    "no": one["indicator_no"],
                    "level1_text": one["level1_text"],
                    "level2_text": one["level2_text"],
                    "name": one["indicator_text"],
                    "targets": [
                        {"horizon": h, "area": None, "text": t, "comparator": None, "unit": None}
                        for h, t in texts.items()
                    ],
                    **dict.fromkeys(("weight", "previous", "actual", "score", "deviation_reason")),
                }
            )
    return packed


def as_number(value: object) -> Decimal | None:
    """A number however it is written; ``None`` for none."""
    text = str(value if value is not None else "").replace(",", "").removesuffix("%").strip()
    try:
        return Decimal(text) if text else None
    except ArithmeticError:
        return None
