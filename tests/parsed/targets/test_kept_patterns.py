"""What runs where patterns are kept runs in one thread, says what it says elsewhere, and raises what it raises."""

from __future__ import annotations

import subprocess
import sys
import threading

import polars as pl
import pytest

from pipelines.parsed.targets.kept_patterns import with_kept_patterns


def test_all_runs_in_one_thread_that_is_not_the_callers() -> None:
    threads = {with_kept_patterns(threading.get_ident) for _ in range(3)}
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_what_is_raised_reaches_the_caller() -> None:
    texts = pl.Series(["≥95%"])
    with pytest.raises(pl.exceptions.ComputeError, match="regex"):
        with_kept_patterns(lambda: texts.str.contains("("))
    assert with_kept_patterns(lambda: texts.str.contains("[0-9]")).to_list() == [True]


FORKING = """
import os
from pipelines.parsed.targets.kept_patterns import with_kept_patterns
own = with_kept_patterns(os.getpid)
child = os.fork()
if child == 0:
    # No search here: Polars' own threads do not live on either.
    os._exit(0 if with_kept_patterns(os.getpid) != own else 1)
raise SystemExit(os.waitpid(child, 0)[1])
"""


def test_a_forked_process_has_a_thread_of_its_own() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKING], check=True, timeout=60)
