"""One message per failure, to the log of messages and to a webhook.

Belongs here: delivering a message. Failing to deliver is noted and never fails a load. Does not decide what is a failure.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipelines.settings import Settings


@dataclass(frozen=True)
class Message:
    """``kind``: gate_failed, run_failed, run_crashed, source_stale, document_missing.

    ``text`` is for people; ``fields`` for machines.
    """

    kind: str
    text: str
    fields: dict[str, object] = field(default_factory=dict)


def notify(settings: Settings, message: Message) -> None:
    """Log the message and post it to ``JIXIAO_WEBHOOK`` as JSON, waiting no longer than the setting allows."""
    error = _post(settings, message) if settings.webhook else None
    line = {"at": _now(), **asdict(message), "delivered": None if not settings.webhook else error is None}
    if error:
        line["error"] = error
    try:
        settings.logs.mkdir(parents=True, exist_ok=True)
        with _log(settings).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
    except OSError:
        return  # the failure itself is already on its way to whoever started the load


def messages(settings: Settings) -> list[dict[str, Any]]:
    """The messages in the log, the oldest first; a line that was cut off when its writer died is none."""
    path, found = _log(settings), []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        with contextlib.suppress(ValueError):
            found.append(json.loads(line))
    return found


def _log(settings: Settings) -> Path:
    return settings.logs / "messages.jsonl"


def _post(settings: Settings, message: Message) -> str | None:
    """Deliver within the time limit. Returns why not, without the address: it may hold a secret."""
    outcome: list[str | None] = []
    # A thread, because a server that answers byte by byte would outlast any limit on a single read.
    thread = threading.Thread(target=lambda: outcome.append(_send(settings, message)), daemon=True)
    thread.start()
    thread.join(settings.webhook_seconds)
    return outcome[0] if outcome else f"no answer within {settings.webhook_seconds:g} s"


def _send(settings: Settings, message: Message) -> str | None:
    import urllib.request

    body = {"text": message.text, "kind": message.kind, "at": _now(), "fields": message.fields}
    request = urllib.request.Request(
        settings.webhook or "",
        data=json.dumps(body, ensure_ascii=False, default=str).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "jixiao/1"},
        method="POST",
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=settings.webhook_seconds) as answer:
            return None if 200 <= answer.status < 300 else f"HTTP {answer.status}"
    except (OSError, ValueError) as error:
        code = getattr(error, "code", None)
        return f"HTTP {code}" if code else type(getattr(error, "reason", error)).__name__
    except Exception as error:  # a broken answer of any kind is an undelivered message, nothing more
        return type(error).__name__


def _now() -> str:
    return f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"


def host_name() -> str:
    """Which machine speaks."""
    return os.uname().nodename
