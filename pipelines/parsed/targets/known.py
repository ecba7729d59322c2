"""Target texts that were read, and their readings: every distinct text is read once, and once more per distinct context.

Belongs here: one table of measures and where in it a text's measures stand. Does not know the rows that texts came from.
"""

from __future__ import annotations

from functools import cache, partial

import polars as pl

from pipelines.parsed.distinct import Distinct
from pipelines.parsed.fetched import fetched, places_of
from pipelines.parsed.targets.context import completed, hints
from pipelines.parsed.targets.dates import deadline_columns
from pipelines.parsed.targets.kept_patterns import Room, with_kept_patterns
from pipelines.parsed.targets.kinds import is_words, wordless_kinds
from pipelines.parsed.targets.measures import measured
from pipelines.parsed.targets.model import CODED_TYPES
from pipelines.parsed.targets.plain import PlainTexts
from pipelines.parsed.targets.tokens import Tokens, cut, known_tokens

CONTEXT: dict[str, pl.DataType] = {
    "indicator_name": pl.String(),
    "fiscal_year": pl.Int32(),
    "stated_comparator": pl.String(),
    "stated_unit": pl.String(),
}
_LIMIT = 200_000


class KnownTexts:
    """The texts met so far, for the batches of one load; not for two threads at once.

    ``measures``: measure rows without context and with it. ``texts`` numbers texts; its table says of each: ``begin``
    (UInt32, row in ``measures``), ``count`` (UInt32, rows there), and what its reading lacks: ``is_open`` (a date
    without a year), ``lacks`` (a unit or a comparator), ``is_bare`` (a unit), ``is_quantity`` (a number or a
    deadline); ``is_complete`` where nothing is lacking.
    """

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._begin()

    def _begin(self) -> None:
        self._grammar = partial(read_texts, tokens_met=known_tokens())
        self._plain = PlainTexts()
        self.measures = _words().drop("variant").cast(CODED_TYPES)  # the first row is that of all words
        self.texts = Distinct(self._read)
        self._contexts = Distinct(self._complete)

    def make_room(self) -> None:
        """Forgets everything where it has become much: memory stays bounded."""
        if max(self.measures.height, self.texts.met) > _LIMIT:
            self._begin()

    def _add(self, rows: pl.DataFrame) -> int:
        """Appends measure rows; returns where they begin."""
        begin = self.measures.height
        self.measures = pl.concat([self.measures, rows.select_seq(self.measures.columns).cast(CODED_TYPES)])
        return begin

    def fetch(self, places: pl.Series, columns: list[str]) -> pl.DataFrame:
        """Columns of ``measures`` at places (UInt32) in it."""
        self.measures = self.measures.rechunk()  # once for all that was added: it copies the table
        return fetched(self.measures.select_seq(columns), places)

    def _read(self, texts: pl.Series) -> pl.DataFrame:
        """Plain amounts by what their signs and units say, nothing but words as any other words, the rest by the grammar."""
        found = with_kept_patterns(Room.PLAIN, partial(self._plain.candidates, texts))
        if found is None:
            return self._kept(self._grammar(texts)).drop("variant")
        is_other = pl.repeat(True, len(texts), dtype=pl.Boolean, eager=True).scatter(found.parts["variant"], False)
        others = places_of(is_other)
        are_words = with_kept_patterns(Room.PLAIN, partial(is_words, texts.gather(others)))
        words, rest = others.filter(are_words), others.filter(~are_words)
        # One call for both: a call costs as much as a thousand texts.
        rows = self._grammar(pl.concat([found.probes, texts.gather(rest)]))
        is_answer = rows["variant"] < len(found.probes)
        plain = self._plain.rows(found, rows.filter(is_answer))
        read = rows.filter(~is_answer).with_columns_seq(pl.col("variant") - len(found.probes))
        alike = words.to_frame("variant").join(_facts(_words(), 0).drop("variant"), how="cross")
        facts = [self._kept(plain), self._kept_at(rest, read), alike]
        if plain.height < found.parts.height:
            refused = found.parts.join(plain, on="variant", how="anti")["variant"]
            facts.append(self._kept_at(refused, self._grammar(texts.gather(refused))))
        return pl.concat(facts).sort("variant").drop("variant")

    def _kept(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Adds the rows, in which each text's stand together, and says of each text where they are and what they lack."""
        return _facts(rows, self._add(rows))

    def _kept_at(self, places: pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
        """As ``_kept``, for rows of the texts at ``places`` only."""
        kept = self._kept(rows)
        return kept.with_columns_seq(variant=places.gather(kept["variant"]))

    def completed_begins(self, wanted: pl.DataFrame) -> pl.Series:
        """Rows of ``text`` (number) with ``CONTEXT`` → where each one's completed measures begin, as many as the text's
        own.
        """
        distinct = wanted.unique(maintain_order=True)
        keys = distinct.select_seq(pl.struct(pl.all()).struct.json_encode()).to_series()
        numbers = self._contexts.numbers(keys)
        distinct = distinct.with_columns_seq(begin=self._contexts.table["begin"].gather(numbers))
        return wanted.join(distinct, on=wanted.columns, how="left", nulls_equal=True, maintain_order="left")["begin"]

    def _complete(self, keys: pl.Series) -> pl.DataFrame:
        wanted = keys.str.json_decode(pl.Struct({"text": pl.UInt32(), **CONTEXT})).struct.unnest()
        wanted = (
            hints(wanted)
            .with_row_index("variant")
            .hstack(self.texts.table.select_seq("begin", "count")[wanted["text"]])
        )
        measures = pl.int_ranges("begin", pl.col("begin") + pl.col("count"), dtype=pl.UInt32)
        wanted = wanted.with_columns_seq(row=measures).explode("row", empty_as_null=False)
        own = self.measures.drop("deadline_date", "deadline_text", "is_unit_known")[wanted["row"]]
        own = own.with_columns_seq(pl.col([name for name in CODED_TYPES if name in own.columns]).cast(pl.String))
        rows = completed(pl.concat([wanted, own], how="horizontal")).with_columns_seq(_is_known())
        begin = self._add(rows)
        counts = wanted.unique("variant", maintain_order=True)["count"]
        return pl.DataFrame({"begin": counts.cum_sum() - counts + begin}, schema={"begin": pl.UInt32()})


def _facts(rows: pl.DataFrame, begin: int) -> pl.DataFrame:
    """Measure rows, of which the first stands at ``begin`` → one row per ``variant`` as ``KnownTexts.texts`` has them."""
    quantity = pl.col("target_kind") == "quantity"
    is_bare = quantity & pl.col("unit_text").is_null()
    per_row = rows.select_seq(
        "variant",
        begin=pl.int_range(pl.len(), dtype=pl.UInt32) + begin,
        is_open=pl.col("date_month").is_not_null() & pl.col("date_year").is_null(),
        lacks=is_bare | (quantity & ~pl.col("is_explicit")),
        is_bare=is_bare,
        # Dates take a bound from its column as numbers do.
        is_quantity=pl.col("target_kind").is_in(["quantity", "deadline"]),
    )
    flags = ("is_open", "lacks", "is_bare", "is_quantity")
    if per_row["variant"].n_unique() == per_row.height:
        found = per_row.select_seq("variant", "begin", *flags, count=pl.lit(1, dtype=pl.UInt32))
    else:
        found = per_row.group_by("variant", maintain_order=True).agg(
            pl.col("begin").first(), *(pl.col(flag).any() for flag in flags), count=pl.len()
        )
    return found.with_columns_seq(is_complete=~pl.any_horizontal("is_open", "lacks", "is_bare"))


@cache
def _words() -> pl.DataFrame:
    """The reading of a text that is nothing but words: every such text's but for ``variant``."""
    return read_texts(pl.Series(["合格"]), known_tokens())


def read_texts(texts: pl.Series, tokens_met: Distinct) -> pl.DataFrame:
    """Distinct texts → measure rows in order, without context; ``variant`` is the text's position."""
    kinds = with_kept_patterns(Room.KINDS, partial(wordless_kinds, texts))
    simple = kinds.filter(pl.col("target_kind").is_not_null())
    to_cut = kinds.filter(pl.col("target_kind").is_null())
    tokens = with_kept_patterns(Room.TOKENS, partial(cut, to_cut, tokens_met))
    rows = with_kept_patterns(Room.MEASURES, partial(measured, tokens))
    rows = rows.with_columns_seq(
        variant=to_cut["variant"].gather(rows["text_id"]), residual=_residuals(tokens, rows)
    ).drop("text_id", "roles")
    blank = simple.select_seq(
        "variant",
        "target_kind",
        parse_grade=pl.lit("A"),
        measure_no=pl.lit(1, dtype=pl.Int32),
        residual=pl.lit(""),
        is_explicit=False,
        has_magnitude=False,
        is_comparator_inherited=False,
    )
    table = pl.concat([rows, blank], how="diagonal").sort("variant", maintain_order=True)
    return _dated(table)


def _dated(table: pl.DataFrame) -> pl.DataFrame:
    """Adds deadlines as far as they need no fiscal year; few rows have one."""
    dated = table["date_month"].is_not_null().arg_true()
    few = table[dated].with_columns_seq(fiscal_year=pl.lit(None, dtype=pl.Int32)).select_seq(deadline_columns())
    columns = [
        pl.repeat(None, table.height, dtype=column.dtype, eager=True).scatter(dated, column).alias(column.name)
        for column in few
    ]
    return table.with_columns_seq(*columns, _is_known())


def _is_known() -> pl.Expr:
    return (pl.col("unit_text").is_null() | pl.col("unit_name").is_not_null()).alias("is_unit_known")


def _residuals(tokens: Tokens, rows: pl.DataFrame) -> pl.Series:
    texts, runs = tokens.texts, tokens.runs
    marked = (
        rows.select_seq("text_id", "roles", "target_kind")
        .with_row_index("place")
        .filter(pl.col("roles").str.contains("r", literal=True) | (pl.col("target_kind") == "other"))
    )
    residual = pl.Series([""], dtype=pl.String).new_from_index(0, rows.height)
    if marked.height == 0:
        return residual
    raw = texts["raw"].gather(marked["text_id"]).to_list()
    firsts = texts["first_run"].gather(marked["text_id"]).to_list()
    values = []
    for text, first, roles in zip(raw, firsts, marked["roles"].to_list(), strict=True):
        if "r" not in roles:
            values.append(text)
            continue
        starts = runs["start"].slice(first, len(roles)).to_list()
        ends = runs["end"].slice(first, len(roles)).to_list()
        kept = "".join(text[s:e] if role == "r" else "\x00" for s, e, role in zip(starts, ends, roles, strict=True))
        values.append(" ".join(filter(None, kept.split("\x00"))))
    table = pl.DataFrame({"place": marked["place"], "found": values})
    numbered = pl.DataFrame({"place": pl.int_range(rows.height, dtype=pl.UInt32, eager=True)})
    return numbered.join(table, on="place", how="left", maintain_order="left")["found"].fill_null("")
