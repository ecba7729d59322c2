"""Printed characters → lines, and lines → the text of a cell.

Belongs here: dropping what is drawn twice or as a watermark, giving characters to cells (with text painted past its
cell), raised digits, and which line ends are wrapping and which are meant.
Does not know tables that run over pages.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from pipelines.raw.pdf.geometry import Character, Fragment, Region, TextLine
from pipelines.raw.visible_text import superscript

_TOUCHING = 0.12  # characters nearer than this share of their size were set as one run
_WORD_GAP = 0.28  # a gap of this share of the size between two Latin characters is a blank
_RAISED_SIZE = 0.9
_LATIN = re.compile(r"[!-~]")
_UNBROKEN = re.compile(r"[!-~]*")


def characters_of(page: Any) -> list[Character]:
    """Characters in the order of the content stream: upright ones, once each (bold is often drawn twice)."""
    found: list[Character] = []
    seen: set[tuple[str, int, int]] = set()
    left, top, right, bottom = page.bbox
    for order, char in enumerate(page.chars):
        if not (left <= char["x1"] and char["x0"] <= right and top <= char["bottom"] and char["top"] <= bottom):
            continue  # painted off the page: a merged cell that began on the page before
        matrix = char["matrix"]
        if abs(matrix[0] * matrix[1]) > 1e-3 or abs(matrix[2] * matrix[3]) > 1e-3:
            continue  # set at an angle: a watermark
        text = char["text"]
        key = text, round(char["x0"]), round(char["top"])
        near = [(text, key[1] + dx, key[2] + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        if text.strip() and any(other in seen for other in near) and _is_repeat(found, char, text):
            continue
        seen.add(key)
        box = char["x0"], char["top"], char["x1"], char["bottom"]
        found.append(Character(text, *box, char["size"], order, str(char.get("tag"))))
    return found


def _is_repeat(found: list[Character], char: dict[str, Any], text: str) -> bool:
    width = max(char["x1"] - char["x0"], 1.0)
    return any(
        other.text == text and abs(other.x0 - char["x0"]) < 0.3 * width and abs(other.top - char["top"]) < 0.3 * width
        for other in reversed(found[-4000:])
    )


def give_characters_to_cells(characters: Sequence[Character], fragments: Sequence[Fragment]) -> list[Character]:
    """Fill the cells' lines; returns the characters that stand in no cell.

    A run set without a gap belongs to the cell that holds most of it, also where it is painted across a rule.
    """
    locators = [_Locator(fragment) for fragment in fragments]

    def locate(x: float, y: float) -> Region | None:
        for locator in locators:
            region = locator.find(x, y)
            if region is not None:
                return region
        return None

    runs = (part for run in _runs(characters) for part in _strings(run, locate))
    pieces = [_Piece(run, _majority(run, locate)) for run in runs]
    for block in _blocks(pieces):
        _keep_together(block)
    held: dict[int, list[Character]] = defaultdict(list)
    outside: list[Character] = []
    for piece in pieces:
        if piece.region is None:
            outside += piece.run
        else:
            held[id(piece.region)] += piece.run
    for fragment in fragments:
        for region in fragment.regions:
            region.lines = lines_of(held.get(id(region), ()))
    return outside


@dataclass(eq=False)
class _Piece:
    """A run and the cell it is given to."""

    run: list[Character]
    region: Region | None


def _majority(run: list[Character], locate: Callable[[float, float], Region | None]) -> Region | None:
    """The cell that holds most of the run."""
    counts: dict[int, int] = defaultdict(int)
    regions: dict[int, Region | None] = {}
    for character in run:
        region = locate(character.x, character.y)
        counts[id(region)] += 1
        regions[id(region)] = region
    return regions[max(counts, key=lambda identity: counts[identity])]


@dataclass(eq=False)
class _SetLine:
    """Pieces that the page sets one after the other at one height."""

    pieces: list[_Piece]

    @property
    def first(self) -> Character:
        return self.pieces[0].run[0]

    @property
    def left(self) -> float:
        return min(piece.run[0].x0 for piece in self.pieces)

    @property
    def right(self) -> float:
        return max(piece.run[-1].x1 for piece in self.pieces)


def _blocks(pieces: list[_Piece]) -> Iterable[list[_SetLine]]:
    """Lines that the page sets one below the other at one distance, as it does with a cell's wrapped text."""
    block: list[_SetLine] = []
    step = 0.0
    for piece in pieces:
        here = piece.run[0]
        if block and abs(here.bottom - block[-1].first.bottom) < 0.3 * here.size:
            block[-1].pieces.append(piece)  # further on the same line
            continue
        line = _SetLine([piece])
        if block:
            distance = here.bottom - block[-1].first.bottom
            common = min(line.right, block[-1].right) - max(line.left, block[-1].left)
            level = common > 0.5 * min(line.right - line.left, block[-1].right - block[-1].left)
            same = level and abs(here.size - block[-1].first.size) < 0.2
            if same and 0.9 * here.size < distance < 2 * here.size and (not step or abs(distance - step) < 0.15):
                step = step or distance
                block.append(line)
                continue
            yield block
        block, step = [line], 0.0
    if block:
        yield block


def _keep_together(block: list[_SetLine]) -> None:
    """Give a block that crosses a cell's upper or lower edge to the cell with most of it: it is painted past its cell.

    It does when three lines or more follow each other at the very same distance, two of them inside one cell, and the
    line above each crossing fills the width: rows of their own are further apart, or end earlier.
    """
    regions = [line.pieces[0].region for line in block]
    if len(block) < 3 or len({id(region) for region in regions}) < 2:
        return
    known = [region for region in regions if region is not None]
    if not known or any(abs(r.box[0] - known[0].box[0]) > 3 or abs(r.box[2] - known[0].box[2]) > 3 for r in known):
        return
    left, _, right, _ = known[0].box
    if any(line.left < left - 3 or line.right > right + 3 for line in block):
        return
    crossings = [place for place in range(1, len(block)) if regions[place] is not regions[place - 1]]
    inside = any(regions[place] is regions[place - 1] and regions[place] is not None for place in range(1, len(block)))
    room = [right - left - (block[place - 1].right - block[place - 1].left) for place in crossings]
    if not inside or max(room) > 3 * block[0].first.size:
        return
    sizes: dict[int, int] = defaultdict(int)
    for line in block:
        for piece in line.pieces:
            if piece.region is not None:
                sizes[id(piece.region)] += len(piece.run)
    best = max(known, key=lambda region: sizes[id(region)])
    best.flags.add("overflow")
    for line in block:
        for piece in line.pieces:
            piece.region = best


class _Locator:
    """Finds the cell at a place by bisection over the lattice rows."""

    def __init__(self, fragment: Fragment) -> None:
        self._fragment = fragment
        self._rows = [fragment.row(number) for number in range(fragment.row_count)]
        self._lefts = [[region.box[0] for region in row] for row in self._rows]

    def find(self, x: float, y: float) -> Region | None:
        left, top, right, bottom = self._fragment.box
        if not (left <= x <= right and top <= y <= bottom):
            return None
        row = min(bisect_right(self._fragment.ys, y) - 1, self._fragment.row_count - 1)
        place = bisect_right(self._lefts[row], x) - 1
        if place < 0:
            return None
        region = self._rows[row][place]
        return region if x <= region.box[2] else None


def _runs(characters: Sequence[Character]) -> Iterable[list[Character]]:
    """Characters that follow each other in the stream on one line without a gap."""
    run: list[Character] = []
    for character in characters:
        if run:
            before = run[-1]
            gap = character.x0 - before.x1
            size = max(character.size, before.size)
            level = abs(character.bottom - before.bottom) < 0.5 * size
            if not (level and -0.5 * size < gap < _TOUCHING * size):
                yield run
                run = []
        run.append(character)
    if run:
        yield run


def _strings(run: list[Character], locate: Callable[[float, float], Region | None]) -> Iterable[list[Character]]:
    """A run cut where another string begins inside another cell: two cells' texts that touch on paper.

    Only where both were written as strings of several characters: some programs write every character by itself, and then
    a text that is painted past its cell cannot be told from two.
    """
    lengths: dict[str, int] = defaultdict(int)
    for character in run:
        lengths[character.string] += 1
    start = 0
    for place in range(1, len(run)):
        before, here = run[place - 1], run[place]
        if before.string == here.string or min(lengths[before.string], lengths[here.string]) < 2:
            continue
        region, other = locate(here.x, here.y), locate(run[start].x, run[start].y)
        if region is not None and region is not other and here.x0 >= region.box[0] - 0.5:
            yield run[start:place]
            start = place
    yield run[start:]


def lines_of(characters: Iterable[Character]) -> list[TextLine]:
    """Characters of one cell or of the page, as printed lines from top to bottom."""
    rows: list[list[Character]] = []
    for character in sorted(characters, key=lambda c: (c.y, c.x0)):
        if rows:
            row = rows[-1]
            reach = 0.5 * max(character.size, row[0].size)
            if abs(character.y - _level(row)) < reach:
                row.append(character)
                continue
        rows.append([character])
    return [line for row in rows if (line := _line(row)) is not None]


def _level(row: list[Character]) -> float:
    """The height of a line so far: that of its largest characters, so that raised ones do not pull it up."""
    largest = max(character.size for character in row)
    heights = [character.y for character in row if character.size >= 0.9 * largest]
    return sum(heights) / len(heights)


def _line(row: list[Character]) -> TextLine | None:
    row = sorted(row, key=lambda character: (character.x0, character.order))
    while row and row[0].text.isspace():
        row.pop(0)
    while row and row[-1].text.isspace():
        row.pop()
    if not row:
        return None
    size = median(character.size for character in row)
    base = median(character.bottom for character in row)
    parts: list[str] = []
    before: Character | None = None
    for character in row:
        text = character.text
        if character.size < _RAISED_SIZE * size and character.bottom < base - 0.12 * size:
            text = superscript(text)
        if before is not None and character.x0 - before.x1 > _WORD_GAP * size:
            if _LATIN.match(before.text[-1:]) and _LATIN.match(text):
                parts.append(" ")
        parts.append(text)
        before = character
    return TextLine(
        text="".join(parts),
        x0=row[0].x0,
        top=min(character.top for character in row),
        x1=row[-1].x1,
        bottom=max(character.bottom for character in row),
        size=size,
    )


def cell_text(lines: Sequence[TextLine], width: float) -> str:
    """Lines of one cell as text: a line that had room for what follows ended on purpose, any other was wrapped."""
    parts: list[str] = []
    for place, line in enumerate(lines):
        if place:
            before = lines[place - 1]
            if _ended_on_purpose(before, line, width):
                parts.append("\n")
            elif _LATIN.match(before.text[-1:]) and _LATIN.match(line.text) and before.text[-1].isalpha():
                parts.append(" ")
        parts.append(line.text)
    return "".join(parts)


def _ended_on_purpose(line: TextLine, following: TextLine, width: float) -> bool:
    """True when the next line's first unbreakable piece would have fitted, with two characters to spare."""
    unbroken = _UNBROKEN.match(following.text)
    pieces = max(len(unbroken.group()) * 0.55 if unbroken else 0.0, 1.0)
    room = width - (line.x1 - line.x0) - 0.8 * line.size  # the cell's own margins
    return room > (pieces + 2.0) * line.size
