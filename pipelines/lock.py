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
    """The lock while it is held. ``crashed``: earlier holders that died before they could let go and of whom nobody has
    told yet, the oldest first. They stand in the file until somebody has, so that a death on the way to it loses none.
    """

    def __init__(self, file: IO[str], crashed: tuple[Holder, ...]) -> None:
        """The open, locked file."""
        self._file = file
        self.crashed = crashed
        self.holder = Holder(os.getpid(), f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M:%S}")
        self._write(self.holder)

    def begin(self, run_id: str) -> None:
        """Note the run, so that whoever finds this process dead knows which run died with it."""
        self.holder = Holder(self.holder.process, self.holder.since, run_id)
        self._write(self.holder)

    def _write(self, holder: Holder | None) -> None:
        if holder is None and not self.crashed:
            os.ftruncate(self._file.fileno(), 0)
            return
        content = {**(vars(holder) if holder else {}), "untold": [vars(one) for one in self.crashed]}
        text = (json.dumps(content) + "\n").encode()
        with contextlib.suppress(OSError):  # on a full disk the lock still locks; only its holder has no name
            os.pwrite(self._file.fileno(), text, 0)
            # Cut to its length afterwards: at no instant does the file say that nobody has died.
            os.ftruncate(self._file.fileno(), len(text))

    def told(self) -> None:
        """The crashes have been dealt with."""
        self.crashed = ()
        self._write(self.holder)

    def clear(self) -> None:
        """This holder has ended in order. A crash with which it did not deal is left for the next."""
        self._write(None)


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
    # Neither emptied on opening nor appended to: the file is written over in one go.
    with open(
        path, "r+", encoding="utf-8", opener=lambda name, flags: os.open(name, flags | os.O_CREAT, 0o666)
    ) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read(file)[0] or "unknown process"
            if waiting is None:
                raise LoadRunning(
                    f"另一个装载正在进行 (another load is running: {holder}); wait for it to end, or use --wait"
                ) from None
            waiting(f"等待另一个装载结束 (waiting for another load to end: {holder})")
            fcntl.flock(file, fcntl.LOCK_EX)
        died, untold = _read(file)
        lock = LoadLock(file, (*untold, died) if died else untold)
        _held[path] = lock
        try:
            yield lock
        finally:
            del _held[path]
            lock.clear()


def _read(file: IO[str]) -> tuple[Holder | None, tuple[Holder, ...]]:
    """Who stands in the file, and of whose death before nobody has told; a holder that was killed while it wrote its name
    is unknown.
    """
    file.seek(0)
    text = file.read().strip()
    if not text:
        return None, ()
    try:
        # What follows is the rest of a longer text that stood there before.
        content, _ = json.JSONDecoder().raw_decode(text)
        untold = tuple(Holder(**one) for one in content.pop("untold", []))
        return Holder(**content) if content else None, untold
    except (ValueError, TypeError, AttributeError):
        return Holder(0, "unknown"), ()
