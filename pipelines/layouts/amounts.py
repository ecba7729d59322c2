"""A printed amount → a number, and the tolerance that printed rounding allows.

Belongs here: what decides whether sums agree. Does not know where the amount stands.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_AMOUNT = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")


def read_amount(text: str) -> Decimal | None:
    """``1,554.35`` → 1554.35; full-width forms are folded. Anything else, misplaced separators too, is ``None``."""
    folded = unicodedata.normalize("NFKC", text).strip()
    return Decimal(folded.replace(",", "")) if _AMOUNT.fullmatch(folded) else None


def rounding_tolerance(amounts: list[Decimal], total: Decimal) -> Decimal:
    """How far a sum of rounded amounts may be from a rounded total: half a last printed digit for each of them.

    Amounts printed to two decimals may each be 0.005 off, so ten of them and their total may differ by 0.055.
    """
    exponents = [
        int(exponent) for number in [*amounts, total] if isinstance(exponent := number.as_tuple().exponent, int)
    ]
    half_digit = Decimal(5).scaleb(min(exponents, default=0) - 1)
    return half_digit * (len(amounts) + 1)
