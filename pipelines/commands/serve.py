"""``jixiao serve``: Dagster's web server and daemon on this data root, reachable from this machine only.

Belongs here: the environment and arguments of Dagster's own command. Does not serve anything by itself.
"""

from __future__ import annotations

import os
import signal
import sys

from pipelines.nightly import prepare_dagster_home
from pipelines.settings import Settings


def serve_command(settings: Settings, port: int) -> int:
    """Replace this process by ``dagster dev``; returns only if that cannot be started."""
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(prepare_dagster_home(settings)),
        "JIXIAO_DATA": str(settings.data_root),
    }
    # The schedule asks the listing pages before it decides on a run; politeness takes longer than Dagster's minute.
    environment.setdefault("DAGSTER_SCHEDULE_GRPC_TIMEOUT_SECONDS", str(int(settings.fetching.load_seconds) + 600))
    # `dagster dev` says of itself that `dg dev` supersedes it; that command needs a package of its own for the same page.
    warnings = ["-W", "ignore:Function `dev_command` is superseded"]
    arguments = [
        *warnings,
        "-m",
        "dagster",
        "dev",
        "-m",
        "pipelines.definitions",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    # A shell that starts a job in the background has it ignore this signal, by which Dagster ends its own processes.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execve(sys.executable, [sys.executable, *arguments], environment)
