"""``jixiao rollback``: switch readers back to an earlier version.

Belongs here: the command's answer. Does not touch the data: the next load that finds news publishes a new version.
"""

from __future__ import annotations

from pipelines.commands.terminal import console, print_json
from pipelines.lock import load_lock
from pipelines.published.switch import roll_back
from pipelines.settings import Settings


def rollback_command(settings: Settings, version: str | None, *, as_json: bool) -> int:
    """Switch; raises ``NoSuchVersion`` with the versions that are kept."""
    with load_lock(settings.lock_file):
        before, now = roll_back(settings.published, version)
    if as_json:
        print_json({"from": before, "to": now})
    else:
        console().print(f"已退回 (rolled back): {before} → {now}", soft_wrap=True)
    return 0
