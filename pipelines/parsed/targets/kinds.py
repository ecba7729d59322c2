"""Texts without any number: nothing printed, marks that say "not applicable", and plain words.

Belongs here: telling from a text's characters alone that the grammar need not look at it. Does not read numbers or
dates.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import polars as pl

from pipelines.parsed.targets import normalise
from pipelines.parsed.targets.lexicon import FORMAL_NUMERAL, LABEL_PATTERN, folded_units

_SUBJECT_NAMED = "(?:(?:本|该|此|当)(?:项目|单位|部门|年度|年|项|指标)+(?:均|暂|暂时)?)"
_SUBJECT = f"(?:{_SUBJECT_NAMED}|(?:项目|单位|部门|年度|项)*(?:均|暂)?)"
_LACKS = "(?:不适用|不涉及|未涉及|未设置?|不设置?|无需设置|无需填写|不存在|不产生|不直接产生|不考核)"
_THIS = "(?:此|该|本|这|相关|上述|任何)"
_MATTER = "(?:项目|项工作|项内容|项|类|工作|事项|情形|情况|内容|方面)"
_EFFECT = (
    "(?:(?:直接|间接|明显)?(?:经济|社会|生态|环境|生态环境|可持续|可持续发展)(?:、(?:经济|社会|生态|环境|可持续))*(?:效益|影响|成本)"
    "|(?:数量|质量|时效|成本|满意度|服务对象满意度|效益|产出)(?:指标))"
)
_OF_INDICATOR = f"(?:于|对)?{_THIS}?(?:项|类|个)?(?:{_EFFECT}(?:指标|内容|情况|方面)?|(?:指标|内容)值?)"
_REASON = "(?:(?:19|20)[0-9]{2}年|[^()0-9%]){0,30}"
_NOT_APPLICABLE = (
    r"^(?:/+|\\+|-+|无+|没有|暂无|不适用|不涉及|不需要|无此项|N/?A|n/?a|NULL|null|None|none|nan|\(无\)|(?:无|[-/]+)\([^()0-9]{0,12}\)"
    # 本项目不适用, 不涉及生态效益, 无该项 say so of the document's own subject or of the indicator; 不涉及泄密 is words.
    rf"|{_SUBJECT}{_LACKS}{_OF_INDICATOR}|{_SUBJECT_NAMED}(?:不适用|不涉及|未涉及)"
    # 无环境影响 is a target.
    rf"|{_SUBJECT}(?:无|没有){_THIS}?(?:项|类|个)?(?:(?:经济|社会|生态|可持续)效益(?:指标)?|(?:指标|内容)值?)"
    rf"|(?:不适用|不适用于|不涉及|未涉及|暂不涉及|暂不适用|暂无)(?:{_THIS}{_MATTER})?"
    # 不适用（本年未安排）, 不涉及，已于2023年完成: with the reason.
    rf"|{_SUBJECT}(?:不适用|不涉及|未涉及|暂不涉及|暂不适用)(?:{_THIS}{_MATTER})?(?:\({_REASON}\)|[:,;]{_REASON})"
    rf"|(?:无|没有|未设置?){_THIS}(?:项|类|指标|内容|情况|事项))[。.;,]*$"
)
_PLACEHOLDER = (
    r"^(?:[≥≤<>=≈±]*[0-9]?\*+[%‰\p{L}]{0,4}|[.。…]{2,}|(?:待定|待补充|待填写?)(?:\([^()0-9]{0,20}\))?)[。;]?$"
)
_LETTER_MASK = "[*×_XxNn]{1,4}"
_MASKED_DAY = f"月(?:{_LETTER_MASK}|)日?"
_DATE_MASK = (
    rf"(?:{_LETTER_MASK}年(?:{_LETTER_MASK}|)(?:{_MASKED_DAY})?|{_LETTER_MASK}{_MASKED_DAY}|年月日?"
    # 2024年**月**日前: a year printed with the form says nothing yet.
    rf"|(?:19|20)[0-9]{{2}}年(?:{_LETTER_MASK}(?:{_MASKED_DAY})?|{_MASKED_DAY})|(?:(?:19|20)[0-9]{{2}}年)?[0-9]{{1,2}}月{_LETTER_MASK}日)"
)


@cache
def _unit_mask() -> str:
    """``≥X个``, ``(  )%``, ``年 月 日前``, ``≤万元``: a template with nothing filled in."""
    unit = "|".join(re.escape(name) for name in sorted(folded_units(), key=len, reverse=True))
    blank = rf"(?:{_LETTER_MASK}|\(_*\)|\[_*\])[万亿]?(?:{unit})"
    return rf"^[≥≤<>=≈±]*(?:{blank}|[万亿](?:{unit})|{_DATE_MASK}[底末初]?(?:之?以?前)?(?:完成)?)[。;]?$"


# Whatever may hold a number, a date or a placeholder.
_TO_CUT = (
    r"[0-9零一二两三四五六七八九十百千万亿半*_×…□%‰≥≤<>=≈±\x1f?]|年|季度|月底|月末|[xX]{2}|\.\."
    r"|^[OoIl]\p{Han}|^\p{Han}{1,3}/\p{Han}{1,3}(?:[·/、]|$)|大于|小于|不低于|不超过"
    "|" + FORMAL_NUMERAL
)
# Han characters without which a text of Han characters is neither a mark that says "not applicable" nor a placeholder.
_MARKS = "无没不未暂待年月日"


@cache
def _units_as_printed() -> list[str]:
    """Units as a text may print them that is not folded: with either sort of brackets."""
    brackets = [(opening, closing) for opening in "(（" for closing in ")）"]
    return list(
        {unit.replace("(", opening).replace(")", closing) for unit in folded_units() for opening, closing in brackets}
    )


def is_words(texts: pl.Series) -> pl.Series:
    """Texts → whether ``wordless_kinds`` calls them qualitative, as far as their characters alone say so; most words."""
    is_doubtful = texts.str.contains(f"[{_MARKS}{normalise.FOLDED_HAN}]|{_TO_CUT}") | texts.is_in(_units_as_printed())
    return texts.str.contains("^[一-鿿、]+(?:[(（][一-鿿]+[)）])?$") & ~is_doubtful


def wordless_kinds(texts: pl.Series) -> pl.DataFrame:
    """Texts → ``variant`` (position), ``raw``, ``folded``, ``target_kind`` (null where the grammar must look)."""
    raw = normalise.resolve(texts)
    folded = normalise.folded(raw)
    marks = _marks(folded)
    text = pl.lit(marks.text)
    return (
        pl.DataFrame({"raw": raw, "folded": folded})
        .with_row_index("variant")
        .with_columns_seq(
            target_kind=pl.when(pl.col("folded") == "")
            .then(pl.lit("missing"))
            .when(text == "")
            .then(pl.lit("placeholder"))
            .when(pl.lit(marks.is_not_applicable))
            .then(pl.lit("not_applicable"))
            .when(pl.lit(marks.is_placeholder))
            .then(pl.lit("placeholder"))
            .when(pl.lit(marks.is_to_cut) | text.is_in(list(folded_units())))
            .then(None)
            .otherwise(pl.lit("qualitative")),
        )
    )


class _Marks(NamedTuple):
    """``text``: the folded text without its label (指标1：合格 says 合格); Boolean: what is found in it."""

    text: pl.Series
    is_not_applicable: pl.Series
    is_placeholder: pl.Series
    is_to_cut: pl.Series


def _marks(folded: pl.Series) -> _Marks:
    text = folded.str.replace(f"^{LABEL_PATTERN}", "")
    return _Marks(
        text,
        text.str.contains(_NOT_APPLICABLE),
        text.str.contains(_PLACEHOLDER) | text.str.contains(_unit_mask()),
        text.str.contains(_TO_CUT),
    )
