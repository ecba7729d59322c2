"""How long a load takes: first, unchanged, one document changed; and where the time goes. `python bench/load.py [--runs N]`.

Each load is a fresh process of the installed command on a fresh copy of a data root, in turn, so that a busy machine slows all
of them alike. Medians; memory is the largest resident set of the process.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
STEP = re.compile(r"✓ .*\((?P<step>[^)]*)\)\s+(?P<seconds>[0-9.]+) s")
IMPORTS = "import typer, sqlite3; from pipelines.commands.load import load_command"


def run(*command: str) -> tuple[float, float, float, str]:
    """Wall seconds, CPU seconds, MB and standard error of one process and its children."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY)
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    if status:
        raise SystemExit(errors)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, errors


def load(root: Path) -> tuple[float, float, float, str]:
    """One `jixiao load`."""
    return run(sys.executable, "-m", "pipelines.commands.main", "load", "--data-root", str(root))


def change(root: Path) -> None:
    """Change one published number; totals stay right, because the number is a target."""
    path = root / "inbox" / "2024" / "nansha_2024.txt"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("≥3场；年度", "≥4场；年度", 1), encoding="utf-8")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    figures: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    steps: dict[str, list[float]] = defaultdict(list)
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "data"
            shutil.copytree(REPOSITORY / "data" / "inbox", root / "inbox")
            figures["first load of the shipped document"].append(load(root)[:3])
            figures["nothing changed"].append(load(root)[:3])
            change(root)
            *figure, errors = load(root)
            figures["one document changed"].append((figure[0], figure[1], figure[2]))
            for match in STEP.finditer(errors):
                steps[match["step"]].append(float(match["seconds"]))
            figures["(its imports alone: nothing changed)"].append(run(sys.executable, "-c", IMPORTS)[:3])
    print(f"{os.cpu_count()} cores, {runs} runs, medians\n\n| load | wall s | CPU s | MB |\n|---|---|---|---|")
    for name, values in figures.items():
        wall, cpu, memory = (statistics.median(column) for column in zip(*values, strict=True))
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {memory:.0f} |")
    print("\nWhere the time of one changed document goes (wall s):\n\n| step | s |\n|---|---|")
    for step, seconds in steps.items():
        print(f"| {step} | {statistics.median(seconds):.1f} |")
    rest = statistics.median(value[0] for value in figures["one document changed"]) - sum(
        map(statistics.median, steps.values())
    )
    print(f"| start: Dagster and dbt imported, graph built | {rest:.1f} |")


if __name__ == "__main__":
    main()
