"""Distinct texts, numbered and read once.

Belongs here: the numbering and the table of readings behind it. Does not know what a reading is.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl


class Distinct:
    """A growing ``table`` of readings, one row per distinct text met so far; texts of type ``kind`` are numbered already."""

    def __init__(self, read: Callable[[pl.Series], pl.DataFrame]) -> None:
        """``read``: texts (String, no nulls, all different) → one row each, in order."""
        self._read = read
        self.kind = pl.Categorical(pl.Categories.random())
        # Polars keeps the numbers of the texts as long as there is a column of them.
        self._keeper = pl.Series([], dtype=self.kind)
        self._table: pl.DataFrame | None = None

    @property
    def table(self) -> pl.DataFrame:
        """The readings of the texts met so far."""
        if self._table is None:
            self._table = self._read(pl.Series([], dtype=pl.String))
        return self._table

    @property
    def met(self) -> int:
        """How many texts were met so far."""
        return 0 if self._table is None else self._table.height

    def numbers(self, texts: pl.Series) -> pl.Series:
        """Texts (String or ``kind``, no nulls) → UInt32: each text's row in ``table``."""
        coded = texts.cast(self.kind)
        numbers = coded.to_physical()
        highest, known = numbers.max(), self.met
        if isinstance(highest, int) and highest >= known:
            new = pl.int_range(known, highest + 1, dtype=pl.UInt32, eager=True).cat.to(self.kind)
            read = self._read(new.cast(pl.String))
            self._table = read if self._table is None else pl.concat([self._table, read], rechunk=True)
        return numbers
