"""Every variant by name, and the making of one document with its truth.

``python -m bench.forms.variants FOLDER`` writes the development fixtures: each variant plainly worded, and once more
worded by lot.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

from bench.forms import (
    areas,
    columns,
    explained,
    periods,
    refused,
    results,
    results_more,
    results_scored,
    surroundings,
    targets,
    traps,
)
from bench.forms.labels import Taste
from bench.forms.page import Form
from bench.forms.render import Look, render

VARIANTS: dict[str, Callable[[Taste], Form]] = {
    "A2": areas.a2,
    "A3_prose": refused.a3_prose,
    "B1": targets.b1,
    "B1_unit": targets.b1_unit,
    "B1_many": targets.b1_many,
    "B1_blank": targets.b1_blank,
    "B1_repeat": targets.b1_repeat,
    "B1_period": targets.b1_period,
    "B1_template": targets.b1_template,
    "B1_side": targets.b1_side,
    "B1_in_cell": targets.b1_in_cell,
    "B1_cut": targets.b1_cut,
    "B1_blank_year": refused.blank_year,
    "B1_letter": surroundings.letter,
    "B1_other_table": surroundings.other_table,
    "B1_traditional": surroundings.traditional,
    "B1_traps": traps.b1_traps,
    "B2_standard": explained.b2_standard,
    "B2_content": explained.b2_content,
    "B2_note": explained.b2_note,
    "B2_described": explained.b2_described,
    "B2_weight": explained.b2_weight,
    "B2_goal_value": explained.b2_goal_value,
    "B2_current": explained.b2_current,
    "B2_year_value": explained.b2_year_value,
    "B2_completed": explained.b2_completed,
    "B2_type": explained.b2_type,
    "B2_expected": explained.b2_expected,
    "B3": targets.b3_application,
    "B3_audited": targets.b3_audited,
    "B4": targets.b4_department,
    "C1": periods.c1,
    "C2": periods.c2,
    "C3": periods.c3,
    "C4": periods.c4,
    "C5": periods.c5,
    "C5_levels": periods.c5_levels,
    "C5_middle": periods.c5_middle,
    "D1": columns.d1,
    "D1_traps": traps.d1_traps,
    "D2": columns.d2,
    "D3": columns.d3,
    "D3_weight": columns.d3_weight,
    "D3_result": columns.d3_result,
    "D4": columns.d4,
    "D5": columns.d5,
    "E1": results.e1,
    "E1_traps": traps.e1_traps,
    "E1_many": results.e1_many,
    "E1_sources": results_more.e1_sources,
    "E2": results.e2,
    "E2_parents": results.e2_parents,
    "E2_method": results.e2_method,
    "E3": results.e3,
    "E3_headless": results.e3_headless,
    "E4": results.e4,
    "E4_official": results_more.e4_official,
    "E5": results.e5,
    "E6": results_scored.e6,
    "E7": results_scored.e7,
    "E8": results_more.e8,
    "E9": results_more.e9,
    "E10_reference": results_more.e10_reference,
    "E10_set_value": results_more.e10_set_value,
    "E10_share": results_more.e10_share,
    "F": targets.f_investment,
    "G_villages": areas.g_villages,
    "G_direction": areas.g_direction,
    "G_grouped": areas.g_grouped,
    "G_single": areas.g_single,
    "H_grades": refused.h_grades,
    "H_review": refused.h_review,
    "H_sample": refused.h_sample,
    "H_content": refused.h_content,
}
KINDS = ("html", "xlsx", "docx", "pdf")


def make(variant: str, seed: int, wild: bool, kind: str) -> tuple[bytes, dict[str, Any]]:
    """One document and its truth; the same arguments make the same bytes."""
    draw = random.Random(f"{variant}/{seed}/{wild}")
    form = VARIANTS[variant](Taste(draw, wild))
    data = render(form.blocks, kind, Look(draw, wild))
    return data, {"variant": variant, "wild": wild, **form.truth}


def write(folder: Path, name: str, variant: str, seed: int, wild: bool, kind: str) -> None:
    """A document and its truth beside it: ``<name>.<kind>`` and ``<name>.truth.json``."""
    data, truth = make(variant, seed, wild, kind)
    (folder / f"{name}.{kind}").write_bytes(data)
    text = json.dumps({"document": f"{name}.{kind}", **truth}, ensure_ascii=False, indent=1)
    (folder / f"{name}.truth.json").write_text(text + "\n", "utf-8")


def fixture(variant: str, wild: bool) -> tuple[str, str]:
    """Name and format of a development fixture."""
    number = crc32(variant.encode())  # a new variant leaves the formats of the others as they are
    return f"{variant.lower()}_{'varied' if wild else 'plain'}", KINDS[(number + 2 * wild) % 4]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for old in arguments.folder.glob("*.*"):
        old.unlink()
    for variant in VARIANTS:
        for wild in (False, True):
            name, kind = fixture(variant, wild)
            write(arguments.folder, name, variant, 1, wild, kind)
    return 0


if __name__ == "__main__":
    sys.exit(main())
