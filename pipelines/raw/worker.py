"""The child process in which documents are opened: limits first, then one document after another.

Belongs here: the limits on memory, time and network, and the frames in which documents come and answers go.
Does not import a reader's library before a document needs it, so that a batch of texts costs one start of Python.

Run as ``python -m pipelines.raw.worker MEMORY_BYTES``: reads one JSON object a line from stdin, answers on stdout with
eight bytes of length and a JSON document. Whatever a library prints goes to stderr.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.raw.read import ReadOptions, RefusedDocument, load_bytes, read_bytes
from pipelines.raw.store import to_json

_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
# After the parent's own limit: ends a worker whose parent has died in the meantime.
_GRACE_SECONDS = 15


def main() -> None:
    """Answer requests until stdin closes, or until a document has used up so much that a fresh process is due."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit_memory(int(sys.argv[1]))
    leave_network()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        signal.alarm(int(request["seconds"]) + _GRACE_SECONDS)
        answer = _answer(request)
        signal.alarm(0)
        _send(answers, answer)
        if b'"out_of_memory"' in answer[:40]:
            return


def limit_memory(limit: int) -> None:
    """Hold the address space to ``limit`` bytes; LibreOffice below this process gets the same limit."""
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def leave_network() -> bool:
    """Move into a network namespace without any interface; False where the system does not allow it."""
    library = ctypes.CDLL(None, use_errno=True)
    return any(library.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def _answer(request: dict[str, Any]) -> bytes:
    try:
        data = load_bytes(Path(request["path"]))
        expected = request["sha256"]
        if expected and hashlib.sha256(data).hexdigest() != expected:
            raise RefusedDocument(
                "changed", "文件内容与登记的 sha256 不符：请重新放入 inbox (bytes differ from the landed ones)"
            )
        return b"D" + to_json(read_bytes(data, ReadOptions(**request["options"])))
    except RefusedDocument as refusal:
        return _refused(refusal.reason_code, refusal.message)
    except MemoryError:
        return _refused("out_of_memory", "读取所需内存超过限额：文件结构异常或过大，请拆分 (out of memory)")
    except RecursionError:
        return _refused("hostile_structure", "嵌套层数异常：请另存为其他格式 (nested too deeply)")
    except Exception as error:  # a library may raise anything on broken bytes; the document is quarantined with it
        line = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        return _refused("reader_failed", f"读取失败（{line}）：请另存为其他格式或报告此文件 (the reader failed)")


def _refused(reason_code: str, message: str) -> bytes:
    return b"R" + json.dumps([reason_code, message], ensure_ascii=False).encode("utf-8", "replace")


def _send(answers: BinaryIO, answer: bytes) -> None:
    answers.write(len(answer).to_bytes(8, "big") + answer)
    answers.flush()


if __name__ == "__main__":
    main()
