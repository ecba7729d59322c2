"""Measures the readers against documents whose cells are known: cells, shape, spans, seconds, memory.

``python -m bench.score_formats FOLDER`` reads ``FOLDER/truth.json`` (tables with anchor cells and spans; which of them
each document holds) and every document of it, each in a process of its own, and prints the table of
``docs/formats.md``; ``--write`` puts it there. Exits with 1 when a document that can be read is not read whole.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.raw.read import READER_VERSION, ReadOptions, RefusedDocument, read_bytes
from pipelines.raw.realign import realign
from pipelines.raw.table import Cell, RawTable

# Documents that must be refused, with the reason; and those whose tables have no ruled cells.
NUMBER = re.compile(r"\d{1,3}(,\d{3})*(\.\d+)?|\d+(\.\d+)?")
KINDS = ("html", "xlsx", "xls", "docx", "doc", "pdf", "csv", "txt")
HEAD = [
    "| document | tables with the right shape | cells % | to the character % | spans % | time | peak memory |",
    "|---|---|---|---|---|---|---|",
]
REFUSED = {"flat_scanned.pdf": "scanned", "flat_notounicode.pdf": "no_unicode_map"}
UNRULED = {"flat_nogrid.pdf": "no_rules", "flat_hlines.pdf": "no_rules"}
DOCS = Path(__file__).resolve().parents[1] / "docs" / "formats.md"
MARK = "<!-- scores: written by python -m bench.score_formats, do not edit below -->"


def canonical(text: str) -> str:
    """The sample's literal ``m <sup>2</sup> `` as the truth writes it, and no blanks at line ends."""
    return re.sub(r" ?<sup>2</sup> ?", "²", text)


def loose(text: str) -> str:
    """Without blanks, numbers as numbers: 1554.35 in a sheet without number formats is 1,554.35."""
    bare = re.sub(r"\s+", "", canonical(text))
    return format(Decimal(bare.replace(",", "")).normalize(), "f") if NUMBER.fullmatch(bare) else bare


def compare(table: RawTable, truth: dict[str, Any], first_row: int, in_sheet: bool) -> dict[str, int]:
    """Counts of cells right to the character, right but for blanks, of spans right, and whether the shape is right."""
    cells: dict[tuple[int, int], Cell] = {(cell.row - first_row, cell.column): cell for cell in table.cells}
    right = close = spans = 0
    for expected in truth["cells"]:
        cell = cells.get((expected["r"], expected["c"]))
        if cell is None:
            continue
        right += canonical(cell.text) == expected["t"]
        close += loose(cell.text) == loose(expected["t"])
        spans += (cell.row_span, cell.column_span) == (expected["rs"], expected["cs"])
    inside = sum(1 for row, column in cells if 0 <= row < truth["nrows"] and column < truth["ncols"])
    shown = [cell for cell in table.cells if "hidden" not in cell.flags and (cell.text or not in_sheet)]
    rows = max((cell.row + cell.row_span for cell in shown), default=0) - first_row
    columns = max((cell.column + cell.column_span for cell in shown), default=0)
    # A sheet is read whole: titles above the table and notes below it are rows of the grid.
    shape = columns == truth["ncols"] and (rows >= truth["nrows"] if in_sheet else rows == truth["nrows"])
    total = len(truth["cells"])
    return {
        "cells": total,
        "right": right,
        "close": close,
        "spans": spans,
        "tables": 1,
        "shapes": int(shape and inside == total),
    }


def measure(path: Path, truth: dict[str, Any]) -> dict[str, Any]:
    """Read one document here and compare its tables with the truth; the first reading warms up the imports."""
    entry = truth["docs"].get(path.name) or truth["docs"]["sample_asis.txt"]
    data = path.read_bytes()
    options = ReadOptions(accept_low_confidence=path.name in UNRULED)
    try:
        document = read_bytes(data, options)
    except RefusedDocument as refusal:
        return {"refused": refusal.reason_code}
    started = time.perf_counter()
    read_bytes(data, options)
    seconds = time.perf_counter() - started
    score = {"cells": 0, "right": 0, "close": 0, "spans": 0, "tables": 0, "shapes": 0}
    wanted = [truth["tables"][name] for name in entry["tables"]]
    # Page frames and navigation bars are tables too in HTML; layouts leave them out, and so does the count here.
    html = document.media_type == "text/html"
    wanted_tables = [t for t in document.tables if ("holds_tables" not in t.notes if html else t.parent is None)]
    found = [realign(table) for table in wanted_tables if table.row_count > 1]
    for place, expected in enumerate(wanted):
        empty = RawTable("", "", 0, 0, 0, [])
        table = found[place] if place < len(found) else empty
        first_row = entry["r0"][place] if "r0" in entry else 0
        for key, count in compare(table, expected, first_row, "r0" in entry or "_calc" in path.name).items():
            score[key] += count
    pages = max((p.page or 0 for table in found for cell in table.cells for p in cell.positions), default=0)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {**score, "extra": len(found) - len(wanted), "seconds": seconds, "pages": pages, "memory": memory // 1024}


def measure_apart(folder: Path, name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.score_formats", str(folder), "--one", name]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        return {"refused": f"failed: {answer.stderr.strip().splitlines()[-1][:80]}"}
    result: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return result


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}".removesuffix(".0") if whole else "–"


def line(name: str, result: dict[str, Any]) -> str:
    if "refused" in result:
        return f"| {name} | refused: `{result['refused']}` | | | | | |"
    pages = f"{result['seconds'] / result['pages']:.2f} a page" if result["pages"] else ""
    extra = f" {result['extra']:+d}" if result["extra"] else ""
    seconds = f"{result['seconds'] * 1000:.0f} ms {pages}".strip()
    return (
        f"| {name} | {result['shapes']}/{result['tables']}{extra} "
        f"| {share(result['close'], result['cells'])} | {share(result['right'], result['cells'])} "
        f"| {share(result['spans'], result['cells'])} | {seconds} | {result['memory']} MB |"
    )


def is_whole(name: str, result: dict[str, Any]) -> bool:
    if name in REFUSED:
        return result.get("refused") == REFUSED[name]
    if name in UNRULED:
        return "refused" not in result
    return "refused" not in result and (
        result["close"] == result["spans"] == result["cells"]
        and result["shapes"] == result["tables"]
        and not result["extra"]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--one")
    parser.add_argument("--match", default="")
    parser.add_argument("--write", action="store_true", help="put the table into docs/formats.md")
    parser.add_argument("--apart", type=Path, help="folder of bench.held_out_documents to score as well")
    arguments = parser.parse_args()
    if arguments.one:
        truth = json.loads((arguments.folder / "truth.json").read_text("utf-8"))
        print(json.dumps(measure(arguments.folder / arguments.one, truth)))
        return 0
    lines, short = score(arguments.folder, arguments.match)
    text = "\n".join(lines) + "\n"
    if arguments.apart:
        apart, short_apart = score(arguments.apart, arguments.match)
        text += f"\nDocuments kept apart ({len(apart) - 3}):\n\n" + "\n".join(summary(apart)) + "\n"
        short += short_apart
    print(text)
    if arguments.write:
        head = DOCS.read_text("utf-8").split(MARK)[0]
        DOCS.write_text(f"{head}{MARK}\n\nReader version `{READER_VERSION}`.\n\n{text}", "utf-8")
    print(f"not whole: {', '.join(short) or 'none'}", file=sys.stderr)
    return 1 if short else 0


def score(folder: Path, match: str) -> tuple[list[str], list[str]]:
    """The table's lines for a folder, and the documents that are not whole."""
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    names = sorted(p.name for p in folder.iterdir() if p.name in truth["docs"] or p.name == "nansha_2024.txt")
    results = {name: measure_apart(folder, name) for name in names if match in name}
    lines = [*HEAD, *(line(name, result) for name, result in results.items())]
    ruled = {name: result for name, result in results.items() if name not in UNRULED and "refused" not in result}
    for label, suffix in (("all but the unruled PDFs", ""), *((f"of these .{kind}", f".{kind}") for kind in KINDS)):
        chosen = [result for name, result in ruled.items() if name.endswith(suffix)]
        if not chosen:
            continue
        total = {
            key: sum(result[key] for result in chosen)
            for key in ("cells", "close", "right", "spans", "tables", "shapes")
        }
        shares = [share(total[key], total["cells"]) for key in ("close", "right", "spans")]
        lines.append(f"| **{label}** | {total['shapes']}/{total['tables']} | {' | '.join(shares)} | | |")
    return lines, [name for name, result in results.items() if not is_whole(name, result)]


def summary(lines: list[str]) -> list[str]:
    """Heads, documents below 100 %, and totals."""
    return [text for text in lines if not re.match(r"\| \S+ \| (\d+)/\1 \| 100 \| \S+ \| 100 ", text)]


if __name__ == "__main__":
    sys.exit(main())
