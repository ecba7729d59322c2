"""Whatever ends a command becomes one line with a place, a cause and a remedy."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pipelines.commands.failure import describe
from pipelines.lock import LoadRunning
from pipelines.published.switch import NoSuchVersion
from pipelines.settings import SettingError


@pytest.mark.parametrize(
    ("error", "words", "code"),
    [
        (PermissionError(13, "Permission denied", "/data/inbox"), "/data/inbox: 没有权限", 1),
        (OSError(28, "No space left on device", "/data/x"), "/data/x: 磁盘已满", 1),
        (OSError(30, "Read-only file system", "/data/x"), "choose another --data-root", 1),
        (OSError(5, "Input/output error"), "Input/output error", 1),
        (sqlite3.OperationalError("database or disk is full"), "database or disk is full", 1),
        (LoadRunning("another load is running"), "another load is running", 1),
        (NoSuchVersion("no such version"), "no such version", 2),
        (SettingError("JIXIAO_KEEP_VERSIONS is 'x'"), "JIXIAO_KEEP_VERSIONS is 'x'", 2),
    ],
)
def test_a_known_error_says_what_where_and_what_to_do(error: Exception, words: str, code: int) -> None:
    line, exit_code = describe(error)
    assert words in line and exit_code == code and "\n" not in line


def test_an_unknown_error_keeps_its_traceback_in_a_file() -> None:
    try:
        raise KeyError("no\nsuch thing")
    except KeyError as error:
        line, code = describe(error)
    path = Path(line.rsplit(" ", 1)[-1])
    try:
        assert code == 1 and "\n" not in line and "KeyError" in line
        assert "Traceback" in path.read_text(encoding="utf-8")
    finally:
        path.unlink()
