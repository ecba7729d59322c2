"""Packed cells that consist of complete records and nothing else → records, without a regular expression per record.

Belongs here: the cells that lists mostly consist of. They are cut at their separators alone; what is in a piece is
read once per distinct piece, because heads, level names and values repeat. A cell in which anything else stands is left
to ``packed``. Both say the same of the same cell: nothing here is a rule of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from pipelines.parsed.fetched import FLAG, places_of
from pipelines.parsed.pieces import A_HEAD, MARK, NOTHING, KnownPieces, width

_PIECES = 4  # per record: level 2, name, cycle value, annual value with the next record's head; one head at the start


class Regular(NamedTuple):
    """``records``: ``packed.RECORD_SCHEMA``; ``covered``: Boolean per cell; ``odd``: ``row`` in records, ``row_id``,
    ``begin`` and ``packed`` of the last records that are not regular.
    """

    records: pl.DataFrame
    covered: pl.Series
    odd: pl.DataFrame


def regular_records(cells: pl.DataFrame, text_type: pl.DataType) -> Regular:
    """Cells (``row_id`` UInt32, ``packed`` String) → records in the cells' order, with values of ``text_type``.

    A cell is covered where every record but the last is regular. The row of a last record that is not says nothing:
    its text, from ``begin`` to the cell's end, is in ``odd``.
    """
    known = KnownPieces(text_type)
    fields = _fields(cells, known)
    covered = pl.repeat(False, cells.height, dtype=pl.Boolean, eager=True)
    covered = covered.scatter(fields["cell"].filter(fields["is_last"]), True)
    bad = fields["cell"].filter(~fields["is_regular"] & ~fields["is_last"])
    if len(bad):
        covered = covered.scatter(bad, False)
        fields = fields.filter(covered.gather(fields["cell"]))
    records = _records(fields, known)
    odd = fields.select_seq("cell", "row_id").with_row_index("row").filter(~fields["is_regular"])
    texts = cells["packed"].gather(odd["cell"]).to_frame("packed")
    odd = pl.concat([odd, records["start"].gather(odd["row"]).to_frame("begin"), texts], how="horizontal")
    return Regular(records, covered, odd.with_columns_seq(packed=pl.col("packed").str.slice("begin")).drop("cell"))


def moved(found: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """What was found in ``texts`` with its cell's ``row_id`` and places in the cell, and ``row``."""
    of_text = texts.select_seq("row", "row_id", "begin")[found["row_id"]]
    places = [name for name in found.columns if name in ("start", "end") or name.endswith(("_start", "_end"))]
    in_cell = found.select_seq((pl.col(places) + of_text["begin"]).cast(pl.Int32))
    return found.with_columns_seq(*in_cell, row_id=of_text["row_id"], row=of_text["row"])


def put_in(records: pl.DataFrame, others: pl.DataFrame, odd_rows: pl.Series) -> pl.DataFrame:
    """Records with ``others`` in their places; ``odd_rows`` hold nothing yet and most often get one each."""
    is_single = (others["row"].is_not_null() & ~others["row"].is_duplicated()).fill_null(False)
    single = others.filter(is_single)
    records = pl.DataFrame([column.scatter(single["row"], single[column.name]) for column in records.get_columns()])
    rest = others.filter(~is_single).drop("row")
    unused = odd_rows.filter(~odd_rows.is_in(single["row"].implode()))
    if len(unused):
        records = records.with_row_index("row").filter(~pl.col("row").is_in(unused.implode())).drop("row")
    return pl.concat([records, rest]).sort("row_id", maintain_order=True) if rest.height else records


def _cut(cells: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """All pieces, and the cells that may hold a record: ``cell`` (its place), ``row_id``, ``count`` of its pieces and where
    the ``first`` of them is.
    """
    # In one chunk, else every piece is moved once more to stand in one.
    packed = cells["packed"].rechunk().to_frame()
    lists = packed.select_seq(pl.col("packed").str.split("[；;]", literal=False)).to_series()
    counts = cells.select_seq("row_id", count=lists.list.len().fill_null(0)).with_row_index("cell")
    counts = counts.with_columns_seq(first=pl.col("count").cum_sum() - pl.col("count"))
    return lists.explode(empty_as_null=False, keep_nulls=False), counts.filter(counts["count"] > _PIECES)


def _fields(cells: pl.DataFrame, known: KnownPieces) -> pl.DataFrame:
    """One row per record of the cells that have one: ``indicator_name`` and the ``blanks`` before it, for the other fields
    their row in the tables of ``known``; ``is_last`` in its cell and ``is_regular``. The last row of a cell without its
    last pieces holds others and is not regular.
    """
    pieces, cells = _cut(cells)
    places = pl.int_ranges("first", pl.col("first") + pl.col("count") - 1, _PIECES, dtype=pl.UInt32)
    rows = cells.select_seq("cell", "row_id", at=places).explode("at", empty_as_null=False)
    at = rows["at"].clip(upper_bound=max(len(pieces) - _PIECES - 1, 0))
    behind = ((cells["count"] + 2) // _PIECES).cum_sum()
    starts, last = behind.shift(1, fill_value=0), behind - 1
    table = pieces.to_frame("piece")  # fetches faster than a column does
    level2 = known.level2.numbers(table[at + 1]["piece"])
    cycle = known.cycle.numbers(table[at + 3]["piece"])
    ends = _ends(table[at + 4]["piece"], cycle, known)
    firsts = known.head.numbers(table[cells["first"]]["piece"])
    is_whole = cells["count"] % _PIECES == 1
    is_end = ends["follows"] == A_HEAD
    is_end = is_end.scatter(last, (ends["follows"].gather(last) == NOTHING) & is_whole).cast(FLAG)
    is_good = is_end & known.level2.table["is_level2"].gather(level2) & known.cycle.table["is_cycle"].gather(cycle)
    is_head = (known.head.table["follows"] == A_HEAD).cast(FLAG)
    is_good = is_good.scatter(starts, is_good.gather(starts) & is_head.gather(firsts))
    names = table[at + 2]["piece"]
    stripped = names.str.strip_chars()
    # White space may stand before a name only, and be plain, so that its width is known.
    blanks = names.str.len_bytes() - stripped.str.len_bytes()
    is_name = (blanks == 0) | ((blanks == 1) & (names >= " ") & (names < "!"))  # "!" is the character after " "
    is_regular = (is_good == 1) & ~stripped.str.contains(f"[。{MARK}]") & is_name
    return rows.select_seq(
        "cell",
        "row_id",
        is_last=pl.repeat(False, len(at), dtype=pl.Boolean, eager=True).scatter(last, True),
        indicator_name=stripped,
        blanks=blanks.cast(pl.Int32),
        level2=level2,
        cycle=cycle,
        annual=ends["annual"],
        is_stopped=ends["is_stopped"],
        # A record's head stands behind the annual value of the record before it, the first one's alone.
        head=ends["head"].shift(1, fill_value=0).scatter(starts, firsts),
        is_regular=is_regular,
    )


def _ends(pieces: pl.Series, cycle: pl.Series, known: KnownPieces) -> pl.DataFrame:
    """What stands behind each record's last separator: the row of its ``annual`` value in ``known.annual_values()``, whether
    a 。 stands behind it (``is_stopped``), and the next record's ``head``; what ``follows`` the value, ``SOMETHING`` also where
    it is none.

    Most annual values are the cycle's again. Behind such a one a head is all that is left to look up.
    """
    cycles, annuals = known.cycle.table, known.annual
    again = pl.DataFrame([pieces.alias("piece"), cycles["as_annual"].gather(cycle)])
    rest = again.select_seq(pl.col("piece").str.strip_prefix(pl.col("as_annual"))).to_series()  # else the whole piece
    is_same = rest.str.len_bytes() < pieces.str.len_bytes()
    same, others = places_of(is_same), places_of(~is_same)
    # Whole pieces, taken from here because they stand close together: among all pieces, reaching each takes longer than reading it.
    parts = rest.gather(others).to_frame("piece").select_seq(part=pl.col("piece").str.splitn("。", 2)).unnest("part")
    is_stopped = parts["field_1"].is_not_null()
    annual = annuals.numbers(parts["field_0"])
    heads = known.head.numbers(pl.concat([rest.gather(same), parts["field_1"].fill_null("")]))
    head = pl.repeat(0, len(pieces), dtype=pl.UInt32, eager=True).scatter(pl.concat([same, others]), heads)
    follows = known.head.table["follows"].gather(head)
    is_value = annuals.table["may_stop"].gather(annual).zip_with(is_stopped, annuals.table["may_end"].gather(annual))
    return pl.DataFrame(
        {
            "annual": cycle.clone().scatter(others, annual + cycles.height),
            "is_stopped": pl.repeat(1, len(pieces), dtype=FLAG, eager=True).scatter(others, is_stopped.cast(FLAG)),
            "head": head,
            "follows": follows.scatter(others, follows.gather(others) * is_value),
        }
    )


def _records(fields: pl.DataFrame, known: KnownPieces) -> pl.DataFrame:
    """Fields → records with their places in the cell. A separator takes one character."""
    rows = pl.concat(
        [
            fields.select_seq(
                "cell",
                "row_id",
                "is_last",
                "is_stopped",
                "indicator_name",
                "blanks",
                name_width=width("indicator_name"),
            ),
            known.head.table.drop("follows")[fields["head"]],
            known.level2.table.drop("is_level2")[fields["level2"]],
            known.cycle.table.drop("is_cycle", "as_annual")[fields["cycle"]],
            known.annual_values()[fields["annual"]],
        ],
        how="horizontal",
    )
    before = rows["head_chars"] + rows["level2_chars"] + rows["blanks"] + 2  # a name
    behind = before + rows["name_width"] + 1  # a name and its separator
    beyond = behind + rows["cycle_chars"] + 1
    length = beyond + rows["annual_chars"] + rows["is_stopped"]
    start = length.cast(pl.Int64).cum_sum() - length
    is_first = (rows["cell"] != rows["cell"].shift(1)).fill_null(True)
    start = start - pl.select(pl.when(is_first).then(start).forward_fill()).to_series()
    start = start.cast(pl.Int32)
    rows = rows.with_columns_seq(
        start=start,
        end=start + length,
        name_start=start + before,
        cycle_start=start + behind + rows["cycle_lead"],
        annual_start=start + beyond + rows["annual_lead"],
    )
    return rows.select_seq(
        "row_id",
        "indicator_no",
        "level1_code",
        "level1_name",
        "level2_code",
        "level2_name",
        "indicator_name",
        "cycle_text",
        "annual_text",
        is_truncated=pl.lit(False),
        is_terminated=~pl.col("is_last") | (pl.col("is_stopped") == 1),
        start="start",
        end="end",
        name_start="name_start",
        name_end=pl.col("name_start") + pl.col("name_width"),
        cycle_start="cycle_start",
        cycle_end=pl.col("cycle_start") + pl.col("cycle_width"),
        annual_start="annual_start",
        annual_end=pl.col("annual_start") + pl.col("annual_width"),
    )
