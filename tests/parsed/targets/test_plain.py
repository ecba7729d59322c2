"""Plain amounts are read as the grammar reads them, whatever stands in them, and most amounts of a list are plain."""

from __future__ import annotations

import random
from functools import partial

import polars as pl
import pytest

from bench.generator import generate
from pipelines.parsed.packed import split_packed
from pipelines.parsed.targets import KnownTexts, parse_targets, plain
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
    plain_texts = plain.PlainTexts()
    found = plain_texts.candidates(distinct)
    assert found is not None
    rows = plain_texts.rows(found, grammar(found.probes))
    assert rows["variant"].is_in(found.parts["variant"].implode()).all()
    own = distinct.gather(rows["variant"])
    wanted = grammar(own)
    read = rows.select(wanted.columns).with_columns(variant=pl.int_range(rows.height, dtype=pl.UInt32, eager=True))
    read = read.cast(wanted.schema)  # type: ignore[arg-type]
    if read.equals(wanted):
        return len(own), []
    differs = pl.concat([read, wanted]).is_unique() if read.height == wanted.height else pl.repeat(True, 1, eager=True)
    places = pl.concat([read, wanted]).filter(differs)["variant"].unique()
    return len(own), own.gather(places).to_list()


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
        "m <sup>2</sup>",
        "m<sup>3</sup>",
        "<sup>2</sup>",
        "月<sup>2</sup>",
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
    assert plain.PlainTexts().candidates(pl.Series(["≥95%", "≥3次"])) is None


def test_an_amount_whose_unit_reads_differently_is_read_as_the_grammar_reads_it() -> None:
    # 3月 is a month, 30月 so many of them: its frame is asked for and refused, so each text is read on its own.
    texts = [f"{number}{unit}" for unit in ("次", "月") for number in range(1, 1_500)]
    rows = pl.DataFrame({"target_text": texts})
    known = KnownTexts()
    assert parse_targets(rows, known).equals(pl.concat(_one_by_one(rows)))
    assert known._plain._asked["-月"] is False


def _one_by_one(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """The rows read a hundred at a time, which are too few to be told plain."""
    starts = range(0, rows.height, 100)
    return [
        parse_targets(rows.slice(start, 100)).with_columns(input_row=pl.col("input_row") + start) for start in starts
    ]
