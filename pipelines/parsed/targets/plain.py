"""Plain amounts (``≥95%``, ``培训次数≥28次``, ``1,600平方米``), which most new texts of a long list are → measures without tokens.

Belongs here: telling a text that is words, a sign, one number and a unit from every other text, so strictly that the grammar
could not cut it otherwise. What sign and unit say is what the grammar says of them with other numbers; a text that leaves
any doubt is left to the grammar. Holds no rule of its own: both read the same text the same, and tests hold them to it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import polars as pl

from pipelines.parsed.distinct import Distinct
from pipelines.parsed.targets.lexicon import SIGNS, WORDS, token_classes
from pipelines.parsed.targets.model import CODED_TYPES
from pipelines.parsed.targets.normalise import FOLD, FOLDED_HAN
from pipelines.parsed.targets.numerals import VALUE, WORKING

# Below so many texts the grammar alone is faster; nor is it asked for units (some seventy texts) or signs beside them (three)
# that so few of them have.
_WORTH_WHILE = 2_000
_WORTH_ASKING = 60
_WORTH_PROBING = 8
# No year, no date, no name (19xx, 20xx, 12345), no leading zero, no digit that a type could not hold.
_NUMBER = r"^(?:[1-9][0-9]{0,2}(?:,[0-9]{3}){1,2}|0|[1-9][0-9]{0,8})(?:\.[0-9]{1,6})?$"
_YEAR_OR_NAME = "^(?:19|20)[0-9]{2}|^12345$"
# Marks for a unit, a verb, a word that may stand behind an amount, and another word of several characters.
_UNIT, _VERB, _TRAILER, _WORD = "◇", "◈", "◉", "◆"
_MARKS = {**dict.fromkeys("uyd", _UNIT), **dict.fromkeys("VB", _VERB), **dict.fromkeys("stv", _TRAILER)}
_HAN = re.compile("[㐀-鿿]")
_TAIL = r"[一-鿿%％‰㎡²³/A-Za-z]*(?: ?<sup>[23]</sup>)?"
# Between tail and sign in a frame's name; a tail holds none.
_THEN = "\t"
# Words that count for more than prose nowhere among other words; those of the second kind only where a sign follows.
_ALWAYS_PROSE = "WuydsqVtBTvZ"
_PROSE_BEFORE_PROSE = "1234567"
# Every digit and number of digits that any pattern of the grammar asks for, below and above 100 (percentages above it are
# doubted). A unit that reads differently behind any two of them (月, 年, 号) is left to the grammar.
_SMALL = (
    "1 2 3 4 5 6 7 8 9 10 11 12 13 15 16 19 20 21 24 25 28 29 30 31 32 35 36 50 60 99 100 0.5 1.5 7.5 12.25 24.5 99.99 0"
).split()
_LARGE = (
    "101 110 119 120 122 150 199 201 205 365 999 1000 1234 1600 1899 2100 5000 9999 10000 11000 30506 99999 123456 1234567"
    " 123456789 100.5 110.25 1600.125 1,600 12,345 110,119 1,234,567 1,600.5"
).split()
_NUMBERS = {"-": _SMALL, "+": _LARGE}
_PROBES = {"-": ["7", "23.5", "64"], "+": ["123", "4,567.25", "86000"]}
# What a plain text's row does not take from its frame as it stands.
_VALUES = ("variant", "lower_value", "upper_value", "number_token", "qualifier", "parse_grade")


_NUMERALS = "零一二两三四五六七八九十百千万亿半几壹贰叁肆伍陆柒捌玖拾佰仟"


@cache
def _pattern() -> str:
    """words, sign, number, tail: whatever may be plain.

    At each byte of a text only one part of the pattern can go on, which is what makes it fast: so a sign does not begin with
    the byte of a 、 or a bracket (those above U+3000 do), nor does what stands within brackets (U+F000 and above do).
    """
    words = r"(?P<words>[一-鿿、]*(?:[(（][^()\x{F000}-\x{10FFFF}]*[)）])?)"
    return rf"^{words}(?P<sign>[{_sign_characters()}]*)(?P<number>[0-9][0-9.,]*)(?P<tail>{_TAIL})$"


def _sign_characters() -> str:
    signs = {sign for sign, kind in SIGNS.items() if kind in "GLglEA" and not re.search("[a-z~/]", sign)}
    known = {character for sign in signs for character in sign}
    known |= {old for old, new in FOLD.items() if new in known}
    return re.escape("".join(sorted(sign for sign in known if sign < "\u3000")))


class _Words(NamedTuple):
    """The grammar's words as prose before a sign sees them: ``forbidden`` words and ``characters``, ``compounds`` (other
    tokens of several characters) with the ``marks`` that stand for them, and what a pattern then finds where it is no prose.
    """

    forbidden: list[str]
    compounds: list[str]
    marks: list[str]
    characters: str
    not_prose: str
    units: frozenset[str]
    comparators: list[str]


@cache
def _words() -> _Words:
    forbidden, compounds = [], {}
    singles, ends, heads, verbs, trailers = set(), set(), set(), {_VERB}, {_UNIT, _TRAILER}
    for token, kind in token_classes().items():
        if not _HAN.search(token):
            continue
        is_prose = kind in _ALWAYS_PROSE or kind in _PROSE_BEFORE_PROSE and len(token) == 1
        if len(token) > 1:
            if is_prose:
                compounds[token] = _MARKS.get(kind, _WORD)
            else:
                forbidden.append(token)
        elif not is_prose:
            singles.add(token)
        elif kind not in _ALWAYS_PROSE:
            ends.add(token)
        elif kind in "uyd":
            heads.add(token)
        elif kind in "VB":
            verbs.add(token)
        elif kind in "stv":
            trailers.add(token)
    # At a text's beginning and behind 、 a unit's name is a unit (人/天), unless it begins a word (人员); behind such names 、
    # separates amounts.
    before_sign = "[(（]|$"
    patterns = [
        f"[{''.join(sorted(singles))}]",
        f"[{''.join(sorted(ends))}](?:[{''.join(sorted(verbs))}]|{before_sign})",
        f"(?:^|、)[{_UNIT}{''.join(sorted(heads))}]",
        f"(?:^|[{''.join(sorted(trailers | heads))}])、|、(?:、|{before_sign})",
    ]
    ordered = sorted(compounds, key=lambda token: (-len(token), token))
    return _Words(
        forbidden=sorted(forbidden),
        compounds=ordered,
        marks=[compounds[token] for token in ordered],
        characters=f"[每{_NUMERALS}{FOLDED_HAN}]",
        not_prose="|".join(patterns),
        units=frozenset(token for token, kind in token_classes().items() if kind == "u"),
        # 近: 近3年 names a time.
        comparators=sorted(
            word for word, kind in WORDS.items() if kind in "12346" and "近" not in word and _HAN.match(word)
        ),
    )


class Candidates(NamedTuple):
    """Texts that are plain unless the grammar says otherwise: ``parts`` (one row each, ``variant`` is the text's position) and
    ``probes`` (String): what it must be asked for to tell; ``of_probe``: frame and number of each.
    """

    parts: pl.DataFrame
    probes: pl.Series
    of_probe: list[tuple[str, str]]


class PlainTexts:
    """The frames (size, unit and sign of a plain text) met so far, with what the grammar says of those that are plain."""

    def __init__(self) -> None:
        """No frame is known yet."""
        self._words = Distinct(_told_apart)
        self._frames: pl.DataFrame | None = None
        self._asked: dict[str, bool] = {}

    def candidates(self, texts: pl.Series) -> Candidates | None:
        """Distinct texts → those that may be plain; None where there are too few texts to gain by it."""
        if len(texts) < _WORTH_WHILE:
            return None
        parts = self._parts(texts)
        new = self._worth_asking(parts["frame"].value_counts(name="texts"))
        frames = new["frame"].to_list() if new["texts"].sum() >= _WORTH_WHILE else []
        met = [frame for frame, is_plain in self._asked.items() if _THEN in frame and is_plain]
        of_probe = self._probes(frames)
        probes = [frame.partition(_THEN)[2] + number + frame[1:].partition(_THEN)[0] for frame, number in of_probe]
        parts = parts.filter(pl.col("frame").is_in([*met, *frames]))
        return Candidates(parts, pl.Series(probes, dtype=pl.String), of_probe)

    def rows(self, found: Candidates, answers: pl.DataFrame) -> pl.DataFrame:
        """``found`` and the grammar's measure rows for its probes → the plain texts' measure rows as the grammar makes them;
        a text without one is not plain.
        """
        if found.of_probe:
            self._learn(found.of_probe, answers)
        if self._frames is None:
            return answers.clear()
        return _filled(found.parts.join(self._frames, on="frame", how="inner", maintain_order="left"))

    def _worth_asking(self, counts: pl.DataFrame) -> pl.DataFrame:
        """Of ``frame`` and how many ``texts`` have it, those that were not asked for and are worth it."""
        tail = pl.col("frame").str.split_exact(_THEN, 1).struct.field("field_0")
        new = counts.filter(~pl.col("frame").is_in(list(self._asked))).with_columns_seq(tail=tail)
        met = [tail for tail, is_plain in self._asked.items() if _THEN not in tail and is_plain]
        refused = [tail for tail, is_plain in self._asked.items() if _THEN not in tail and not is_plain]
        is_wanted = pl.col("tail").is_in(met) | (pl.col("texts").sum().over("tail") >= _WORTH_ASKING)
        return new.filter(is_wanted & ~pl.col("tail").is_in(refused) & (pl.col("texts") >= _WORTH_PROBING)).sort(
            "frame"
        )

    def _probes(self, frames: list[str]) -> list[tuple[str, str]]:
        """What to ask for new frames: whether the unit reads the same behind all numbers, and then with the sign."""
        tails = [tail for tail in dict.fromkeys(frame.split(_THEN)[0] for frame in frames) if tail not in self._asked]
        return [
            (frame, number)
            for frame in [*tails, *frames]
            for number in (_PROBES if _THEN in frame else _NUMBERS)[frame[0]]
        ]

    def _learn(self, of_probe: list[tuple[str, str]], answers: pl.DataFrame) -> None:
        table = _agreed(of_probe, answers)
        same = set(table["frame"].to_list())
        asked = dict.fromkeys(frame for frame, _ in of_probe)
        self._asked |= {frame: frame in same for frame in asked}
        plain = [frame for frame in asked if _THEN in frame and frame in same and self._asked[frame.split(_THEN)[0]]]
        table = table.filter(pl.col("frame").is_in(plain)).cast(CODED_TYPES)
        self._frames = table if self._frames is None else pl.concat([self._frames, table])

    def _parts(self, texts: pl.Series) -> pl.DataFrame:
        """Texts that may be plain: ``variant``, ``words`` (null: none), ``number``, ``value``, ``frame``."""
        number = pl.col("number")
        parts = texts.to_frame("text").select_seq(
            variant=pl.int_range(pl.len(), dtype=pl.UInt32), found=pl.col("text").str.extract_groups(_pattern())
        )
        parts = parts.unnest("found").filter(number.str.contains(_NUMBER) & ~number.str.contains(_YEAR_OR_NAME))
        words = self._words.numbers(parts["words"])
        told = self._words.table[words]
        parts = parts.filter(
            pl.select(pl.when(parts["sign"] == "").then(told["is_sign"]).otherwise(told["is_prose"])).to_series()
        )
        # A comparator in words is a sign of its own.
        is_sign = (pl.col("words") != "") & (pl.col("sign") == "")
        parts = parts.select_seq(
            "variant",
            "number",
            "tail",
            value=number.str.replace_all(",", "", literal=True).cast(WORKING),
            words=pl.when(~is_sign & (pl.col("words") != "")).then("words"),
            sign=pl.when(is_sign).then("words").otherwise("sign"),
        )
        size = pl.when(pl.col("value") > pl.lit(100).cast(WORKING)).then(pl.lit("+")).otherwise(pl.lit("-"))
        return parts.with_columns_seq(frame=pl.concat_str(size, "tail", pl.lit(_THEN), "sign"))


def _told_apart(words: pl.Series) -> pl.DataFrame:
    """Distinct words → whether the grammar sees nothing but prose in them before a sign, and whether they are a sign.

    The grammar takes the longest word at each place from the left, and so does the replacing of compounds by marks.
    """
    known = _words()
    text = pl.col("words")
    marked = text.str.replace_many(known.compounds, known.marks, leftmost=True)
    bracket = text.str.extract("^(?:.+)[(（](.*)[)）]$", 1)
    is_prose = ~text.str.contains_any(known.forbidden) & ~text.str.contains(known.characters)
    is_prose = is_prose & ~marked.str.contains(known.not_prose)
    return words.to_frame("words").select_seq(
        is_prose=is_prose & (~text.str.contains("[(（]") | bracket.is_in(known.units)),
        is_sign=(text == "") | text.is_in(known.comparators),
    )


def _agreed(asked: list[tuple[str, str]], rows: pl.DataFrame) -> pl.DataFrame:
    """(frame, number) of each text that the grammar was asked for, and its rows → the frames that read the same with every
    number, as the first of their rows, with ``factor``: what a number is multiplied by.
    """
    given = pl.coalesce("lower_value", "upper_value")
    is_amount = (
        (pl.col("target_kind") == "quantity")
        & (pl.col("residual") == "")
        & pl.all_horizontal(pl.col("qualifier", "date_month").is_null())
        & ~pl.col("variant").is_duplicated()
        & pl.any_horizontal(
            pl.col("lower_value", "upper_value").is_null() | (pl.col("lower_value") == pl.col("upper_value"))
        )
    )
    fixed = [name for name in rows.columns if name not in _VALUES]
    facts = rows.select_seq(
        "variant",
        given.alias("given"),
        # As one text each, for groups compare texts faster than structs.
        same=pl.struct(*fixed, "parse_grade", pl.col("lower_value", "upper_value").is_null()).struct.json_encode(),
        is_amount=is_amount & given.is_not_null(),
    ).unique("variant", keep="first", maintain_order=True)
    of_text = pl.DataFrame(asked, schema=["frame", "number"], orient="row").hstack(facts)
    value, given = pl.col("number").str.replace_all(",", "", literal=True).cast(WORKING), pl.col("given").cast(WORKING)
    factor = (given.first() / value.first()).cast(pl.Decimal(38, 0))
    of_frame = of_text.group_by("frame", maintain_order=True).agg(
        pl.col("variant").first(),
        factor=factor,
        is_same=(pl.col("is_amount") & (given == value * factor) & (pl.col("same") == pl.col("same").first())).all(),
    )
    kept = of_frame.filter(pl.col("is_same").fill_null(False))
    first = rows.unique("variant", keep="first", maintain_order=True)
    return first[kept["variant"]].hstack(kept.select_seq("frame", "factor"))


def _filled(parts: pl.DataFrame) -> pl.DataFrame:
    """Plain texts with their frames → measure rows: the frame's, with the text's own number and words."""
    value = (pl.col("value") * pl.col("factor")).cast(VALUE)
    has_words = pl.col("words").is_not_null()
    return parts.with_columns_seq(
        lower_value=pl.when(pl.col("lower_value").is_not_null()).then(value),
        upper_value=pl.when(pl.col("upper_value").is_not_null()).then(value),
        number_token="number",
        qualifier="words",
        # Words before a sign are a lead-in: an inference, as the grammar grades it.
        parse_grade=pl.when(has_words & (pl.col("parse_grade") == "A"))
        .then(pl.lit("B", dtype=CODED_TYPES["parse_grade"]))
        .otherwise("parse_grade"),
    ).drop("number", "tail", "value", "words", "sign", "frame", "factor")
