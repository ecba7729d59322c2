"""Distinct texts → tokens → runs with a class letter each → the text's shape, the string of those letters.

Belongs here: cutting texts into tokens, the neighbour rules that turn a grammar word amid prose back into prose, and
the frames of runs and shapes. Works on whole columns. Does not decide what a shape means: that is ``grammar``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import polars as pl

from pipelines.parsed.distinct import Distinct
from pipelines.parsed.targets.lexicon import (
    DAY_PATTERN,
    FORM_PATTERN,
    FRACTION_PATTERN,
    HOTLINE_PATTERN,
    HOURS_OR_HOTLINE,
    LABEL_PATTERN,
    LATIN_PATTERN,
    MAGNITUDES,
    NUMBER_PATTERN,
    NUMERAL_PATTERN,
    PERCENT_PATTERN,
    REASON_PATTERN,
    VERSION_PATTERN,
    YEAR_LEVEL_PATTERN,
    YEAR_WORDS,
    token_classes,
    token_pattern,
)

BOUNDARY = "^"  # the class of the place before a text's first token and after its last

_NUMBERS = "nkehpz_"
_YEARS_BEGIN = "".join(sorted({word[0] for word in YEAR_WORDS}))
_CHAIN = _NUMBERS + "muydsvabowci)"  # what may stand before a unit's or a comparator's continuation
_COMPARATORS = "GLglEAPXK12345678①②③④⑦"
_QUANTITY_START = _NUMBERS + _COMPARATORS + "M+"
_UNIT_PLACE = _NUMBERS + "mvxGLglEAP/.(M,^"

# Class on entering → (classes before it, class it then has, classes after it, class it then has). Neither: prose.
# None stands for "any neighbour": the class is never prose.
_RULES: dict[str, tuple[str, str, str, str]] = {
    "1": ("", "", _QUANTITY_START + "-D(Y:" + "VB", "G"),
    "2": ("", "", _QUANTITY_START + "-D(Y:" + "VB", "L"),
    "3": ("", "", _QUANTITY_START + "-D(Y:" + "VB", "g"),
    "4": ("", "", _QUANTITY_START + "-D(Y:" + "VB", "l"),
    "5": ("", "", _QUANTITY_START + "-(:", "E"),
    "6": ("", "", _QUANTITY_START + "-:", "A"),
    "7": ("", "", _QUANTITY_START + "-:", "K"),
    "8": ("", "", _NUMBERS + "L②", "P"),
    "9": ("", "", _NUMBERS, "X"),
    "u": (_UNIT_PLACE, "u", "", ""),
    "y": (_UNIT_PLACE, "y", "", ""),
    "d": (_UNIT_PLACE, "d", "", ""),
    "s": (_NUMBERS, "s", "", ""),
    "m": (_NUMBERS + "/v", "m", "v", "h"),
    "a": (_CHAIN + 't"', "a", "", ""),
    "b": (_CHAIN + "j" + 'tDYQ"', "b", "", ""),
    "o": (_CHAIN + '"', "o", "", ""),
    "w": (_CHAIN + 'D"', "w", "", ""),
    "v": ("nkhm", "v", "", ""),
    "c": (_CHAIN + "DY(", "c", "abow", "c"),
    "i": (_CHAIN, "i", "", ""),
    "O": (_CHAIN + "tDYf", "O", "", ""),
    "N": (_CHAIN + "tDYf", "N", "", ""),
    ",": (_CHAIN + "tDYf", ",", "", ""),
    ";": (_CHAIN + "tDYfr.WVBq", ";", "", ""),
    ":": (_NUMBERS + "q", ":", _QUANTITY_START, ":"),
    "-": (_CHAIN + "DYQ" + _COMPARATORS, "-", _NUMBERS + "DYPQ", "-"),
    "+": (_CHAIN, "+", _NUMBERS, "+"),
    "J": (_CHAIN, "-", _NUMBERS, "P"),
    "/": (_CHAIN + "x", "/", "", ""),
    ".": (_CHAIN + "x", ".", "", ""),
    '"': (_CHAIN, '"', _QUANTITY_START, '"'),
    "M": ("", "", "uydnhkW", "M"),
    "Z": ("", "", _NUMBERS, "Z"),
    "V": ("", "", _QUANTITY_START + "-DY:", "V"),
    "q": ("", "", _QUANTITY_START + "-(:_DY", "q"),
    "t": (_CHAIN + "fr/DYQ(", "t", "", ""),
    "B": (_CHAIN + "fr/DYQ(", "t", _QUANTITY_START + "-DY:", "V"),
    "f": ("DYQuydnkeb)", "f", "nk", "f"),
    "r": ("DYQuydnk", "r", "", ""),
    "T": ("", "", "DYQ", "T"),
    "h": ("-./M", "h", "uydmvahwnkeN-)" + '"', "h"),
    "j": ("", "", "b", "Y"),
    "!": (_CHAIN, "!", _QUANTITY_START, "!"),
    "0": ("", "", "GLgl1234①②③④", "X"),  # 不得达到5%: no word negates this bound, so it stays open
    "x": (_CHAIN + "/.(+", "x", "", ""),
}
# Comparators of two characters and more never vanish in prose: where they govern no number they keep these letters.
_LONG_WORDS = {"①": "1", "②": "2", "③": "3", "④": "4", "⑦": "7"}
_ALPHABET = BOUNDARY + "".join(sorted({*'#nkehpz_muydsvabowciGLglEAPXKJ123456789MZVqBON,;-/.:+()"DYQfrTtRx|Wj!0①②③④⑦'}))
_CODE = {letter: code for code, letter in enumerate(_ALPHABET)}


@dataclass(frozen=True)
class Tokens:
    """The cut texts.

    ``texts``: text_id, raw (resolved), folded, shape, first_run (row in ``runs`` where the text begins), run_count.
    ``runs``: token (folded text of the run's first token), start, end (character places in raw, end exclusive).
    """

    texts: pl.DataFrame
    runs: pl.DataFrame


@cache
def _neighbour_tables() -> tuple[pl.Series, pl.Series]:
    """Final class code by class × class before, and by class × class after; 0 where the neighbour does not carry it."""
    size = len(_ALPHABET)
    before, after = [0] * size * size, [0] * size * size
    for letter, code in _CODE.items():
        rule = _RULES.get(_LONG_WORDS.get(letter, letter))
        for neighbour, neighbour_code in _CODE.items():
            place = code * size + neighbour_code
            if rule is None:
                before[place] = code
                continue
            if neighbour in rule[0]:
                before[place] = _CODE[rule[1]]
            if neighbour in rule[2]:
                after[place] = _CODE[rule[3]]
            elif letter in _LONG_WORDS:
                after[place] = code
    return pl.Series(before, dtype=pl.UInt8), pl.Series(after, dtype=pl.UInt8)


@cache
def _class_table() -> pl.DataFrame:
    """Every fixed token with its class code on entering."""
    classes = token_classes()
    codes = pl.Series([_CODE[kind] for kind in classes.values()], dtype=pl.UInt8)
    return pl.DataFrame({"token": list(classes), "code": codes})


def _class_codes(token: pl.Series) -> pl.Series:
    """The class code of each token on entering: looked up, or recognised by its form."""
    code = token.to_frame("token").join(_class_table(), on="token", how="left", maintain_order="left")["code"]
    unknown = code.is_null()
    forms = pl.DataFrame({"token": token.filter(unknown)}).with_columns_seq(first=pl.col("token").str.slice(0, 1))
    is_number = pl.col("token").str.contains(f"^(?:{NUMBER_PATTERN})$")
    named = {
        "W": pl.col("token").str.contains(
            f"^(?:{DAY_PATTERN}|{HOTLINE_PATTERN}|{HOURS_OR_HOTLINE}|{VERSION_PATTERN}|{YEAR_LEVEL_PATTERN}|{FORM_PATTERN}"
            f"|{REASON_PATTERN}|[248]K)$"
        ),
        "#": pl.col("token").str.contains(f"^{LABEL_PATTERN}$"),
        "k": is_number & pl.col("token").str.contains("^(?:199[0-9]|20[0-4][0-9])$"),
        "e": is_number
        & pl.col("token").str.contains(
            r"^(?:19|20)[0-9]{2}(?:\.(?:1[0-2]|0?[1-9])|(?:1[0-2]|0[1-9])(?:3[01]|[12][0-9]|0[1-9]))$"
        ),
        "n": is_number,
        "p": pl.col("token").str.contains(f"^(?:{PERCENT_PATTERN})$"),
        "z": pl.col("token").str.contains(f"^(?:{FRACTION_PATTERN})$"),
        "m": pl.col("token").is_in(list(MAGNITUDES)),
        "h": pl.col("token").str.contains(f"^(?:{NUMERAL_PATTERN})$"),
        "Y": pl.col("token").str.contains("^(?:(?:19|20)[0-9]{2}|二零[零一二三四五六七八九]{2})年度?$"),
        "Q": pl.col("token").str.contains("^(?:19|20)[0-9]{2}年?(?:年?全年|[上下]半年)$"),
        "R": pl.col("token").str.contains(r"^(?:\[|[A-Z]{2,}[^0-9]*[0-9])"),
        "x": pl.col("token").str.contains(f"^(?:{LATIN_PATTERN})$"),
        "D": pl.col("token").str.contains(f"^[0-9十一二三四五六七八九第{_YEARS_BEGIN}].*[年月季日号底末初旬中0-9]")
        & (pl.col("token").str.len_chars() > 1),
    }
    is_symbol = ~pl.col("token").str.contains(r"^[\p{L}\p{N}\p{M}《]")
    prose, symbol = (pl.lit(_CODE[kind], dtype=pl.UInt8) for kind in "W!")
    chosen = pl.when(is_symbol).then(symbol).otherwise(prose)
    for kind, condition in reversed(named.items()):
        chosen = pl.when(condition).then(pl.lit(_CODE[kind], dtype=pl.UInt8)).otherwise(chosen)
    distinct = forms.select_seq(pl.col("token").unique()).with_columns_seq(code=chosen)
    found = forms.select_seq("token").join(distinct, on="token", how="left", maintain_order="left")["code"]
    return code.scatter(unknown.arg_true(), found) if len(found) else code


def known_tokens() -> Distinct:
    """Tokens numbered, each with its class ``code`` on entering and its ``length`` in characters."""
    return Distinct(_classed)


def _classed(tokens: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"code": _class_codes(tokens), "length": tokens.str.len_chars()})


def cut(texts: pl.DataFrame, known: Distinct | None = None) -> Tokens:
    """Texts (``raw`` and ``folded`` String, no nulls, none empty) → tokens, runs and shapes; text_id is the
    position. ``known`` keeps the tokens (``known_tokens``) for later calls.
    """
    frame = texts.select_seq("raw", "folded").with_row_index("text_id")
    lists = frame.select_seq("text_id", token=pl.col("folded").str.extract_all(token_pattern()))
    tokens = lists.explode("token", empty_as_null=False) if lists.height else lists.explode("token")
    # Texts share their tokens: each distinct one is classed once.
    known = known_tokens() if known is None else known
    numbers = known.numbers(tokens["token"])
    tokens = tokens.hstack(known.table[numbers])
    # 万 after a number is its magnitude, after anything else a numeral.
    number = pl.col("code").shift(1).is_in([_CODE[letter] for letter in "nke/v"])
    tokens = tokens.with_columns_seq(
        is_first=pl.col("text_id") != pl.col("text_id").shift(1, fill_value=2**32 - 1),
        is_last=pl.col("text_id") != pl.col("text_id").shift(-1, fill_value=2**32 - 1),
    ).with_columns_seq(
        code=pl.when((pl.col("code") == _CODE["m"]) & (~number | pl.col("is_first")))
        .then(pl.lit(_CODE["h"], dtype=pl.UInt8))
        .otherwise("code")
    )
    return _runs(frame, tokens)


def _runs(frame: pl.DataFrame, tokens: pl.DataFrame) -> Tokens:
    size = len(_ALPHABET)
    before, after = _neighbour_tables()
    wide = pl.col("code").cast(pl.UInt16) * size
    previous = pl.when("is_first").then(0).otherwise(pl.col("code").shift(1)).cast(pl.UInt16)
    following = pl.when("is_last").then(0).otherwise(pl.col("code").shift(-1)).cast(pl.UInt16)
    places = tokens.select_seq(before=wide + previous, after=wide + following)
    carried = before.gather(places["before"])
    carried = carried.set(carried == 0, None).fill_null(after.gather(places["after"]))
    final = carried.set(carried == 0, _CODE["W"])
    tokens = tokens.select_seq("text_id", "token", "length", "is_first", final=final)
    prose = _CODE["W"]
    is_run = pl.col("is_first") | (pl.col("final") != prose) | (pl.col("final").shift(1) != prose)
    tokens = tokens.with_columns_seq(end=pl.col("length").cast(pl.Int64).cum_sum(), is_run=is_run)
    tokens = tokens.with_columns_seq(start=pl.col("end") - pl.col("length"))
    runs = tokens.filter("is_run")
    letters = pl.Series(list(_ALPHABET)).gather(runs["final"].cast(pl.UInt32))
    runs = runs.select_seq("text_id", "token", "start", "is_first", letter=letters)
    # Places count from the text's own first character; a run ends where the next begins.
    runs = runs.with_row_index("row").with_columns_seq(base=pl.when("is_first").then("start").forward_fill())
    total = tokens["end"].tail(1).to_list() or [0]
    runs = runs.with_columns_seq(end=pl.col("start").shift(-1, fill_value=total[0]) - pl.col("base"))
    runs = runs.with_columns_seq(start=pl.col("start") - pl.col("base"))
    # A letter is one character, so a shape is a slice of all letters; no text is without a run.
    all_letters = "".join(runs["letter"].to_list())
    firsts = runs.filter("is_first")["row"]
    bounds = [*firsts.to_list(), runs.height]
    slices = [all_letters[first:stop] for first, stop in pairwise(bounds)]
    run_count = firsts.shift(-1, fill_value=runs.height) - firsts
    texts = frame.with_columns_seq(first_run=firsts, run_count=run_count, shape=pl.Series(slices, dtype=pl.String))
    return Tokens(texts, runs.select_seq("token", "start", "end"))
