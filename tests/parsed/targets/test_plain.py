"""Plain amounts are read as the grammar reads them, whatever stands in them, and most amounts of a list are plain."""

from __future__ import annotations

import random
from functools import partial

import polars as pl
import pytest

from bench.generator import generate
from pipelines.parsed.packed import split_packed
from pipelines.parsed.targets import plain
from pipelines.parsed.targets.known import read_texts
from pipelines.parsed.targets.lexicon import MAGNITUDES, folded_units, token_classes
from pipelines.parsed.targets.tokens import known_tokens

SIGNS = [
    "",
    "≥",
    "≤",
    ">",
    "<",
    "=",
    "＞",
    "＜",
    "＝",
    "≧",
    "≦",
    ">=",
    "＞=",
    "》",
    "》=",
    "≈",
    "≮",
    "≤≤",
    "不少于",
    "不低于",
]
SIGNS += [
    "至少",
    "不超过",
    "不高于",
    "至多",
    "大于等于",
    "超过",
    "低于",
    "不足",
    "约",
    "近",
    "达到",
    "限",
    "共",
    "为",
    "第",
    "±",
]
NUMBERS = "0 1 2 3 5 7 9 10 12 13 24 28 31 35 90 95.5 99.99 100 101 110 119 120 122 365 1,600 1600 2024 2035 1998"
NUMBERS += " 12345 123456 20241231 1,234,567.25 007 0.5 0.0000001 1,60 99999999999 １２ 3.5.1"
NAMES = [
    "培训次数",
    "满意度",
    "完成率",
    "及时率",
    "协调涉外意见",
    "人员",
    "场所数",
    "资金到位率",
    "成为",
    "国内外",
    "多年",
    "优良天数",
]


def _differing(texts: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    """How many distinct texts are plain, and those of them that the grammar reads differently."""
    monkeypatch.setattr(plain, "_WORTH_WHILE", 1)
    monkeypatch.setattr(plain, "_WORTH_ASKING", 1)
    monkeypatch.setattr(plain, "_WORTH_PROBING", 1)
    distinct = pl.Series(sorted(set(texts)))
    grammar = partial(read_texts, tokens_met=known_tokens())
    found = plain.PlainTexts(grammar).read(distinct)
    assert found is not None
    own = distinct.filter(found.is_plain)
    wanted = grammar(own)
    read = found.rows.select(wanted.columns).with_columns(
        variant=found.is_plain.cast(pl.UInt32).cum_sum().gather(found.rows["variant"]) - 1
    )
    read = read.cast(wanted.schema).sort("variant")  # type: ignore[arg-type]
    if read.equals(wanted):
        return len(own), []
    differs = pl.concat([read, wanted]).is_unique() if read.height == wanted.height else pl.repeat(True, 1, eager=True)
    rows = pl.concat([read, wanted]).filter(differs)["variant"].unique()
    return len(own), own.gather(rows).to_list()


def test_every_unit_behind_every_sort_of_number_and_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(1)
    tails = ["", *folded_units(), *(size + unit for size in MAGNITUDES for unit in ("元", "人次", "平方米", ""))]
    tails += [
        "月底前",
        "年内",
        "日前",
        "A级",
        "G网络",
        "K",
        "A",
        "热线",
        "消防宣传",
        "季度末",
        "以上",
        "以内",
        "左右",
        "余次",
        "级",
        "名以上",
    ]
    texts = [dice.choice(SIGNS) + number + tail for tail in tails for number in dice.sample(NUMBERS.split(), 16)]
    count, differing = _differing(texts, monkeypatch)
    assert differing == []
    assert count > len(set(texts)) / 3


def test_words_of_the_grammar_in_any_order_before_the_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(2)
    words = [token for token in token_classes() if "\u4e00" <= token[0] <= "\u9fff"] + NAMES * 40
    texts = []
    for _ in range(45_000):
        lead = dice.choice(["", "", "、"]).join(dice.choice(words) for _ in range(dice.randint(1, 4)))
        bracket = dice.choice(["", "", "", "（%）", "（份）", "(个)", "（含）", "（元/人）", "（2024年）"])
        number, unit = dice.choice(NUMBERS.split()), dice.choice(["%", "次", "人", "万元", "", "天"])
        texts.append(lead + bracket + dice.choice(SIGNS[:16]) + number + unit)
    count, differing = _differing(texts, monkeypatch)
    assert differing == []
    assert count > 3_000


def test_most_amounts_of_a_long_list_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = split_packed(generate(20_000, seed=9)).records["annual_text"].drop_nulls().unique().to_list()
    count, differing = _differing(texts, monkeypatch)
    assert differing == []
    assert count > 0.75 * sum(any(character.isdigit() for character in text) for text in texts)


def test_few_texts_are_left_to_the_grammar() -> None:
    grammar = partial(read_texts, tokens_met=known_tokens())
    assert plain.PlainTexts(grammar).read(pl.Series(["≥95%", "≥3次"])) is None
