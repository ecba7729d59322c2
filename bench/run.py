"""Packed text → typed columns: this parser against its rivals, in one interleaved run. See README.md for how to run it.

Each variant runs in a process of its own per round; CPU seconds (user and system, minimum over the rounds) count only
the work, not loading the cells; peak memory is that of the whole process. jixiao loads its cells in batches as it goes,
the others all of them beforehand. Checks that what overlaps is equal, and that threads, engines and batch sizes change
no cell. Writes ``results/values.json``. Does not assert a time.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pipelines  # noqa: F401 - first: it says how Polars keeps memory

# isort: split
import polars as pl

if TYPE_CHECKING:
    from pipelines.parsed.targets import KnownTexts

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
BATCH = 53_000
VARIANTS = ("jixiao", "jixiao_split_only", "re", "polars", "pandas", "duckdb", "pyarrow", "scanner")


def typed(cells: pl.DataFrame, known: KnownTexts | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """This parser on one batch: records, and the measures of both horizons (cycle first)."""
    from pipelines.parsed.packed import split_packed
    from pipelines.parsed.targets import KnownTexts, parse_targets

    known = KnownTexts() if known is None else known
    records = split_packed(cells, known.texts.kind).records
    texts = [
        records.select(target_text=column, indicator_name="indicator_name", fiscal_year=pl.lit(2024, dtype=pl.Int32))
        for column in ("cycle_text", "annual_text")
    ]
    return records, parse_targets(pl.concat(texts), known)


class Batches:
    """The cells in batches, as a load reads them: never all in memory. ``cpu`` and ``wall`` are what reading took."""

    def __init__(self, path: Path) -> None:
        """``path`` holds the cells."""
        self._scan = pl.scan_parquet(path)
        self._total = self._scan.select(pl.len()).collect().item()
        self.cpu = self.wall = 0.0

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """One batch after the other."""
        for start in range(0, self._total, BATCH):
            cpu, wall = time.process_time(), time.perf_counter()
            cells = self._scan.slice(start, BATCH).collect()
            self.cpu += time.process_time() - cpu
            self.wall += time.perf_counter() - wall
            yield cells


def _run_jixiao(batches: Batches) -> int:
    from pipelines.parsed.targets import KnownTexts

    known = KnownTexts()
    return sum(typed(cells, known)[0].height for cells in batches)


def _run_split(batches: Batches) -> int:
    from pipelines.parsed.packed import split_packed

    return sum(split_packed(cells).records.height for cells in batches)


def _work(variant: str, path: Path, indicators: int, batches: Batches) -> Callable[[], int]:
    """The variant's work with everything imported and prepared."""
    import rival_re
    import rivals

    if variant in ("jixiao", "jixiao_split_only"):
        typed(pl.scan_parquet(path).head(200).collect())  # imports and compiled patterns are paid once per process
        return lambda: (_run_jixiao if variant == "jixiao" else _run_split)(batches)
    cells = pl.read_parquet(path)
    if variant == "scanner":
        scanner = rivals.load_scanner(Path(tempfile.mkdtemp()))
        prepared = rivals.scanner_input(cells)
        room = (rivals.Record * (indicators + 64))()
        return lambda: rivals.run_scanner(scanner, prepared, room)
    if variant == "re":
        return lambda: rival_re.run(cells).height
    run = {
        "polars": rivals.run_polars,
        "pandas": rivals.run_pandas,
        "duckdb": rivals.run_duckdb,
        "pyarrow": rivals.run_pyarrow,
    }[variant]
    return lambda: run(cells)


def measure(variant: str, path: Path, indicators: int) -> dict[str, float | int | str]:
    """CPU and wall seconds, indicators and peak memory of one variant in this process."""
    batches = Batches(path)
    work = _work(variant, path, indicators, batches)
    cpu, wall = time.process_time(), time.perf_counter()
    found = work()
    used, passed = time.process_time() - cpu - batches.cpu, time.perf_counter() - wall - batches.wall
    result = {"cpu": used, "wall": passed, "indicators": found}
    return {**result, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def _halves(records: pl.DataFrame, measures: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    is_cycle = pl.col("input_row") < records.height
    return measures.filter(is_cycle).drop("input_row"), measures.filter(~is_cycle).drop("input_row")


def differences(path: Path) -> dict[str, int]:
    """Cells that differ between this parser and the ``re`` program where both read a single measure, and between
    settings.
    """
    import rival_re

    cells = pl.read_parquet(path).head(10_000)
    records, measures = typed(cells)
    reference = rival_re.run(cells)
    columns = ("indicator_no", "level1_code", "level2_code", "indicator_name")
    counts = {f"{name}_differs": (records[name] != reference[name]).sum() for name in columns}
    for horizon, offset in (("cycle", 0), ("annual", records.height)):
        counts[f"{horizon}_text_differs"] = records[f"{horizon}_text"].ne_missing(reference[f"{horizon}_text"]).sum()
        own = measures.with_columns(row=pl.col("input_row").cast(pl.Int64) - offset).filter(
            pl.col("row").is_between(0, records.height - 1) & (pl.col("measure_no") == 1)
        )
        both = own.hstack(reference.select(pl.all().name.prefix("re_")))
        plain = both.filter((pl.col(f"re_{horizon}_kind") == "quantity") & pl.col("unit_text").is_not_null())
        unit = pl.col(f"re_{horizon}_unit").fill_null(pl.col("unit_text"))
        counts[f"{horizon}_compared"] = plain.height
        for name in ("comparator", "lower", "upper"):
            mine = pl.col(name if name == "comparator" else f"{name}_value")
            theirs = pl.col(f"re_{horizon}_{name}")
            differs = mine.ne_missing(theirs) if name == "comparator" else (mine.cast(pl.Float64) - theirs).abs() > 1e-6
            counts[f"{horizon}_{name}_differs"] = plain.filter(differs & ~pl.col("is_comparator_inherited")).height
        counts[f"{horizon}_unit_differs"] = plain.filter(pl.col("unit_text") != unit).height
    from pipelines.parsed.targets import KnownTexts

    known = KnownTexts()
    halves = [_halves(*typed(cells.slice(start, 777), known)) for start in range(0, cells.height, 777)]
    parted = pl.concat([half[0] for half in halves] + [half[1] for half in halves])
    counts["batch_sizes_differ"] = int(not parted.equals(pl.concat(_halves(records, measures))))
    return {name: int(value) for name, value in counts.items()}


def main() -> None:
    """Interleaves the variants over the rounds and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where generator.py wrote packed_<count>.parquet")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--variants", nargs="+", default=list(VARIANTS), choices=VARIANTS)
    parser.add_argument("--one", nargs=2, metavar=("VARIANT", "SIZE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        variant, size = options.one[0], int(options.one[1])
        print(json.dumps(measure(variant, options.folder / f"packed_{size}.parquet", size)))
        return
    results: dict[str, list[dict[str, float | int | str]]] = {}
    for _ in range(options.rounds):
        for size in options.sizes:
            for variant in options.variants:
                command = [sys.executable, __file__, str(options.folder), "--one", variant, str(size)]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode:
                    print(f"{variant} {size}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                    continue
                results.setdefault(f"{variant} {size}", []).append(json.loads(done.stdout))
    best = {key: min(runs, key=lambda run: run["cpu"]) for key, runs in results.items()}
    print(f"{'variant':<20}{'indicators':>12}{'CPU s':>9}{'wall s':>9}{'µs each':>9}{'peak MB':>9}")
    for key, run in best.items():
        each = float(run["cpu"]) / max(int(run["indicators"]), 1) * 1e6
        name = key.split()[0]
        print(f"{name:<20}{run['indicators']:>12}{run['cpu']:>9.2f}{run['wall']:>9.2f}{each:>9.2f}{run['peak_mb']:>9}")
    differing = differences(options.folder / f"packed_{options.sizes[0]}.parquet")
    print(json.dumps(differing, indent=1))
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "values.json").write_text(json.dumps({"best": best, "differences": differing}, indent=1))


if __name__ == "__main__":
    main()
