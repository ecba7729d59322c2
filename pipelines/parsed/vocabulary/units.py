"""Units of measure: the reviewed list behind ``dim_unit`` and how a written unit finds its canonical name.

Belongs here: loading ``units.csv`` (one row per canonical unit; every alias once), the lookup of written names, and the
description of compound units (``元/人·月``) from their parts. Does not decide where in a text a unit stands.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl

UNITS_FILE = Path(__file__).with_name("units.csv")

# Between the factors of a denominator: 元/人·月, 元/人、天, 元/人*月, 元/人/月.
DENOMINATOR_SEPARATORS = "/·*×.、,"

UNIT_SCHEMA: dict[str, pl.DataType] = {
    "unit_name": pl.String(),
    "unit_symbol": pl.String(),
    "quantity_kind": pl.String(),
    "base_unit_name": pl.String(),
    "to_base_factor": pl.Decimal(28, 12),
    "ucum_code": pl.String(),
}


@dataclass(frozen=True)
class Unit:
    """One canonical unit; ``to_base_factor`` times a value in this unit is the value in ``base_unit_name``."""

    unit_name: str
    unit_symbol: str
    quantity_kind: str
    base_unit_name: str
    to_base_factor: Decimal
    ucum_code: str | None


@cache
def _load() -> tuple[dict[str, Unit], dict[str, str]]:
    units: dict[str, Unit] = {}
    names: dict[str, str] = {}
    with UNITS_FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            unit = Unit(
                row["unit_name"],
                row["unit_symbol"],
                row["quantity_kind"],
                row["base_unit_name"],
                Decimal(row["to_base_factor"]),
                row["ucum_code"] or None,
            )
            units[unit.unit_name] = unit
            for name in (unit.unit_name, *filter(None, row["aliases"].split("|"))):
                if names.setdefault(name, unit.unit_name) != unit.unit_name:
                    raise ValueError(f"{UNITS_FILE.name}: {name!r} names both {names[name]!r} and {unit.unit_name!r}")
    return units, names


def canonical_units() -> dict[str, Unit]:
    """The units by canonical name, in the file's order."""
    return _load()[0]


def unit_names() -> dict[str, str]:
    """Every written name (canonical or alias, half-width) → canonical name."""
    return _load()[1]


@cache
def canonical_name(written: str) -> str | None:
    """The canonical name of one written unit, simple or compound, or None when a part is not in the vocabulary.

    ``元/人、天`` and ``元/人*天`` both become ``元/人·天``; ``/月`` (a rate that leaves its currency out) stays
    ``/月``.
    """
    names = unit_names()
    if written in names:
        return names[written]
    if (pair := re.fullmatch(r"([^()/]+)\(([^()]+)\)", written)) and pair[1] in names:
        if all(other in names for other in re.split("[、,/]", pair[2])):
            return names[pair[1]]  # 项(个), 头(只、匹): what stands in the brackets is the first in other words
    numerator, slash, denominator = written.partition("/")
    if not slash:
        return None
    parts = [part for part in re.split(f"[{re.escape(DENOMINATOR_SEPARATORS)}]", denominator.strip("()")) if part]
    parts = [part.removeprefix("每") for part in parts]
    known = [names.get(part) or _counted_part(part) for part in parts]
    if not parts or None in known or (numerator and numerator not in names):
        return None
    return f"{names[numerator] if numerator else ''}/{'·'.join(name for name in known if name)}"


def _counted_part(part: str) -> str | None:
    """``千人`` in ``批次/千人``, ``万元`` in ``吨/万元``, ``2年`` in ``次/2年``: a counted unit as denominator."""
    match = re.fullmatch(r"([0-9]+|[百千万亿]{1,2})(.+)", part)
    name = unit_names().get(match[2]) if match else None
    return match[1] + name if match and name else None


def describe_units(written: Iterable[str]) -> pl.DataFrame:
    """Rows of ``dim_unit`` (see ``UNIT_SCHEMA``) for canonical names as ``parse_targets`` returns them.

    A compound is of kind ``rate`` and its own base with factor 1, as denominators such as 月 have no fixed length.
    """
    rows = []
    for name in dict.fromkeys(written):
        unit = canonical_units().get(name) or Unit(
            name, name, "rate" if "/" in name else "other", name, Decimal(1), None
        )
        rows.append(
            (
                unit.unit_name,
                unit.unit_symbol,
                unit.quantity_kind,
                unit.base_unit_name,
                unit.to_base_factor,
                unit.ucum_code,
            )
        )
    return pl.DataFrame(rows, schema=UNIT_SCHEMA, orient="row")
