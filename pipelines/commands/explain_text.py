"""``jixiao explain TEXT``: how one target text is read, step by step, and what no rule consumed.

Needs no warehouse. Does not explain facts of a published version.
"""

from __future__ import annotations

import json
from typing import Any, TextIO

CLASS_NAMES: dict[str, str] = {
    "n": "number",
    "#": "label of a list entry",
    "k": "number like a year",
    "e": "number like a date",
    "h": "Chinese numeral",
    "p": "percent in words",
    "z": "fraction",
    "m": "magnitude",
    "u": "unit",
    "y": "unit 年",
    "d": "unit 日",
    "v": "余/多",
    "a": "以上",
    "b": "以内/以下",
    "o": "以外",
    "w": "左右",
    "c": "(含)",
    "i": "之间",
    "G": "at least",
    "L": "at most",
    "g": "more than",
    "l": "less than",
    "E": "equal",
    "A": "about",
    "P": "plus/minus",
    "X": "not equal",
    "K": "控制在",
    "M": "每",
    "Z": "第",
    "V": "verb",
    "q": "noun of quantity",
    "O": "或",
    "N": "且",
    ",": "、",
    ";": "clause end",
    "-": "range or minus",
    "/": "per",
    ".": "times",
    ":": "colon",
    "+": "plus",
    "(": "bracket",
    ")": "bracket",
    '"': "quote",
    "D": "date",
    "Y": "year",
    "Q": "part of a year",
    "f": "前",
    "r": "后",
    "T": "by",
    "_": "placeholder",
    "t": "known tail",
    "R": "reference",
    "x": "Latin letters",
    "|": "white space between digits",
    "~": "comparator word without a number",
    "!": "unknown sign",
    "W": "words",
}


def explain_text(text: str, indicator_name: str | None, fiscal_year: int | None, as_json: bool, out: TextIO) -> int:
    """Writes the reading of one text with its steps to ``out``, as lines or as one JSON object; returns exit code 0."""
    explanation = explanation_of(text, indicator_name, fiscal_year)
    if as_json:
        out.write(json.dumps(explanation, ensure_ascii=False, indent=2) + "\n")
        return 0
    out.write(f"text      {text!r}\n")
    if explanation["resolved"] != text:
        out.write(f"resolved  {explanation['resolved']!r}  (markup, white space, broken signs)\n")
    out.write(f"shape     {explanation['shape']}\n")
    for step in explanation["steps"]:
        out.write(f"  {step['text']!r:<20} {step['class']:<28} → {step['role']}\n")
    if explanation["context"]:
        out.write(f"context   {', '.join(f'{key}={value}' for key, value in explanation['context'].items())}\n")
    reading = explanation["reading"]
    out.write(f"kind      {reading['kind']}, grade {reading['grade']}\n")
    for measure in reading["measures"]:
        out.write(
            "measure   " + ", ".join(f"{key}={value}" for key, value in measure.items() if value is not None) + "\n"
        )
    if reading["joiner"]:
        out.write(f"joiner    {reading['joiner']}\n")
    if reading["deadline"]:
        out.write("deadline  " + ", ".join(f"{key}={value}" for key, value in reading["deadline"].items()) + "\n")
    out.write(f"residual  {reading['residual']!r}\n")
    return 0


def explanation_of(text: str, indicator_name: str | None = None, fiscal_year: int | None = None) -> dict[str, Any]:
    """The steps of one text's reading: resolved text, shape, runs with class and role, context taken in, and the
    result.
    """
    import polars as pl  # only when there is something to read: `jixiao --help` stays fast

    from pipelines.commands.readings import reading_objects
    from pipelines.parsed.targets import parse_targets
    from pipelines.parsed.targets.context import name_hint
    from pipelines.parsed.targets.spans import ROLES, runs_of

    frame = pl.DataFrame(
        {"target_text": [text], "indicator_name": [indicator_name], "fiscal_year": [fiscal_year]},
        schema={"target_text": pl.String, "indicator_name": pl.String, "fiscal_year": pl.Int32},
    )
    reading = next(reading_objects([text], parse_targets(frame)))
    resolved, runs = runs_of(pl.Series([text]))[0]
    hint = name_hint(indicator_name) if indicator_name else None
    context = {} if fiscal_year is None else {"fiscal_year": fiscal_year}
    if hint and (hint.comparator or hint.unit_text):
        factor = f"{hint.factor} × " if hint.factor > 1 else ""
        context["name states"] = f"{hint.comparator or ''} {factor}{hint.unit_text or ''}".strip()  # type: ignore[assignment]
    return {
        "text": text,
        "resolved": resolved,
        "shape": "".join(run.letter for run in runs),
        "steps": [
            {"text": resolved[run.start : run.end], "class": CLASS_NAMES[run.letter], "role": ROLES[run.role]}
            for run in runs
        ],
        "context": context,
        "reading": reading,
    }
