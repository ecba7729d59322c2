"""Resolving for columns and for single texts is the same, and folding keeps every place."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.parsed.targets.normalise import FOLD, folded, resolve, resolved_text

PIECES = [
    " ",
    "\u3000",
    "\n",
    "\t",
    "1",
    "２",
    "次",
    "m",
    " <sup>2</sup>",
    "<br/>",
    "&ge;",
    "&nbsp;",
    "¡Ý",
    "â‰¥",
    "<",
    "&",
    "\x1f",
    "\u200b",
]
texts = st.one_of(st.lists(st.sampled_from(PIECES), max_size=10).map("".join), st.text(max_size=20))


@settings(max_examples=150, deadline=None)
@given(st.lists(texts, max_size=5))
def test_columns_and_single_texts_resolve_alike(values: list[str]) -> None:
    assert resolve(pl.Series(values, dtype=pl.String)).to_list() == [resolved_text(value)[0] for value in values]


@settings(max_examples=100, deadline=None)
@given(texts)
def test_every_resolved_character_has_its_printed_place(text: str) -> None:
    resolved, places = resolved_text(text)
    assert len(resolved) == len(places)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


def test_folding_is_one_character_for_one() -> None:
    assert all(len(old) == len(new) == 1 for old, new in FOLD.items())
    assert set(FOLD.values()) & set(FOLD) == set()
    assert folded(pl.Series(["≧９５％（含）", "滿意度達１００％"])).to_list() == ["≥95%(含)", "满意度达100%"]


@pytest.mark.parametrize(
    ("printed", "resolved"),
    [
        ("约1600m <sup>2</sup> ", "约1600m²"),
        ("300 公 里", "300公里"),
        ("1 200人", "1\x1f200人"),
        ("1 2 3", "1\x1f2\x1f3"),
        ("≥ 9\n5%", "≥9\x1f5%"),
        ("&ge;95%", "≥95%"),
    ],
)
def test_markup_and_white_space_are_resolved(printed: str, resolved: str) -> None:
    assert resolve(pl.Series([printed]))[0] == resolved
