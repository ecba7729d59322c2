"""Distinct texts, numbered and read once.

Belongs here: the numbering and the table of readings behind it. Does not know what a reading is.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl


class Distinct:
    """A growing ``table`` of readings, one row per distinct text met so far."""

    def __init__(self, read: Callable[[pl.Series], pl.DataFrame]) -> None:
        """``read``: texts (String, no nulls, all different) → one row each, in order."""
        self._read = read
        self._kind = pl.Categorical(pl.Categories.random())
        # Polars keeps the numbers of the texts as long as there is a column of them.
        self._keeper = pl.Series([], dtype=self._kind)
        self.table = read(pl.Series([], dtype=pl.String))

    def numbers(self, texts: pl.Series) -> pl.Series:
        """Texts (String, no nulls) → UInt32: each text's row in ``table``."""
        coded = texts.cast(self._kind)
        numbers = coded.to_physical()
        highest = numbers.max()
        if isinstance(highest, int) and highest >= self.table.height:
            new = pl.int_range(self.table.height, highest + 1, dtype=pl.UInt32, eager=True).cat.to(self._kind)
            self.table = pl.concat([self.table, self._read(new.cast(pl.String))], rechunk=True)
        return numbers
