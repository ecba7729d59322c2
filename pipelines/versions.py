"""What the program itself is, as a digest: when it changes, what it made before is made again.

Belongs here: digests over source files and reviewed tables. Does not know what any of them does.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from pipelines.raw.version import reader_version

_PACKAGE = Path(__file__).parent
_SUFFIXES = {".py", ".csv", ".sql", ".yml", ".md"}  # .md: columns.md holds the published comments


def digest_of(*folders: Path) -> str:
    """Sixteen hexadecimal digits over the names and bytes of every source file below the folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in _SUFFIXES and "target" not in path.relative_to(folder).parts:
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@cache
def parser_version() -> str:
    """The version of everything between a document's bytes and its parsed rows."""
    own = digest_of(_PACKAGE / "layouts", _PACKAGE / "parsed")
    return hashlib.sha256(f"{reader_version()} {own}".encode()).hexdigest()[:16]


def program_version(dbt_project: Path, expectations: Path) -> str:
    """The version of everything between a document's bytes and a published number."""
    star = digest_of(dbt_project, expectations, _PACKAGE / "warehouse", _PACKAGE / "published")
    return hashlib.sha256(f"{parser_version()} {star}".encode()).hexdigest()[:16]
