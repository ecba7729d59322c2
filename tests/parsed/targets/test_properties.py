"""What holds for every text: no exception, nothing lost, the same reading alone and in a crowd."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.parsed.targets import TARGET_SCHEMA, parse_targets, target_spans

GOLD = Path(__file__).parents[2] / "gold" / "values.jsonl"
TEXTS = sorted({json.loads(line)["text"] for line in GOLD.read_text(encoding="utf-8").splitlines()})
PIECES = [
    *"≥≤><=≈±》《~-—、，。；：/·*（）()+%‰",
    *"0123456789.,，",
    *"一二两三十百千万亿半零",
    *(
        "不低于",
        "不超过",
        "约",
        "以上",
        "以内",
        "左右",
        "余",
        "控制在",
        "每校",
        "岁",
        "指标1：",
        "1、",
        "（不含）",
        "（万元）",
        "±2%",
        "共",
        "提前",
        "达到",
        "或",
        "且",
        "至",
        "每月",
        "每",
        "第",
        "前",
    ),
    *("次", "人次", "元", "万元", "年", "个工作日", "㎡", "m <sup>2</sup>", "元/人·月", "标箱", "%", "级"),
    *(
        "2024年",
        "12月底前",
        "2024年6月30日",
        "第三季度末",
        "全年",
        "年底",
        "1-11月",
        "完成",
        "覆盖率",
        "**",
        "……",
        " ",
        "\n",
        "\u3000",
    ),
    *("&ge;", "Ⅲ类", "PM2.5", "★", "“", "”", "〔2021〕101号", "\x1f", "\x1e", "𠮷", "é", "１２"),
]
texts = st.one_of(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.text(max_size=30))


def _frame(values: list[str | None], year: int | None = 2024) -> pl.DataFrame:
    return pl.DataFrame(
        {"target_text": values, "indicator_name": ["数量(≥**个)"] * len(values), "fiscal_year": [year] * len(values)},
        schema={"target_text": pl.String, "indicator_name": pl.String, "fiscal_year": pl.Int32},
    )


def _mutated(seed: int, count: int) -> list[str]:
    """Labelled texts with a piece dropped, doubled, swapped or put in."""
    generator = random.Random(seed)
    found = []
    for _ in range(count):
        characters = list(generator.choice(TEXTS) or "≥")
        for _ in range(generator.randint(1, 3)):
            place = generator.randrange(len(characters) + 1)
            action = generator.random()
            if action < 0.4:
                characters.insert(place, generator.choice(PIECES))
            elif action < 0.7 and characters:
                characters.pop(min(place, len(characters) - 1))
            elif characters:
                characters.insert(place, generator.choice(characters))
        found.append("".join(characters))
    return found


@settings(max_examples=80, deadline=None)
@given(st.lists(st.none() | texts, min_size=1, max_size=8))
def test_every_text_makes_a_row_of_the_promised_types_and_none_raises(values: list[str | None]) -> None:
    read = parse_targets(_frame(values))
    assert dict(read.schema) == TARGET_SCHEMA
    assert read["input_row"].unique().sort().to_list() == list(range(len(values)))
    assert read["input_row"].is_sorted()
    assert read.select("target_kind", "parse_grade", "residual", "is_unit_known").null_count().row(0) == (0, 0, 0, 0)
    numbered = read.group_by("input_row", maintain_order=True).agg(pl.col("measure_no"))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in numbered["measure_no"].to_list())


@settings(max_examples=80, deadline=None)
@given(texts)
def test_spans_and_residual_rebuild_every_text(text: str) -> None:
    spans = target_spans(pl.Series([text]))
    assert "".join(spans["text"].to_list()) == text
    assert [text[start:end] for start, end in spans.select("start", "end").iter_rows()] == spans["text"].to_list()
    residual = parse_targets(_frame([text]))["residual"][0]
    if "residual" not in spans["role"].to_list():
        assert residual == ""
    else:
        assert residual != ""


def test_digits_are_consumed_or_the_grade_says_so() -> None:
    mutated = _mutated(seed=3, count=1500)
    read = parse_targets(_frame(list(mutated)))
    by_text = read.group_by("input_row", maintain_order=True).agg(pl.col("parse_grade", "target_kind").first())
    spans = target_spans(pl.Series(mutated))
    digits = spans.filter(
        pl.col("text").str.contains("[0-9０-９]")
        & ~pl.col("role").is_in(["number", "date", "unit", "per unit", "placeholder"])
    )
    loose = digits.join(by_text, on="input_row", how="left").filter(pl.col("parse_grade") < "C")
    # Names, references and labels of entries (1、) hold digits that count nothing; so does resolved markup.
    loose = loose.filter(pl.col("role") != "punctuation")
    counting = loose.filter(~pl.col("text").str.contains("PM2.5|20[0-9]{2}年?全年|[〔\\[]2021|<sup>"))
    assert counting.rows() == []


def test_the_same_text_is_read_the_same_alone_and_in_any_batch() -> None:
    values: list[str | None] = [*TEXTS[::3], *_mutated(seed=7, count=120), None]
    together = parse_targets(_frame(values)).drop("input_row")
    alone = pl.concat([parse_targets(_frame([value])) for value in values]).drop("input_row")
    assert together.equals(alone)
    backwards = parse_targets(_frame(values[::-1]))
    turned = backwards.with_columns(input_row=len(values) - 1 - pl.col("input_row").cast(pl.Int64)).sort(
        "input_row", "measure_no"
    )
    assert turned.drop("input_row").equals(together)


@pytest.mark.slow
def test_a_hundred_thousand_mutations_are_read_like_a_few_and_fast_enough() -> None:
    values: list[str | None] = [*_mutated(seed=11, count=100_000)]
    crowd = parse_targets(_frame(values))
    places = random.Random(5).sample(range(len(values)), 400)
    for place in places:
        alone = parse_targets(_frame([values[place]])).drop("input_row")
        assert crowd.filter(pl.col("input_row") == place).drop("input_row").equals(alone), values[place]


@pytest.mark.parametrize(
    "text",
    ["9" * 5000, "≥" * 5000, "每" * 3000 + "1次", "1-" * 3000, "(" * 3000, "1、" * 3000, "一" * 4000, "元/" * 3000],
)
def test_hostile_lengths_take_no_catastrophic_time(text: str) -> None:
    began = time.process_time()
    read = parse_targets(_frame([text]))
    assert read.height >= 1
    assert time.process_time() - began < 20  # quadratic patterns would need minutes
