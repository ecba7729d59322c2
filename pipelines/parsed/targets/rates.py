"""What 每… counts by: 每校 is /校, 每个行政村 is /行政村.

Belongs here: telling the noun of a rate from the measure word before it and from the words behind it. Does not find
每 in a text, and does not name units: that is ``vocabulary.units``.
"""

from __future__ import annotations

import re
from functools import lru_cache

import polars as pl

from pipelines.parsed.targets.lexicon import folded_units, token_classes
from pipelines.parsed.vocabulary.units import canonical_name

# 每个乡镇, 每名学生: the noun is what the rate counts by. Other measure words (每亩, 每场, 每台) say it themselves.
_CLASSIFIERS = "个所家名位"
_LONGEST_NOUN = 6
_LONGEST_WORDS = 14
_LONGEST_WORDS_BEHIND_TIME = 24
# 补助, 开展, 成本: words that begin what is said of the noun, not the noun's own end (建设 is both: 每个在建设项目).
_PREDICATES = frozenset(
    "开展 完成 举办 召开 安排 发放 补助 补贴 奖励 资助 增收 增加 减少 节约 节省 平均 每年 每月 至少 配备 配置 投入 支出 成本 费用"
    " 经费 单价 金额 人数 数量 次数 面积 标准 时间 时长 有 配 需 应 须 的".split()
)
# What a count, a sum or a length may be per thing, a share, a score or a state may not: 每次考核90分, 每户满意度95%.
_NO_RATES = ("%", "‰", "百分点", "千分点", "个百分点", "倍", "分", "级", "℃", "成", "星", "名次", "位次", "日", "号")
_IN_TOTAL = "累计|合计|总|共|[,，;；。、:：]"
# A total of every week is still one of every week (每周累计开放时间), but 总里程 may be what stands at the year's end.
_TIME = "^(?:半?年|半?月|季度?|周|星期|[天日]|学期|学年)"
_IN_ALL = "总|[,，;；。、:：]"


@lru_cache(maxsize=10_000)
def noun_place(written: str) -> tuple[int, int]:
    """Where in the folded words behind 每 the noun stands that the rate counts by: all of them (每学生), or their
    beginning (每亩|增收, 每个乡镇|补助); (0, 0) where no noun can be told (每个村级组织带头人).
    """
    if written in folded_units() or canonical_name("/" + written):
        return 0, len(written)
    start = int(written[0] in _CLASSIFIERS)
    noun = _listed_beginning(written, start)
    if start and noun and _is_predicate(written[noun:]):
        return start, noun
    if start or not noun:
        ends = [end for end in range(start + 2, len(written)) if _is_predicate(written[end:])]
        end = ends[0] if ends else len(written)
        return (start, end) if end <= _LONGEST_NOUN + start and end > start else (0, 0)
    longest = _LONGEST_WORDS_BEHIND_TIME if re.match(_TIME, written) else _LONGEST_WORDS
    return (0, noun) if len(written) <= longest else (0, 0)


def _listed_beginning(written: str, start: int) -> int:
    """Where the longest listed unit or word that the words begin with ends (村民小组 is no 村), or 0."""
    ends = range(len(written), start, -1)
    listed = token_classes()
    return next((e for e in ends if listed.get(written[start:e]) == "W" or canonical_name("/" + written[start:e])), 0)


def _is_predicate(words: str) -> bool:
    return any(words.startswith(word) for word in _PREDICATES)


def with_nouns(rows: pl.DataFrame, each: str) -> pl.DataFrame:
    """The words behind 每 in column ``each`` (and ``…_folded``) → their noun; what else is said there becomes the
    measure's ``before``.
    """
    folded = rows[f"{each}_folded"]
    longer = (folded.str.len_chars() > 1).fill_null(False)
    if not longer.any():
        return rows
    places = {word: noun_place(word) for word in folded.filter(longer).unique().to_list()}
    start = folded.replace_strict({w: p[0] for w, p in places.items()}, default=0, return_dtype=pl.Int64)
    end = folded.replace_strict({w: p[1] for w, p in places.items()}, default=1, return_dtype=pl.Int64)
    length = folded.str.len_chars().cast(pl.Int64)
    is_whole = pl.lit(end == length)
    # A share is not per thing, nor a total, nor a number of which nobody says what it counts; a unit that is a rate
    # already takes no second one from afar.
    is_apt = ~(pl.col("unit_folded").is_in(_NO_RATES) | pl.col("unit_folded").str.contains("/", literal=True))
    is_time = folded.str.contains(_TIME)
    in_total = folded.str.contains(_IN_TOTAL).zip_with(~is_time, folded.str.contains(_IN_ALL))
    is_noun = pl.lit(end > 0) & (is_whole | (is_apt.fill_null(False) & ~pl.lit(in_total)))
    nouns = (
        pl.when(is_noun).then(pl.col(name).str.slice(pl.lit(start), pl.lit(end - start))).alias(name)
        for name in (each, f"{each}_folded")
    )
    led = pl.concat_str(pl.lit("平均每"), each)
    every = (
        pl.when(pl.col("raw").str.contains(led, literal=True)).then(led).otherwise(pl.concat_str(pl.lit("每"), each))
    )
    rest = pl.col(each).str.slice(pl.lit(end))
    words = pl.when(~is_noun).then(every).when(~is_whole).then(rest)
    is_beside = ~is_whole & (pl.col("parse_grade") < "C")
    grade = pl.when(is_beside).then(pl.lit("C")).otherwise("parse_grade").alias("parse_grade")
    return rows.with_columns_seq(
        *nouns, grade, before=pl.concat_str(words, "before", ignore_nulls=True).replace("", None)
    )
