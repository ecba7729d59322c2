"""``jixiao serve``: Dagster's web server and daemon on this data root, together or apart, reachable from this machine only.

Belongs here: the environment and arguments of Dagster's own command. Does not serve anything by itself.
"""

from __future__ import annotations

import os
import signal
import sys

from pipelines.nightly import prepare_dagster_home
from pipelines.settings import Settings

PARTS = ("all", "web", "daemon")


def serve_command(settings: Settings, port: int, host: str, part: str) -> int:
    """Replace this process by Dagster's own command; returns only if that cannot be started."""
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(prepare_dagster_home(settings)),
        "JIXIAO_DATA": str(settings.data_root),
    }
    # The schedule asks the listing pages before it decides on a run; politeness takes longer than Dagster's minute.
    environment.setdefault("DAGSTER_SCHEDULE_GRPC_TIMEOUT_SECONDS", str(int(settings.fetching.load_seconds) + 600))
    # A shell that starts a job in the background has it ignore this signal, by which Dagster ends its own processes.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execve(sys.executable, [sys.executable, *arguments(port, host, part)], environment)


def arguments(port: int, host: str, part: str) -> list[str]:
    """Python's arguments. Whatever listens does so on loopback unless another host is named."""
    location = ["-m", "pipelines.definitions"]
    address = ["--host", host, "--port", str(port)]
    if part == "web":
        return ["-m", "dagster_webserver", *location, *address]
    if part == "daemon":
        return ["-m", "dagster._daemon", "run", *location]
    # `dagster dev` says of itself that `dg dev` supersedes it; that command needs a package of its own for the same page.
    return ["-W", "ignore:Function `dev_command` is superseded", "-m", "dagster", "dev", *location, *address]
