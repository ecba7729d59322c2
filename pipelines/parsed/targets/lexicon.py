"""The words and signs of the grammar, each with the class of token it makes.

Belongs here: word lists, the patterns of numbers and dates, and the rules which neighbours a word needs to be more than
prose (内 counts after ``5万元``, not in 国内). Does not put tokens together: that is ``grammar``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from pipelines.parsed.targets.normalise import FOLD
from pipelines.parsed.vocabulary import units

# Final classes, one letter each: the alphabet in which the grammar is written.
#   numbers      n number   k year-like number   e number that may be a date   h Chinese numeral   p 百分之…  z fraction
#   after them   m magnitude   u unit   y 年   d 日   s 岁   v 余/多   a 以上   b 以内   o 以外   w 左右   c （含）   i 之间
#   before them  G ge  L le  g gt  l lt  E eq  A approx  P ±  X not equal  K 控制在  M 每  Z 第  V verb  q noun
#   between       O 或   N 且   , 、   ; ，   - range   / per   . ·   : ratio   + plus   ( )   " quote
#   dates        D day, month, quarter   Y year   Q whole or half year   f 前   r 后   T 截至
#   the rest     # label of an entry   0 negation   _ placeholder   t known tail   R reference   x Latin
#                | white space between digits   W prose
# A word (unlike a sign) is prose unless a neighbour says otherwise: it enters with a class of its own, e.g. "1" for
# 不低于.
WORDS: dict[str, str] = {}
SIGNS: dict[str, str] = {}


def _words(kind: str, text: str) -> None:
    for word in text.split():
        # A word that may stand before a number (完成3次) and after one (100%完成) has class B: the neighbour decides.
        WORDS[word] = "B" if {WORDS.get(word, kind), kind} == {"V", "t"} or WORDS.get(word) == "B" else kind


WORDS_FILE = Path(units.__file__).with_name("grammar_words.tsv")


def _signs(kind: str, text: str) -> None:
    for sign in text.split():
        SIGNS[sign] = kind


_signs("G", "≥ >= => ≥= >≥ ≥> ≥≥ 》= =》 ≮ >/=")
_signs("L", "≤ <= =< ≤= <≤ ≤< ≤≤ 《= =《 ≯ </=")
_signs("g", "> ≫")
_signs("l", "< ≪")
_signs("E", "= ==")
_signs("A", "≈ ~=")
_signs("P", "± +- +/-")
_signs("J", "-+")  # -+3%, but -5%-+5%
_signs("X", "≠ != <> ><")
_signs("-", "- -- --- ---- ~ ~~ ->")
_signs("/", "/")
_signs(".", "· * × .")
_signs(",", "、")
_signs(";", ", ; 。")
_signs(":", ":")
_signs("+", "+")
_signs("(", "( [")
_signs(")", ") ]")
_signs('"', '"')
_signs("|", "\x1f")
_signs("_", "** *** **** ***** ****** ×× ××× XX XXX xx xxx __ ___ ____ _____ ______ … …… ……… .. ... .... …。 □ □□ ??")


_NEGATIONS = (
    "不 未 非 没 没有 无 勿 不得 不能 不会 不可 不应 不宜 不许 不准 不要 不再"
    " 应不 须不 需不 从未 并未 尚未 均未 均不 未曾 未有"
)
_UPPER_WORDS = "超过 大于 高于 多于 超出 突破 超 长于 晚于 迟于"
_LOWER_WORDS = "低于 少于 小于 短于 早于"


def _negate_words() -> None:
    """A negated comparator is the opposite bound; 不得达到 and whatever else is negated is left to ``X``."""
    for negation in _NEGATIONS.split():
        _words("2", " ".join(negation + word for word in _UPPER_WORDS.split()))
        _words("1", " ".join(negation + word for word in _LOWER_WORDS.split()))
        WORDS.setdefault(negation, "0")


def _read_words() -> None:
    for line in WORDS_FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            _words(*line.split("\t"))


_negate_words()
_read_words()

DATE_WORDS: dict[str, str] = {}
_YEAR_PARTS = "全年 全年度 本年度全年 上半年 下半年 当年全年 前一季度 前二季度 前两季度 前三季度 前两个季度 前三个季度"
for _word in _YEAR_PARTS.split():
    DATE_WORDS[_word] = "Q"
# Years in words, and how far they are from the fiscal year.
YEAR_WORDS = {
    **dict.fromkeys("本年 当年 今年".split(), 0),
    **dict.fromkeys("次年 翌年 明年 下年 下一年 第二年".split(), 1),
    **dict.fromkeys("上年 上一年 去年".split(), -1),
    **{"后年": 2, "前年": -2},
}
# 完成后年底前, 线下年底前: the end of the year itself.
_YEARS = [year for year in YEAR_WORDS if year not in ("下年", "后年", "前年")]
for _year in ("", *_YEARS, *(year + "度" for year in _YEARS), "下年度"):
    for _end in "年底 年末 年终 底 末 终".split():
        if _year or len(_end) > 1:
            DATE_WORDS[_year + _end] = "D"
for _word in (
    "年度末 年度终 财政年度末 本财政年度末 财政年度底 预算年度末 本预算年度末 会计年度末 本会计年度末"
    " 上半年末 上半年底 下半年末 下半年底 年中"
).split():
    DATE_WORDS[_word] = "D"

_YEAR = "(?:19|20)[0-9]{2}"
_SHORT_YEAR = "(?:1[5-9]|2[0-9]|3[0-5])"  # 24年12月; a year alone (24年) is as well a length of time
_MONTH = "(?:1[0-2]|0?[1-9])"
_DAY = "(?:3[01]|[12][0-9]|0?[1-9])"
_NUMERALS = "零一二两三四五六七八九十百千万亿"
_CHINESE_MONTH = "(?:十[一二]?|[一二三四五六七八九])"
_CHINESE_DAY = "(?:三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])"
_MONTH_PART = f"(?:份)?(?:{_DAY}[日号]|月?底|月?末|初|中旬|上旬|下旬|中)?"
_YEAR_WORD = f"(?:(?:{'|'.join(YEAR_WORDS)})度?)"

_CHINESE_YEAR = "二零[零一二三四五六七八九]{2}年度?"

DATE_PATTERNS: list[str] = [
    rf"{_CHINESE_YEAR}(?:{_CHINESE_MONTH}月(?:份)?(?:{_CHINESE_DAY}[日号]|月?底|月?末)?|年?底|年?末|年?终)?",
    rf"{_YEAR}年度?{_MONTH}月{_MONTH_PART}",
    rf"{_SHORT_YEAR}年度?{_MONTH}月{_MONTH_PART}",
    rf"{_SHORT_YEAR}年(?:第?[一二三四1-4]季度(?:末|底|初)?|[上下]半年(?:末|底)?|年?底|年?末)",
    rf"{_YEAR}年度?(?:第?[一二三四1-4]季度(?:末|底|初)?|[上下]半年(?:末|底)?|年?底|年?末|年?终|年?全年|年?初)",
    rf"{_YEAR}(?:全年|[上下]半年(?:末|底)?|第?[一二三四]季度(?:末|底|初)?)",
    rf"{_YEAR}年度?",
    # No month stands in 2000-10000元, no day in 2000-10-1000.
    rf"{_YEAR}-(?:1[0-2]|0[1-9])-(?:3[01]|[12][0-9]|0[1-9])(?:日|(?-u:\b))",
    rf"{_YEAR}-(?:1[0-2]|0[1-9])(?-u:\b)",
    rf"{_YEAR}[./]{_MONTH}[./]{_DAY}(?:日|(?-u:\b))",
    rf"(?:{_YEAR_WORD}的?)?{_MONTH}月{_MONTH_PART}",
    rf"(?:{_YEAR_WORD})?{_CHINESE_MONTH}月(?:份)?(?:{_CHINESE_DAY}[日号]|月?底|月?末|初|中旬|上旬|下旬|中)",
    rf"{_YEAR_WORD}{_CHINESE_MONTH}月份?",
    r"(?:十[一二]?|[一二三四五六七八九])月份?",
    rf"(?:{_YEAR_WORD}的?)?(?:第[一二三四1-4]季度(?:末|底|初)?|[一二三四1-4]季度(?:末|底|初)?)",
]
REFERENCE_PATTERNS: list[str] = [
    r"\[[0-9]{4}\]第?[0-9]+号",
    r"(?:GB|DB|HJ|JGJ|CJJ|JTG|SL|NY|ISO|TSG|JJG|QB|LY|WS)[/A-Z]*-?[0-9]+(?:[-.:][0-9]+)*",
    r"《[^《》]*》",
]
# Names with digits in them, which count nothing.
HOTLINE_PATTERN = (
    "(?:110|119|120|122)(?:消防|宣传|接处警|接警|处警|出警|报警|急救|指挥|警情)"
    '|"?(?:1[0-9]{2}|1[0-9]{4}|[89][0-9]{3}|9[0-9]{4})"?'
    "(?:政府|政务|便民|公共|市民|城管|社区|民生|公益|维权|法律|服务|咨询|投诉|举报|监督|援助|心理|热心)*(?:热线|专线)"
)
_PAST_YEARS = [year for year, offset in YEAR_WORDS.items() if offset < 0]
# 恢复至2019年同期的92%: a year's level, with which something is compared.
# 2021年以来, 在2023年基础上, 2022年实绩: so does what is counted from a year.
YEAR_LEVEL_PATTERN = (
    f"{_YEAR}年度?(?:[末底]?的?(?:同期|水平|基数|基准|基期|基础|实绩|实际)(?:水平|基数)?|(?:{_MONTH}月(?:{_DAY}日)?)?以来)"
    f"|[较比]{_YEAR}年度?(?:{_MONTH}月(?:{_DAY}日)?)?[年月]?[末底]?"
    f"|[较比](?:{'|'.join(_PAST_YEARS)})度?(?:年?[底末]|{_MONTH}月(?:{_DAY}日|[底末])?)"
)
# 指标1： begins a list's entry.
LABEL_PATTERN = "(?:三级)?指标[0-9]{1,2}[:.、](?:指标[0-9]{1,2}[:.、])?"
# 123456人 does not begin with a hotline.
HOTLINE_IN_NUMBER = r"12345(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
HOURS_OR_HOTLINE = "12345(?:热线)?|[57][×*](?:24|8)(?:小时|h)"
VERSION_PATTERN = "[Vv][0-9]+(?:[.][0-9]+)+"
# 5人制足球场, 三年制中职, 13价疫苗, K15+200至K23+800段, 三月三: a form, a place or a feast, named by numbers.
FORM_PATTERN = (
    "(?:[0-9]{1,2}|[二三四五六七八九十]{1,2})(?:(?:人|年一?贯?|学?段|学期|级|部)制|价(?:[A-Z]{2,4})?[^格值0-9]{0,4}疫苗)"
    r"|[GSXYCZ][0-9]{3}(?:线|国道|省道|县道|乡道)|K[0-9]{1,4}\+[0-9]{1,3}(?:[至到~-]+K[0-9]{1,4}\+[0-9]{1,3})?段?"
    '|"[0-9]+(?:[+][0-9A-Za-z]+)+"|"[0-9]{4}"|三月三|二月二|六月六|九月九'
)
# 95%，因疫情2个项目顺延: from there on a text says why.
REASON_PATTERN = "[,;。](?:因(?:为|[^公病灾地私残素故果子事人])|由于|原因|主要原因|主要是因)(?s:.)*"
DAY_PATTERN = '"[0-9]{1,2}[·.][0-9]{1,2}"'  # “6·26”: a day that is a name
NAME_PATTERNS: list[str] = [
    DAY_PATTERN,
    LABEL_PATTERN,
    r"(?i:PM2\.5|PM10|COVID-19)",
    "[2-6]G网络",
    "[1-5]A级?",
    "[1-5]G基站",
    "最?近(?:[0-9]|[一二两三四五十])+年",
    f"(?:{HOTLINE_PATTERN})",
    HOURS_OR_HOTLINE,
    "[248]K",
    VERSION_PATTERN,
    YEAR_LEVEL_PATTERN,
    FORM_PATTERN,
    REASON_PATTERN,
]
LATIN_PATTERN = "[A-Za-zμ℃°Ω]+[0-9²³]*"
# 1万2千, 3亿5000万: sections of one number.
MIXED_PATTERN = "[0-9]+亿[0-9]+[百千]?万|[0-9]+万[0-9]千(?:[0-9]百)?|[0-9]千[0-9]百"
NUMBER_PATTERN = MIXED_PATTERN + r"|[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
PERCENT_PATTERN = f"(?:百分之|千分之)(?:[{_NUMERALS}]+(?:点[{_NUMERALS}]+)?|[0-9]+(?:\\.[0-9]+)?)|百分百"
FRACTION_PATTERN = f"[{_NUMERALS}]+分之[{_NUMERALS}]+"
# A numeral does not begin with 万 or 亿: 3.5亿千瓦时 is 亿 and 千瓦时.
NUMERAL_PATTERN = f"(?:[零一二两三四五六七八九十百千][{_NUMERALS}]*|万亿|[万亿])(?:点[零一二三四五六七八九]+)?|半"
MAGNITUDES: dict[str, int] = {
    "百": 10**2,
    "千": 10**3,
    "万": 10**4,
    "亿": 10**8,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "万亿": 10**12,
    "百亿": 10**10,
    "千亿": 10**11,
    "十亿": 10**9,
}


# 伍佰元: numerals as on a cheque, which are not read.
FORMAL_NUMERAL = "[壹贰叁肆伍陆柒捌玖][拾佰仟万元]|[拾佰仟][万元]"

# Comparators of two characters and more, which stay visible in prose.
_LONG = {"1": "①", "2": "②", "3": "③", "4": "④", "7": "⑦"}


def _alternatives(words: list[str]) -> str:
    """A pattern of the longest of the words, each beginning written once: with thousands of words side by side, the
    machine that reads the pattern takes longer to build than the texts of a small batch take to be read.
    """
    if not words:
        return ""
    tails: dict[str, list[str]] = {}
    for word in sorted(set(words) - {""}):
        tails.setdefault(word[0], []).append(word[1:])
    branches = "|".join(re.escape(first) + _alternatives(rest) for first, rest in tails.items())
    if not branches:
        return ""
    is_optional = "" in words
    return f"(?:{branches}){'?' if is_optional else ''}" if is_optional or len(tails) > 1 else branches


def _fold(word: str) -> str:
    return "".join(FOLD.get(character, character) for character in word)


@cache
def folded_units() -> dict[str, str]:
    """Unit names as they look after folding → canonical name."""
    return {_fold(name): canonical for name, canonical in units.unit_names().items()}


@cache
def token_classes() -> dict[str, str]:
    """Every fixed token → its class before neighbours are looked at."""
    classes = {name: "u" for name in folded_units()}
    prose = {_fold(word): "W" for word, kind in WORDS.items() if kind == "W" and _fold(word) not in classes}
    classes |= {"年": "y", "年度": "y", "日": "d", "岁": "s", "周岁": "s"} | prose
    words = {word: kind if len(word) == 1 else _LONG.get(kind, kind) for word, kind in WORDS.items() if kind != "W"}
    return classes | {_fold(word): kind for word, kind in (words | SIGNS | DATE_WORDS).items()}


@cache
def token_pattern() -> str:
    """One pattern that cuts any folded text into tokens; the first alternative that matches wins, nothing is
    skipped.
    """
    classes = token_classes()
    hanzi = [word for word in classes if not re.match(r"[A-Za-zμ℃°]", word)]
    magnitude_like = [word for word in hanzi if word[0] in _NUMERALS and word not in MAGNITUDES]
    others = [word for word in hanzi if word not in magnitude_like]
    latin = [word for word in classes if re.match(r"[A-Za-zμ℃°]", word)]
    latin_with_signs = [word for word in latin if not re.fullmatch(LATIN_PATTERN, word)]
    return "|".join(
        [
            *REFERENCE_PATTERNS,
            HOTLINE_IN_NUMBER,
            *NAME_PATTERNS,
            *DATE_PATTERNS,
            NUMBER_PATTERN,
            PERCENT_PATTERN,
            FRACTION_PATTERN,
            _alternatives(magnitude_like),
            NUMERAL_PATTERN,
            _alternatives(latin_with_signs),
            LATIN_PATTERN,
            _alternatives(others),
            "(?s:.)",
        ]
    )
