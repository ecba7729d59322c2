"""A table's part on one page, and what several of them become: cells in rows, edges in points, texts page by page.

Belongs here: the data of stitching and the plain questions about it.
Does not decide what belongs together.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.raw.pdf.geometry import Box, Fragment, TextLine
from pipelines.raw.pdf.text import cell_text

SAME_X = 3.0  # vertical edges nearer than this are one


@dataclass(eq=False)
class PartCell:
    """A cell: rows of its table, edges, and its boxes page by page; ``is_continued``: known to go on from above."""

    first_row: int
    last_row: int
    left: float
    right: float
    parts: list[tuple[int, Box]]
    lines: list[TextLine]
    flags: set[str] = field(default_factory=set)
    is_continued: bool = False

    @property
    def bare(self) -> str:
        """The text without blanks."""
        return "".join("".join(line.text.split()) for line in self.lines)

    @property
    def text(self) -> str:
        """The text of all parts; wrapped lines are joined, also over a page edge."""
        return cell_text(self.lines, self.right - self.left)

    @property
    def height(self) -> float:
        """Points, over all pages."""
        return sum(box[3] - box[1] for _, box in self.parts)


@dataclass(eq=False)
class Part:
    """Rows of a table; ``open_top`` and ``open_bottom``: no rule closes it there."""

    left: float
    right: float
    row_count: int
    cells: list[PartCell]
    open_top: bool
    open_bottom: bool

    def row(self, number: int) -> list[PartCell]:
        """Cells covering a row, from left to right."""
        covering = [cell for cell in self.cells if cell.first_row <= number <= cell.last_row]
        return sorted(covering, key=lambda cell: cell.left)

    def starting(self, number: int) -> list[PartCell]:
        """Cells that begin in a row, from left to right."""
        return sorted((cell for cell in self.cells if cell.first_row == number), key=lambda cell: cell.left)

    def drop_rows(self, first: int, last: int) -> None:
        """Take rows out; cells that reach beyond them are shortened."""
        count = last - first + 1
        kept = []
        for cell in self.cells:
            if first <= cell.first_row and cell.last_row <= last:
                continue
            if cell.first_row > last:
                cell.first_row -= count
            elif cell.first_row > first:
                cell.first_row = first
            if cell.last_row > last:
                cell.last_row -= count
            elif cell.last_row >= first:
                cell.last_row = first - 1
            kept.append(cell)
        self.cells = kept
        self.row_count -= count

    def slice(self, first: int, last: int) -> Part:
        """Rows ``first``–``last`` as a part of their own; cells that reach beyond are cut there."""
        cells = []
        for cell in self.cells:
            if cell.first_row <= last and cell.last_row >= first:
                place = max(cell.first_row, first) - first, min(cell.last_row, last) - first
                cells.append(PartCell(*place, cell.left, cell.right, list(cell.parts), cell.lines, set(cell.flags)))
        open_top = self.open_top and first == 0
        open_bottom = self.open_bottom and last == self.row_count - 1
        return Part(self.left, self.right, last - first + 1, cells, open_top, open_bottom)

    def columns(self) -> list[float]:
        """Left edges of the columns, and the last right edge."""
        edges: list[float] = []
        for x in sorted(x for cell in self.cells for x in (cell.left, cell.right)):
            if not edges or x - edges[-1] > SAME_X:
                edges.append(x)
        return edges


def same_place(one: PartCell, other: PartCell) -> bool:
    """Same left and right edges."""
    return abs(one.left - other.left) < SAME_X and abs(one.right - other.right) < SAME_X


def part_of(fragment: Fragment) -> Part:
    """A page's fragment as a part."""
    left, _, right, _ = fragment.box
    cells = [
        PartCell(
            region.first_row,
            region.last_row,
            region.box[0],
            region.box[2],
            [(fragment.page, region.box)],
            list(region.lines),
            set(region.flags),
        )
        for region in fragment.regions
    ]
    return Part(left, right, fragment.row_count, cells, fragment.open_top, fragment.open_bottom)
