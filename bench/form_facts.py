"""Compares what the product made of one form with its truth: every fact right, lost or wrong.

Belongs here: when two facts are the same. Does not read documents (``product_content``), nor print (``score_forms``).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.forms.page import COMPARATORS
from bench.product_content import as_number, product_content

POINTS = re.compile(r"[（(][\d\-—.]+[）)]?分?[）)]?$")
KNOWN_SOURCES = {"total", "fiscal_appropriation", "other"}
TEMPLATE = re.compile(r"[(（][^()（）]*[*＊]{2,}[^()（）]*[)）]")
CODES = {"ge", "le", "eq", "gt", "lt", "approx"}


@dataclass
class Score:
    """Counts of one document, or of a variant: right of total per kind, and the faults."""

    total: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    refused: str = ""

    def check(self, kind: str, faults: list[tuple[bool, str]]) -> None:
        """One fact group of a kind: right without faults; a fault is (loaded differently, what)."""
        self.total[kind] += 1
        self.right[kind] += not faults
        for is_wrong, what in faults:
            (self.wrong if is_wrong else self.lost).append(f"{kind}: {what}")


def bare(text: object) -> str:
    """Without white space: line breaks inside cells are only wraps."""
    return re.sub(r"\s+", "", str(text)) if text is not None else ""


def same(found: object, expected: object, what: str, *others: str) -> list[tuple[bool, str]]:
    """No fault, a lost fact (nothing found) or a wrong one."""
    if bare(found) in {bare(expected), *map(bare, others)}:
        return []
    return [(bool(bare(found)), f"{what} {bare(found)!r}, printed {bare(expected)!r}")]


def same_number(found: object, expected: object, what: str) -> list[tuple[bool, str]]:
    """As ``same``, for numbers; ``—`` and blanks are none."""
    one, other = as_number(found), as_number(expected)
    return [] if one == other else [(one is not None, f"{what} {found}, printed {expected}")]


def code(comparator: object) -> str | None:
    """A comparator however it is written."""
    text = bare(comparator)
    return text if text in CODES else COMPARATORS.get(text)


def score_target(found: dict[str, Any], expected: dict[str, Any], name: str) -> list[tuple[bool, str]]:
    """Text, comparator and unit of a target; one that the layout leaves out, the reading of the value must supply."""
    faults = same(found["text"], expected["text"], f"{name} {expected['horizon']}")
    if expected["means"] and "measures" in found:
        return faults
    stated = code(found["comparator"])
    # A template in the name (户数(≥**户)) stays there: the value parser reads comparator and unit out of it.
    is_in_name = TEMPLATE.search(name) is not None
    if stated != expected["comparator"] and not (stated is None and is_in_name):
        faults.append(
            (True, f"{name} comparator {found['comparator']!r}, printed {expected.get('stated_comparator')!r}")
        )
    unit = expected["unit"]
    if found["unit"] is None and is_in_name:
        return faults
    if bare(found["unit"]) != bare(unit) and bare(unit) not in (bare(expected["text"]) if unit else ""):
        faults.append((True, f"{name} unit {found['unit']!r}, printed {unit!r}"))
    return faults


def score_value(found: dict[str, Any], means: dict[str, str], name: str, score: Score) -> None:
    """What the target's number was read as: one measure with this comparator, bound and unit.

    A text whose number is not understood is kept as a text: that value is not right, but no wrong fact.
    """
    read = [(one["comparator"], one["lower_value"], one["upper_value"], one["unit_text"]) for one in found["measures"]]
    if not any(one[0] for one in read):
        score.total["values"] += 1
        return
    comparator, lower, upper, unit = read[0]
    equal = len(read) == 1 and comparator == means["comparator"]
    equal = equal and as_number(upper if lower is None else lower) == Decimal(means["value"])
    equal = equal and unicodedata.normalize("NFKC", bare(unit)) == unicodedata.normalize("NFKC", means["unit"])
    score.check("values", [] if equal else [(True, f"{name} {found['text']!r} read as {read}, says {means}")])


def flat(indicators: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry per printed target."""
    return [{**one, "target": target} for one in indicators for target in one["targets"]]


def place_of(one: dict[str, Any]) -> tuple[Any, ...]:
    return one["project_no"], one["target"]["horizon"], bare(one["target"].get("area"))


def take(found: list[dict[str, Any]], expected: dict[str, Any]) -> dict[str, Any] | None:
    """The product's entry for a printed target: the same name, best the same levels and text; it is used up."""
    names = {bare(name) for name in (expected["name"], *expected.get("other_names", []))}
    near = [one for one in found if place_of(one) == place_of(expected) and bare(one["name"]) in names]
    if not near:
        return None
    best = max(near, key=lambda one: (
        bare(one["level2_text"]) == bare(expected["level2_text"]), bare(one["target"]["text"]) == bare(expected["target"]["text"]),
        one["no"] == expected["no"]))  # fmt: skip
    found.remove(best)
    return best


def score_indicators(product: dict[str, Any], truth: dict[str, Any], score: Score) -> None:
    """Levels, names, target texts, weights and results."""
    found = flat(product["indicators"])
    for expected in sorted(flat(truth["indicators"]), key=lambda one: bool(one.get("optional"))):
        one = take(found, expected)
        name = f"[{expected['project_no']}.{expected['no']}] {expected['name']}"
        if expected.get("optional"):
            continue
        if one is None:
            score.check("indicators", [(False, f"{name} {expected['target']['horizon']}")])
            score.total.update(["texts", *(["values"] if expected["target"]["means"] else [])])
            continue
        faults = []
        for level in ("level1_text", "level2_text"):
            printed = expected[level] or ""
            faults += same(one[level], printed, f"{name} {level}", POINTS.sub("", bare(printed)))
        if truth["numbered"] and one["no"] != expected["no"]:
            faults.append((True, f"{name} number {one['no']}"))
        score.check("indicators", faults)
        score.check("texts", score_target(one["target"], expected["target"], name))
        if expected["target"]["means"] and "measures" in one["target"]:
            score_value(one["target"], expected["target"]["means"], name, score)
        score_result(one, expected, name, score)
    for one in found:
        score.wrong.append(f"indicators: not printed: [{one['project_no']}.{one['no']}] {one['name']} {one['target']}")


def score_result(one: dict[str, Any], expected: dict[str, Any], name: str, score: Score) -> None:
    """Weight, actual value, score, reason, and the value of the year before."""
    if "weight" in expected:
        score.check("weights", same_number(one["weight"], expected["weight"], f"{name} weight"))
    faults = []
    for key in ("actual", "previous"):
        if key in expected:
            faults += same(one[key], expected[key], f"{name} {key}")
    if "deviation_reason" in expected:
        none = ["", "无"] if bare(expected["deviation_reason"]) in ("", "无") else []
        faults += same(one["deviation_reason"], expected["deviation_reason"], f"{name} reason", *none)
    if "score" in expected:
        faults += same_number(one["score"], expected["score"], f"{name} score")
    if {"actual", "score", "deviation_reason", "previous"} & expected.keys():
        score.check("results", faults)


def score_projects(product: dict[str, Any], truth: dict[str, Any], score: Score) -> None:
    """The document's own facts, and each project's."""
    document = product["document"]
    faults = []
    for key in ("department_name", "fiscal_year", "document_type"):
        faults += same(document[key], truth[key], key)
    if truth["title"] and bare(truth["title"]) not in bare(document["title"]):
        faults += same(document["title"], truth["title"], "title")
    score.check("projects", faults)
    found = {one["no"]: one for one in product["projects"]}
    totals = {one["project_no"]: one["score"] for one in truth["total_score"]}
    for expected in truth["projects"]:
        one = found.pop(expected["no"], None)
        if one is None:
            score.check("projects", [(False, expected["project_name"])])
            continue
        faults = same(one["project_name"], expected["project_name"], "name", *expected.get("other_names", []))
        faults += same(one["unit_name"], expected["unit_name"], "unit_name")
        faults += same(one["project_code"], expected["project_code"], "project_code")
        faults += same(one["goal"], expected["goal_annual"], "goal")
        for key in ("goal_cycle", "goal_done"):
            faults += same(one[key], expected[key], key)
        if expected["no"] in totals:
            faults += same_number(one["total_score"], totals[expected["no"]], "total_score")
        score.check("projects", faults)
    score.wrong += [f"projects: not printed: {one}" for one in found.values()]


def score_money(product: dict[str, Any], truth: dict[str, Any], score: Score) -> None:
    """Amounts and execution, by project and source."""
    budgets = score_execution(product, truth, score)
    found = Counter((one["project_no"], one["source"], Decimal(one["amount_cny"])) for one in product["amounts"])
    for project in truth["projects"]:
        for one in project["amounts"]:
            key = (project["no"], one["source"], Decimal(one["amount_cny"]))
            if one["horizon"] != "cycle":
                score.check("money", [] if found[key] else [(False, f"{key[0]} {key[1]} {one['stated_text']}")])
                found[key] -= 1
    for key, count in found.items():
        # A self-evaluation's budget may be loaded as the project's amount, as long as it is printed.
        if count > 0 and (key[0], key[2]) not in budgets:
            score.wrong.append(f"money: not printed: {key[0]} {key[1]} {key[2]}")


def score_execution(product: dict[str, Any], truth: dict[str, Any], score: Score) -> set[tuple[int, Decimal]]:
    """What was budgeted and spent; the printed amounts."""
    executions = {(one["project_no"], one["source"]): one for one in product["execution"]}
    printed: set[tuple[int, Decimal]] = set()
    for one in truth["execution"]:
        name = f"execution {one['project_no']} {one['source']}"
        printed |= {(one["project_no"], Decimal(value)) for value in one["amounts"].values()}
        row = executions.pop((one["project_no"], one["source"]), None) or _other_source(executions, one)
        if row is None:
            score.check("money", [(False, name)])
            continue
        faults = [
            fault for key, value in one["amounts"].items() for fault in same_number(row[key], value, f"{name} {key}")
        ]
        for key in ("rate", "weight", "score"):
            if f"execution_{key}" not in truth.get("optional_facts", []):
                faults += same_number(row[key], one[key], f"{name} {key}")
        score.check("money", faults)
    for row in executions.values():
        if any(row[key] is not None for key in ("initial", "adjusted", "executed")):
            score.wrong.append(f"money: execution not printed: {row}")
    return printed


def _other_source(executions: dict[tuple[int, str], dict[str, Any]], one: dict[str, Any]) -> dict[str, Any] | None:
    """A source for which the truth has no code of the product's: any that the truth has no name for either."""
    if one["source"] in KNOWN_SOURCES:
        return None
    near = [k for k in executions if k[0] == one["project_no"] and k[1] not in KNOWN_SOURCES - {"fiscal_appropriation"}]
    return executions.pop(near[0]) if near else None


def score_document(path: Path, truth: dict[str, Any]) -> Score:
    """Everything about one document."""
    try:
        product = product_content(path, truth["folder_year"])
    except Exception as failure:  # a crash is a fault of the product, and the others must still be measured
        product = {"refused": f"CRASH {type(failure).__name__}: {failure}"}
    return compare(product, truth)


def compare(product: dict[str, Any], truth: dict[str, Any]) -> Score:
    """The product's facts against the truth."""
    score = Score()
    if "refused" in product:
        score.refused = product["refused"]
        score.total.update(expected_counts(truth))
        if score.refused.startswith("CRASH"):
            score.wrong.append(score.refused)
        return score
    if truth.get("refused"):
        score.wrong.append(f"document: loaded as {product['document']['layout']}, must be refused ({truth['refused']})")
        return score
    product = fold_areas(product, truth)
    score_projects(product, truth, score)
    score_indicators(product, truth, score)
    score_money(product, truth, score)
    everything = json.dumps(product, ensure_ascii=False, default=str)
    score.wrong += [f"document: personal data loaded: {one}" for one in truth["forbidden"] if one in everything]
    return score


def fold_areas(product: dict[str, Any], truth: dict[str, Any]) -> dict[str, Any]:
    """A project for each area of one printed form is the same fact as one project whose targets name their area."""
    areas = {one["no"]: one["unit_name"] for one in product["projects"] if one["unit_name"] in truth.get("areas", [])}
    if not areas:
        return product
    first = {**product["projects"][0], "unit_name": truth["projects"][0]["unit_name"], "no": 1}
    indicators = [
        {**one, "project_no": 1, "targets": [{**t, "area": areas[one["project_no"]]} for t in one["targets"]]}
        if one["project_no"] in areas
        else one
        for one in product["indicators"]
    ]
    others = [one for one in product["projects"] if one["no"] not in areas]
    return {**product, "projects": [*([] if others else [first]), *others], "indicators": indicators}


def expected_counts(truth: dict[str, Any]) -> Counter[str]:
    """What a refused document would have had."""
    if truth.get("refused"):
        return Counter()
    printed = [one for one in flat(truth["indicators"]) if not one.get("optional")]
    results = {"actual", "score", "deviation_reason", "previous"}
    annual = sum(one["horizon"] != "cycle" for project in truth["projects"] for one in project["amounts"])
    return Counter(
        projects=1 + len(truth["projects"]), indicators=len(printed), texts=len(printed),
        values=sum(bool(one["target"]["means"]) for one in printed),
        weights=sum("weight" in one for one in printed), results=sum(bool(results & one.keys()) for one in printed),
        money=annual + len(truth["execution"]),
    )  # fmt: skip
