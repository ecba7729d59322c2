"""Where every printed character of a text went: the spans that ``explain`` shows and that the rebuild test counts.

Belongs here: spans with their roles over the printed text, white space and markup included. Their texts in order are
the input, always. Does not read anything anew: the roles are those the reading was made from.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from pipelines.parsed.targets import normalise
from pipelines.parsed.targets.kinds import wordless_kinds
from pipelines.parsed.targets.measures import measured
from pipelines.parsed.targets.tokens import Tokens, cut

ROLES: dict[str, str] = {
    "n": "number",
    "u": "unit",
    "c": "comparator",
    "s": "comparator behind",
    "e": "per unit",
    "d": "date",
    "j": "joiner",
    "q": "qualifier",
    "w": "words",
    "_": "placeholder",
    "-": "punctuation",
    "r": "residual",
}
SPAN_SCHEMA: dict[str, pl.DataType] = {
    "input_row": pl.UInt32(),
    "start": pl.Int32(),
    "end": pl.Int32(),
    "text": pl.String(),
    "role": pl.String(),
}


class Run(NamedTuple):
    """A run of a resolved text: places in it, class letter and role letter."""

    start: int
    end: int
    letter: str
    role: str


def runs_of(texts: pl.Series) -> list[tuple[str, list[Run]]]:
    """Each text's resolved form and its runs; a text that the grammar need not see is one run of words."""
    kinds = wordless_kinds(texts)
    found: list[tuple[str, list[Run]]] = [
        (raw, [Run(0, len(raw), "W", "_" if kind == "placeholder" else "w")] if raw else [])
        for raw, kind in kinds.select_seq("raw", "target_kind").iter_rows()
    ]
    to_cut = kinds.filter(pl.col("target_kind").is_null())
    for variant, runs in zip(to_cut["variant"].to_list(), _runs(cut(to_cut)), strict=True):
        found[variant] = (found[variant][0], runs)
    return found


def _runs(tokens: Tokens) -> list[list[Run]]:
    readings = measured(tokens).filter(pl.col("measure_no") == 1).select_seq("roles", "target_kind").rows()
    places = tokens.runs.select_seq("start", "end").rows()
    runs = []
    shapes = tokens.texts.select_seq("shape", "first_run").rows()
    for (shape, first), (roles, kind) in zip(shapes, readings, strict=True):
        if kind == "other" and "r" not in roles:
            roles = "r" * len(roles)  # a value that cannot be (30 February) leaves the whole text unread
        own = places[first : first + len(shape)]
        runs.append(
            [Run(start, end, letter, role) for (start, end), letter, role in zip(own, shape, roles, strict=True)]
        )
    return runs


def target_spans(texts: pl.Series) -> pl.DataFrame:
    """Texts (nulls make no span) → ``SPAN_SCHEMA`` rows; a row's ``text`` is ``printed[start:end]``, without gaps or
    overlaps.

    ``role`` is one of ``ROLES``'s names, or ``space`` for white space and markup that the reading leaves out.
    """
    rows: list[tuple[int, int, int, str, str]] = []
    printed = texts.fill_null("")
    for input_row, (text, (_, runs)) in enumerate(zip(printed.to_list(), runs_of(printed), strict=True)):
        places = normalise.resolved_text(text)[1]
        position = 0
        for run in runs:
            start, end = places[run.start][0], places[run.end - 1][1]
            if start > position:
                rows.append((input_row, position, start, text[position:start], "space"))
            rows.append((input_row, start, end, text[start:end], ROLES[run.role]))
            position = end
        if position < len(text):
            rows.append((input_row, position, len(text), text[position:], "space"))
    return pl.DataFrame(rows, schema=SPAN_SCHEMA, orient="row")
