"""What runs in a room runs in its thread, says what it says elsewhere, raises what it raises, and needs few patterns."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import polars as pl
import pytest

from pipelines.parsed.targets.kept_patterns import Room, with_kept_patterns
from pipelines.settings import Settings

ROOT = Path(__file__).parents[3]
KEPT_BY_POLARS = 32  # patterns per thread, polars 2.1


def test_each_room_is_one_thread_that_is_not_the_callers() -> None:
    threads = [with_kept_patterns(room, threading.get_ident) for room in (*Room, *Room)]
    assert len(set(threads)) == len(Room)
    assert threading.get_ident() not in threads


def test_what_is_raised_reaches_the_caller() -> None:
    texts = pl.Series(["≥95%"])
    with pytest.raises(pl.exceptions.ComputeError, match="regex"):
        with_kept_patterns(Room.KINDS, lambda: texts.str.contains("("))
    assert with_kept_patterns(Room.KINDS, lambda: texts.str.contains("[0-9]")).to_list() == [True]


FORKING = """
import os
from pipelines.parsed.targets.kept_patterns import Room, with_kept_patterns
own = with_kept_patterns(Room.TOKENS, os.getpid)
child = os.fork()
if child == 0:
    # No search here: Polars' own threads do not live on either.
    os._exit(0 if with_kept_patterns(Room.TOKENS, os.getpid) != own else 1)
raise SystemExit(os.waitpid(child, 0)[1])
"""


def test_a_forked_process_has_a_thread_of_its_own() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKING], check=True, timeout=60)


# In a process of its own, where no expression was made before.
COUNTING = """
import json, sys, threading
from collections import defaultdict
from polars.expr.string import ExprStringNameSpace as Texts

asked = defaultdict(set)

def counted(name):
    method = getattr(Texts, name)
    def count(self, pattern, *arguments, **settings):
        if isinstance(pattern, str) and not settings.get("literal"):
            asked[threading.current_thread().name.split("_")[0]].add(pattern)
        return method(self, pattern, *arguments, **settings)
    setattr(Texts, name, count)

for name in "contains count_matches extract extract_all extract_groups find replace replace_all split".split():
    counted(name)

from pathlib import Path
import polars as pl
from bench.generator import generate
from pipelines.parsed.packed import split_packed
from pipelines.parsed.stage import parse_years
from pipelines.parsed.targets import parse_targets
from pipelines.settings import Settings
from pipelines.sources.stage import land_inbox, open_index

settings = Settings(Path(sys.argv[1]))
with open_index(settings) as index:
    land_inbox(settings, index)
    parse_years(settings, index, [2024])
records = split_packed(generate(20_000, seed=3)).records
texts = records.select("indicator_name", target_text="cycle_text", fiscal_year=pl.lit(2024, dtype=pl.Int32))
parse_targets(pl.concat([texts, texts.with_columns(target_text=pl.lit("&ge;9 0％ 或 3<sup>2</sup>，2024年6月底前"))]))
print(json.dumps({room: len(patterns) for room, patterns in asked.items()}))
"""


def test_no_thread_needs_more_patterns_than_polars_keeps(settings: Settings) -> None:
    shutil.copytree(ROOT / "data" / "inbox", settings.inbox, dirs_exist_ok=True)
    for form in sorted((ROOT / "tests" / "layouts" / "forms").glob("*.html"))[::2]:
        shutil.copy(form, settings.inbox / "2024")
    done = subprocess.run(
        [sys.executable, "-c", COUNTING, str(settings.data_root)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    counts = json.loads(done.stdout)
    assert set(counts) == {"MainThread", *(room.value for room in Room)}
    assert all(5 < count <= KEPT_BY_POLARS for count in counts.values()), counts
