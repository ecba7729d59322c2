"""A child process that reads documents for us, replaced whenever one of them has broken it.

Belongs here: starting, feeding, timing and ending ``pipelines.raw.worker``, and turning its death into a reason.
Does not read documents and does not retry one: a document that kills a reader is refused, and the next gets a new one.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from pipelines.raw.read import ReadOptions
from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.store import from_json
from pipelines.raw.table import RawDocument

MEMORY_LIMIT = 2 * 1024**3
TIME_LIMIT = 120.0
_ROOT = Path(__file__).resolve().parents[2]


class ReaderProcess:
    """One child at a time, started when first needed. Use as a context manager: leaving it ends the child."""

    def __init__(self, memory_limit: int = MEMORY_LIMIT, time_limit: float = TIME_LIMIT) -> None:
        """Limits in bytes of address space and in seconds for one document."""
        self._memory_limit = memory_limit
        self._time_limit = time_limit
        self._child: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> ReaderProcess:
        """Nothing is started yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child."""
        self.close()

    def read(self, path: Path, options: ReadOptions, sha256: str | None = None) -> RawDocument:
        """Read one document; with ``sha256`` its bytes must have that digest. Raises RefusedDocument."""
        return from_json(self.read_json(path, options, sha256))

    def read_json(self, path: Path, options: ReadOptions, sha256: str | None = None) -> bytes:
        """As ``read``, but the document as ``store.to_json`` wrote it. Raises RefusedDocument."""
        child = self._started()
        request = {
            "path": os.path.abspath(path),
            "sha256": sha256,
            "options": asdict(options),
            "seconds": self._time_limit,
        }
        deadline = time.monotonic() + self._time_limit
        assert child.stdin is not None
        try:
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
            length = int.from_bytes(self._receive(child, 8, deadline), "big")
            answer = self._receive(child, length, deadline)
        except (BrokenPipeError, EOFError) as error:
            raise self._death(child) from error
        except BaseException:
            self.close()
            raise
        if answer[:1] == b"D":
            return answer[1:]
        reason_code, message = json.loads(answer[1:])
        if reason_code == "out_of_memory":
            self.close()
        raise RefusedDocument(reason_code, message)

    def close(self) -> None:
        """End the child and everything it started."""
        child, self._child = self._child, None
        if child is None:
            return
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # already gone, which is what was wanted
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # a request that the dead child never read
        child.wait()
        if self._folder is not None:
            self._folder.cleanup()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            # A killed child cannot remove what it has written: it writes into a folder that is removed here.
            self._folder = tempfile.TemporaryDirectory(prefix="jixiao-reader-", ignore_cleanup_errors=True)
            own = {"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONHASHSEED": "0", "TMPDIR": self._folder.name}
            environment = {**os.environ, **own}
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "pipelines.raw.worker", str(self._memory_limit)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,  # so that close() also ends what a reader has started
            )
        return self._child

    def _receive(self, child: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
        """Exactly ``length`` bytes before ``deadline``; EOFError when the child ends, a refusal when it is late."""
        assert child.stdout is not None
        pipe, parts = child.stdout.fileno(), bytearray()
        while len(parts) < length:
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                self.close()
                seconds = f"{self._time_limit:g}"
                raise RefusedDocument(
                    "timed_out", f"读取超过 {seconds} 秒：文件结构异常或过大，请拆分 (not read within the time limit)"
                )
            part = os.read(pipe, min(1 << 20, length - len(parts)))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def _death(self, child: subprocess.Popen[bytes]) -> RefusedDocument:
        self.close()
        how = signal.Signals(-child.returncode).name if child.returncode < 0 else f"exit {child.returncode}"
        return RefusedDocument(
            "reader_crashed", f"读取进程崩溃（{how}）：文件损坏或有意构造，请另存为其他格式 (the reader crashed)"
        )
