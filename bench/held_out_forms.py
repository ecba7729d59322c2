"""Makes forms that no reader was tuned on: variant, wording, spacing, spans, order, optional parts and hazards by lot.

``python -m bench.held_out_forms SEED COUNT FOLDER`` writes COUNT documents with their truth, as many of each variant as
COUNT allows; ``python -m bench.score_forms FOLDER`` then measures the product on them. A new seed makes documents never
seen before: once a reader has been mended on a seed, that seed is no longer held out.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

from bench.forms.variants import KINDS, VARIANTS, write


def make(seed: int, count: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(f"held out {seed}")
    chosen: list[str] = []
    while len(chosen) < count:
        chosen += draw.sample(list(VARIANTS), len(VARIANTS))
    for number, variant in enumerate(chosen[:count]):
        name = f"{number:04d}_{variant.lower()}"
        # The development fixtures are seed 1: a held-out document never repeats one of them.
        write(folder, name, variant, 10_000 * (seed + 1) + number, True, draw.choice(KINDS))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    make(arguments.seed, arguments.count, arguments.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
