"""The same rules in other engines: pandas, DuckDB SQL, pyarrow compute, Polars; and the C scanner behind ctypes.

Each ``run_*`` takes cells (``row_id``, ``packed``) and returns the number of indicators it made typed columns for.
They read the prototype's grammar (see ``rival_re``), which is a part of the contract's. Does not share code with the
product.
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from pathlib import Path

import polars as pl

HEAD = r"(?:^|。)\s*([0-9]+)、([0-9]+)-"
NUMBER = r"([0-9][0-9,]*(?:\.[0-9]+)?)(万|亿)?"
VALUE = rf"^([^0-9≥≤<>=约]*)([≥≤<>=约])?{NUMBER}([^0-9~或-]*)(?:[-~]{NUMBER}([^0-9]*))?(?:或{NUMBER}([^0-9]*))?$"
FIELDS = ["no", "code1", "level1", "level2", "name", "cycle", "annual"]


def run_pandas(cells: pl.DataFrame) -> int:
    """pandas ``str`` methods."""
    import pandas as pd

    pieces = (
        pd.Series(cells["packed"].to_list(), dtype="str")
        .str.replace(HEAD, "\x1e\\1；\\2；", regex=True)
        .str.split("\x1e")
        .explode()
    )
    pieces = pieces[pieces != ""]
    fields = pieces.str.split("[；;]", regex=True, expand=True, n=6)
    fields.columns = FIELDS[: fields.shape[1]]
    for column, label in (("cycle", "实施周期指标值"), ("annual", "年度指标值")):
        text = fields[column].str.strip().str.replace(f"^{label}[：:]", "", regex=True).str.strip("。 ")
        found = text.str.extract(VALUE)
        fields[f"{column}_value"] = pd.to_numeric(found[2].str.replace(",", ""), errors="coerce") * found[3].map(
            {"万": 1e4, "亿": 1e8}
        ).fillna(1)
        fields[f"{column}_sign"], fields[f"{column}_unit"] = found[1], found[4]
    return len(fields)


_SQL = f"""
WITH pieces AS (
  SELECT row_id, unnest(string_split(regexp_replace(packed, '{HEAD}', chr(30) || '\\1；\\2；', 'g'), chr(30))[2:]) AS
  piece FROM cells
), fields AS (
  SELECT row_id, regexp_split_to_array(piece, '[；;]') AS f FROM pieces
), texts AS (
  SELECT row_id, f[1] AS no, f[2] AS code1, f[3] AS level1, f[4] AS level2, trim(f[5]) AS name,
    trim(regexp_replace(trim(f[6]), '^实施周期指标值[：:]', ''), '。 ') AS cycle,
    trim(regexp_replace(trim(f[7]), '^年度指标值[：:]', ''), '。 ') AS annual FROM fields
), found AS (
  SELECT *, regexp_extract(cycle, $pattern, ['a','sign','number','factor','unit','b','c','d','e','g','h']) AS c,
    regexp_extract(annual, $pattern, ['a','sign','number','factor','unit','b','c','d','e','g','h']) AS y FROM texts
)
SELECT row_id, no, code1, level1, level2, name, cycle, annual, c.sign AS cycle_sign, c.unit AS cycle_unit,
  try_cast(replace(c.number, ',', '') AS DOUBLE) * CASE c.factor WHEN '万' THEN 1e4 WHEN '亿' THEN 1e8 ELSE 1 END AS
  cycle_value, y.sign AS annual_sign, y.unit AS annual_unit,
  try_cast(replace(y.number, ',', '') AS DOUBLE) * CASE y.factor WHEN '万' THEN 1e4 WHEN '亿' THEN 1e8 ELSE 1 END AS
  annual_value
FROM found
"""


def run_duckdb(cells: pl.DataFrame, folder: str | None = None) -> int:
    """One DuckDB query over the cells' Parquet file, materialised as a table."""
    import duckdb

    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "cells.parquet"
        cells.write_parquet(path)
        connection = duckdb.connect(config={"threads": 2})
        connection.execute(f"CREATE TABLE cells AS SELECT * FROM read_parquet('{path}')")
        pattern = VALUE.replace("'", "''")
        connection.execute(f"CREATE TABLE typed AS {_SQL}".replace("$pattern", f"'{pattern}'"))
        row = connection.execute("SELECT count(*) FROM typed").fetchone()
        connection.close()
    return int(row[0]) if row else 0


def run_pyarrow(cells: pl.DataFrame) -> int:
    """pyarrow compute (RE2) on whole columns."""
    import pyarrow as pa
    import pyarrow.compute as pc

    packed = pa.array(cells["packed"].to_list(), pa.large_string())
    marked = pc.replace_substring_regex(packed, HEAD, "\x1e\\1；\\2；")
    pieces = pc.list_flatten(pc.split_pattern(marked, "\x1e"))
    pieces = pieces.filter(pc.not_equal(pieces, ""))
    parts = pc.extract_regex(
        pieces,
        r"^(?P<no>\d+)；(?P<code>\d+)；(?P<l1>[^；;]*)[；;]"
        r"(?P<l2>[^；;]*)[；;](?P<name>[^；;]*)[；;] *实施周期指标值[：:](?P<cycle>[^；;]*)"
        r"[；;] *年度指标值[：:](?P<annual>.*?)。? *$",
    )
    names = ["a", "sign", "number", "factor", "unit", "b", "c", "d", "e", "g", "h"]
    named = _named(VALUE, names)
    for column in ("cycle", "annual"):
        found = pc.extract_regex(pc.struct_field(parts, column), named)
        number = pc.replace_substring(pc.struct_field(found, "number"), ",", "")
        value = pc.cast(number, pa.float64())
        factor = pc.struct_field(found, "factor")
        pc.multiply(value, pc.if_else(pc.equal(factor, "万"), 1e4, pc.if_else(pc.equal(factor, "亿"), 1e8, 1.0)))
    return len(parts)


def run_polars(cells: pl.DataFrame) -> int:
    """Polars in batches of cells, each distinct value of a batch read once and joined back: what the few rules cost in the
    product's own engine.
    """
    batch = 10_000
    return sum(_polars_batch(cells.slice(start, batch)).height for start in range(0, cells.height, batch))


def _polars_batch(cells: pl.DataFrame) -> pl.DataFrame:
    marked = pl.col("packed").str.replace_all(HEAD.replace(r"\s", " "), "\x1e${1}；${2}；")
    pieces = cells.select("row_id", piece=marked.str.split("\x1e").list.slice(1)).explode("piece")
    fields = pieces.select(
        "row_id", field=pl.col("piece").str.split("[；;]", literal=False).list.to_struct(fields=FIELDS)
    ).unnest("field")
    fields = fields.with_columns(pl.col("no").cast(pl.Int32), pl.col("name").str.strip_chars())
    for column, label in (("cycle", "实施周期指标值"), ("annual", "年度指标值")):
        texts = fields.select(pl.col(column).unique()).drop_nulls()
        texts = texts.with_columns(
            text=pl.col(column).str.strip_chars().str.replace(f"^{label}[：:]", "").str.strip_chars("。 ")
        ).with_columns(found=pl.col("text").str.extract_groups(VALUE))
        factor = pl.col("found").struct[3].replace_strict({"万": 1e4, "亿": 1e8}, default=1.0, return_dtype=pl.Float64)
        number = pl.col("found").struct[2].str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
        values = texts.select(
            column,
            pl.col("text").alias(f"{column}_text"),
            pl.col("found").struct[1].alias(f"{column}_sign"),
            (number * factor).alias(f"{column}_value"),
            pl.col("found").struct[4].alias(f"{column}_unit"),
        )
        fields = fields.join(values, on=column, how="left", maintain_order="left").drop(column)
    return fields


def _named(pattern: str, names: list[str]) -> str:
    """Gives a pattern's plain groups names, as RE2's struct output needs them."""
    out, index, position = [], 0, 0
    while position < len(pattern):
        if pattern[position] == "(" and pattern[position : position + 2] != "(?":
            out.append(f"(?P<{names[index]}>")
            index += 1
        else:
            out.append(pattern[position])
        position += 1
    return "".join(out)


class _Value(ctypes.Structure):
    _fields_ = [
        ("kind", ctypes.c_int8),
        ("comparator", ctypes.c_int8),
        ("prefix", ctypes.c_int32 * 2),
        ("unit", ctypes.c_int32 * 2),
        ("second_unit", ctypes.c_int32 * 2),
        ("lower", ctypes.c_double),
        ("upper", ctypes.c_double),
        ("second", ctypes.c_double),
    ]


class Record(ctypes.Structure):
    """The scanner's record, as laid out in scanner.c."""

    _fields_ = [
        ("row", ctypes.c_int32),
        ("no", ctypes.c_int32),
        ("code1", ctypes.c_int32),
        ("code2", ctypes.c_int32),
        ("name", ctypes.c_int32 * 2),
        ("cycle", ctypes.c_int32 * 2),
        ("annual", ctypes.c_int32 * 2),
        ("value", _Value * 2),
    ]


def load_scanner(folder: Path) -> ctypes.CDLL:
    """Compiles scanner.c for this machine."""
    library = folder / "scanner.so"
    source = Path(__file__).with_name("scanner.c")
    subprocess.run(["cc", "-O3", "-march=native", "-shared", "-fPIC", str(source), "-o", str(library)], check=True)
    scanner = ctypes.CDLL(str(library))
    scanner.scan.restype = ctypes.c_int64
    return scanner


def scanner_input(cells: pl.DataFrame) -> tuple[bytes, object, int]:
    """All cells as one run of bytes with their offsets; made before the clock starts."""
    import numpy as np

    encoded = [cell.encode() for cell in cells["packed"].to_list()]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
    np.cumsum([len(cell) for cell in encoded], out=offsets[1:])
    return b"".join(encoded), offsets, len(encoded)


def run_scanner(scanner: ctypes.CDLL, prepared: tuple[bytes, object, int], room: object) -> int:
    """One pass over the bytes; ``room`` is a ctypes array of ``Record`` that is large enough."""
    data, offsets, count = prepared
    pointer = offsets.ctypes.data_as(ctypes.c_void_p)  # type: ignore[attr-defined]
    return int(scanner.scan(data, pointer, ctypes.c_int64(count), room))
