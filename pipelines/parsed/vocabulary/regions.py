"""Administrative divisions that are known, from ``regions.csv`` (GB/T 2260). Does not place a document."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path


@cache
def known_regions() -> frozenset[str]:
    """The six-digit codes of the vocabulary."""
    with Path(__file__).with_name("regions.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["region_code"] for row in csv.DictReader(file))
