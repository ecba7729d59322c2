"""The unit vocabulary is complete, unambiguous and finds what is written."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from pipelines.parsed.targets.lexicon import folded_units
from pipelines.parsed.vocabulary import units

KINDS = {"count", "ratio", "money", "area", "length", "mass", "volume", "energy", "duration", "rate", "other"}


def test_there_are_at_least_250_names_and_each_names_one_unit() -> None:
    with units.UNITS_FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    written = [name for row in rows for name in (row["unit_name"], *filter(None, row["aliases"].split("|")))]
    assert len(written) == len(set(written)) >= 250
    assert len(rows) >= 250


def test_folding_makes_no_two_units_one() -> None:
    folded: dict[str, set[str]] = {}
    for name, canonical in units.unit_names().items():
        from pipelines.parsed.targets.normalise import FOLD

        folded.setdefault("".join(FOLD.get(character, character) for character in name), set()).add(canonical)
    assert {name: found for name, found in folded.items() if len(found) > 1} == {}
    assert set(folded) == set(folded_units())


@pytest.mark.parametrize("unit", units.canonical_units().values(), ids=lambda unit: unit.unit_name)
def test_every_unit_has_a_kind_a_base_and_an_ascii_code(unit: units.Unit) -> None:
    assert unit.quantity_kind in KINDS
    assert unit.to_base_factor > 0
    base = units.canonical_units().get(unit.base_unit_name)
    assert base is not None and base.to_base_factor == 1 or unit.base_unit_name in ("秒", "月") and base is not None
    assert base.quantity_kind == unit.quantity_kind
    assert unit.ucum_code is None or all(33 <= ord(character) <= 126 for character in unit.ucum_code)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("㎡", "平方米"),
        ("m2", "平方米"),
        ("平米", "平方米"),
        ("百分比", "%"),
        ("千米", "公里"),
        ("km", "公里"),
        ("个工作日", "工作日"),
        ("元/人、天", "元/人·日"),
        ("元/人*月", "元/人·月"),
        ("元/月/人", "元/月·人"),
        ("元/(人·年)", "元/人·年"),
        ("批次/千人", "批次/千人"),
        ("次/2年", "次/2年"),
        ("/月", "/月"),
        ("项(个)", "项"),
        ("标段", None),
        ("元/标段", None),
        ("/", None),
        ("", None),
    ],
)
def test_written_units_find_their_canonical_name(written: str, canonical: str | None) -> None:
    assert units.canonical_name(written) == canonical


def test_compounds_are_described_as_rates_of_their_own() -> None:
    rows = units.describe_units(["%", "元/人·月", "标段"]).rows(named=True)
    assert [(row["unit_name"], row["quantity_kind"], row["to_base_factor"]) for row in rows] == [
        ("%", "ratio", Decimal("0.01")),
        ("元/人·月", "rate", Decimal(1)),
        ("标段", "other", Decimal(1)),
    ]
