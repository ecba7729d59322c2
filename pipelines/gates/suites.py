"""The suites in ``expectations/``: one YAML per gated table, read and checked.

Belongs here: what a suite file may say. Does not evaluate anything, and imports no Great Expectations: the night that
has nothing to do must not pay for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

STAGES = ("parsed", "stg", "mart")
CRITICAL, WARNING = "critical", "warning"
# What each kind of expectation takes: the arguments it must have, and those of which it must have one at least.
_ARGUMENTS: dict[str, tuple[set[str], set[str]]] = {
    "not_null": ({"column"}, set()),
    "unique": ({"column"}, set()),
    "between": ({"column"}, {"minimum", "maximum"}),
    "in_set": ({"column", "values"}, set()),
    "no_rows": (set(), {"where", "query"}),
    "row_count": ({"minimum"}, set()),
}
KINDS = tuple(_ARGUMENTS)


class SuiteError(ValueError):
    """A suite file that cannot be used; the message names the file and what to change."""


@dataclass(frozen=True)
class Expectation:
    """One rule about one table. ``name`` is unique in its suite; ``why`` is shown to the person who meets a failure.

    ``no_rows`` takes ``where`` (a condition that no row may meet) or ``query`` (a whole query that must be empty, with
    ``{table}`` for the gated table); ``row_count`` takes ``minimum``; the other kinds take ``column`` and their bounds.
    """

    name: str
    kind: str
    severity: str
    why: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Suite:
    """The rules of one table of one stage. ``schema`` is the DuckDB schema it stands in at that gate."""

    stage: str
    table: str
    schema: str
    expectations: tuple[Expectation, ...]

    @property
    def name(self) -> str:
        """``<stage>.<table>``, as in ``quality.gate_result``."""
        return f"{self.stage}.{self.table}"


def read_suites(folder: Path, stage: str) -> list[Suite]:
    """Every suite of a stage, in the order of the table names. Raises ``SuiteError``; a stage without suites is one."""
    suites = [_read_suite(path, stage) for path in sorted((folder / stage).glob("*.yml"))]
    if not suites:
        raise SuiteError(f"{folder / stage}: no suite found; a gate without expectations would pass anything")
    return suites


def _read_suite(path: Path, stage: str) -> Suite:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SuiteError(f"{path}: not YAML in UTF-8 ({' '.join(str(error).split())})") from None
    if not isinstance(content, dict) or set(content) != {"schema", "expectations"} or not content["expectations"]:
        raise SuiteError(f"{path}: expected the keys schema and expectations, with at least one expectation")
    expectations = tuple(_expectation(path, item) for item in content["expectations"])
    names = [expectation.name for expectation in expectations]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise SuiteError(f"{path}: expectation {', '.join(sorted(repeated))} stands twice")
    warnings = [expectation.name for expectation in expectations if expectation.severity == WARNING]
    if stage == "mart" and warnings:
        raise SuiteError(
            f"{path}: {', '.join(warnings)} is a warning; quality.finding is built before this gate and could not show it: "
            "make it critical, or move it to the gate of an earlier stage"
        )
    return Suite(stage, path.stem, content["schema"], expectations)


def _expectation(path: Path, item: object) -> Expectation:
    if not isinstance(item, dict):
        raise SuiteError(f"{path}: an expectation is {item!r}; write its keys name, kind, severity and why")
    given = dict(item)
    try:
        name, kind, severity, why = (given.pop(key) for key in ("name", "kind", "severity", "why"))
    except KeyError as missing:
        raise SuiteError(f"{path}: an expectation lacks {missing}; it has {', '.join(map(str, item))}") from None
    if kind not in KINDS:
        raise SuiteError(f"{path}: {name}: kind is {kind!r}; known kinds are {', '.join(KINDS)}")
    if severity not in (CRITICAL, WARNING):
        raise SuiteError(f"{path}: {name}: severity is {severity!r}; it is {CRITICAL} or {WARNING}")
    required, one_of = _ARGUMENTS[kind]
    missing_arguments, unknown = required - set(given), set(given) - required - one_of
    if missing_arguments or unknown or (one_of and not one_of & set(given)) or {"where", "query"} <= set(given):
        takes = " and ".join([*sorted(required), *([" or ".join(sorted(one_of))] if one_of else [])])
        raise SuiteError(f"{path}: {name}: kind {kind} takes {takes}; given are {', '.join(sorted(given)) or 'none'}")
    return Expectation(name, kind, severity, why, given)
