"""One load at a time on a data root: a lock that the operating system frees when its holder dies.

Belongs here: taking the lock and saying who holds it. Does not wait by sleeping: it asks the kernel.
"""

from __future__ import annotations

import datetime
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LoadRunning(Exception):
    """Another load holds the data root; the message says which process, since when."""


@contextmanager
def load_lock(path: Path) -> Iterator[None]:
    """Hold the lock while the block runs. Raises ``LoadRunning`` at once if somebody else holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown process"
            raise LoadRunning(f"另一个装载正在进行 (another load is running: {holder}); wait for it to end") from None
        file.truncate(0)
        file.write(f"process {os.getpid()} since {datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M:%S} UTC")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
