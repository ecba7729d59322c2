"""The version of everything the readers put out: a digest of their own code and of the libraries under them.

Belongs here: which libraries take part in a reading. A comment changed in a reader renews the cache once; that is
cheaper than one wrong cell kept because somebody forgot to raise a number.
Does not cover LibreOffice, which is not a Python package: DOC documents note its version instead.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("selectolax", "openpyxl", "xlrd", "olefile", "lxml", "pdfplumber", "pdfminer.six", "pypdfium2")
# Modules of this package that do not take part in what a reader puts out.
_NOT_READING = frozenset({"assets.py", "extract.py", "process.py"})


@cache
def reader_version() -> str:
    """Sixteen hexadecimal digits, the same on every machine with the same code and the same locked libraries."""
    digest = hashlib.sha256()
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        if path.name not in _NOT_READING:
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for library in LIBRARIES:
        digest.update(f"{library}={_installed(library)}\n".encode())
    return digest.hexdigest()[:16]


def _installed(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "missing"
