"""``jixiao parse`` reads lines, CSV and JSON Lines, and says clearly what it cannot read."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.commands.parse import run_parse


def _run(path: Path | str, fiscal_year: int | None = None) -> tuple[int, list[dict[str, Any]]]:
    out = io.StringIO()
    code = run_parse(str(path), fiscal_year, out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_line_gives_one_object_in_order(tmp_path: Path) -> None:
    path = tmp_path / "texts.txt"
    path.write_text("≥180批次或600人次\n\n12月底前\n", encoding="utf-8")
    code, rows = _run(path)
    assert code == 0
    assert [row["kind"] for row in rows] == ["quantity", "missing", "deadline"]
    assert rows[0] == {
        "text": "≥180批次或600人次",
        "kind": "quantity",
        "joiner": "or",
        "measures": [
            {"comparator": "ge", "lower": "180", "upper": None, "unit": "批次", "qualifier": None},
            {"comparator": "ge", "lower": "600", "upper": None, "unit": "人次", "qualifier": None},
        ],
        "deadline": None,
        "grade": "B",
        "residual": "",
    }
    assert rows[2]["deadline"] == {"comparator": "le", "date": "--12-31", "precision": "day"}


def test_the_fiscal_year_completes_deadlines(tmp_path: Path) -> None:
    path = tmp_path / "texts.txt"
    path.write_text("12月底前\n", encoding="utf-8")
    assert _run(path, 2024)[1][0]["deadline"]["date"] == "2024-12-31"


def test_numbers_are_plain_decimal_strings(tmp_path: Path) -> None:
    path = tmp_path / "texts.txt"
    path.write_text("1346.0088万平方米\n1亿元\n0.565km\n", encoding="utf-8")
    assert [row["measures"][0]["lower"] for row in _run(path)[1]] == ["13460088", "100000000", "0.565"]


def test_csv_and_json_lines_bring_their_context(tmp_path: Path) -> None:
    table = tmp_path / "texts.csv"
    table.write_text("text,indicator_name,fiscal_year\n3500,户数(≥**户),\n年底前,,2022\n", encoding="utf-8-sig")
    code, rows = _run(table)
    assert (code, rows[0]["measures"][0]["unit"], rows[1]["deadline"]["date"]) == (0, "户", "2022-12-31")
    lines = tmp_path / "texts.jsonl"
    lines.write_text('{"text": "3", "indicator": "成果（份）"}\n{"text": null}\n', encoding="utf-8")
    code, rows = _run(lines)
    assert (code, rows[0]["measures"][0]["unit"], rows[1]["kind"]) == (0, "份", "missing")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "name\n3次\n".encode(), "no column `text`"),
        ("a.jsonl", b'{"text": "3"}\n{"text"\n', "line 2: not a JSON object"),
        ("b.jsonl", b'{"value": "3"}\n', "line 1: no `text`"),
        ("c.jsonl", b'{"text": "3", "fiscal_year": "next"}\n', "fiscal_year 'next' is no year"),
        ("d.txt", "≥3次".encode("gb18030"), "not UTF-8"),
    ],
)
def test_bad_input_is_one_clear_line_and_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert _run(tmp_path / name)[0] == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_a_file_that_is_not_there_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("/nowhere/texts.txt")[0] == 2
    assert "no such file" in capsys.readouterr().err
