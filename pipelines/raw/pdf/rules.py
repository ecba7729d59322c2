"""Ruled lines of a page → lattices → cells, merged ones included.

Belongs here: which drawn shapes are rules, joining their pieces, telling tables apart, and which lattice places belong
together because no rule parts them. A side without a rule (page edge, table without outer border) needs none: places
outside the lattice do not exist.
Does not look at text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pipelines.raw.pdf.geometry import Fragment, Region, Rule
from pipelines.raw.refusal import RefusedDocument

_THIN = 3.0  # a filled rectangle no wider than this is a rule
_SNAP = 4.0  # rules of one table closer than this are one, as are the two lines of a double border
_SAME = 1.0  # on the page as a whole: the columns of the next table may be a few points off
_GAP = 4.2  # a gap this small does not interrupt a rule, and rules this near touch
_SHORTEST = 4.5
_COVERED = 0.6  # share of a side that must be ruled for the side to be a wall
MOST_RULES = 20_000
MOST_PLACES = 200_000


def rules_of(page: Any) -> list[Rule]:
    """The rules of a pdfplumber page: lines, thin rectangles, sides of stroked rectangles and straight curve pieces."""
    found: list[Rule] = []
    for line in page.lines:
        if not _is_white(line.get("stroking_color")):
            found += _straight(line["x0"], line["top"], line["x1"], line["bottom"])
    for rect in page.rects:
        found += _of_rectangle(rect)
    for curve in page.curves:
        if not _is_white(curve.get("stroking_color")):
            points = curve["pts"]
            for (x0, top), (x1, bottom) in zip(points, points[1:], strict=False):
                found += _straight(min(x0, x1), min(top, bottom), max(x0, x1), max(top, bottom))
    left, top, right, bottom = page.bbox
    inside = [
        rule
        for rule in found
        if (top - 1 <= rule.at <= bottom + 1 if rule.horizontal else left - 1 <= rule.at <= right + 1)
    ]
    return joined(inside)


def _straight(x0: float, top: float, x1: float, bottom: float) -> list[Rule]:
    if abs(bottom - top) <= 1.0 < abs(x1 - x0):
        return [Rule(True, (top + bottom) / 2, x0, x1)]
    if abs(x1 - x0) <= 1.0 < abs(bottom - top):
        return [Rule(False, (x0 + x1) / 2, top, bottom)]
    return []


def _of_rectangle(rect: dict[str, Any]) -> list[Rule]:
    x0, top, x1, bottom = rect["x0"], rect["top"], rect["x1"], rect["bottom"]
    width, height = x1 - x0, bottom - top
    if min(width, height) <= _THIN:
        colour = rect.get("non_stroking_color") if rect.get("fill") else rect.get("stroking_color")
        if _is_white(colour):
            return []
        if width > height:
            return [Rule(True, (top + bottom) / 2, x0, x1)]
        return [Rule(False, (x0 + x1) / 2, top, bottom)]
    if not rect.get("stroke") or _is_white(rect.get("stroking_color")):
        return []  # a filled area is a background
    sides = [
        Rule(True, top, x0, x1),
        Rule(True, bottom, x0, x1),
        Rule(False, x0, top, bottom),
        Rule(False, x1, top, bottom),
    ]
    return sides


def _is_white(colour: Any) -> bool:
    if colour is None:
        return False
    values = tuple(colour) if isinstance(colour, list | tuple) else (colour,)
    if not all(isinstance(value, int | float) for value in values):
        return False
    if len(values) == 4:
        return all(value <= 0.02 for value in values)
    return len(values) in (1, 3) and all(value >= 0.98 for value in values)


def joined(rules: list[Rule], snap: float = _SAME) -> list[Rule]:
    """Rules within ``snap`` are put on one place, pieces that meet become one; what is then too short is dropped."""
    result: list[Rule] = []
    for horizontal in (True, False):
        same = sorted((rule for rule in rules if rule.horizontal == horizontal), key=lambda rule: rule.at)
        for group in _near(same, snap):
            at = _middle(group)
            pieces = sorted((min(rule.start, rule.end), max(rule.start, rule.end)) for rule in group)
            start, end = pieces[0]
            for next_start, next_end in pieces[1:]:
                if next_start <= end + _GAP:
                    end = max(end, next_end)
                else:
                    result.append(Rule(horizontal, at, start, end))
                    start, end = next_start, next_end
            result.append(Rule(horizontal, at, start, end))
    kept = [rule for rule in result if rule.end - rule.start >= _SHORTEST]
    if len(kept) > MOST_RULES:
        raise RefusedDocument(
            "hostile_structure", f"一页上有 {len(kept)} 条线：不是真实表格 (too many rules on a page)"
        )
    return kept


def _near(rules: list[Rule], snap: float) -> list[list[Rule]]:
    """Groups of rules, each within the snapping distance of the group's first."""
    groups: list[list[Rule]] = []
    for rule in rules:
        if groups and rule.at - groups[-1][0].at <= snap:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    return groups


def _middle(group: list[Rule]) -> float:
    """The mean place, each rule counting by its length."""
    length = sum(rule.end - rule.start for rule in group) or 1.0
    return sum(rule.at * (rule.end - rule.start) for rule in group) / length


def fragments_of(rules: list[Rule], page: int) -> list[Fragment]:
    """The tables of one page, from top to bottom: at least two columns or two rows of cells."""
    found = [fragment for group in _touching(rules) if (fragment := _lattice(joined(group, _SNAP), page))]
    return sorted(found, key=lambda fragment: (fragment.box[1], fragment.box[0]))


def _touching(rules: list[Rule]) -> list[list[Rule]]:
    """Rules that touch each other, directly or through others."""
    owner = list(range(len(rules)))

    def find(index: int) -> int:
        while owner[index] != index:
            owner[index] = owner[owner[index]]
            index = owner[index]
        return index

    horizontal = sorted((i for i, rule in enumerate(rules) if rule.horizontal), key=lambda i: rules[i].at)
    places = [rules[i].at for i in horizontal]
    for v, vertical in enumerate(rules):
        if vertical.horizontal:
            continue
        first, last = bisect_right(places, vertical.start - _GAP), bisect_right(places, vertical.end + _GAP)
        for h in horizontal[first:last]:
            if rules[h].start - _GAP <= vertical.at <= rules[h].end + _GAP:
                owner[find(h)] = find(v)
    groups: dict[int, list[Rule]] = defaultdict(list)
    for index, rule in enumerate(rules):
        groups[find(index)].append(rule)
    return list(groups.values())


def _lattice(rules: list[Rule], page: int) -> Fragment | None:
    horizontal = [rule for rule in rules if rule.horizontal]
    vertical = [rule for rule in rules if not rule.horizontal]
    if not horizontal or len(vertical) < 2 or len(horizontal) + len(vertical) < 4:
        return None
    xs = _positions(vertical, horizontal)
    ys = _positions(horizontal, vertical)
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 1 or rows < 1 or columns * rows < 2:
        return None
    if columns * rows > MOST_PLACES:
        raise RefusedDocument(
            "hostile_structure", f"第 {page} 页的表格有 {columns * rows} 格：不是真实表格 (too many cells)"
        )
    right_walls = _walls(vertical, xs, ys)
    lower_walls = _walls(horizontal, ys, xs)
    owner = list(range(rows * columns))

    def find(index: int) -> int:
        while owner[index] != index:
            owner[index] = owner[owner[index]]
            index = owner[index]
        return index

    for row in range(rows):
        for column in range(columns):
            here = row * columns + column
            if column + 1 < columns and (column + 1, row) not in right_walls:
                owner[find(here + 1)] = find(here)
            if row + 1 < rows and (row + 1, column) not in lower_walls:
                owner[find(here + columns)] = find(here)
    groups: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for index in range(rows * columns):
        groups[find(index)].add(divmod(index, columns))
    regions = [region for places in groups.values() for region in _regions(places, xs, ys)]
    if len(regions) < 2:
        return None
    return Fragment(
        page=page,
        box=(xs[0], ys[0], xs[-1], ys[-1]),
        ys=ys,
        regions=sorted(regions, key=lambda region: (region.first_row, region.box[0])),
        open_top=_is_open(regions, 0, xs, {column for place, column in lower_walls if place == 0}),
        open_bottom=_is_open(regions, rows - 1, xs, {column for place, column in lower_walls if place == rows}),
    )


def _is_open(regions: list[Region], row: int, xs: list[float], ruled: set[int]) -> bool:
    """True when no rule closes the outer row ``row``; cells merged over several rows may go on without the row."""
    outer = [region for region in regions if region.first_row <= row <= region.last_row]
    own = [region for region in outer if region.first_row == region.last_row] or outer
    columns = [c for c in range(len(xs) - 1) if any(r.box[0] - 0.1 <= xs[c] < r.box[2] - 0.1 for r in own)]
    return sum(column in ruled for column in columns) * 2 < len(columns)


def _positions(across: list[Rule], along: list[Rule]) -> list[float]:
    """Where the lattice is cut: the rules of one direction, and the ends of the others where they reach further."""
    places = sorted({rule.at for rule in across})
    first, last = min(rule.start for rule in along), max(rule.end for rule in along)
    if not places or first < places[0] - _GAP:
        places.insert(0, first)
    if last > places[-1] + _GAP:
        places.append(last)
    return places


def _walls(rules: list[Rule], places: list[float], cuts: list[float]) -> set[tuple[int, int]]:
    """(index of the rule's place, index of the piece between two cuts) for every side that is ruled enough."""
    walls: set[tuple[int, int]] = set()
    index = {place: number for number, place in enumerate(places)}
    for rule in rules:
        for piece in range(max(0, bisect_right(cuts, rule.start) - 1), len(cuts) - 1):
            low, high = cuts[piece], cuts[piece + 1]
            if low >= rule.end:
                break
            if min(high, rule.end) - max(low, rule.start) >= _COVERED * (high - low):
                walls.add((index[rule.at], piece))
    return walls


def _regions(places: set[tuple[int, int]], xs: list[float], ys: list[float]) -> Iterable[Region]:
    """One cell when the places form a rectangle; else as few rectangles as rows of equal runs give, flagged."""
    top, bottom = min(row for row, _ in places), max(row for row, _ in places)
    left, right = min(column for _, column in places), max(column for _, column in places)
    if len(places) == (bottom - top + 1) * (right - left + 1):
        yield Region(top, bottom, (xs[left], ys[top], xs[right + 1], ys[bottom + 1]))
        return
    runs: list[tuple[int, int, int, int]] = []  # first row, last row, first column, last column
    for row in range(top, bottom + 1):
        columns = sorted(column for r, column in places if r == row)
        start = None
        for column in columns:
            start = column if start is None else start
            if column + 1 in columns:
                continue
            above = next((i for i, run in enumerate(runs) if run[1] == row - 1 and run[2:] == (start, column)), None)
            if above is None:
                runs.append((row, row, start, column))
            else:
                runs[above] = (runs[above][0], row, start, column)
            start = None
    for first, last, start, end in runs:
        yield Region(first, last, (xs[start], ys[first], xs[end + 1], ys[last + 1]), flags={"irregular"})
