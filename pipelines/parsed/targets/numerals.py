"""Number tokens → exact decimals: Arabic with separators, Chinese numerals that count, percent in words.

Belongs here: the value of one written number and of a column of them. Decimals only, never floats. Does not know
units or signs, and does not decide whether a numeral counts anything.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

import polars as pl

from pipelines.parsed.targets.lexicon import MAGNITUDES

# Room for 25 digits before the point and 13 behind it: a magnitude may still move the point by twelve places.
WORKING = pl.Decimal(38, 13)
VALUE = pl.Decimal(28, 6)

_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_SECTIONS = {"万": 10**4, "亿": 10**8}


@lru_cache(maxsize=10_000)
def numeral_value(numeral: str) -> Decimal | None:
    """The value of a Chinese numeral (``一千二百万``, ``九十五点五``, ``半``), or None where it is not a proper one
    (``三五``).
    """
    if numeral == "半":
        return Decimal("0.5")
    if numeral in ("百", "千"):
        return Decimal(MAGNITUDES[numeral])  # 百余场, 千余人
    whole, _, fraction = numeral.partition("点")
    value = _whole_value(whole)
    if value is None or (fraction and not all(digit in _DIGITS for digit in fraction)):
        return None
    return Decimal(f"{value}.{''.join(str(_DIGITS[digit]) for digit in fraction)}") if fraction else Decimal(value)


def _whole_value(numeral: str) -> int | None:
    """Sections (亿, 万) of places (千, 百, 十) of digits, each smaller than the one before it."""
    total, section, digit = 0, 0, None
    section_limit, place_limit = 10**16, 10**4
    if re.search("[百千万亿][一二两三四五六七八九]$", numeral):
        return None  # 两百五 is 205 to one reader and 250 to another
    for character in numeral:
        if character in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[character]
        elif character in _PLACES:
            place = _PLACES[character]
            if place >= place_limit or (digit is None and place != 10) or digit == 0:
                return None
            section, digit, place_limit = section + (1 if digit is None else digit) * place, None, place
        else:
            size = _SECTIONS.get(character)
            section += digit or 0
            if size is None or size >= section_limit or section == 0:
                return None
            total, section, digit = total + section * size, 0, None
            section_limit, place_limit = size, 10**4
    return total + section + (digit or 0) if numeral else None


@lru_cache(maxsize=10_000)
def percent_value(words: str) -> Decimal | None:
    """The value of ``百分之九十五``, ``千分之五``, ``百分百``, in percent or per mille."""
    rest = "百" if words == "百分百" else words.removeprefix("百分之").removeprefix("千分之")
    if rest in ("百", "一百"):
        return Decimal(100)
    return Decimal(rest) if rest[0].isascii() else numeral_value(rest)


def _worded_value(word: str) -> Decimal | None:
    if word.startswith(("百分", "千分之")):
        return percent_value(word)
    return _mixed_value(word) if word[0].isascii() else numeral_value(word)


def _mixed_value(number: str) -> Decimal | None:
    """The value of ``1万2千`` or ``3亿5000万``: every section smaller than the one before it."""
    total, limit = Decimal(0), None
    for digits, magnitude in re.findall("([0-9]+)([百千万亿]+)", number):
        factor = MAGNITUDES[magnitude]
        value = Decimal(digits) * factor
        if limit is not None and value >= limit:
            return None
        total, limit = total + value, factor
    return total


def written_numbers(tokens: pl.Series) -> pl.Series:
    """Number tokens (``1,200.5``, ``三百``, ``百分之五``) → WORKING decimals; null where a token is no proper
    number.
    """
    is_arabic = tokens.str.contains("^[0-9][0-9.,]*$")
    plain = tokens.str.replace_all(",", "", literal=True)
    # More digits than the type holds become null, not a rounded number.
    fits = plain.str.contains(r"^[0-9]{1,18}(?:\.[0-9]{1,13})?$")
    arabic = plain.set(~(is_arabic & fits), None).cast(WORKING)
    words = tokens.filter(~is_arabic).unique().to_list()
    if not words:
        return arabic
    values = [_worded_value(word) for word in words]
    table = pl.DataFrame({"token": words, "value": pl.Series(values, dtype=WORKING)})
    found = pl.DataFrame({"token": tokens}).join(table, on="token", how="left", maintain_order="left")["value"]
    return arabic.zip_with(is_arabic.fill_null(True), found)


def magnitudes(tokens: pl.Expr) -> pl.Expr:
    """Magnitude tokens (万, 百万 …) → Decimal factors, 1 where there is none."""
    factors = tokens.replace_strict(list(MAGNITUDES), list(MAGNITUDES.values()), default=1, return_dtype=pl.Int64)
    return factors.fill_null(1).cast(pl.Decimal(38, 0))
