"""The real `jixiao serve` for as long as a test needs it: web server, daemon and code server on a free port of loopback."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import Settings
from tests.conftest import REPOSITORY


@dataclass(frozen=True)
class Server:
    """Somebody listens at ``port``; what the parts print goes to ``log``."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(settings: Settings) -> Iterator[Server]:
    """Yield as soon as the page can be asked; a server that ends before that is an error with its log. Ended by its process
    group, runs that it started included."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server = Server(probe.getsockname()[1], settings.data_root / "serve.log")
    options = ["--port", str(server.port), "--data-root", str(settings.data_root)]
    with server.log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.commands.main", "serve", *options],
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd=REPOSITORY,
        )
    try:
        while not _listens(server.port):
            assert process.poll() is None, server.log.read_text(encoding="utf-8")
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
