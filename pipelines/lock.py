"""One load at a time on a data root: a lock that the operating system frees when its holder dies.

Belongs here: taking the lock, waiting for it, saying who holds it, and what a holder that died left behind. Does not poll:
it asks the kernel. Whoever holds the lock knows that every earlier run is over, whatever other records say.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO


class LoadRunning(Exception):
    """Another load holds the data root; the message says which process, since when."""


@dataclass(frozen=True)
class Holder:
    """Who holds the lock, or held it when it died. ``run_id`` once the holder had begun a run. Times are UTC."""

    process: int
    since: str
    run_id: str | None = None

    def __str__(self) -> str:
        run = f", run {self.run_id}" if self.run_id else ""
        return f"process {self.process} since {self.since} UTC{run}"


class LoadLock:
    """The lock while it is held. ``crashed`` is the last holder, if it died before it could let go."""

    def __init__(self, file: IO[str], crashed: Holder | None) -> None:
        """The open, locked file."""
        self._file = file
        self.crashed = crashed
        self.holder = Holder(os.getpid(), f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M:%S}")
        self._write()

    def begin(self, run_id: str) -> None:
        """Note the run, so that whoever finds this process dead knows which run died with it."""
        self.holder = Holder(self.holder.process, self.holder.since, run_id)
        self._write()

    def _write(self) -> None:
        os.ftruncate(self._file.fileno(), 0)
        with contextlib.suppress(OSError):  # on a full disk the lock still locks; only its holder has no name
            os.pwrite(self._file.fileno(), json.dumps(vars(self.holder)).encode(), 0)

    def told(self) -> None:
        """The crash has been dealt with."""
        self.crashed = None

    def clear(self) -> None:
        """This holder has ended in order. A crash with which it did not deal is left for the next."""
        if self.crashed is None:
            os.ftruncate(self._file.fileno(), 0)
        else:
            self.holder = self.crashed
            self._write()


_held: dict[Path, LoadLock] = {}


@contextmanager
def load_lock(path: Path, waiting: Callable[[str], None] | None = None) -> Iterator[LoadLock]:
    """Hold the lock while the block runs; a process that holds it already goes on holding it.

    If somebody else holds it: with ``waiting``, tell it who and wait for as long as that takes; otherwise raise
    ``LoadRunning`` at once.
    """
    path = path.resolve()
    if path in _held and _held[path].holder.process == os.getpid():
        yield _held[path]
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read(file) or "unknown process"
            if waiting is None:
                raise LoadRunning(
                    f"另一个装载正在进行 (another load is running: {holder}); wait for it to end, or use --wait"
                ) from None
            waiting(f"等待另一个装载结束 (waiting for another load to end: {holder})")
            fcntl.flock(file, fcntl.LOCK_EX)
        lock = LoadLock(file, _read(file))
        _held[path] = lock
        try:
            yield lock
        finally:
            del _held[path]
            lock.clear()


def _read(file: IO[str]) -> Holder | None:
    """What stands in the file; a holder that was killed while writing it left no name."""
    file.seek(0)
    text = file.read().strip()
    if not text:
        return None
    try:
        return Holder(**json.loads(text))
    except (ValueError, TypeError):
        return Holder(0, "unknown")
