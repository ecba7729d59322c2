"""Extraction: cached by content and reader version, refusals in place of documents, a bad one never stops the rest."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.raw.extract import extract_documents
from pipelines.raw.process import ReaderProcess
from pipelines.raw.read import READER_VERSION, ReadOptions, RefusedDocument, read_document
from pipelines.raw.table import RawDocument
from tests.raw.helpers import DOCUMENTS

NANSHA = DOCUMENTS / "nansha_2024.txt"


def put(folder: Path, name: str, data: bytes) -> tuple[str, Path]:
    path = folder / name
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest(), path


def test_a_child_process_reads_what_this_process_reads():
    assert read_document(NANSHA) == read_document(NANSHA, isolated=False)


def test_documents_and_refusals_come_in_the_order_given_and_progress_counts_them(tmp_path):
    sources = [
        put(tmp_path, "a.txt", NANSHA.read_bytes()),
        put(tmp_path, "b.pdf", b"\x89PNG\r\n\x1a\n\x00\x00"),
        put(tmp_path, "c.txt", b"a\tb\n1\t2\n"),
    ]
    seen: list[tuple[int, int]] = []
    results = extract_documents(sources, tmp_path / "cache", lambda done, all: seen.append((done, all)))
    assert list(results) == [sha256 for sha256, _ in sources]
    first, second, third = results.values()
    assert isinstance(first, RawDocument) and isinstance(third, RawDocument)
    assert isinstance(second, RefusedDocument) and second.reason_code == "image"
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_what_was_read_once_is_not_opened_again_and_a_broken_entry_is(tmp_path):
    source = put(tmp_path, "a.txt", NANSHA.read_bytes())
    cache = tmp_path / "cache"
    first = extract_documents([source], cache)
    source[1].unlink()
    assert extract_documents([source], cache) == first
    (entry,) = cache.rglob("*.json")
    assert READER_VERSION in entry.name
    put(tmp_path, "a.txt", NANSHA.read_bytes())
    entry.write_bytes(entry.read_bytes()[:100])
    assert extract_documents([source], cache) == first
    assert json.loads(entry.read_bytes())["sha256"] == source[0]


def test_a_refusal_is_kept_but_not_one_that_lies_in_this_moment(tmp_path):
    image, missing = put(tmp_path, "a", b"GIF89a"), ("0" * 64, tmp_path / "none")
    extract_documents([image, missing], tmp_path / "cache")
    assert [path.name[:64] for path in (tmp_path / "cache").rglob("*.json")] == [image[0]]


def test_bytes_that_are_not_the_landed_ones_are_refused(tmp_path):
    _, path = put(tmp_path, "a.txt", b"a\tb\n")
    (result,) = extract_documents([("1" * 64, path)], tmp_path / "cache").values()
    assert isinstance(result, RefusedDocument) and result.reason_code == "changed"


def test_a_reader_that_dies_takes_only_its_document_with_it(tmp_path):
    with ReaderProcess() as process:
        process.read(NANSHA, ReadOptions())
        child = process._child
        assert child is not None
        child.kill()
        child.wait()
        assert process.read(NANSHA, ReadOptions()).tables


def test_a_document_over_the_time_limit_is_refused_and_the_next_one_is_read(tmp_path):
    slow, fast = tmp_path / "slow", NANSHA
    import os

    os.mkfifo(slow)  # opening it waits for a writer that never comes
    with ReaderProcess(time_limit=0.5) as process:
        with pytest.raises(RefusedDocument) as refusal:
            process.read(slow, ReadOptions())
        assert refusal.value.reason_code == "timed_out"
    with ReaderProcess() as process:
        assert process.read(fast, ReadOptions()).tables


def test_a_document_over_the_memory_limit_is_refused(tmp_path):
    _, path = put(tmp_path, "a.txt", b"a\tb\n" * 2_000_000)
    with ReaderProcess(memory_limit=200 * 1024**2) as process, pytest.raises(RefusedDocument) as refusal:
        process.read(path, ReadOptions())
    assert refusal.value.reason_code == "out_of_memory"


def test_a_child_process_has_no_network():
    program = (
        "import socket; from pipelines.raw.worker import leave_network; left = leave_network();"
        "s = socket.socket(); s.settimeout(2); error = s.connect_ex(('127.0.0.1', 9));"
        "print(left, error)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    if answer[0] == "False":
        pytest.skip("this system allows no network namespaces")
    assert int(answer[1]) == 101  # ENETUNREACH: not even loopback is up


def test_the_parent_imports_no_readers_library():
    program = "import sys, pipelines.raw.extract; print(*sorted(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"lxml", "openpyxl", "xlrd", "olefile", "pdfplumber", "pdfminer", "pypdfium2", "selectolax", "polars"}
    assert heavy.isdisjoint(modules)
