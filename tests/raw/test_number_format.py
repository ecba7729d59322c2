"""Number formats as a Chinese spreadsheet program shows them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.raw.number_format import render

ACCOUNTING = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '
DAY = datetime(2024, 2, 1, 14, 5, 9)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1, "0%", "100%"),
        (0.962, "0.00%", "96.20%"),
        (0.285, "0%", "29%"),
        (1554.35, "#,##0.00", "1,554.35"),
        (1234567, "#,##0", "1,234,567"),
        (98, "0.00", "98.00"),
        (3, '"≥"0"次"', "≥3次"),
        (3, "≥0次", "≥3次"),
        (3, "\\≥0!次", "≥3次"),
        (6, '0.00"万元"', "6.00万元"),
        (12, "0000", "0012"),
        (0.1 + 0.2, "General", "0.3"),
        (1554.35, "General", "1554.35"),
        (98.0, "General", "98"),
        (123456789012, "General", "123456789012"),
        (1 / 3, "General", "0.333333333"),
        (0.00012, "General", "0.00012"),
        (3, 'General"个"', "3个"),
        (-12.5, "0.00;(0.00)", "(12.50)"),
        (-12.5, "0.00_);[Red](0.00)", "(12.50)"),
        (-12.5, "#,##0.00", "-12.50"),
        (-0.001, "0.00", "0.00"),
        (0, '0;-0;"—"', "—"),
        (0, ACCOUNTING, "-"),
        (1554.35, ACCOUNTING, "1,554.35"),
        (-1554.35, ACCOUNTING, "-1,554.35"),
        (15543500, '0!.0000"万"', "1554.3500万"),
        (15543500, "0.00,", "15543.50"),
        (15543500, "#,##0,,", "16"),
        (95, '[>=90]"优"0;[<60]"差"0;0', "优95"),
        (50, '[>=90]"优"0;[<60]"差"0;0', "差50"),
        (75, '[>=90]"优"0;[<60]"差"0;0', "75"),
        (98, "[$¥-804]#,##0.00", "¥98.00"),
        (1.5, "#.##", "1.5"),
        (2, "0.##", "2."),
        (0.5, "#.0#", ".5"),
        (1554.35, "0.00E+00", "1.55E+03"),
        (0.5, "# ?/?", None),
        (1, "[DBNum1]General", None),
        (True, "General", "TRUE"),
        ("3", '@"次"', "3次"),
        ("甲", "0.00", "甲"),
        ("甲", ACCOUNTING, " 甲 "),
        (DAY, 'yyyy"年"m"月"d"日"', "2024年2月1日"),
        (DAY, "yyyy年mm月dd日", "2024年02月01日"),
        (DAY, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2024年2月1日"),
        (DAY, "yyyy-mm-dd hh:mm:ss", "2024-02-01 14:05:09"),
        (DAY, "yyyy/m/d;@", "2024/2/1"),
        (DAY, "h:mm AM/PM", "2:05 PM"),
        (DAY, '上午/下午h"时"mm"分"', "下午2时05分"),
        (DAY, "aaaa", "星期四"),
        (date(2024, 12, 31), "yy.m.d", "24.12.31"),
        (time(9, 30), "h:mm", "9:30"),
        (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        (45000, "yyyy", None),
    ],
)
def test_a_value_is_shown_by_its_format(value, code, shown):
    assert render(value, code) == shown


@given(st.decimals(-(10**9), 10**9, places=4, allow_nan=False))
def test_two_decimals_with_thousands_agree_with_python(value):
    expected = f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
    assert render(float(value), "#,##0.00") == ("0.00" if expected == "-0.00" else expected)


@given(
    st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers()),
    st.text('0#?,.%;@"_*\\[]mdyhEe+-次', max_size=12),
)
def test_no_format_makes_the_renderer_fail(value, code):
    shown = render(value, code)
    assert shown is None or isinstance(shown, str)
