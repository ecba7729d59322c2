"""Ways of typing that do not change what is said do not change the reading."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines.parsed.targets import parse_targets

GOLD = Path(__file__).parents[2] / "gold" / "values.jsonl"
TEXTS = sorted({json.loads(line)["text"] for line in GOLD.read_text(encoding="utf-8").splitlines()} - {""})
FULL_WIDTH = {ord(character): chr(ord(character) + 0xFEE0) for character in "0123456789%()<>=/.,~"}
VALUES = (
    "measure_no",
    "joiner",
    "target_kind",
    "comparator",
    "lower_value",
    "upper_value",
    "unit_name",
    "deadline_text",
)


def _read(texts: list[str]) -> pl.DataFrame:
    return parse_targets(pl.DataFrame({"target_text": texts})).select("input_row", *VALUES)


@pytest.mark.parametrize(
    "typed",
    [
        lambda text: text.translate(FULL_WIDTH),
        lambda text: f" {text} ",
        lambda text: text.replace("≥", "≥ ").replace("%", " %"),
        lambda text: text.replace("≥", ">=").replace("≤", "<="),
        lambda text: text.replace("≥", "≧").replace("≤", "≦"),
        lambda text: text.replace("≥", "＞＝").replace("≤", "＜＝"),
        lambda text: text.replace("≥", "&ge;").replace("≤", "&le;"),
        lambda text: (
            text.replace("≥", "大于等于").replace("≤", "小于等于") if text[0] in "≥≤" and text[1].isdigit() else text
        ),
        lambda text: (
            text.replace("≥", "不低于").replace("≤", "不高于") if text[0] in "≥≤" and text[1].isdigit() else text
        ),
        lambda text: f"{text}。" if text[-1] not in "…/—" else text,
        lambda text: f"{text}；" if text[-1] not in "…/—" else text,
        lambda text: text.replace("平方米", "㎡").replace("公里", "km").replace("万元", "万 元"),
        lambda text: "".join(character + "\u200b" for character in text),
    ],
)
def test_the_same_said_in_another_typing_reads_the_same(typed: Callable[[str], str]) -> None:
    plain, changed = _read(TEXTS), _read([typed(text) for text in TEXTS])
    wrong = []
    for row, text in enumerate(TEXTS):
        one, other = (frame.filter(pl.col("input_row") == row) for frame in (plain, changed))
        if not one.equals(other):
            wrong.append((text, typed(text), other.rows()))
    assert wrong == []
