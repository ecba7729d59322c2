"""What 每… counts by: 每校 is /校, 每个行政村 is /行政村.

Belongs here: telling the noun of a rate from the measure word before it and from the words behind it. Does not find
每 in a text, and does not name units: that is ``vocabulary.units``.
"""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from pipelines.parsed.targets.lexicon import folded_units
from pipelines.parsed.vocabulary.units import canonical_name

_CLASSIFIERS = "个所座家名位条处只头台套间"
_LONGEST_NOUN = 6


@lru_cache(maxsize=10_000)
def noun_place(written: str) -> tuple[int, int]:
    """Where in the folded words behind 每 the noun stands that the rate counts by; (0, 0) where they are more than a
    noun (每次设备维护).
    """
    if written in folded_units() or canonical_name("/" + written):
        return 0, len(written)
    is_classified = written[0] in _CLASSIFIERS and len(written) > 1
    if len(written) > _LONGEST_NOUN or not is_classified and _begins_with_unit(written):
        return 0, 0
    return int(is_classified), len(written)


def _begins_with_unit(written: str) -> bool:
    return any(canonical_name("/" + written[:end]) for end in range(1, len(written)))


def with_nouns(rows: pl.DataFrame, each: str) -> pl.DataFrame:
    """The words behind 每 in column ``each`` (and ``…_folded``) → their noun; words that are more than a noun become
    the measure's ``before``.
    """
    folded = rows[f"{each}_folded"]
    longer = (folded.str.len_chars() > 1).fill_null(False)
    if not longer.any():
        return rows
    places = {word: noun_place(word) for word in folded.filter(longer).unique().to_list()}
    start = folded.replace_strict({w: p[0] for w, p in places.items()}, default=0, return_dtype=pl.Int64)
    end = folded.replace_strict({w: p[1] for w, p in places.items()}, default=1, return_dtype=pl.Int64)
    is_noun = pl.lit(end > 0)
    nouns = (
        pl.when(is_noun).then(pl.col(name).str.slice(pl.lit(start), pl.lit(end - start))).alias(name)
        for name in (each, f"{each}_folded")
    )
    led = pl.concat_str(pl.lit("平均每"), each)
    words = pl.when(~is_noun).then(
        pl.when(pl.col("raw").str.contains(led, literal=True)).then(led).otherwise(pl.concat_str(pl.lit("每"), each))
    )
    return rows.with_columns(*nouns, before=pl.concat_str(words, "before", ignore_nulls=True).replace("", None))
