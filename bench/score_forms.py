"""Measures what the product loads from forms whose content is known: exact, quarantined, lost, and wrong.

``python -m bench.score_forms [FOLDER]`` reads every document of the folder with its ``<name>.truth.json`` (default: the
development fixtures) and prints a table per variant. A document that is not read completely must be quarantined: a fact
that is loaded and differs from the truth is a WRONG FACT, a fact that a loaded document lacks is LOST; both are listed, and
make the exit code 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from bench.form_facts import Score, score_document

FIXTURES = Path(__file__).resolve().parents[1] / "tests" / "layouts" / "forms"
KINDS = ("projects", "indicators", "texts", "values", "weights", "results", "money")


def verdict(score: Score, truth: dict[str, Any]) -> str:
    """Exact, refused as it must be, quarantined, lost or wrong."""
    if score.wrong:
        return "wrong"
    if score.refused:
        return "refused rightly" if truth.get("refused") else "quarantined"
    return "lost" if score.lost else "exact"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=FIXTURES)
    parser.add_argument("--match", default="", help="only documents whose name contains this")
    parser.add_argument("--list", type=int, default=60, help="how many faults to list")
    parser.add_argument("--each", type=int, default=3, help="how many of them of one document")
    parser.add_argument("--documents", action="store_true", help="one line per document")
    arguments = parser.parse_args()
    by_variant: dict[str, list[tuple[str, Score, str, bool]]] = {}
    for path in sorted(arguments.folder.glob("*.truth.json")):
        truth = json.loads(path.read_text("utf-8"))
        if arguments.match not in path.name:
            continue
        score = score_document(path.with_name(truth["document"]), truth)
        row = (truth["document"], score, verdict(score, truth), bool(truth.get("may_refuse")))
        by_variant.setdefault(truth["variant"], []).append(row)
        if arguments.documents:
            print(f"{row[2]:16} {row[0]:34} {score.refused}")
    print("\n".join(table(by_variant)))
    rows = [row for group in by_variant.values() for row in group]
    faults = 0
    for title, pick in (("Wrong facts", "wrong"), ("Lost facts", "lost")):
        count = sum(len(getattr(score, pick)) for _, score, _, _ in rows)
        listed = [f"{name}: {what}" for name, score, _, _ in rows for what in getattr(score, pick)[: arguments.each]]
        faults += count
        print(f"\n{title}: {count}\n", *[f"- {line}" for line in listed[: arguments.list]], sep="\n")
    return 1 if faults else 0


def table(by_variant: dict[str, list[tuple[str, Score, str, bool]]]) -> list[str]:
    """The Markdown table, a line per variant and one for all."""
    lines = [
        f"| variant | documents | exact | quarantined | lost | wrong | {' | '.join(KINDS)} | wrong facts |",
        f"|---|{'---|' * (6 + len(KINDS))}",
    ]
    everything = [row for rows in by_variant.values() for row in rows]
    for name, rows in [*by_variant.items(), ("**all**", everything)]:
        said = Counter(row[2] for row in rows)
        why = Counter(f"{s.refused}{' (may)' if may else ''}" for _, s, v, may in rows if v == "quarantined")
        reasons = ", ".join(f"{n} {reason}" for reason, n in why.most_common(3 if name == "**all**" else 9))
        counts = [f"{sum(s.right[k] for _, s, _, _ in rows)}/{sum(s.total[k] for _, s, _, _ in rows)}" for k in KINDS]
        rightly = f"{said['exact']} + {said['refused rightly']} refused" if said["refused rightly"] else said["exact"]
        wrong = sum(len(s.wrong) for _, s, _, _ in rows)
        lines.append(
            f"| {name} | {len(rows)} | {rightly} | {reasons or 0} | {said['lost']} | {said['wrong']} "
            f"| {' | '.join(counts)} | {wrong} |"
        )
    return lines


if __name__ == "__main__":
    sys.exit(main())
