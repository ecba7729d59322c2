"""An exception → one line that says what, where and what to do, and the exit code.

Belongs here: the errors a person can act on. What is not known here is written to a file with its traceback, and the line
names the file. Does not print.
"""

from __future__ import annotations

import errno
import sqlite3
import tempfile
import traceback

from pipelines.lock import LoadRunning
from pipelines.published.switch import NoSuchVersion
from pipelines.settings import SettingError
from pipelines.sources.corrections import CorrectionError

_REMEDIES = {
    errno.ENOSPC: "磁盘已满 (disk full): free some space and load again",
    errno.EDQUOT: "磁盘配额已满 (disk quota reached): free some space and load again",
    errno.EACCES: "没有权限 (permission denied): give the loading user access",
    errno.EPERM: "没有权限 (not permitted): give the loading user access",
    errno.EROFS: "只读文件系统 (read-only file system): choose another --data-root",
    errno.ENOTDIR: "路径中有一段不是文件夹 (not a folder): choose another --data-root",
    errno.EISDIR: "是文件夹而不是文件 (is a folder): choose a file",
    errno.ENOENT: "找不到 (not found): check the path",
}


def describe(error: Exception) -> tuple[str, int]:
    """The line and the exit code of an error that ended a command."""
    if isinstance(error, (SettingError, NoSuchVersion)):
        return str(error), 2
    if isinstance(error, (LoadRunning, CorrectionError)):
        return str(error), 1
    if isinstance(error, OSError):
        return describe_os_error(error), 1
    if isinstance(error, sqlite3.Error):
        return f"索引无法读写 (landing/index.sqlite: {error}): check disk space and permissions, then load again", 1
    if type(error).__module__ == "_duckdb":
        return (
            f"数据库无法读写 (DuckDB: {first_line(error)}): check disk space, permissions and who has the file open",
            1,
        )
    return f"程序错误 (internal error: {type(error).__name__}: {first_line(error)}); details in {_keep(error)}", 1


def describe_os_error(error: OSError) -> str:
    """Place, cause and remedy of an operating system error."""
    remedy = _REMEDIES.get(error.errno or 0, error.strerror or str(error))
    return f"{error.filename}: {remedy}" if error.filename else remedy


def first_line(error: BaseException) -> str:
    """The first line of an error's message."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _keep(error: Exception) -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="jixiao-error-", suffix=".log", delete=False, encoding="utf-8"
    ) as file:
        file.write("".join(traceback.format_exception(error)))
    return file.name
