"""What is told to be nothing but words without being read is what the grammar calls words, and most words are told so."""

from __future__ import annotations

import random

import polars as pl

from bench.generator import generate
from pipelines.parsed.packed import split_packed
from pipelines.parsed.targets.kinds import is_words, wordless_kinds
from pipelines.parsed.targets.known import read_texts
from pipelines.parsed.targets.lexicon import token_classes
from pipelines.parsed.targets.normalise import FOLD
from pipelines.parsed.targets.tokens import known_tokens

NAMES = [
    "合格",
    "规范",
    "提升",
    "项目",
    "单位",
    "指标",
    "适用",
    "涉及",
    "定",
    "补充",
    "效益",
    "生态",
    "季",
    "度",
    "佰",
    "億",
    "〇",
    "、",
]


def test_words_of_the_grammar_in_any_order_are_told_as_it_reads_them() -> None:
    dice = random.Random(1)
    tokens = [token for token in token_classes() if all("一" <= character <= "鿿" for character in token)]
    pools = [tokens, NAMES + list("".join(FOLD)), [character for token in tokens for character in token]]
    texts = {"".join(dice.choice(dice.choice(pools)) for _ in range(dice.randint(1, 5))) for _ in range(40_000)}
    inside = [*tokens, *NAMES, "%", "个", "标煤", ""]
    texts |= {f"{text}{dice.choice('(（')}{dice.choice(inside)}{dice.choice(')）')}" for text in sorted(texts)[::3]}
    texts |= {"台（套）", "人(次）", "口(眼)", "分贝（A)", "无（经费）", "是（否）"}
    every = pl.Series(sorted(texts))
    told = every.filter(is_words(every))
    assert len(told) > 6_000
    assert told.str.contains("（").sum() > 500
    assert wordless_kinds(told)["target_kind"].unique().to_list() == ["qualitative"]
    # All are read alike, so one row may stand for all.
    read = read_texts(told, known_tokens())
    assert read.height == len(told)
    assert read.drop("variant").unique().height == 1


def test_most_words_of_a_long_list_are_told() -> None:
    texts = split_packed(generate(20_000, seed=9)).records["annual_text"].drop_nulls().unique()
    words = texts.filter(wordless_kinds(texts)["target_kind"] == "qualitative")
    assert is_words(words).sum() > len(words) / 2
