"""Rows of a table fetched many times over, and the places of what is true.

Belongs here: what Polars' own functions take several times as long for. They ask of every value they fetch whether it is null,
which costs three times the fetching where nulls are scattered over a column.
"""

from __future__ import annotations

import polars as pl

# Below so many rows the preparation takes longer than it saves.
_MANY = 50_000
_MARKS = "marks"
FLAG = pl.UInt8()  # 1 is true: bytes are fetched twice as fast as the bits of a Boolean


def fetched(table: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """``table[places]`` for places (UInt32, no nulls) in a table of at most 64 columns that are Boolean or have nulls, none of
    them named ``marks``.
    """
    if len(places) < _MANY:
        return table[places]
    booleans = [column.name for column in table if column.dtype == pl.Boolean and not column.null_count()]
    nullable = [column for column in table if 0 < column.null_count() < table.height]
    # One bit per column: a Boolean itself, of others whether there is a value. Where there is none, the column's first stands.
    told = [*(table[name] for name in booleans), *(column.is_not_null() for column in nullable)]
    if not told:
        return table[places]
    kind = pl.UInt16() if len(told) <= 16 else pl.UInt64()
    marks = pl.sum_horizontal(
        pl.lit(mark).cast(kind) * pl.lit(1 << place, dtype=kind) for place, mark in enumerate(told)
    )
    filled = [column.zip_with(column.is_not_null(), column.drop_nulls().head(1)) for column in nullable]
    found = table.with_columns_seq(marks.alias(_MARKS), *filled).drop(booleans)[places]
    is_set = [(found[_MARKS] & (1 << place)) != 0 for place in range(len(told))]
    nothing = (pl.Series([None], dtype=column.dtype) for column in nullable)
    masked = [
        found[column.name].zip_with(mask, null)
        for column, mask, null in zip(nullable, is_set[len(booleans) :], nothing, strict=True)
    ]
    flags = [mask.alias(name) for name, mask in zip(booleans, is_set, strict=False)]
    return found.with_columns_seq(*flags, *masked).select_seq(table.columns)


def places_of(mask: pl.Series) -> pl.Series:
    """``mask.arg_true()`` in a tenth of the time: UInt32; null counts as false."""
    return pl.int_range(len(mask), dtype=pl.UInt32, eager=True).filter(mask)


def runs(begins: pl.Series, counts: pl.Series) -> pl.DataFrame:
    """``count`` places from each ``begin`` on, both UInt32, no count 0: ``row`` and ``place`` in order (UInt32).

    What an ``explode`` of ranges says, made for rows that nearly all have one place.
    """
    several = places_of(counts > 1)
    if several.is_empty():
        rows = pl.int_range(len(begins), dtype=pl.UInt32, eager=True)
        return pl.DataFrame({"row": rows, "place": begins})
    further = counts.gather(several) - 1
    firsts = pl.DataFrame({"at": several + further.cum_sum() - further, "further": further})
    later = firsts.select_seq("at", step=pl.int_ranges(1, pl.col("further") + 1, dtype=pl.UInt32)).explode(
        "step", empty_as_null=False
    )
    at, total = later["at"] + later["step"], len(begins) + int(further.sum())
    ahead = pl.repeat(0, total, dtype=pl.UInt32, eager=True).scatter(at, 1).cum_sum()
    rows = pl.int_range(total, dtype=pl.UInt32, eager=True) - ahead
    places = begins.gather(rows)
    return pl.DataFrame({"row": rows, "place": places.scatter(at, places.gather(at) + later["step"])})
