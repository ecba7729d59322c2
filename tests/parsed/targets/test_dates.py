"""Every written form of a date, and none that cannot be."""

from __future__ import annotations

import pytest

from pipelines.parsed.targets.dates import date_parts


@pytest.mark.parametrize(
    ("token", "parts"),
    [
        ("2024年12月31日", (2024, 0, 12, 31, "day")),
        ("2024.12.31", (2024, 0, 12, 31, "day")),
        ("2024-06-30", (2024, 0, 6, 30, "day")),
        ("20241231", (2024, 0, 12, 31, "day")),
        ("2024.12", (2024, 0, 12, 0, "month")),
        ("2024年6月", (2024, 0, 6, 0, "month")),
        ("12月底", (None, 0, 12, 0, "day")),
        ("十二月底", (None, 0, 12, 0, "day")),
        ("6月30日", (None, 0, 6, 30, "day")),
        ("年底", (None, 0, 12, 0, "day")),
        ("2025年年底", (2025, 0, 12, 0, "day")),
        ("本年度末", (None, 0, 12, 0, "day")),
        ("次年3月底", (None, 1, 3, 0, "day")),
        ("第三季度末", (None, 0, 9, 0, "day")),
        ("2024年第3季度", (2024, 0, 9, 0, "quarter")),
        ("上半年", (None, 0, 6, 0, "quarter")),
        ("2024年度", (2024, 0, 12, 0, "year")),
        ("2020年全年", (2020, 0, 12, 0, "year")),
    ],
)
def test_a_date_token_has_these_parts(token: str, parts: tuple[int | None, int, int, int, str]) -> None:
    found = date_parts(token)
    assert found is not None
    assert found[:5] == parts


@pytest.mark.parametrize("token", ["2月30日", "2023年2月29日", "13月", "2024年0月", "第五季度", "三五月底"])
def test_what_names_no_possible_date_has_none(token: str) -> None:
    assert date_parts(token) is None


def test_the_29th_of_february_is_possible_without_a_year() -> None:
    assert date_parts("2月29日") is not None
