"""Tables without ruled cells: noticing them, and a guess at their cells for those who accept low confidence.

Belongs here: text set in columns, with horizontal rules only or none; columns from the empty strips between texts, rows
from the rules or from lines in which most columns have text.
Does not pass for reading: every cell carries ``low_confidence``, and documents with such tables are refused by default.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipelines.raw.pdf.geometry import Character, Fragment, Region, Rule
from pipelines.raw.pdf.text import lines_of

_APART = 1.3  # texts further apart than this share of the size stand in different columns
_ROWS = 4  # fewer lines set in columns are a heading or a signature
_COLUMNS = 3
_CROSSING = 0.03  # share of lines that may cross an empty strip (merged heads)
_NARROWEST = 2.5  # points: an empty strip between two columns
_STARTS = 0.75  # a line with this share of the most filled columns begins a row


@dataclass(frozen=True)
class _Line:
    top: float
    bottom: float
    segments: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Guess:
    """Text in columns on one page; ``ys`` are the row edges where horizontal rules give them."""

    page: int
    characters: tuple[Character, ...]
    lines: tuple[_Line, ...]
    ys: tuple[float, ...]


def unruled_text(characters: Sequence[Character], rules: Sequence[Rule], page: int) -> Guess | None:
    """The characters, of those in no ruled cell, that are set in columns; None when there are no columns."""
    lines = _lines(characters)
    ys = _ruled_rows(rules)
    if ys:
        block = [line for line in lines if ys[0] - 2 <= (line.top + line.bottom) / 2 <= ys[-1] + 2]
        if sum(len(line.segments) >= 2 for line in block) < 2:
            return None
    else:
        block = _block(lines)
        if not block:
            return None
    top, bottom = block[0].top - 1, block[-1].bottom + 1
    inside = tuple(character for character in characters if top <= character.y <= bottom)
    return Guess(page, inside, tuple(block), tuple(ys))


def unruled_fragments(guesses: Sequence[Guess]) -> list[Fragment]:
    """One table part a page; pages of one document share their columns, found over all of them."""
    if not guesses:
        return []
    edges = _strips([character for guess in guesses for character in guess.characters])
    if len(edges) <= _COLUMNS:
        return []
    found = []
    for guess in guesses:
        ys = list(guess.ys) or _row_starts(guess.lines, edges)
        if len(ys) >= 2:
            found.append(_fragment(guess, edges, ys))
    return found


def _lines(characters: Sequence[Character]) -> list[_Line]:
    rows: dict[int, list[Character]] = defaultdict(list)
    ordered = sorted((c for c in characters if not c.text.isspace()), key=lambda c: (c.y, c.x0))
    number, level = 0, None
    for character in ordered:
        if level is None or character.y - level > 0.5 * character.size:
            number, level = number + 1, character.y
        rows[number].append(character)
    found = []
    for row in rows.values():
        row.sort(key=lambda character: character.x0)
        size = median(character.size for character in row)
        segments: list[tuple[float, float]] = []
        for character in row:
            if segments and character.x0 - segments[-1][1] < _APART * size:
                segments[-1] = segments[-1][0], max(segments[-1][1], character.x1)
            else:
                segments.append((character.x0, character.x1))
        found.append(_Line(min(c.top for c in row), max(c.bottom for c in row), tuple(segments)))
    return found


def _ruled_rows(rules: Sequence[Rule]) -> list[float]:
    """Heights of horizontal rules of the same extent, when there are three or more."""
    groups: Counter[tuple[int, int]] = Counter()
    places: dict[tuple[int, int], list[float]] = defaultdict(list)
    for rule in rules:
        if rule.horizontal:
            key = round(rule.start / 6), round(rule.end / 6)
            groups[key] += 1
            places[key].append(rule.at)
    if not groups:
        return []
    key, count = max(groups.items(), key=lambda item: item[1])
    return sorted(places[key]) if count >= 3 and key[1] - key[0] > 30 else []


def _block(lines: list[_Line]) -> list[_Line]:
    """The longest run of lines with columns; lines of one text between them belong to wrapped cells."""
    best: list[_Line] = []
    current: list[_Line] = []
    many = loose = 0
    for line in [*lines, _Line(1e9, 1e9, ((0.0, 0.0),))]:
        near = not current or line.top - current[-1].bottom < 2.5 * (line.bottom - line.top)
        if len(line.segments) >= _COLUMNS and near:
            current.append(line)
            many, loose = many + 1, 0
        elif current and near and loose < 60:
            current.append(line)
            loose += 1
        else:
            kept = current[: len(current) - loose] if many < _ROWS else current
            if many >= _ROWS and len(kept) > len(best) and _aligned(kept):
                best = kept
            current, many, loose = ([line], 1, 0) if len(line.segments) >= _COLUMNS else ([], 0, 0)
    return best


def _aligned(lines: list[_Line]) -> bool:
    """True when three columns or more begin at the same place in most lines that have columns."""
    wide = [line for line in lines if len(line.segments) >= _COLUMNS]
    starts = Counter(round(left / 6) for line in wide for left, _ in line.segments)
    return sum(count >= max(3, 0.5 * len(wide)) for count in starts.values()) >= _COLUMNS


def _strips(characters: Sequence[Character]) -> list[float]:
    """Column edges: the middles of strips that hardly any character stands in, and the outer edges."""
    printed = [character for character in characters if not character.text.isspace()]
    left = min(character.x0 for character in printed)
    right = max(character.x1 for character in printed)
    ink = [0] * (int((right - left) * 2) + 3)
    for character in printed:
        for x in range(int((character.x0 - left) * 2) + 1, int((character.x1 - left) * 2)):
            ink[x] += 1
    lines = len({(round(character.y), round(character.x0 / 50)) for character in printed})
    allowed = _CROSSING * lines / 10
    edges, begun = [left - 2], None
    for x, count in enumerate(ink):
        if count <= allowed:
            begun = x if begun is None else begun
        elif begun is not None:
            if begun > 1 and x - begun >= 2 * _NARROWEST:
                edges.append(left + (begun + x) / 4)
            begun = None
    return [*edges, right + 2]


def _filled(line: _Line, edges: list[float]) -> set[int]:
    middles = [(start + end) / 2 for start, end in line.segments]
    return {place for middle in middles for place in range(len(edges) - 1) if edges[place] <= middle < edges[place + 1]}


def _row_starts(lines: Sequence[_Line], edges: list[float]) -> list[float]:
    """Row edges: above each line with text in most of the columns that any line fills, and below the last line."""
    counts = [len(_filled(line, edges)) for line in lines]
    starts = [line.top - 1 for line, count in zip(lines, counts, strict=True) if count >= _STARTS * max(counts)]
    first = lines[0].top - 1
    return [first, *[start for start in starts if start > first + 2], lines[-1].bottom + 1]


def _fragment(guess: Guess, edges: list[float], ys: list[float]) -> Fragment:
    held: dict[tuple[int, int], list[Character]] = defaultdict(list)
    for character in guess.characters:
        row = min(max(bisect_right(ys, character.y) - 1, 0), len(ys) - 2)
        column = min(max(bisect_right(edges, character.x) - 1, 0), len(edges) - 2)
        held[row, column].append(character)
    regions = [
        Region(
            row,
            row,
            (edges[column], ys[row], edges[column + 1], ys[row + 1]),
            lines_of(held.get((row, column), ())),
            {"low_confidence"},
        )
        for row in range(len(ys) - 1)
        for column in range(len(edges) - 1)
    ]
    return Fragment(guess.page, (edges[0], ys[0], edges[-1], ys[-1]), ys, regions)
