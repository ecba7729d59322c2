"""The straight Python program: one ``re`` per record and per value, tuples → DataFrame. The prototype's rules.

The reference of ``bench.run``: words → signs, then a date, then ``lead-in, comparator, number, magnitude, unit`` with
an optional range end or alternative, else words. Does not know the rest of the contract's grammar.
"""

from __future__ import annotations

import re

import polars as pl

RECORD = re.compile(
    r"(?:^|。)\s*(\d+)、(\d+)-([^；;]*)[；;]\s*(\d+)-([^；;]*)[；;]\s*(.*?)[；;]\s*实施周期指标值[：:](.*?)[；;]\s*年度指标值[：:]"
    r"(.*?)(?=。\s*\d+、\d+-|。?\s*$)",
    re.S,
)
CUT = re.compile(
    r"(?:^|。)\s*(\d+)、(\d+)-([^；;。]*)(?:[；;]\s*(\d+)-([^；;]*))?(?:[；;]\s*([^；;]*))?(?:[；;]\s*实施周期指标值[：:]([^；;]*))?([；;]\s*[^；;。]*)?$"
)
WORDS = {
    "不少于": "≥",
    "不低于": "≥",
    "不超过": "≤",
    "不高于": "≤",
    "至少": "≥",
    "大于等于": "≥",
    "小于等于": "≤",
    ">=": "≥",
    "<=": "≤",
}
WORD = re.compile("|".join(map(re.escape, WORDS)))
SUPERSCRIPT = re.compile(r"\s*<sup>\s*2\s*</sup>")
DATE = re.compile(r"^(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日|底)?前?$")
NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(万|亿)?"
VALUE = re.compile(
    rf"^([^0-9≥≤<>=约]*)([≥≤<>=约])?{NUMBER}([^0-9\-~或]*)(?:[-~]{NUMBER}([^0-9]*))?(?:或{NUMBER}([^0-9]*))?$"
)
COMPARATORS = {"≥": "ge", "≤": "le", ">": "gt", "<": "lt", "=": "eq", "约": "approx", None: "eq"}
FACTORS = {"万": 10_000, "亿": 100_000_000, None: 1}
COLUMNS = ("kind", "prefix", "comparator", "lower", "upper", "unit", "second_value", "second_unit")
SCHEMA = {
    "row_id": pl.UInt32,
    "indicator_no": pl.Int32,
    "level1_code": pl.String,
    "level1_name": pl.String,
    "level2_code": pl.String,
    "level2_name": pl.String,
    "indicator_name": pl.String,
    **{
        f"{horizon}_{name}": pl.Float64 if name in ("lower", "upper", "second_value") else pl.String
        for horizon in ("cycle", "annual")
        for name in ("text", *COLUMNS)
    },
}


def read_value(text: str | None) -> tuple[object, ...]:
    """One value text by the prototype's rules."""
    if not text:
        return ("missing", None, None, None, None, None, None, None)
    plain = WORD.sub(lambda match: WORDS[match[0]], SUPERSCRIPT.sub("²", text))
    if DATE.match(plain):
        return ("deadline", None, None, None, None, None, None, None)
    match = VALUE.match(plain)
    if match is None:
        return ("qualitative", None, None, None, None, None, None, None)
    prefix, sign, number, factor, unit, end, end_factor, end_unit, other, other_factor, other_unit = match.groups()
    value = float(number.replace(",", "")) * FACTORS[factor]
    comparator = COMPARATORS[sign]
    if end is not None:
        return (
            "quantity",
            prefix,
            "between",
            value,
            float(end.replace(",", "")) * FACTORS[end_factor],
            end_unit or None,
            None,
            None,
        )
    lower = None if comparator in ("le", "lt") else value
    upper = None if comparator in ("ge", "gt") else value
    second = None if other is None else float(other.replace(",", "")) * FACTORS[other_factor]
    return ("quantity", prefix, comparator, lower, upper, unit or None, second, other_unit)


def run(cells: pl.DataFrame) -> pl.DataFrame:
    """Packed cells → typed columns, one row per indicator."""
    rows = []
    for row_id, cell in zip(cells["row_id"].to_list(), cells["packed"].to_list(), strict=True):
        end = 0
        for match in RECORD.finditer(cell):
            no, code1, name1, code2, name2, name, cycle, annual = match.groups()
            cycle, annual = cycle.strip(), annual.strip() or None
            rows.append(
                (
                    row_id,
                    int(no),
                    code1,
                    name1.strip(),
                    code2,
                    name2,
                    name.strip(),
                    cycle,
                    *read_value(cycle),
                    annual,
                    *read_value(annual),
                )
            )
            end = match.end()
        match = CUT.search(cell, end) if end < len(cell) - 1 else None
        if match is not None:
            no, code1, name1, code2, name2, name, cycle, rest = match.groups()
            cycle = cycle.strip() if cycle is not None and rest is not None else None
            rows.append(
                (
                    row_id,
                    int(no),
                    code1,
                    name1,
                    code2,
                    name2,
                    name and name.strip(),
                    cycle,
                    *read_value(cycle),
                    None,
                    *read_value(None),
                )
            )
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
