"""The YAML of ``data/corrections``: one entry → one ``Correction``, strictly.

Belongs here: what a file may say. A key or value that is not understood refuses the whole load: a correction that is
silently left out publishes the error that it was written against. Does not look at documents.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines.sources.corrections import Correction, CorrectionError

_KEYS = ("sha256", "document_id", "fiscal_year", "place", "expected", "corrected", "reason", "reported_by", "expires")
_REQUIRED = ("place", "expected", "corrected", "reason", "expires")
_CELL = {"table", "row", "column"}
_FACT = {"project", "unit", "amount", "indicator_no", "horizon"}


def read_corrections(folder: Path) -> list[Correction]:
    """Every entry of every file, in order. Raises ``CorrectionError`` at the first that cannot be used."""
    strange = sorted(path.name for path in folder.glob("*.yaml"))
    if strange:
        raise CorrectionError(f"corrections/{strange[0]}: 扩展名须为 .yml (rename it to .yml)")
    return [one for path in sorted(folder.glob("*.yml")) for one in _read_file(path)]


def _read_file(path: Path) -> list[Correction]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CorrectionError(f"corrections/{path.name}: not YAML in UTF-8 ({' '.join(str(error).split())})") from None
    if not isinstance(content, dict) or set(content) != {"corrections"} or not isinstance(content["corrections"], list):
        raise CorrectionError(f"corrections/{path.name}: expected the key corrections with a list of entries")
    found: list[Correction] = []
    for number, entry in enumerate(content["corrections"], start=1):
        try:
            found.append(_correction(path.name, number, entry))
        except CorrectionError as error:
            raise CorrectionError(f"corrections/{path.name} 第 {number} 条 (entry {number}): {error}") from None
    return found


def _correction(file: str, number: int, entry: object) -> Correction:
    if not isinstance(entry, dict):
        raise CorrectionError(f"is {entry!r}; write its keys {', '.join(_KEYS)}")
    _refuse_unknown(entry, set(_KEYS))
    missing = [key for key in _REQUIRED if entry.get(key) is None]
    if missing:
        raise CorrectionError(f"lacks {', '.join(missing)}")
    expected, corrected = _text(entry, "expected"), _text(entry, "corrected", may_be_empty=True)
    if expected == corrected:
        raise CorrectionError("expected and corrected are the same text")
    return Correction(
        file=file,
        number=number,
        expected=expected,
        corrected=corrected,
        reason=_text(entry, "reason"),
        expires=_date(entry["expires"]),
        reported_by=_text(entry, "reported_by") if entry.get("reported_by") is not None else None,
        **_document(entry),
        **_place(entry["place"]),
    )


def _document(entry: Mapping[str, Any]) -> dict[str, Any]:
    given = {key for key in ("sha256", "document_id", "fiscal_year") if entry.get(key) is not None}
    if given == {"sha256"}:
        sha256 = _text(entry, "sha256")
        if not re.fullmatch("[0-9a-f]{64}", sha256):
            raise CorrectionError(f"sha256 is {sha256!r}; write all 64 hexadecimal digits")
        return {"sha256": sha256}
    if given == {"document_id", "fiscal_year"}:
        return {"document_id": _text(entry, "document_id"), "fiscal_year": _number(entry, "fiscal_year")}
    raise CorrectionError("name the document by sha256, or by document_id and fiscal_year")


def _place(place: object) -> dict[str, Any]:
    if not isinstance(place, dict):
        raise CorrectionError(f"place is {place!r}; write table, row and column, or project and what of it")
    if set(place) == _CELL:
        return {key: _number(place, key) for key in sorted(_CELL)}
    _refuse_unknown(place, _FACT | _CELL)
    of_indicator, of_amount = "indicator_no" in place, "amount" in place
    if "project" not in place or _CELL & set(place) or of_indicator == of_amount or ("horizon" in place and of_amount):
        raise CorrectionError(
            "place is a cell (table, row, column), or a project with an amount, or with an indicator_no and perhaps a horizon"
        )
    found: dict[str, Any] = {key: _text(place, key) for key in ("project", "unit", "amount", "horizon") if key in place}
    if found.get("horizon", "annual") not in ("annual", "cycle"):
        raise CorrectionError(f"horizon is {found['horizon']!r}; it is annual or cycle")
    return found | ({"indicator_no": _number(place, "indicator_no")} if of_indicator else {})


def _refuse_unknown(given: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(str(key) for key in given if key not in known)
    if unknown:
        raise CorrectionError(f"unknown key {', '.join(unknown)}; known keys are {', '.join(sorted(known))}")


def _text(entry: Mapping[str, Any], key: str, *, may_be_empty: bool = False) -> str:
    value = entry[key]
    if not isinstance(value, str):
        raise CorrectionError(f"{key} is {value!r}; write a text, in quotes")
    if not value.strip() and not may_be_empty:
        raise CorrectionError(f"{key} is empty")
    return value


def _number(entry: Mapping[str, Any], key: str) -> int:
    value = entry[key]
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise CorrectionError(f"{key} is {value!r}; write a whole number from 1")
    return value


def _date(value: object) -> str:
    try:
        return datetime.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise CorrectionError(f"expires is {value!r}; write a date such as 2027-12-31") from None
