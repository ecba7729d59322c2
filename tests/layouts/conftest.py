"""The forms as a load reads them: in a reader's process, which the tests of this folder share, and each document once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.raw.process import ReaderProcess
from pipelines.raw.read import ReadOptions
from pipelines.raw.store import from_json
from pipelines.raw.table import RawDocument

Read = Callable[[Path], RawDocument]


@pytest.fixture(scope="session")
def read_document() -> Iterator[Read]:
    """Reads a document as ``pipelines.raw.read.read_document`` does; every caller gets an object of its own."""
    contents: dict[Path, bytes] = {}
    with ReaderProcess() as process:

        def read(path: Path) -> RawDocument:
            if path not in contents:
                contents[path] = process.read_json(path, ReadOptions())
            return from_json(contents[path])

        yield read
