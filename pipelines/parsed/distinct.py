"""Distinct texts, numbered and read once, over as many batches as their keeper wants.

Belongs here: the numbering and the table of readings behind it. Does not know what a reading is.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

LIMIT = 200_000


class Distinct:
    """A growing ``table`` of readings, one row per distinct text.

    ``read``: texts (String, no nulls, all different) → one row each, in order. A table beyond ``limit`` texts is
    forgotten when the next texts come, so that memory stays bounded. Not for use by two threads at once.
    """

    def __init__(self, read: Callable[[pl.Series], pl.DataFrame], limit: int = LIMIT) -> None:
        self._read = read
        self._limit = limit
        self._forget()

    def _forget(self) -> None:
        self._kind = pl.Categorical(pl.Categories.random())
        # Polars keeps the numbers of the texts as long as there is a column of them.
        self._keeper = pl.Series([], dtype=self._kind)
        self.table = self._read(pl.Series([], dtype=pl.String))

    def numbers(self, texts: pl.Series) -> pl.Series:
        """Texts (String, no nulls) → UInt32: each text's row in ``table``, good until the next call."""
        if self.table.height > self._limit:
            self._forget()
        coded = texts.cast(self._kind)
        numbers = coded.to_physical()
        highest = numbers.max()
        if isinstance(highest, int) and highest >= self.table.height:
            new = pl.int_range(self.table.height, highest + 1, dtype=pl.UInt32, eager=True).cat.to(self._kind)
            self.table = pl.concat([self.table, self._read(new.cast(pl.String))], rechunk=True)
        return numbers
