"""Put back columns that some rows of a delimited or HTML table have lost, when there is exactly one way to do so.

Belongs here: the rule that decides whether a short row's missing cells have one possible place (formats.md §1, §6).
Does not guess: a row is left as it is unless one placement alone agrees with the arithmetic of the money columns
(total = sum of its sources, as in every complete row) and with a pattern of empty cells seen in complete rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from pipelines.raw.table import Cell, RawTable

_NUMBER = re.compile(r"-?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.\d+)?")
# More missing cells than this have so many placements that none is ever the only one.
_MOST_MISSING = 3


@dataclass(frozen=True)
class _Money:
    """Columns of which ``total`` equals the sum of ``sources`` in every complete row that has a total."""

    total: int
    sources: tuple[int, ...]


def realign(table: RawTable) -> RawTable:
    """A table whose short rows are whole again where the repair is unique; else the table itself, unchanged.

    Repaired rows carry the flag ``realigned`` on every cell; the put-back cells are empty and have no position. The
    note ``ragged_rows`` stays while any short row is left, and the note ``realigned_rows`` is added.
    """
    rows = _simple_rows(table)
    complete = [texts for texts in rows.values() if len(texts) == table.column_count]
    short = {row: texts for row, texts in rows.items() if len(texts) < table.column_count}
    data = _data_rows(complete)
    money = _money_columns(data, table.column_count)
    if not short or money is None:
        return table
    patterns = {_emptiness(texts) for texts in data}
    text_columns = [
        column
        for column in range(table.column_count)
        if not any(_number(texts[column]) is not None for texts in data) and column not in (money.total, *money.sources)
    ]
    repairs: dict[int, tuple[int, ...]] = {}
    for row, texts in short.items():
        placements = _consistent_placements(texts, table.column_count, money, text_columns, patterns)
        if len({repaired for _, repaired in placements}) == 1:
            repairs[row] = placements[-1][0]
    return _repaired(table, repairs, len(short) - len(repairs)) if repairs else table


def _simple_rows(table: RawTable) -> dict[int, list[str]]:
    """Texts of the rows made of unspanned cells only: where a span reaches in, columns are not ours to move."""
    rows: dict[int, list[str]] = {}
    spanned: set[int] = set()
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(cell.text)
        if cell.row_span > 1 or cell.column_span > 1:
            spanned.update(range(cell.row, cell.row + cell.row_span))
    return {row: texts for row, texts in rows.items() if row not in spanned}


def _data_rows(complete: list[list[str]]) -> list[list[str]]:
    """Complete rows from the first one with a number on: titles and column heads have none."""
    for place, texts in enumerate(complete):
        if any(_number(text) is not None for text in texts):
            return complete[place:]
    return []


def _money_columns(data: list[list[str]], column_count: int) -> _Money | None:
    """The first run of number columns whose first or last column is the sum of the others in every complete row."""
    numeric = [
        bool(data) and all(not texts[column].strip() or _number(texts[column]) is not None for texts in data)
        for column in range(column_count)
    ]
    for start in range(column_count):
        if not numeric[start] or (start and numeric[start - 1]):
            continue
        end = start
        while end < column_count and numeric[end]:
            end += 1
        run = range(start, end)
        for money in (_Money(run[0], tuple(run[1:])), _Money(run[-1], tuple(run[:-1]))):
            if money.sources and all(_adds_up(texts, money) for texts in data):
                return money
    return None


def _number(text: str) -> Decimal | None:
    stripped = text.strip()
    return Decimal(re.sub("[,，]", "", stripped)) if _NUMBER.fullmatch(stripped) else None


def _adds_up(texts: Sequence[str], money: _Money) -> bool:
    """True when the row has a total and at least one source, and they agree to the last digit."""
    total = _number(texts[money.total])
    sources = [_number(texts[column]) for column in money.sources if texts[column].strip()]
    known = [source for source in sources if source is not None]
    return total is not None and bool(known) and len(known) == len(sources) and sum(known) == total


def _emptiness(texts: Sequence[str]) -> tuple[bool, ...]:
    return tuple(not text.strip() for text in texts)


def _consistent_placements(
    texts: list[str],
    column_count: int,
    money: _Money,
    text_columns: list[int],
    patterns: set[tuple[bool, ...]],
) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Every way to put the missing cells back that agrees with the sum, the kinds of columns and a known pattern."""
    missing = column_count - len(texts)
    if missing > _MOST_MISSING:
        return []
    found = []
    for places in combinations(range(column_count), missing):
        remaining = iter(texts)
        repaired = tuple("" if column in places else next(remaining) for column in range(column_count))
        if (
            _adds_up(repaired, money)
            and _emptiness(repaired) in patterns
            and all(_number(repaired[column]) is None for column in text_columns)
        ):
            found.append((places, repaired))
    return found


def _repaired(table: RawTable, repairs: dict[int, tuple[int, ...]], unrepaired: int) -> RawTable:
    cells: list[Cell] = []
    for cell in table.cells:
        places = repairs.get(cell.row)
        if places is None:
            cells.append(cell)
            continue
        column = [column for column in range(table.column_count) if column not in places][cell.column]
        cells.append(replace(cell, column=column, flags=cell.flags | {"realigned"}))
    for row, places in repairs.items():
        cells += [Cell(row, column, "", flags={"realigned"}) for column in places]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    notes = [note for note in table.notes if note != "ragged_rows" or unrepaired]
    return replace(table, cells=cells, notes=[*notes, "realigned_rows"])
