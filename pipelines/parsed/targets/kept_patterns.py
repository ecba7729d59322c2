"""Threads of their own for parts of the reading that need many patterns, so that these are built once per process.

Belongs here: the threads alone. Polars keeps the last 32 patterns of each thread, and a batch of texts asks for more than twice
as many, so that in one thread every one would be built anew for every batch: the one that cuts tokens takes longer than cutting
a thousand texts. Does not hold patterns itself: what runs in a ``Room`` may not need more than 32 of them in all.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import cache
from typing import TypeVar

T = TypeVar("T")


class Room(Enum):
    """What has a thread of its own; all else that parses runs in the caller's, which keeps 32 too."""

    PLAIN = "plain"  # plain amounts and words
    KINDS = "kinds"  # how texts are written, and what kind the wordless ones are
    TOKENS = "tokens"
    MEASURES = "measures"
    VALUES = "values"  # of measures, with their doubts


@cache
def _thread(room: Room) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=room.value)


# Threads do not live on in a forked process.
os.register_at_fork(after_in_child=_thread.cache_clear)


def with_kept_patterns(room: Room, work: Callable[[], T]) -> T:
    """Runs ``work`` where its patterns stay built, and waits for it; raises what it raises.

    With one Polars thread, as jixiao runs it, Polars searches in the thread that calls it. With more it spreads most of the
    work over threads of its own, and less is kept. ``work`` may ask for another room, but not for its own.
    """
    return _thread(room).submit(work).result()
