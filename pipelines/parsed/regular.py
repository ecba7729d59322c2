"""Packed cells that consist of complete records and nothing else → records, without a regular expression per record.

Belongs here: the cells that lists mostly consist of. They are cut at their separators alone; what is in a piece is
read once per distinct piece, because heads, level names and values repeat. A cell in which anything else stands is left
to ``packed``. Both say the same of the same cell: nothing here is a rule of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from pipelines.parsed.distinct import Distinct
from pipelines.parsed.fetched import FLAG, places_of

CYCLE_LABEL, ANNUAL_LABEL = "实施周期指标值", "年度指标值"
LEVEL = pl.Categorical(pl.Categories("indicator_level"))  # few names, a number each instead of a text
_PIECES = 4  # per record: level 2, name, cycle value, annual value with the next record's head; one head at the start
_HEAD = r"^(?P<no>[0-9]{1,4})、(?P<code>[0-9]{1,4})-(?P<level1>[^。]*)$"
MARK = "\x1e"  # the general path has its own use for it
_FOREIGN = rf"{MARK}|。[ \n]*[0-9]{{1,4}}、[0-9]{{1,4}}-"


class _Known:
    """The distinct pieces of the cells with what is in them."""

    def __init__(self, text_type: pl.DataType) -> None:
        """No piece is known yet; values become ``text_type``."""
        heads = Distinct(_head)
        self.level2 = Distinct(_level2)
        self.cycle = Distinct(lambda pieces: _cycle(pieces, text_type))
        annuals = Distinct(lambda pieces: _labelled(pieces, ANNUAL_LABEL, text_type))
        self.end = Distinct(lambda pieces: _end(pieces, heads, annuals))


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
    known = _Known(text_type)
    fields = _fields(cells, known)
    covered = pl.repeat(False, cells.height, dtype=pl.Boolean, eager=True)
    covered = covered.scatter(fields["cell"].filter(fields["is_last"]), True)
    bad = fields["cell"].filter(~fields["is_regular"] & ~fields["is_last"])
    if len(bad):
        covered = covered.scatter(bad, False)
        fields = fields.filter(covered.gather(fields["cell"]))
    records = _records(fields, known)
    odd = fields.select("cell", "row_id").with_row_index("row").filter(~fields["is_regular"])
    texts = cells["packed"].gather(odd["cell"]).to_frame("packed")
    odd = pl.concat([odd, records["start"].gather(odd["row"]).to_frame("begin"), texts], how="horizontal")
    return Regular(records, covered, odd.with_columns(packed=pl.col("packed").str.slice("begin")).drop("cell"))


def moved(found: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """What was found in ``texts`` with its cell's ``row_id`` and places in the cell, and ``row``."""
    of_text = texts.select("row", "row_id", "begin")[found["row_id"]]
    places = [name for name in found.columns if name in ("start", "end") or name.endswith(("_start", "_end"))]
    in_cell = found.select((pl.col(places) + of_text["begin"]).cast(pl.Int32))
    return found.with_columns(*in_cell, row_id=of_text["row_id"], row=of_text["row"])


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
    lists = packed.select(pl.col("packed").str.split("[；;]", literal=False)).to_series()
    counts = cells.select("row_id", count=lists.list.len().fill_null(0)).with_row_index("cell")
    counts = counts.with_columns(first=pl.col("count").cum_sum() - pl.col("count"))
    return lists.explode(empty_as_null=False, keep_nulls=False), counts.filter(counts["count"] > _PIECES)


def _fields(cells: pl.DataFrame, known: _Known) -> pl.DataFrame:
    """One row per record of the cells that have one: ``indicator_name`` and the ``blanks`` before it, for the other fields
    their row in the tables of ``known``; ``is_last`` in its cell and ``is_regular``. The last row of a cell without its
    last pieces holds others and is not regular.
    """
    pieces, cells = _cut(cells)
    places = pl.int_ranges("first", pl.col("first") + pl.col("count") - 1, _PIECES, dtype=pl.UInt32)
    rows = cells.select("cell", "row_id", at=places).explode("at", empty_as_null=False)
    at = rows["at"].clip(upper_bound=max(len(pieces) - _PIECES - 1, 0))
    behind = ((cells["count"] + 2) // _PIECES).cum_sum()
    starts, last = behind.shift(1, fill_value=0), behind - 1
    table = pieces.to_frame("piece")  # fetches faster than a column does
    level2 = known.level2.numbers(table[at + 1]["piece"])
    cycle = known.cycle.numbers(table[at + 3]["piece"])
    annual = known.end.numbers(table[at + 4]["piece"])
    firsts = known.end.numbers(table[cells["first"]]["piece"])
    end = known.end.table
    is_whole = (cells["count"] % _PIECES == 1).cast(FLAG)
    is_end = end["is_inner"].gather(annual)
    is_end = is_end.scatter(last, end["is_end"].gather(annual.gather(last)) & is_whole)
    is_good = is_end & known.level2.table["is_level2"].gather(level2) & known.cycle.table["is_cycle"].gather(cycle)
    is_good = is_good.scatter(starts, is_good.gather(starts) & end["is_alone"].gather(firsts))
    names = table[at + 2]["piece"]
    stripped = names.str.strip_chars()
    # White space may stand before a name only, and be plain, so that its width is known.
    blanks = names.str.len_bytes() - stripped.str.len_bytes()
    spaced = places_of(blanks == 1)
    is_name = (blanks == 0).scatter(spaced, names.gather(spaced).str.starts_with(" "))
    is_regular = (is_good == 1) & ~stripped.str.contains(f"[。{MARK}]") & is_name
    return rows.select(
        "cell",
        "row_id",
        is_last=pl.repeat(False, len(at), dtype=pl.Boolean, eager=True).scatter(last, True),
        indicator_name=stripped,
        blanks=blanks.cast(pl.Int32),
        level2=level2,
        cycle=cycle,
        annual=annual,
        # A record's head stands behind the annual value of the record before it, the first one's alone.
        head=annual.shift(1, fill_value=0).scatter(starts, firsts),
        is_regular=is_regular,
    )


def _records(fields: pl.DataFrame, known: _Known) -> pl.DataFrame:
    """Fields → records with their places in the cell. A separator takes one character."""
    end = known.end.table
    rows = pl.concat(
        [
            fields.select("cell", "row_id", "is_last", "indicator_name", "blanks", name_width=_width("indicator_name")),
            end.select("head_chars", "indicator_no", "level1_code", "level1_name")[fields["head"]],
            known.level2.table.drop("is_level2")[fields["level2"]],
            known.cycle.table.drop("is_cycle")[fields["cycle"]],
            end.select("annual_chars", "annual_lead", "annual_text", "annual_width", "is_stopped")[fields["annual"]],
        ],
        how="horizontal",
    )
    before = rows["head_chars"] + rows["level2_chars"] + rows["blanks"] + 2  # a name
    behind = before + rows["name_width"] + 1  # a name and its separator
    beyond = behind + rows["cycle_chars"] + 1
    length = beyond + rows["annual_chars"]
    start = length.cast(pl.Int64).cum_sum() - length
    is_first = (rows["cell"] != rows["cell"].shift(1)).fill_null(True)
    start = start - pl.select(pl.when(is_first).then(start).forward_fill()).to_series()
    start = start.cast(pl.Int32)
    rows = rows.with_columns(
        start=start,
        end=start + length,
        name_start=start + before,
        cycle_start=start + behind + rows["cycle_lead"],
        annual_start=start + beyond + rows["annual_lead"],
    )
    return rows.select(
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
        is_terminated=~pl.col("is_last") | pl.col("is_stopped"),
        start="start",
        end="end",
        name_start="name_start",
        name_end=pl.col("name_start") + pl.col("name_width"),
        cycle_start="cycle_start",
        cycle_end=pl.col("cycle_start") + pl.col("cycle_width"),
        annual_start="annual_start",
        annual_end=pl.col("annual_start") + pl.col("annual_width"),
    )


def _width(column: str) -> pl.Expr:
    return pl.col(column).str.len_chars().cast(pl.Int32)


def _level2(pieces: pl.Series) -> pl.DataFrame:
    piece = pl.col("piece")
    return (
        pieces.to_frame("piece")
        .select(
            level2_chars=_width("piece"),
            level2=piece.str.strip_chars().str.splitn("-", 2).struct.rename_fields(["level2_code", "level2_name"]),
            is_level2=(piece.str.contains("-", literal=True) & ~piece.str.contains(_FOREIGN)).cast(FLAG),
        )
        .unnest("level2")
        .with_columns(pl.col("level2_code", "level2_name").cast(LEVEL))
    )


def _labelled(pieces: pl.Series, label: str, text_type: pl.DataType) -> pl.DataFrame:
    """Pieces with ``label`` → the ``text`` behind it: ``chars`` of the whole piece, ``lead`` of what stands before the text,
    ``width`` of it.
    """
    frame = pieces.to_frame("piece").with_columns(stripped=pl.col("piece").str.strip_chars_start())
    frame = frame.with_columns(body=pl.col("stripped").str.slice(len(label) + 1).str.strip_chars_start())
    frame = frame.with_columns(
        text=pl.col("body").str.strip_chars_end(), chars=_width("piece"), body_chars=_width("body")
    )
    return frame.select(
        pl.col("text").cast(text_type),
        "chars",
        lead=pl.col("chars") - pl.col("body_chars"),
        width=_width("text"),
        is_empty=pl.col("text") == "",
        is_labelled=pl.col("stripped").str.starts_with(label + "：") | pl.col("stripped").str.starts_with(label + ":"),
    )


def _cycle(pieces: pl.Series, text_type: pl.DataType) -> pl.DataFrame:
    value = _labelled(pieces, CYCLE_LABEL, text_type)
    return value.select(
        cycle_text="text",
        cycle_chars="chars",
        cycle_lead="lead",
        cycle_width="width",
        is_cycle=(pl.col("is_labelled") & ~pl.lit(pieces).str.contains(_FOREIGN)).cast(FLAG),
    )


def _head(pieces: pl.Series) -> pl.DataFrame:
    return (
        pieces.to_frame("piece")
        .select(head_chars=_width("piece"), found=pl.col("piece").str.extract_groups(_HEAD))
        .unnest("found")
        .select(
            "head_chars",
            indicator_no=pl.col("no").cast(pl.Int32).fill_null(0),
            level1_code=pl.col("code").fill_null("").cast(LEVEL),
            level1_name=pl.col("level1").str.strip_chars().fill_null("").cast(LEVEL),
            is_head=pl.col("no").is_not_null(),
        )
    )


def _end(pieces: pl.Series, heads: Distinct, annuals: Distinct) -> pl.DataFrame:
    """What stands behind a record's last separator: its annual value, its 。 and the next record's head.

    ``is_alone``: a head and nothing before it; ``is_inner``: a value and a head; ``is_end``: a value and no head.
    """
    parts = pieces.to_frame("piece").select(part=pl.col("piece").str.splitn("。", 2)).unnest("part")
    is_stopped = parts["field_1"].is_not_null()
    rest = parts["field_1"].fill_null(parts["field_0"])
    head, annual = heads.numbers(rest), annuals.numbers(parts["field_0"])
    is_own = ~pieces.str.contains(MARK, literal=True)
    parts = pl.concat([annuals.table[annual], heads.table[head]], how="horizontal").with_columns(is_stopped=is_stopped)
    is_over = pl.when("is_stopped").then(pl.lit(rest) == "").otherwise(~pl.col("is_empty"))
    is_value = pl.col("is_labelled") & is_own
    return parts.select(
        "is_stopped",
        "head_chars",
        "indicator_no",
        "level1_code",
        "level1_name",
        annual_text="text",
        annual_chars=pl.col("chars") + is_stopped.cast(pl.Int32),
        annual_lead="lead",
        annual_width="width",
        is_alone=(~pl.col("is_stopped") & pl.col("is_head") & is_own).cast(FLAG),
        is_inner=(pl.col("is_stopped") & pl.col("is_head") & is_value).cast(FLAG),
        # A label without a value is cut off.
        is_end=(is_value & is_over).cast(FLAG),
    )
