"""Printed amounts, and how far sums of them may differ."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.layouts.amounts import read_amount, rounding_tolerance


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,554.35", "1554.35"),
        (" 98.00 ", "98.00"),
        ("１，５５４．３５", "1554.35"),
        ("-3.5", "-3.5"),
        ("0", "0"),
        ("1234567.89", "1234567.89"),
    ],
)
def test_an_amount_reads_exactly(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "1,5", "12,34,567", "1.", ".5", "3万", "1 000", "一百", "1e3", "NaN"])
def test_anything_else_is_no_amount(text: str) -> None:
    assert read_amount(text) is None


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_every_amount_survives_printing_with_separators(amount: Decimal) -> None:
    assert read_amount(f"{amount:,}") == amount


def test_the_tolerance_is_half_a_digit_for_each_amount_and_the_total() -> None:
    assert rounding_tolerance([Decimal("1.00"), Decimal("2.00")], Decimal("3.00")) == Decimal("0.015")
    assert rounding_tolerance([Decimal("1"), Decimal("2")], Decimal("3")) == Decimal("1.5")
