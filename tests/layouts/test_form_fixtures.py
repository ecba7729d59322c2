"""The invented forms are what their truth says, and the generator still makes them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bench.forms.variants import KINDS, VARIANTS, fixture, make
from pipelines.raw.read import read_document

FORMS = Path(__file__).parent / "forms"
TRUTHS = sorted(FORMS.glob("*.truth.json"))


def bare(text: object) -> str:
    # The PDF reader does not see "·" of a font that is not embedded.
    return re.sub(r"[\s·]+", "", str(text))


def printed(path: Path) -> str:
    document = read_document(path, isolated=False)
    lines = [*document.text]
    for table in document.tables:
        lines += [*table.before, *(cell.text for cell in table.cells), *table.after]
    return "\n".join(map(bare, lines))


def test_every_variant_has_a_plain_and_a_varied_document() -> None:
    found = {(json.loads(p.read_text("utf-8"))["variant"], p.name.split("_")[-1]) for p in TRUTHS}
    assert found == {(variant, f"{way}.truth.json") for variant in VARIANTS for way in ("plain", "varied")}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("wild", [False, True])
def test_committed_truth_is_what_the_generator_makes(variant: str, wild: bool) -> None:
    name, kind = fixture(variant, wild)
    _, truth = make(variant, 1, wild, kind)
    assert json.loads((FORMS / f"{name}.truth.json").read_text("utf-8")) == {"document": f"{name}.{kind}", **truth}
    assert kind in KINDS


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.name.removesuffix(".truth.json"))
def test_every_fact_of_the_truth_is_printed_in_the_document(path: Path) -> None:
    truth = json.loads(path.read_text("utf-8"))
    text = printed(path.with_name(truth["document"]))
    facts = [truth["title"]] if not truth.get("refused") else []
    for project in truth["projects"]:
        facts += [project[key] for key in ("project_name", "unit_name", "goal_annual", "goal_cycle", "goal_done")]
        facts += [project["project_code"], *(amount["stated_text"] for amount in project["amounts"])]
    for one in truth["indicators"]:
        facts += [one[key] for key in ("level1_text", "level2_text", "name")]
        facts += [one.get(key) for key in ("actual", "deviation_reason", "weight", "score", "previous")]
        facts += [fact for target in one["targets"] for fact in (target["text"], target["unit"])]
    for row in truth["execution"]:
        facts += [*row["stated_texts"], row["score"]]
    assert [fact for fact in facts if fact and bare(fact) not in text] == []
