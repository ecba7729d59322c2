"""Doubts that only the written values show: what is no minus sign, what counts nothing, what is not certain.

Belongs here: expressions over the measures' columns that take a sign away or lower a grade. Does not compute values.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from pipelines.parsed.targets.lexicon import FORMAL_NUMERAL, HOURS_OR_HOTLINE, folded_units
from pipelines.parsed.targets.numerals import VALUE


def minus_signs(rows: pl.DataFrame, runs: pl.DataFrame) -> dict[str, pl.Expr]:
    """``is_negative`` only where a dash stands before the number: 扩大到300人 and 至90% are positive, and the range that
    ``~50%`` is the end of has lost its beginning.
    """
    place = (rows["first_run"].cast(pl.Int64) + rows["number"] - 1).clip(lower_bound=0)
    sign = pl.lit(runs["token"].gather(place.cast(pl.UInt32)))
    negative = pl.col("is_negative")
    # pH6-9: nor is the dash behind a name's last digit.
    start = runs["start"].gather(place.cast(pl.UInt32)).cast(pl.Int64)
    before = pl.col("folded").str.slice(pl.lit((start - 1).clip(lower_bound=0)), 1)
    behind_name = pl.lit(start > 0) & before.str.contains("[0-9A-Za-z]") & (pl.col("comparator") != "plus_minus")
    # -18℃--22℃: one of two dashes may be a minus sign.
    second = (rows["first_run"].cast(pl.Int64) + rows["second"].fill_null(1) - 1).cast(pl.UInt32)
    between = runs["token"].gather(second)
    is_doubled = pl.lit(between.str.starts_with("--")) & (pl.col("comparator") == "between")
    # 80%->90%: from 80 to 90, which is no range to stay in.
    is_change = pl.lit(between == "->") & (pl.col("comparator") == "between")
    return {
        "is_negative": negative & ~sign.is_in(["至", "到"]),
        "is_open_range": negative & sign.is_in(["至", "到"]),
        "is_cut_range": negative
        & (sign.str.starts_with("~") | sign.str.starts_with("--") | (sign == "->") | behind_name | is_doubled)
        | is_change,
    }


@cache
def names_no_amount() -> pl.Expr:
    """Whether a number counts nothing: it names a day, an edition, a year group or a class of things (每月25日, 2024版,
    100吨级, 50年一遇), a rate is written as two amounts (1周2次), or the text states a change
    (从3天压缩到1天) or a better side that depends on the indicator (优于5%).
    """
    is_bare = pl.col("comparator").is_in(["eq", "between"]) & pl.col("magnitude").is_null()
    day_of_month = pl.col("unit_folded").is_in(["日/月", "号/月"])
    is_year = pl.col("number_token").str.contains("^(?:19[89]|20[0-4])[0-9]$")
    edition = is_year & pl.col("unit_folded").is_in(["版", "级", "届", "款", "号", "版本", "期", "学年", "学年度"])
    edition = edition | pl.col("unit_folded").is_in(["版本", "年级"]) | pl.col("unit_folded").str.contains("^[#号][^/]")
    # 20241月-12月 has lost its 年; 2024年13月 is no month.
    is_month = pl.col("unit_folded").is_in(["月", "日"])
    edition = edition | (is_month & (pl.col("number_token").str.contains("^[0-9]{4}") | pl.col("date").is_not_null()))
    after, unit = pl.col("after"), pl.col("unit_folded")
    classes = (
        after.str.contains("^(?:级|一遇|半|为合格|为优|为达标)")
        | (is_bare & (unit == "级") & after.str.contains(r"^\p{Han}"))
        | ((unit == "月") & after.str.contains("^[底末初前]"))
    )
    # 95分/100分: so many of so many.
    of_many = unit.str.contains("/[0-9]+[^0-9百千万亿]") & unit.str.ends_with(unit.str.extract("^(.+)/[0-9]", 1))
    statement = pl.col("folded").str.contains(_UNLIKE_AMOUNTS)
    return (of_many | (is_bare & (day_of_month | edition)) | classes | statement).fill_null(False)


_UNLIKE_AMOUNTS = (
    "优于[0-9]|提前(?:[0-9]|[一二两三四五])|每[^0-9,，;；。、]{1,5}[0-9]{1,2}[日号]前|每(?:季|季度|年)[首末]?月[0-9]{1,2}[日号]|[0-9][^0-9,，;；。、]{0,4}(?:增|升|降|减|提高|提升|增加|增长|上升|扩大|下降|降低|减少|压缩|缩短)[到至为][0-9]|[从由自][0-9.]+[^0-9,，;；。、]{1,12}[到至为成][0-9]"
    # 1年6个月, 2小时30分: one length in two units; 30日24时: an hour of that day.
    "|[0-9](?:年零?[0-9]+个月|个月零?[0-9]+[天日]|天[0-9]+小?时|小?时[0-9]+分|分钟?[0-9]+秒|公里[0-9]+米|元[0-9]角)|[日号][0-9]{1,2}[时点]"
    # .5%: what stood before the point is lost, or never stood there.
    "|(?:^|[^0-9])[.][0-9]"
    # 隔日1次: every second day; 2千余万元: a magnitude in two parts; 9*%: a digit is masked.
    "|隔[日天周月年季][^0-9]{0,3}[0-9一二两三]|[0-9][十百千][余多][万亿]|[0-9][*][%‰]"
    # 下午3点前: an hour; 除3个村以外: what is left out.
    "|[0-9](?:点|时)半?前|[上下]午[0-9]|除[0-9]+[^,;]{0,12}外"
    "|^(?:[0-9]{1,2}|[一二两三])(?:天|日|周|个?月|季度?|年)(?:至少|不少于)?(?:[0-9]+|[一二两三四五六])(?:次|场|期|轮|遍|回|检|篇|批)"
)


@cache
def is_misread() -> pl.Expr:
    """Whether a letter stands in a digit's place (O起, l00%, 1O0%), the digits are a name's, or a numeral is written as
    on a cheque."""
    # A name with digits that is all of the text: K12+300-K15+600.
    names = f"{HOURS_OR_HOTLINE}|^K[0-9]+[+][0-9K+至到~-]+$"
    is_name = (pl.col("target_kind") == "qualitative") & pl.col("folded").str.contains(names)
    return pl.col("folded").str.contains(_MISREAD) | is_name


_MISREAD = (
    "^[≥≤<>=]+[OoIlSBZ][0-9]+|^[≥≤<>=]*[0-9]+[SZ][0-9]*%"
    "|^[≥≤<>=]?[0-9]*[OoIl][0-9OoIl]*(?:%|起|件|例|次|人|个|户)|[0-9年月][OIl][0-9]|[0-9]o[0-9]|指标[0-9]{1,2}[.][0-9]|"
    + FORMAL_NUMERAL
)


_EXCLUDED = r"[(]不(?:含|包含|包括)(?:本数|[0-9.,]+[^0-9)]{0,3})?[)]"


@cache
def strict_comparator() -> pl.Expr:
    """90%以上（不含90%） is more than 90%."""
    comparator = pl.col("comparator")
    is_excluded = comparator.is_in(["ge", "le"]) & pl.col("folded").str.contains(_EXCLUDED)
    return pl.when(is_excluded).then(comparator.replace({"ge": "gt", "le": "lt"})).otherwise(comparator)


def has_two_units(rows: pl.DataFrame) -> pl.Expr:
    """Whether the lower end of a range and its upper end, or a middle and its tolerance, are of different units."""
    if rows["first_unit"].null_count() == rows.height:
        return pl.lit(False)
    first = {unit: folded_units().get(unit, unit) for unit in rows["first_unit"].drop_nulls().unique().to_list()}
    name = pl.col("first_unit").replace(first)
    unit = pl.coalesce("unit_name", "unit_folded")
    # 500元-1500元/件: what both are counted by is written once.
    is_numerator = ~name.str.contains("/", literal=True) & (name == unit.str.extract("^([^/]+)/", 1))
    return name.is_not_null() & name.ne_missing(unit) & ~is_numerator.fill_null(False)


@cache
def lowered() -> pl.Expr:
    """The grade after a look at the values: percentages above 100, years, unknown units are not taken for certain."""
    grade = pl.col("parse_grade")
    unknown = pl.col("unit_text").is_not_null() & pl.col("unit_name").is_null()
    doubtful = (_doubtful_words() | _doubtful_number() | _doubtful_unit(unknown)).fill_null(False)
    return (
        pl.when("unreadable")
        .then(pl.lit("D"))
        .when(doubtful & (grade < "C"))
        .then(pl.lit("C"))
        .when(unknown & (grade < "B"))
        .then(pl.lit("B"))
        .otherwise(grade)
    )


# 中超3场: more than three, or of a league. 租约12份: some twelve, or twelve leases. 技术突破3项, 查找不足5项:
# three, or more than three.
# 优于5%: which side is the better one, only the indicator knows. 2024年全年12次: in that year, or by its end.
# 年底前3个月: three months that end then, not by then.
_DOUBTFUL_WORDS = (
    f"优于|负增长|(?:19|20)[0-9]{{2}}年?(?:全年|[上下]半年)|{_EXCLUDED}"
    "|[中英村苏赣浙湘粤川渝皖闽鄂桂琼豫冀晋陕辽滇黔]超[0-9]|[租解制之]约[0-9]|(?:突破|不足)[0-9]+(?:项|条|个|处|点)"
    "|[底末日号终]之?以?前(?:[0-9.]+|[一二两三四五六七八九十半]+)个?(?:天|日|月|周|星期|年|小时|工作日)"
)
# 完成后年底前: at the end of the year, or of the year after next; 隔年3月: in the year after that, or every other year.
_DOUBTFUL_YEARS = "[下后前]年年?[底末终]|隔年"
# 未完成3次: the number of what was not done. 保持在95%: as much, or no less.
_DOUBTFUL_BARE = "未完成|未开展|未实现|未达成|未能|没完成|(?:保持|维持|稳定)在|^[0-9]+[点日号]$|^百分$|^2[1-9]年$"
_COUNTED = "[0-9]|^[零一二两三四五六七八九十百千万亿点半、]+$|^[当本]年度?.{0,4}$|^[OoIl]\\p{Han}"


@cache
def _doubtful_words() -> pl.Expr:
    """Words that make an amount doubtful, or digits that no amount was found for."""
    text = pl.col("folded")
    is_quantity = pl.col("target_kind") == "quantity"
    is_bare = ~pl.col("is_explicit") | (pl.col("comparator") == "eq")
    return (
        ((pl.col("target_kind") == "qualitative") & text.str.contains(_COUNTED))
        | (is_quantity & text.str.contains(_DOUBTFUL_WORDS))
        | (pl.col("date").is_not_null() & text.str.contains(_DOUBTFUL_YEARS))
        | (is_quantity & is_bare & text.str.contains(_DOUBTFUL_BARE))
        # 每校不少于2名: the rate's denominator is no unit we know.
        | (is_quantity & pl.col("before").str.contains("^每|每[^,，;；、]{1,6}$"))
        # -3%以内: between -3 % and 0, or at most -3 %.
        | (pl.col("is_negative") & (pl.col("comparator") == "le") & text.str.contains("内", literal=True))
    )


@cache
def _doubtful_number() -> pl.Expr:
    number = pl.col("number_token")
    is_above = (
        (pl.col("unit_name") == "%")
        & (pl.col("comparator") == "eq")
        & (pl.col("first_value") > pl.lit(100).cast(VALUE))
    )
    is_year = (
        pl.col("unit_text").is_null()
        & ~pl.col("is_explicit")
        & number.str.contains("^(?:19|20)[0-9]{2}([.].*|[0-9]{1,4})?$")
    )
    is_open = (pl.col("is_negative") | pl.col("is_open_range")) & (pl.col("comparator") == "eq")
    is_ten = (number == "十") & (pl.col("unit_name") == "分")
    return is_above | is_year | is_open | is_ten | (number == "半") | number.str.contains("^0[0-9]")


def _doubtful_unit(unknown: pl.Expr) -> pl.Expr:
    unit = pl.col("unit_folded")
    # 二期, 三类: two or the second.
    is_order = (
        ~pl.col("is_explicit")
        & unit.is_in(["期", "类", "批", "标段", "档"])
        & pl.col("number_token").str.contains("^[一二三四五六七八九十]")
        & pl.col("each_1").is_null()
    )
    return (
        is_order
        | (unknown & ((pl.col("unit_text").str.len_chars() > 2) | ~pl.col("is_explicit")))
        # 80M: metres or megabits; 3W: watts or 万; 18月: months or a month that is none.
        | unit.is_in(["M", "W", "月", "成"])
        # 12栋封顶: topped out; 5000元封顶: at most.
        | (
            (pl.col("comparator") == "le")
            & pl.col("folded").str.contains("封顶", literal=True)
            & ~unit.str.contains("元", literal=True)
        )
        # 每周1: once a week, or on Mondays.
        | (pl.col("each_1").is_not_null() & pl.col("unit").is_null())
    )
