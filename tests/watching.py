"""What tests of watching share: a real webhook, the messages kept in the log, and the daemon's own sensor for failed runs."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import dagster as dg

from pipelines.sensors import failed_runs
from pipelines.settings import Settings


class Webhook:
    """A real server that keeps what it is sent."""

    def __init__(self, status: int = 200, silent: bool = False) -> None:
        self.heard: list[dict[str, Any]] = []
        self.release = threading.Event()
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                webhook.heard.append(json.loads(body))
                if silent:
                    webhook.release.wait(30)
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self._thread = threading.Thread(target=self.server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self.release.set()
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


def logged(settings: Settings) -> list[dict[str, Any]]:
    """The log of messages."""
    return [json.loads(line) for line in (settings.logs / "messages.jsonl").read_text(encoding="utf-8").splitlines()]


def tell_by_sensor(settings: Settings, instance: dg.DagsterInstance, run_id: str) -> None:
    """What the daemon does when it sees that a run has failed. Imports Dagster only here: every test reads this module."""
    import dagster as dg

    run = instance.get_run_by_id(run_id)
    assert run is not None
    (failure,) = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.RUN_FAILURE).records
    event = failure.event_log_entry.dagster_event
    assert event is not None
    context = dg.build_run_status_sensor_context(
        "failed_runs",
        dagster_event=event,
        dagster_instance=instance,
        dagster_run=run,
        resources={"settings": settings},
    )
    failed_runs(context.for_run_failure())
