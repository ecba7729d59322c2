"""``jixiao parse``: target texts from a file or standard input → one JSON object a line.

Belongs here: recognising lines, CSV and JSON Lines, and printing in batches, so that any number of lines passes
through in constant memory. Needs no warehouse. Does not know the grammar.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple, TextIO

BATCH_LINES = 50_000
_NAMES = {"indicator_name": ("indicator_name", "indicator"), "fiscal_year": ("fiscal_year",)}


class InputError(ValueError):
    """The input is not what the command reads; the message says where and what to do."""


class Line(NamedTuple):
    """One text with what the input says about it."""

    text: str | None
    indicator_name: str | None = None
    fiscal_year: int | None = None
    stated_comparator: str | None = None
    stated_unit: str | None = None


def run_parse(source: str | None, fiscal_year: int | None, out: TextIO) -> int:
    """Reads ``source`` (a file; ``-`` or None for standard input) and writes a JSON object a line to ``out``.

    A ``.csv`` file or lines of JSON objects need a ``text`` column and may have ``indicator_name`` (or ``indicator``),
    ``fiscal_year``, ``stated_comparator`` and ``stated_unit``; anything else is one text a line. ``fiscal_year``
    holds where a row states none. Returns the exit code: 0, or 2 with one line on standard error.
    """
    try:
        if source not in (None, "-") and not Path(str(source)).is_file():
            raise InputError(f"{source}: no such file; give a file, or - for standard input")
        opened: Any = (
            nullcontext(sys.stdin) if source in (None, "-") else open(str(source), encoding="utf-8-sig", newline="")
        )
        with opened as stream:
            lines = _lines(stream, str(source or "-"))
            while batch := list(islice(lines, BATCH_LINES)):
                _write(batch, fiscal_year, out)
    except (InputError, UnicodeDecodeError) as error:
        message = (
            str(error) if isinstance(error, InputError) else f"{source}: not UTF-8 ({error.reason}); convert it first"
        )
        print(f"jixiao parse: {message}", file=sys.stderr)
        return 2
    return 0


def _write(batch: list[Line], fiscal_year: int | None, out: TextIO) -> None:
    import polars as pl  # only when there is something to read: `jixiao --help` stays fast

    from pipelines.commands.readings import reading_objects
    from pipelines.parsed.targets import parse_targets

    frame = pl.DataFrame(
        {
            "target_text": [line.text for line in batch],
            "indicator_name": [line.indicator_name for line in batch],
            "fiscal_year": [fiscal_year if line.fiscal_year is None else line.fiscal_year for line in batch],
            "stated_comparator": [line.stated_comparator for line in batch],
            "stated_unit": [line.stated_unit for line in batch],
        },
        schema={
            "target_text": pl.String,
            "indicator_name": pl.String,
            "fiscal_year": pl.Int32,
            "stated_comparator": pl.String,
            "stated_unit": pl.String,
        },
    )
    for reading in reading_objects([line.text for line in batch], parse_targets(frame)):
        out.write(json.dumps(reading, ensure_ascii=False) + "\n")


def _lines(stream: IO[str], source: str) -> Iterator[Line]:
    if source.lower().endswith(".csv"):
        rows = csv.DictReader(stream)
        if "text" not in (rows.fieldnames or []):
            raise InputError(
                f"{source}: no column `text` in the header; the columns are {rows.fieldnames or 'missing'}"
            )
        for number, row in enumerate(rows, start=2):
            yield _line(row, f"{source}, row {number}")
        return
    is_json: bool | None = None
    for number, printed in enumerate(stream, start=1):
        text = printed.rstrip("\r\n")
        if is_json is None:
            is_json = source.lower().endswith((".jsonl", ".ndjson")) or text.startswith("{")
        if is_json and text.strip():
            yield _line(_object(text, f"{source}, line {number}"), f"{source}, line {number}")
        elif not is_json:
            yield Line(text)


def _object(text: str, place: str) -> dict[str, Any]:
    try:
        row = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{place}: not a JSON object ({error.msg}); give one object a line") from error
    if not isinstance(row, dict) or "text" not in row:
        raise InputError(f"{place}: no `text`; each object needs one")
    return row


def _line(row: dict[str, Any], place: str) -> Line:
    year = row.get("fiscal_year")
    try:
        fiscal_year = int(str(year)) if year not in (None, "") else None
    except (TypeError, ValueError) as error:
        raise InputError(f"{place}: fiscal_year {year!r} is no year") from error
    name = next((row[key] for key in _NAMES["indicator_name"] if row.get(key)), None)
    text = row["text"]
    return Line(
        None if text is None else str(text),
        None if name is None else str(name),
        fiscal_year,
        row.get("stated_comparator") or None,
        row.get("stated_unit") or None,
    )
