"""Packed cells are split at records, with exact offsets; what is no record comes back as a reject."""

from __future__ import annotations

import json
import random
from pathlib import Path

import polars as pl

from bench.generator import generate
from pipelines.parsed.packed import any_records, split_packed

ROOT = Path(__file__).parents[2]
HEAD = "1、1-产出指标；11-数量指标；"


def _cells(*texts: str | None) -> pl.DataFrame:
    return pl.DataFrame(
        {"row_id": range(len(texts)), "packed": texts}, schema={"row_id": pl.UInt32, "packed": pl.String}
    )


def _nansha_cells() -> list[str]:
    lines = (ROOT / "data/inbox/2024/nansha_2024.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[-1] for line in lines if "、1-产出指标" in line]


def _covers(cells: list[str | None], frame: pl.DataFrame) -> bool:
    records, rejects = split_packed(frame)
    for row_id, cell in enumerate(cells):
        spans = sorted(
            (row["start"], row["end"])
            for part in (records, rejects)
            for row in part.filter(pl.col("row_id") == row_id).select("start", "end").iter_rows(named=True)
        )
        joined = "".join((cell or "")[start:end] for start, end in spans)
        if joined != (cell or "") or any(a[1] != b[0] for a, b in zip(spans, spans[1:], strict=False)):
            return False
    return True


def test_the_nansha_document_is_split_as_labelled() -> None:
    cells = _nansha_cells()
    records, rejects = split_packed(_cells(*cells))
    labels = json.loads((ROOT / "tests/gold/nansha_2024.json").read_text(encoding="utf-8"))
    columns = ("indicator_no", "level1_code", "level1_name", "level2_code", "level2_name", "indicator_name")
    wanted = [
        (
            *(label[k] for k in ("no", "level1_code", "level1_name", "level2_code", "level2_name", "indicator")),
            label["cycle"]["text"],
            label["annual"]["text"],
        )
        for label in labels
    ]
    assert rejects.height == 0
    assert records.select(*columns, "cycle_text", "annual_text").rows() == wanted


def test_offsets_point_at_the_printed_characters() -> None:
    cells = _nansha_cells()
    records = split_packed(_cells(*cells)).records
    for row in records.iter_rows(named=True):
        cell = cells[row["row_id"]]
        for place, column in (("name", "indicator_name"), ("cycle", "cycle_text"), ("annual", "annual_text")):
            if row[column] is not None:
                assert cell[row[f"{place}_start"] : row[f"{place}_end"]] == row[column]
    assert _covers(cells, _cells(*cells))


def test_a_record_cut_in_its_label_has_no_annual_value_and_is_truncated() -> None:
    cell = HEAD + "甲；实施周期指标值:≥90%; 年"
    row = split_packed(_cells(cell)).records.row(0, named=True)
    assert (row["cycle_text"], row["annual_text"], row["is_truncated"]) == ("≥90%", None, True)


def test_a_value_that_the_cell_end_may_have_shortened_is_not_read() -> None:
    row = split_packed(_cells(HEAD + "甲；实施周期指标值：≥9")).records.row(0, named=True)
    assert (row["cycle_text"], row["annual_text"], row["is_truncated"]) == (None, None, True)


def test_a_missing_last_stop_is_no_truncation() -> None:
    row = split_packed(_cells(HEAD + "甲；实施周期指标值：≥9次；年度指标值：≥3次")).records.row(0, named=True)
    assert (row["annual_text"], row["is_truncated"], row["is_terminated"]) == ("≥3次", False, False)


def test_separators_inside_names_and_values_do_not_split_them() -> None:
    cell = HEAD + "收集、协调；整理；实施周期指标值：完成；通过。验收；年度指标值：好；很好。"
    row = split_packed(_cells(cell)).records.row(0, named=True)
    assert (row["indicator_name"], row["cycle_text"], row["annual_text"]) == (
        "收集、协调；整理",
        "完成；通过。验收",
        "好；很好",
    )
    for place, column in (("name", "indicator_name"), ("cycle", "cycle_text"), ("annual", "annual_text")):
        assert cell[row[f"{place}_start"] : row[f"{place}_end"]] == row[column]


def test_what_is_no_record_is_handed_back() -> None:
    cells = [
        "前言。" + HEAD + "甲；缺少值。2、2-效益指标；21-经济效益；乙；实施周期指标值：是；年度指标值：是。",
        "整段文字",
        None,
        "",
    ]
    records, rejects = split_packed(_cells(*cells))
    assert records["indicator_name"].to_list() == ["乙"]
    assert rejects.select("row_id", "text", "reason").rows() == [
        (0, "前言。", "text before the first record"),
        (0, HEAD + "甲；缺少值。", "incomplete record"),
        (1, "整段文字", "text before the first record"),
    ]
    assert _covers(cells, _cells(*cells))


def _damaged(text: str, chance: random.Random) -> str:
    """The text with a separator, label or other sign too many, too few or exchanged; one in three stays whole."""
    signs = [
        "；",
        ";",
        "。",
        "、",
        " ",
        "\n",
        "　",
        "。3、2-",
        "。 3、2-",
        "年度指标值：",
        "实施周期指标值",
        "\x1e",
        "；；",
        "甲",
    ]
    for _ in range(chance.choice([0, 1, 2])):
        place = chance.randrange(len(text) + 1)
        cut = place + chance.choice([0, 0, 1, 5, len(text)])
        text = text[:place] + chance.choice([*signs, ""]) + text[cut:]
    return text


def test_regular_cells_are_read_as_any_others_are() -> None:
    chance = random.Random(7)
    texts = [_damaged(text, chance) for text in generate(20_000, seed=5)["packed"].to_list()]
    cells = _cells(*texts)
    records, rejects = split_packed(cells)
    wanted_records, wanted_rejects = any_records(cells)
    assert rejects.height > 50
    assert records.equals(wanted_records)
    assert rejects.equals(wanted_rejects)


def test_an_annual_value_is_read_the_same_whether_or_not_it_is_the_cycle_s_again() -> None:
    # What a value may end in or hold that is a separator, a label, a stop or the next record's head elsewhere.
    values = [
        "≥3场",
        "",
        " ≥3场 ",
        "甲。乙",
        "3场。",
        "。",
        "\x1e3",
        "1、1-甲",
        "。2、1-甲",
        "年度指标值：3",
        "3;4",
        "优；良",
    ]
    levels = ["2、1-产出指标", "2、1-甲\x1e", "2、产出指标"]
    cells = [
        f"1、1-产出指标{sep}11-数量指标{sep}甲{sep}实施周期指标值{colon}{cycle}{sep}年度指标值{colon}{annual}{stop}{level}"
        f"{sep}11-数量指标{sep}乙{sep}实施周期指标值{colon}{cycle}{sep}年度指标值{colon}{annual}{stop}"
        for sep, colon in (("；", "："), ("; ", ":"), (";", "："))
        for cycle in values
        for annual in (cycle, cycle + "。", "≥4场")
        for stop in ("。", "", " 。", "。 ")
        for level in levels
    ]
    records, rejects = split_packed(_cells(*cells))
    wanted_records, wanted_rejects = any_records(_cells(*cells))
    assert records.height > len(cells)
    assert records.equals(wanted_records)
    assert rejects.equals(wanted_rejects)
