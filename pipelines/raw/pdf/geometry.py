"""The shapes that the PDF modules hand to each other: rules, characters in lines, cells of one page, their fragment.

Belongs here: plain data with coordinates in points, from the page's top left corner.
Does not compute anything beyond a shape's own size.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Rule:
    """A straight ruled line: ``at`` is its y (horizontal) or x (vertical); it runs from ``start`` to ``end``."""

    horizontal: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True)
class Character:
    """One printed character and its box.

    ``order`` is its place in the page's content stream, ``string`` the operation that painted it together with others.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    order: int
    string: str = ""

    @property
    def x(self) -> float:
        """Centre."""
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        """Centre."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class TextLine:
    """One printed line of a cell or of the page."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float


@dataclass(eq=False)
class Region:
    """A cell of one page: lattice rows ``first_row``–``last_row`` and its box. ``flags`` as of ``table.Cell``."""

    first_row: int
    last_row: int
    box: Box
    lines: list[TextLine] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The printed text without blanks, for comparisons."""
        return "".join("".join(line.text.split()) for line in self.lines)


@dataclass(eq=False)
class Fragment:
    """The part of a table that stands on one page; ``ys`` are the lattice's horizontal positions.

    ``open_top`` and ``open_bottom``: no rule closes it there.
    """

    page: int
    box: Box
    ys: list[float]
    regions: list[Region]
    open_top: bool = False
    open_bottom: bool = False

    @property
    def row_count(self) -> int:
        """Lattice rows."""
        return len(self.ys) - 1

    def row(self, number: int) -> list[Region]:
        """The cells that cover a row, from left to right."""
        covering = [region for region in self.regions if region.first_row <= number <= region.last_row]
        return sorted(covering, key=lambda region: region.box[0])
