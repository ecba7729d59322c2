"""Header cells → canonical fields, and money units → factors, from reviewed tables in ``vocabulary/``.

A label is compared without white space and with full-width punctuation folded. Does not guess: an unknown label has
no field.
"""

from __future__ import annotations

import csv
import unicodedata
from decimal import Decimal
from functools import cache
from pathlib import Path

_VOCABULARY = Path(__file__).with_name("vocabulary")


def normalise_label(text: str) -> str:
    """A header text as it is compared: NFKC (full-width forms folded), no white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _table(name: str) -> list[dict[str, str]]:
    with (_VOCABULARY / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def column_fields() -> dict[str, str]:
    """Normalised header label → field name (``project_or_unit``, ``amount:<source>``, ``goal``, ``packed_indicators``)."""
    return {normalise_label(row["label"]): row["field"] for row in _table("column_labels.csv")}


@cache
def money_factors() -> dict[str, Decimal]:
    """Money unit → yuan per unit."""
    return {row["unit"]: Decimal(row["factor"]) for row in _table("money_units.csv")}
