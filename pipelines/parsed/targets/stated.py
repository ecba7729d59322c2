"""Comparator and unit from columns of their own, and units with a magnitude: what printed words say beside a number.

Belongs here: every word that stands in such a column (``≥``, 大于等于, 正向, 定性) and what it means for the number.
Does not join hints to rows: that is ``context``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipelines.parsed.targets import normalise
from pipelines.parsed.targets.lexicon import MAGNITUDES, SIGNS, WORDS, folded_units
from pipelines.parsed.targets.model import COMPARATORS
from pipelines.parsed.vocabulary.units import canonical_name


class Hint(NamedTuple):
    """What a name or a column adds: comparator, magnitude factor, unit as written, its canonical name.

    ``allowed`` names the comparators, with spaces between them, that leave no doubt beside what the column says: none
    (``words``) where it announces words, "" where it is not understood; None where it says nothing against any.
    """

    comparator: str | None = None
    factor: int = 1
    unit_text: str | None = None
    unit_name: str | None = None
    allowed: str | None = None


_LETTERS = {"1": "G", "2": "L", "3": "g", "4": "l", "5": "E", "6": "A", "7": "L"}
# 是 is the answer yes in such a column, no equal sign.
_NO_COMPARATORS = ("是", "为", "共", "计")
STATED_COMPARATORS: dict[str, str] = {
    **{sign: COMPARATORS[kind] for sign, kind in SIGNS.items() if kind in COMPARATORS},
    **{word: COMPARATORS[_LETTERS[kind]] for word, kind in WORDS.items() if kind in _LETTERS},
    **{word: COMPARATORS[kind] for word, kind in WORDS.items() if kind in "abow"},
    "等": "eq",
    "相等": "eq",
}
for _word in _NO_COMPARATORS:
    del STATED_COMPARATORS[_word]
# Which way is better, and what sort of value: no comparator. A bare number beside 正向 may be meant as a lower bound.
_BETTER = {
    "ge gt": "正 正向 正向性 正相关 越大越好 越高越好 越多越好 极大 极大型 效益型",
    "le lt": "反 反向 逆向 负向 负 逆 负相关 越小越好 越低越好 越少越好 极小 极小型 成本型",
    "between approx plus_minus": "适度 中性 区间 区间型 适中",
    "words": "定性 文字 文字型 文字描述 描述 是否 是 否 判断 是/否 有 有/无",
}
_SAYS: dict[str, str] = {word: allowed for allowed, words in _BETTER.items() for word in words.split()}
_SAYS_NOTHING = frozenset(("", "-", "/", "\\", "无", "空", "定量", "量化", "数值", "数值型", "数字", "数量", "不适用"))
_PARTS = re.compile(r"[≥≤<>=≈±≠≮≯]+|[^≥≤<>=≈±≠≮≯()\[\],、;/:]+")


def resolve_and_fold(text: str) -> tuple[str, str]:
    """Printed text with markup and white space resolved, and the same folded character by character."""
    resolved = normalise.resolved_text(text)[0]
    return resolved, "".join(normalise.FOLD.get(character, character) for character in resolved)


def written_unit(text: str, printed: str) -> Hint | None:
    """A unit with or without a magnitude (``万元``, ``元/人·月``), folded and as printed → its parts, or None where it
    is not in the vocabulary.
    """
    for magnitude in ("", *sorted(MAGNITUDES, key=len, reverse=True)):
        if text.startswith(magnitude) and (rest := text.removeprefix(magnitude)):
            if name := folded_units().get(rest) or canonical_name(rest):
                unit_text = name if name in ("%", "‰") else printed[len(magnitude) :]
                return Hint(None, MAGNITUDES.get(magnitude, 1), unit_text, name)
    return None


@lru_cache(maxsize=10_000)
def stated_sense(printed: str) -> tuple[str | None, str | None]:
    """(comparator, ``Hint.allowed``) of what a comparator's column prints; an unknown word allows none."""
    text = resolve_and_fold(printed)[1].strip(":;。.\"'")
    whole = _sense(text)
    if whole is not None:
        return whole
    senses = [_sense(part) for part in _PARTS.findall(text)]
    known = [sense for sense in senses if sense is not None]
    comparators = {comparator for comparator, _ in known if comparator}
    if len(known) < len(senses) or len(comparators) > 1:
        return None, ""
    limits = [set(allowed.split()) for _, allowed in known if allowed is not None]
    allowed = " ".join(sorted(set.intersection(*limits))) if limits else None
    return (next(iter(comparators), None), allowed)


def _sense(text: str) -> tuple[str | None, str | None] | None:
    for word in (text, text.removesuffix("指标"), text.removesuffix("性")):
        if word in STATED_COMPARATORS:
            return STATED_COMPARATORS[word], None
        if word in _SAYS:
            return None, _SAYS[word]
        if word in _SAYS_NOTHING:
            return None, None
    return None


@lru_cache(maxsize=10_000)
def stated_hint(comparator: str | None, unit: str | None) -> Hint:
    """Comparator and unit from columns of their own; words as well as signs (``大于等于``), unknown units as
    written.
    """
    found, allowed = stated_sense(comparator) if comparator else (None, None)
    hint = Hint(found, allowed=allowed)
    printed, folded = resolve_and_fold(unit or "")
    if folded in _SAYS_NOTHING:
        return hint
    known = written_unit(folded, printed)
    if known is not None:
        return known._replace(comparator=found, allowed=allowed)
    if re.search("[0-9]", folded) or len(folded) > 12:
        return hint._replace(allowed="")  # a date or a sentence in the unit's place
    return hint._replace(unit_text=unit)
