"""Reader of plain text: tab-separated tables, CSV (comma, semicolon, bar) and prose.

Belongs here: finding the delimiter, splitting records and fields with their line and field numbers, and cutting the
text into tables and the lines around them. Python's csv module is not used because it drops a quotation mark inside
a field (``"一带一路"建设``) and does not say where a field began.
Does not repair rows that lost a column: they stay as they are and the table is noted ``ragged_rows``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.raw.encoding import DecodedText
from pipelines.raw.table import Cell, Position, RawDocument, RawTable

READER = "delimited_text"
# No spreadsheet cell is longer; also what keeps an unclosed quotation mark from costing quadratic time.
_LONGEST_QUOTED = 40_000
_SNIFFED_LINES = 400


@dataclass(frozen=True)
class _Field:
    text: str
    raw: str


@dataclass(frozen=True)
class _Record:
    """One logical line: its first physical line (from 1) and its fields; one field means no delimiter was there."""

    line: int
    fields: tuple[_Field, ...]

    @property
    def is_blank(self) -> bool:
        return len(self.fields) == 1 and not self.fields[0].text.strip()


def read_delimited_text(sha256: str, decoded: DecodedText) -> RawDocument:
    """Read decoded text into tables; lines between two are ``after`` of the first and ``before`` of the second."""
    text = decoded.text
    if "\n" not in text and "\r" in text:
        text = text.replace("\r", "\n")
    delimiter = _delimiter(text)
    document = RawDocument(sha256, READER, _media_type(delimiter), decoded.encoding, tables=[])
    if decoded.damaged:
        document.notes.append("damaged_encoding")
    outside: list[str] = []
    block: list[_Record] = []
    for record in [*_records(text, delimiter), None]:
        if record is not None and (len(record.fields) > 1 or (block and record.is_blank)):
            block.append(record)
            continue
        if block:
            leading, block, trailing = _split_edges(block)
            outside += leading
            if block:
                document.tables.append(_table(sha256, len(document.tables) + 1, block, outside))
                outside = []
            outside += trailing
            block = []
            if document.tables:
                document.tables[-1].after = outside  # shared on purpose: lines still to come belong to it as well
        if record is not None and not record.is_blank:
            outside.append(record.fields[0].raw)
    _own_lists(document)
    if not document.tables:
        document.text = outside
    return document


def _own_lists(document: RawDocument) -> None:
    """Give every table its own ``before`` and ``after``; until here neighbours share one list."""
    for table in document.tables:
        table.before, table.after = list(table.before), list(table.after)


def _media_type(delimiter: str | None) -> str:
    if delimiter is None:
        return "text/plain"
    return "text/tab-separated-values" if delimiter == "\t" else "text/csv"


def _delimiter(text: str) -> str | None:
    """Tab when any line has one between two texts; else the mark that cuts most lines into equally many fields."""
    if re.search(r"[^\t\n\r][\t]+[^\t\n\r]", text):
        return "\t"
    head = "\n".join(text.split("\n", _SNIFFED_LINES)[:_SNIFFED_LINES])
    for delimiter in ",;|":
        widths = Counter(len(record.fields) for record in _records(head, delimiter) if not record.is_blank)
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        regular = count >= 0.6 * sum(widths.values())
        if regular and width >= 2 and count >= 2 and (width >= 3 or count >= 3):
            return delimiter
    return None


def _records(text: str, delimiter: str | None) -> Iterator[_Record]:
    """Logical lines of ``text``. A quoted field may hold line breaks; anything that is not well quoted is literal."""
    if delimiter is None:
        for number, line in enumerate(text.split("\n"), start=1):
            line = line.removesuffix("\r")
            yield _Record(number, (_Field(line, line),))
        return
    mark = re.escape(delimiter)
    quoted = re.compile(rf'"([^"]*(?:""[^"]*)*)"(?=\r?\n|{mark}|\r?\Z)')
    literal = re.compile(rf"[^\n{mark}]*")
    place, number, length = 0, 1, len(text)
    while place <= length:
        first_line, fields = number, []
        while True:
            opens = text.startswith('"', place)
            found = quoted.match(text, place, min(length, place + _LONGEST_QUOTED)) if opens else None
            if found and (delimiter != "\t" or re.search(r'[\t\n",]', found.group(1))):
                raw, value = found.group(), found.group(1).replace('""', '"').replace("\r\n", "\n")
                number += raw.count("\n")
                place = found.end() + text.startswith("\r", found.end())
            else:
                end = literal.match(text, place).end()  # type: ignore[union-attr]  # matches the empty text too
                raw = value = text[place:end] if text.startswith(delimiter, end) else text[place:end].removesuffix("\r")
                place = end
            fields.append(_Field(value, raw))
            if not text.startswith(delimiter, place):
                break
            place += 1
        yield _Record(first_line, tuple(fields))
        place, number = place + 1, number + 1


def _split_edges(block: list[_Record]) -> tuple[list[str], list[_Record], list[str]]:
    """Cut lines off a block's edges that are text with a stray delimiter (one text, fewer fields than the rest)."""
    widths = Counter(len(record.fields) for record in block if not record.is_blank)
    usual = max(widths.items(), key=lambda item: (item[1], item[0]))[0]

    def is_stray(record: _Record) -> bool:
        texts = sum(1 for field in record.fields if field.text.strip())
        return record.is_blank or (texts <= 1 and len(record.fields) < usual)

    first, last = 0, len(block)
    while first < last and is_stray(block[first]):
        first += 1
    while last > first and is_stray(block[last - 1]):
        last -= 1
    lines = [["".join(f.text for f in record.fields) for record in part] for part in (block[:first], block[last:])]
    leading, trailing = ([line.strip("\t") for line in part if line.strip()] for part in lines)
    return leading, block[first:last], trailing


def _table(sha256: str, number: int, block: list[_Record], before: list[str]) -> RawTable:
    """A table of the block's records; blank lines inside are left out, rows keep as many cells as they have."""
    rows = [record for record in block if not record.is_blank]
    cells = [
        Cell(
            row=row,
            column=column,
            text=field.text,
            raw=field.raw,
            positions=[Position("text", f"line {record.line} field {column + 1}")],
            flags={"damaged"} if "\ufffd" in field.text else set(),
        )
        for row, record in enumerate(rows)
        for column, field in enumerate(record.fields)
    ]
    widths = {len(record.fields) for record in rows}
    table = RawTable(sha256, READER, number, len(rows), max(widths), cells, before=before)
    if len(widths) > 1:
        table.notes.append("ragged_rows")
    return table
