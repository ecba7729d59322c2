"""``jixiao explain TEXT`` shows each step, what was consumed and what was not."""

from __future__ import annotations

import io
import json
import subprocess
import sys

from pipelines.commands.explain_text import CLASS_NAMES, explain_text, explanation_of
from pipelines.parsed.targets.tokens import _ALPHABET, _LONG_WORDS, _RULES


def test_the_lines_show_shape_steps_result_and_residual() -> None:
    out = io.StringIO()
    assert explain_text("★≥95%以上", None, 2024, False, out) == 0
    shown = out.getvalue()
    for part in ("shape     !Gnua", "'95'", "number", "kind      quantity, grade C", "residual  '★'"):
        assert part in shown


def test_the_json_form_holds_the_same() -> None:
    out = io.StringIO()
    explain_text("3500", "户数(≥**户)", None, True, out)
    explained = json.loads(out.getvalue())
    assert explained["context"] == {"name states": "ge 户"}
    assert [step["role"] for step in explained["steps"]] == ["number"]
    assert explained["reading"]["measures"][0]["lower"] == "3500"


def test_a_text_without_numbers_is_explained_too() -> None:
    assert explanation_of("及时")["reading"]["kind"] == "qualitative"
    assert explanation_of("")["steps"] == []


def test_every_class_that_a_token_can_end_in_has_a_name() -> None:
    entering = {*_RULES, *_LONG_WORDS} - set(CLASS_NAMES)
    assert set(_ALPHABET) - entering - {"^"} <= set(CLASS_NAMES)


def test_the_command_modules_import_no_heavy_library() -> None:
    code = "import sys, pipelines.commands.parse, pipelines.commands.explain_text; print('polars' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
