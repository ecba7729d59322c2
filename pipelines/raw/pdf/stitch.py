"""Tables that run over pages: parts of single pages → whole tables, by geometry and by how cells look at a page edge.

Belongs here: whether a page's part goes on with the table above, whether its first row goes on with the last one, which
merged cells do, and one set of columns over all parts (formats.md §11). Boundaries that no rule closes are joined
first; the others are judged when the rows on both sides are whole.
Does not join tables that the document itself splits; layouts do that, with the checksum.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from pipelines.raw.pdf.geometry import Fragment, TextLine
from pipelines.raw.pdf.heads import without_repeated_heads
from pipelines.raw.pdf.part import SAME_X, Part, PartCell, part_of, same_place

_EDGE = 4.0  # left and right edges of two parts of one table differ by no more
_SLIVER = 10.0  # no line of text fits into a row this low
_LONG = 20  # characters: longer than the name of an indicator group
_CUT_LINES = 3  # a row of shorter cells would have gone to the next page whole
_ITEM = re.compile(r"(\d{1,3})、")


class Chain:
    """The parts of one table, page after page, not joined yet."""

    def __init__(self, fragment: Fragment) -> None:
        """A new table from its first fragment."""
        whole = _without_slivers(part_of(fragment))
        self.parts, self.repeated_heads = without_repeated_heads(whole, whole, first=1)
        self.head = self.parts[0]
        self.last_page = fragment.page
        self.bottom = fragment.box[3]

    def goes_on(self, fragment: Fragment) -> bool:
        """True when the fragment can be the next page's part; text between them is for the caller to see."""
        if fragment.page != self.last_page + 1:
            return False
        part = self._widened(part_of(fragment))
        if part is None:
            return False
        parts, heads = without_repeated_heads(self.head, part)
        return heads > 0 or not parts or not _is_new_form(self.head, parts[0])

    def _widened(self, part: Part, beside: Sequence[TextLine] = ()) -> Part | None:
        """The part with the table's outer columns where it lacks some; None when its edges are not the table's.

        A merged cell that covers a whole page may have no rule there at all: then the outer columns are missing.
        """
        last = self.parts[-1]
        columns = last.row(last.row_count - 1)
        missing = []
        for cell in columns:
            if cell.right <= part.left + _EDGE or cell.left >= part.right - _EDGE:
                missing.append(cell)
        if missing and (len(missing) == len(columns) or part.row_count < 2):
            return None
        left = max((cell.right for cell in missing if cell.right <= part.left + _EDGE), default=self.head.left)
        right = min((cell.left for cell in missing if cell.left >= part.right - _EDGE), default=self.head.right)
        if abs(left - part.left) > _EDGE or abs(right - part.right) > _EDGE:
            return None
        for cell in missing:
            page = part.cells[0].parts[0][0]
            height = part.cells[0].parts[0][1][1], part.cells[-1].parts[0][1][3]
            box = cell.left, height[0], cell.right, height[1]
            lines = [line for line in beside if cell.left - 1 <= line.x0 and line.x1 <= cell.right + 1]
            part.cells.append(PartCell(0, part.row_count - 1, cell.left, cell.right, [(page, box)], lines))
        part.left, part.right = self.head.left, self.head.right
        return part

    def ghosts(self, fragment: Fragment, below: Sequence[TextLine], above: Sequence[TextLine]) -> list[TextLine]:
        """Lines under the last part and over the fragment that only repeat what the cells at their columns hold.

        Spreadsheets paint the text of a cell merged over a page edge anew on every page, clipped to the part that
        the page shows; the file still holds all of it. A merged cell that is blank so far has its text on a later page.
        """
        part = self._widened(part_of(fragment))
        if part is None:
            return []
        parts, _ = without_repeated_heads(self.head, part)
        last = self.parts[-1]
        cells = [*last.row(last.row_count - 1), *(parts[0].row(0) if parts else [])]
        return [line for line in [*below, *above] if _is_held(line, cells)]

    def add(self, fragment: Fragment, ghosts: Sequence[TextLine] = (), beside: Sequence[TextLine] = ()) -> None:
        """Take the fragment as the next part, without rows that repeat the head.

        ``ghosts`` tell which merged cells go on; ``beside`` are lines that stand where the part lacks outer columns.
        """
        part = self._widened(part_of(fragment), beside)
        assert part is not None, "add() follows goes_on()"
        parts, heads = without_repeated_heads(self.head, part)
        for cell in parts[0].row(0) if parts else []:
            cell.is_continued = any(cell.left < line.x1 and cell.right > line.x0 for line in ghosts)
        self.repeated_heads += heads
        self.parts += [part for part in map(_without_slivers, parts) if part.row_count]
        self.last_page, self.bottom = fragment.page, fragment.box[3]

    def joined(self) -> Part:
        """The whole table."""
        parts = [self.head]
        for part in self.parts[1:]:
            above = parts[-1]
            if _is_cut_open(above, part):
                _append(above, part, joins=True)
            else:
                parts.append(part)
        table = parts[0]
        for part in parts[1:]:
            _append(table, part, joins=_row_goes_on(table, part))
        return table


def _is_cut_open(above: Part, below: Part) -> bool:
    """True when the rules run on past the last row: a row cut by the page edge.

    Some programs leave out the rule at a page edge anyway: rows filled on both sides throughout, whose texts do not
    run on, are two.
    """
    if not above.open_bottom or not _fits(above, below):
        return False
    pairs = list(zip(above.row(above.row_count - 1), below.row(0), strict=True))
    own = [(a, b) for a, b in pairs if a.first_row == above.row_count - 1 and b.last_row == 0]
    return not own or not all(a.lines and b.lines for a, b in own) or any(_text_runs_on(a, b) for a, b in own)


def _is_held(line: TextLine, cells: list[PartCell]) -> bool:
    """True when the line consists of lines of the cells at its columns, or lies in one merged cell without text."""
    rest = "".join(line.text.split())
    for cell in cells:
        if cell.left < line.x1 and cell.right > line.x0:
            for own in cell.lines:
                rest = rest.replace("".join(own.text.split()), "", 1)
            within = cell.left - 1 <= line.x0 and line.x1 <= cell.right + 1
            if within and not cell.lines and cell.last_row > cell.first_row:
                return True
    return not rest


def _without_slivers(part: Part) -> Part:
    """Take blank rows too low for text off both edges: what a page break leaves of a row's margin."""
    while part.row_count > 1 and _is_sliver(part, part.row_count - 1):
        part.drop_rows(part.row_count - 1, part.row_count - 1)
    while part.row_count > 1 and _is_sliver(part, 0):
        part.drop_rows(0, 0)
    return part


def _is_sliver(part: Part, row: int) -> bool:
    """A row in which all cells that begin and end in it are blank and low; cells that go through may hold text."""
    own = [cell for cell in part.row(row) if cell.first_row == cell.last_row == row]
    return bool(own) and all(not cell.lines and cell.height < _SLIVER for cell in own)


def _fits(above: Part, below: Part) -> bool:
    """True when the last row above and the first row below have the same cells side by side."""
    last, first = above.row(above.row_count - 1), below.row(0)
    return len(last) == len(first) and all(same_place(a, b) for a, b in zip(last, first, strict=True))


def _append(table: Part, part: Part, *, joins: bool) -> None:
    """Put a part under the table; with ``joins`` its first row is the rest of the table's last row."""
    shift = table.row_count - (1 if joins else 0)
    above = table.row(table.row_count - 1)
    merging = _merging_columns(table, part)
    if not joins:
        merging += [(cell.left, cell.right) for cell in _always_filled(table, part) if not cell.bare]
    for cell in part.cells:
        partner = next((a for a in above if same_place(a, cell)), None) if cell.first_row == 0 else None
        merges = joins or (partner is not None and _is_among(cell, merging) and _merged_cell_goes_on(partner, cell))
        if partner is not None and merges:
            if partner.lines and cell.lines:
                partner.flags.add("joined")
            partner.flags |= cell.flags
            partner.last_row = cell.last_row + shift
            partner.parts += cell.parts
            partner.lines = [*partner.lines, *cell.lines] if joins else _without_repetition(partner.lines, cell.lines)
        else:
            cell.first_row += shift
            cell.last_row += shift
            table.cells.append(cell)
    table.row_count = part.row_count + shift
    table.open_bottom = part.open_bottom


def _without_repetition(above: list[TextLine], below: list[TextLine]) -> list[TextLine]:
    """Lines of a merged cell's two parts; lines that were painted on both pages count once."""
    first, second = [line.text.split() for line in above], [line.text.split() for line in below]
    if first and second[: len(first)] == first[: len(second)]:
        return max(above, below, key=len)
    for count in range(min(len(first), len(second)), 0, -1):
        if first[-count:] == second[:count]:
            return [*above, *below[count:]]
    return [*above, *below]


def _merged_cell_goes_on(above: PartCell, below: PartCell) -> bool:
    """A merged cell cut by the page edge: its text stands on one side, or is cut inside a longer text.

    Short names of neighbouring groups fill their cells too: texts on both sides count as one only when the upper one is
    long and ends inside a sentence.
    """
    if not above.lines or not below.lines or below.is_continued:
        return True
    if len(below.bare) == 1 and not below.bare.isascii():
        return _text_runs_on(above, below)  # no group is named by one character
    return len(above.bare) >= _LONG and above.bare[-1] not in "。；;！？" and _is_full(above)


def _is_among(cell: PartCell, columns: list[tuple[float, float]]) -> bool:
    return any(abs(cell.left - left) < SAME_X and abs(cell.right - right) < SAME_X for left, right in columns)


def _edges(row: list[PartCell]) -> tuple[int, ...]:
    return tuple(round(cell.left / SAME_X / 2) for cell in row)


def _is_new_form(head: Part, part: Part) -> bool:
    """True when the part begins like the table itself – same label, another name beside it – and is no list row."""
    mine, theirs = head.row(0), part.row(0)
    if len(mine) < 2 or len(theirs) < 2 or not mine[0].bare or mine[0].bare != theirs[0].bare:
        return False
    if mine[1].bare == theirs[1].bare:
        return False
    pattern = _edges(theirs)
    patterns = [_edges(head.row(row)) for row in range(head.row_count)]
    return patterns.count(pattern) * 2 <= len(patterns)


def _always_filled(table: Part, part: Part) -> list[PartCell]:
    """Cells of the part's first row in columns that are filled in every other row with the same edges."""
    first = part.row(0)
    pattern = _edges(first)
    rows = [row for number in range(table.row_count - 1) if _edges(row := table.row(number)) == pattern]
    rows += [row for number in range(1, part.row_count) if _edges(row := part.row(number)) == pattern]
    if len(rows) < 2:
        return []
    return [
        cell
        for place, cell in enumerate(first)
        if all(row[place].bare and row[place].first_row == row[place].last_row for row in rows)
    ]


def _row_goes_on(table: Part, part: Part) -> bool:
    """Whether the part's first row is the rest of the table's last row, where both are closed by rules."""
    if not _fits(table, part):
        return False
    last = table.row_count - 1
    pairs = zip(table.row(last), part.row(0), strict=True)
    own = [(above, below) for above, below in pairs if above.first_row == last and below.last_row == 0]
    filled = _always_filled(table, part)
    both = [(above, below) for above, below in own if above.bare and below.bare]
    running = sum(_text_runs_on(above, below) or _items_go_on(above, below) for above, below in both)
    lacking = [below.left for above, below in own if below in filled and not (above.bare and below.bare)]
    if lacking:
        # One row alone would lack what every row has – or names of groups at the left go on over several new rows.
        return not (len(both) >= 2 and running == 0 and max(lacking) < min(below.left for _, below in both))
    if len(both) == len(own) and (filled or not any(len(above.bare) >= _LONG for above, _ in own)):
        cut = any(len(above.lines) >= _CUT_LINES for above, _ in own)
        return cut and all(_text_runs_on(above, below) for above, below in own)
    if any(_items_go_on(above, below) for above, below in both):
        return True
    new = any(below.bare and not above.bare for above, below in own)
    return bool(both) and not new and all(_text_runs_on(above, below) for above, below in both)


def _text_runs_on(above: PartCell, below: PartCell) -> bool:
    """The text above fills its cell to the last character, and the text below begins at the cell's upper edge."""
    first = below.lines[0]
    return _is_full(above) and first.top - below.parts[0][1][1] < 1.5 * first.size


def _is_full(cell: PartCell) -> bool:
    """The last line is as wide as the others (or as the cell), and no further line would fit below it."""
    last = cell.lines[-1]
    steps = [b.bottom - a.bottom for a, b in zip(cell.lines, cell.lines[1:], strict=False) if b.bottom > a.bottom]
    pitch = max(median(steps) if steps else 0.0, 1.3 * last.size)
    widest = (
        max(line.x1 - line.x0 for line in cell.lines) if len(cell.lines) > 2 else cell.right - cell.left - last.size
    )
    slack = min(max(0.15 * widest, 0.3 * last.size), 1.5 * last.size)
    return widest - (last.x1 - last.x0) <= slack and cell.parts[-1][1][3] - last.bottom < 1.15 * pitch


def _items_go_on(above: PartCell, below: PartCell) -> bool:
    """Item numbers count on: the last ``N、`` above is followed by ``N+1、`` below, in long cells only."""
    if len(above.bare) < 3 * _LONG:
        return False
    before, after = _ITEM.findall(above.bare), _ITEM.findall(below.bare)
    return bool(before) and bool(after) and int(after[0]) == int(before[-1]) + 1


def _merging_columns(table: Part, part: Part) -> list[tuple[float, float]]:
    """Columns (left, right) that hold cells merged over several rows, below the head."""
    head = max((cell.last_row for cell in table.cells if cell.first_row == 0), default=0)
    body = [cell for cell in table.cells if cell.first_row > head or (head == 0 and cell.first_row > 0)]
    spanning = [cell for cell in [*body, *part.cells] if cell.last_row > cell.first_row]
    return [(cell.left, cell.right) for cell in spanning]
