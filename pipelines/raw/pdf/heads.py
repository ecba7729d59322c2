"""Head rows that a table repeats on later pages, also inside a page and run together with the row below.

Belongs here: finding them and taking them out; what is left are the parts between them.
Does not judge whether the parts go on with each other.
"""

from __future__ import annotations

from pipelines.raw.pdf.geometry import TextLine
from pipelines.raw.pdf.part import Part, PartCell, same_place

_HEAD_ROWS = 4


def without_repeated_heads(head: Part, part: Part, first: int = 0) -> tuple[list[Part], int]:
    """The parts of ``part`` between rows that repeat the first rows of ``head``, and how many repetitions there were.

    Rows before ``first`` are kept: 1 where ``part`` is the table's own beginning.
    """
    pieces: list[Part] = []
    start = repeated = 0
    row = first
    open_top = False
    strip = _run_together(head, part) if first == 0 else 0
    if strip:
        _strip(head, part, strip)
        start = row = strip - 1
        repeated, open_top = 1, True
    while row < part.row_count:
        count = 0 if open_top and row == start else _same_rows(head, part, row)
        if count:
            if row > start:
                pieces.append(part.slice(start, row - 1))
            repeated += 1
            row += count
            start = row
        else:
            row += 1
    if start < part.row_count:
        pieces.append(part.slice(start, part.row_count - 1))
    if pieces and open_top:
        pieces[0].open_top = True
    return pieces, repeated


def _same_rows(head: Part, part: Part, first: int) -> int:
    """How many rows of ``part`` from ``first`` on repeat the first rows of ``head``, in text and edges."""
    count = cells = 0
    while count < min(_HEAD_ROWS, head.row_count, part.row_count - first):
        mine, theirs = head.starting(count), part.starting(first + count)
        if not _is_repeated(mine, theirs) or not any(cell.bare for cell in mine):
            break
        cells += sum(bool(cell.bare) for cell in mine)
        count += 1
    # Rows that a merged head cell reaches into belong to the head or the cell is no head.
    if any(cell.last_row >= count for row in range(count) for cell in head.starting(row)):
        return 0
    return count if cells >= 2 else 0


def _is_repeated(mine: list[PartCell], theirs: list[PartCell]) -> bool:
    """True when the cells stand at the same places and hold the same texts.

    Spreadsheets paint a merged cell's text over the repeated head too, clipped: where most texts are equal, a cell
    may hold more characters than the head's own, in between.
    """
    if len(mine) != len(theirs):
        return False
    pairs = list(zip(mine, theirs, strict=True))
    if not all(same_place(a, b) and _depth(a) == _depth(b) for a, b in pairs):
        return False
    different = [(a, b) for a, b in pairs if a.bare != b.bare]
    if any(not a.bare or not _holds_in_order(b.bare, a.bare) for a, b in different):
        return False
    return len(different) * 2 <= sum(bool(a.bare) for a, _ in pairs) and len(different) < len(pairs)


def _holds_in_order(text: str, wanted: str) -> bool:
    """True when the characters of ``wanted`` stand in ``text`` in this order."""
    rest = iter(text)
    return all(character in rest for character in wanted)


def _depth(cell: PartCell) -> int:
    return cell.last_row - cell.first_row


def _run_together(head: Part, part: Part) -> int:
    """Head rows at the top of ``part`` whose last row has no rule below it, so that its cells hold the next row too."""
    for count in range(min(_HEAD_ROWS, head.row_count, part.row_count), 0, -1):
        pairs = []
        for row in range(count):
            mine, theirs = head.starting(row), part.starting(row)
            if len(mine) != len(theirs):
                break
            pairs += list(zip(mine, theirs, strict=True))
        else:
            if all(_begins_with(a, b, count) for a, b in pairs) and any(_rest(a, b) for a, b in pairs):
                return count
    return 0


def _begins_with(mine: PartCell, theirs: PartCell, count: int) -> bool:
    if not same_place(mine, theirs) or _depth(mine) != _depth(theirs) or mine.last_row >= count:
        return False
    if mine.last_row < count - 1:
        return mine.bare == theirs.bare
    return _rest(mine, theirs) is not None


def _rest(mine: PartCell, theirs: PartCell) -> list[TextLine] | None:
    """Lines of ``theirs`` behind the head's own lines; None when it does not begin with them."""
    wanted = mine.bare
    for place, line in enumerate(theirs.lines):
        if not wanted:
            below = theirs.parts[0][1][1] + mine.height - 2
            return theirs.lines[place:] if line.top >= below else None
        bare = "".join(line.text.split())
        if not wanted.startswith(bare):
            return None
        wanted = wanted[len(bare) :]
    return [] if not wanted else None


def _strip(head: Part, part: Part, count: int) -> None:
    """Take the head's lines out of the cells of the last head row, which becomes the row below it."""
    for row in range(count):
        for mine, theirs in zip(head.starting(row), part.starting(row), strict=True):
            if theirs.last_row == count - 1:
                theirs.lines = _rest(mine, theirs) or []
