"""Many documents → RawDocuments: on all cores, each in a child process, never the same bytes twice.

Belongs here: the cache by content hash and reader version, and the sharing of work among reader processes.
Does not stop at a document that is refused: its reason takes its place in the answer.
"""

from __future__ import annotations

import json
import os
import queue
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from pipelines.raw.process import MEMORY_LIMIT, TIME_LIMIT, ReaderProcess
from pipelines.raw.read import ReadOptions
from pipelines.raw.refusal import PASSING_REASONS, RefusedDocument
from pipelines.raw.store import from_json
from pipelines.raw.table import RawDocument
from pipelines.raw.version import reader_version

# A further process pays for its start (some 40 ms, more with a reader's library) only from about this much work on.
_BYTES_PER_PROCESS = 200_000


def extract_documents(
    documents: Iterable[tuple[str, Path]],
    cache_dir: Path,
    progress: Callable[[int, int], None] | None = None,
    *,
    memory_limit: int = MEMORY_LIMIT,
    time_limit: float = TIME_LIMIT,
) -> dict[str, RawDocument | RefusedDocument]:
    """Read every (sha256, path) and return its document or its refusal by sha256, in the order given.

    ``cache_dir`` keeps what was read, by sha256 and READER_VERSION; reasons that lie in this machine or moment are not
    kept. ``progress`` is called in this thread with (done, all). Limits hold for each document.
    """
    wanted = dict(documents)
    cache = _Cache(cache_dir)
    results: dict[str, RawDocument | RefusedDocument] = {}
    missing: dict[str, Path] = {}
    for sha256, path in wanted.items():
        known = cache.get(sha256)
        if known is None:
            missing[sha256] = path
        else:
            results[sha256] = known
    done = len(results)
    if progress:
        progress(done, len(wanted))
    for sha256, result in _read_all(missing, cache, memory_limit, time_limit):
        results[sha256] = result
        done += 1
        if progress:
            progress(done, len(wanted))
    return {sha256: results[sha256] for sha256 in wanted}


def _read_all(
    missing: dict[str, Path], cache: _Cache, memory_limit: int, time_limit: float
) -> Iterable[tuple[str, RawDocument | RefusedDocument]]:
    """Yield results as they come, from as many reader processes as there are cores and work for them."""
    # The longest first: a long PDF started last would keep one core busy alone.
    waiting = deque(sorted(missing.items(), key=lambda item: (-size_of(item[1]), item[0])))
    finished: queue.SimpleQueue[tuple[str, RawDocument | RefusedDocument] | BaseException] = queue.SimpleQueue()
    processes = [ReaderProcess(memory_limit, time_limit) for _ in range(_process_count(missing))]

    def work(process: ReaderProcess) -> None:
        try:
            while waiting:
                try:
                    sha256, path = waiting.popleft()
                except IndexError:
                    return
                finished.put((sha256, _read_one(process, sha256, path, cache)))
        except BaseException as error:  # handed to the caller's thread, which raises it
            finished.put(error)

    threads = [threading.Thread(target=work, args=(process,), daemon=True) for process in processes]
    for thread in threads:
        thread.start()
    try:
        for _ in range(len(missing)):
            result = finished.get()
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        waiting.clear()
        for process in processes:
            process.close()
        for thread in threads:
            thread.join(timeout=5)


def _read_one(process: ReaderProcess, sha256: str, path: Path, cache: _Cache) -> RawDocument | RefusedDocument:
    try:
        data = process.read_json(path, ReadOptions(), sha256)
    except RefusedDocument as refusal:
        if refusal.reason_code not in PASSING_REASONS:
            cache.put_refusal(sha256, refusal)
        return refusal
    cache.put(sha256, data)
    return from_json(data)


def size_of(path: Path) -> int:
    """Bytes of a landed file; 0 where it cannot be reached."""
    try:
        return path.stat().st_size
    except OSError:
        return 0  # the reader will say what is wrong with it


def _process_count(missing: dict[str, Path]) -> int:
    work = sum(size_of(path) for path in missing.values())
    return min(len(missing), len(os.sched_getaffinity(0)), 1 + work // _BYTES_PER_PROCESS)


class _Cache:
    """One file a document: ``<first two of sha256>/<sha256>.<reader version>.json``, written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._version = reader_version()

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256}.{self._version}.json"

    def get(self, sha256: str) -> RawDocument | RefusedDocument | None:
        """What is kept, or None. A file that does not hold this form is as good as none: it is read again."""
        try:
            data = self._path(sha256).read_bytes()
            if data.startswith(b'{"refused"'):
                reason_code, message = json.loads(data)["refused"]
                return RefusedDocument(reason_code, message)
            document = from_json(data)
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            return None
        return document if document.sha256 == sha256 else None

    def put(self, sha256: str, data: bytes) -> None:
        """Keep a document; readers of the same file see the old one or the new one, never half."""
        path = self._path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".writing-", delete=False) as file:
            file.write(data)
        os.replace(file.name, path)

    def put_refusal(self, sha256: str, refusal: RefusedDocument) -> None:
        """Keep a reason that will be the same next time."""
        self.put(sha256, json.dumps({"refused": [refusal.reason_code, refusal.message]}, ensure_ascii=False).encode())
