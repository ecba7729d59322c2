"""A thread of its own for the patterns that take long to build, so that they are built once per process.

Belongs here: that thread alone. Polars keeps the last 32 patterns of each thread, and reading a batch of texts asks for twice
as many, so that every one would be built anew for every batch: the one that cuts tokens takes longer than cutting a thousand
texts. Does not hold patterns itself: what runs here says which it needs, and all that run here may not need more than 32.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

T = TypeVar("T")


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="patterns")


# Threads do not live on in a forked process.
os.register_at_fork(after_in_child=_thread.cache_clear)


def with_kept_patterns(work: Callable[[], T]) -> T:
    """Runs ``work`` where its patterns stay built, and waits for it; raises what it raises.

    Only methods of single columns (``Series.str.contains``) search in the thread that calls them; what Polars spreads over
    its own threads (several columns at once, the branches of a ``when``) is not kept. ``work`` must not call this itself.
    """
    return _thread().submit(work).result()
