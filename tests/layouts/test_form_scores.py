"""The score of forms: a product that says what the truth says is exact, and each fault is counted as what it is."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from bench.form_facts import Score, compare

FORMS = Path(__file__).parent / "forms"
TRUTHS = [path for path in sorted(FORMS.glob("*.truth.json")) if not json.loads(path.read_text("utf-8")).get("refused")]
RESULT = ("weight", "score", "actual", "deviation_reason", "previous")


def truth_of(name: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((FORMS / f"{name}.truth.json").read_text("utf-8"))
    return truth


def perfect(truth: dict[str, Any]) -> dict[str, Any]:
    """What a product without faults hands over."""
    truth = copy.deepcopy(truth)
    scores = {one["project_no"]: one["score"] for one in truth["total_score"]}
    document = {key: truth[key] for key in ("title", "department_name", "fiscal_year", "document_type", "money_unit")}
    projects = [{**one, "goal": one["goal_annual"], "total_score": scores.get(one["no"])} for one in truth["projects"]]
    amounts = [
        {"project_no": project["no"], "source": one["source"], "amount_cny": one["amount_cny"]}
        for project in truth["projects"]
        for one in project["amounts"]
        if one["horizon"] == "annual"
    ]
    execution = [{"initial": None, **one, **one["amounts"]} for one in truth["execution"]]
    indicators = [{**dict.fromkeys(RESULT), **one} for one in truth["indicators"] if not one.get("optional")]
    return {
        "document": {"layout": truth["family"], **document},
        "projects": projects,
        "amounts": amounts,
        "indicators": indicators,
        "execution": execution,
    }


def faults(score: Score) -> tuple[int, int]:
    return len(score.wrong), len(score.lost)


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.name.removesuffix(".truth.json"))
def test_the_truth_itself_is_exact(path: Path) -> None:
    truth = json.loads(path.read_text("utf-8"))
    score = compare(perfect(truth), truth)
    assert (score.wrong, score.lost) == ([], [])
    assert score.right == score.total


def test_a_changed_target_is_a_wrong_fact() -> None:
    truth = truth_of("b1_plain")
    product = perfect(truth)
    product["indicators"][0]["targets"][0]["text"] = "≥1次"
    assert faults(compare(product, truth)) == (1, 0)


def test_a_missing_indicator_is_a_lost_fact() -> None:
    truth = truth_of("b1_plain")
    product = perfect(truth)
    product["indicators"].pop()
    assert faults(compare(product, truth)) == (0, 1)


def test_an_indicator_that_is_not_printed_is_a_wrong_fact() -> None:
    truth = truth_of("e1_plain")
    product = perfect(truth)
    product["indicators"].append({**product["indicators"][0], "name": "总分", "no": 99})
    assert faults(compare(product, truth)) == (1, 0)


def test_a_comparator_that_is_left_out_is_a_wrong_fact() -> None:
    truth = truth_of("d1_plain")
    product = perfect(truth)
    stated = next(one for one in product["indicators"] if one["targets"][0]["comparator"])
    stated["targets"][0]["comparator"] = None
    assert faults(compare(product, truth)) == (1, 0)


def test_an_amount_of_the_whole_cycle_is_no_amount_of_the_year() -> None:
    truth = truth_of("c1_plain")
    product = perfect(truth)
    cycle = next(one for one in truth["projects"][0]["amounts"] if one["horizon"] == "cycle")
    product["amounts"].append({"project_no": 1, "source": cycle["source"], "amount_cny": cycle["amount_cny"]})
    assert faults(compare(product, truth)) == (1, 0)


def test_a_loaded_form_that_must_be_refused_and_a_personal_name_are_wrong_facts() -> None:
    graded, plain = truth_of("h_grades_plain"), truth_of("b1_plain")
    assert faults(compare(perfect(plain), graded)) == (1, 0)
    product = perfect(plain)
    product["document"]["layout"] += plain["forbidden"][0]
    assert faults(compare(product, plain)) == (1, 0)


def test_a_refused_document_has_no_fault_and_no_fact() -> None:
    score = compare({"refused": "form_unknown", "message": ""}, truth_of("b1_plain"))
    assert faults(score) == (0, 0)
    assert not score.right and score.total["indicators"]


def test_a_number_that_is_read_wrongly_is_a_wrong_fact() -> None:
    truth = truth_of("b1_plain")
    product = perfect(truth)
    target = next(t for one in product["indicators"] for t in one["targets"] if t["means"])
    means = target["means"]
    right = {"comparator": means["comparator"], "lower_value": means["value"], "upper_value": None}
    target["measures"] = [{**right, "unit_text": means["unit"]}]
    assert faults(compare(product, truth)) == (0, 0)
    target["measures"][0]["lower_value"] = "10" + means["value"]
    assert faults(compare(product, truth)) == (1, 0)
