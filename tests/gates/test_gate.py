"""What a gate makes of a suite: failures, warnings, expectations that cannot be evaluated, and Data Docs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.gates.gate import GateOutcome, GateRun, parsed_gate_database, run_gate
from pipelines.settings import Settings
from pipelines.warehouse.database import build_database

BROKEN_TABLE = "select code, amount from (values ('a', 1), ('b', -2), (null, 3), ('b', null)) as rows (code, amount)"


@dataclass(frozen=True)
class SettingsWithSuites(Settings):
    """Settings of a deployment that keeps its suites elsewhere."""

    suites: Path = field(default=Path())

    @property
    def expectations(self) -> Path:
        return self.suites


@pytest.fixture
def settings(tmp_path: Path) -> SettingsWithSuites:
    settings = SettingsWithSuites(tmp_path / "root", suites=tmp_path / "expectations")
    with build_database(settings.build_database) as connection:
        connection.execute(f"create table main.broken as {BROKEN_TABLE}")
        connection.execute("create table main.sound as select 'a' as code, 1 as amount")
    return settings


def expect(name: str, kind: str, severity: str = "critical", **arguments: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, "severity": severity, "why": "说明 (reason)", **arguments}


def gate(settings: SettingsWithSuites, **tables: list[dict[str, Any]]) -> dict[str, GateOutcome]:
    """Run a gate over the given suites; outcomes by ``table.expectation``."""
    (settings.suites / "stg").mkdir(parents=True)
    for table, expectations in tables.items():
        content = yaml.safe_dump({"schema": "main", "expectations": expectations}, allow_unicode=True)
        (settings.suites / "stg" / f"{table}.yml").write_text(content, encoding="utf-8")
    outcomes = run_gate(settings, GateRun("stg", "run-1", [2023, 2024]), settings.build_database)
    return {f"{outcome.table}.{outcome.expectation}": outcome for outcome in outcomes}


EVERY_KIND = [
    expect("code_stated", "not_null", column="code"),
    expect("code_unique", "unique", column="code"),
    expect("code_known", "in_set", column="code", values=["a", "c"]),
    expect("amount_plausible", "between", column="amount", minimum=0, maximum=2),
    expect("no_negative", "no_rows", where="amount < 0"),
    expect(
        "no_pair",
        "no_rows",
        query="select one.* from {table} as one semi join {table} as other on one.amount = other.amount + 3",
    ),
    expect("braces", "no_rows", where="regexp_full_match(code, '[a]{1}')"),
    expect("enough_rows", "row_count", minimum=5),
]


def test_every_kind_of_expectation_counts_and_keeps_its_failing_rows(settings: SettingsWithSuites) -> None:
    outcomes = gate(settings, broken=EVERY_KIND)
    assert {name: (outcome.success, outcome.failing_rows, outcome.examples) for name, outcome in outcomes.items()} == {
        "broken.code_stated": (False, 1, ('{"code":null,"amount":3}',)),
        "broken.code_unique": (False, 2, ('{"code":"b","amount":-2}', '{"code":"b","amount":null}')),
        "broken.code_known": (False, 2, ('{"code":"b","amount":-2}', '{"code":"b","amount":null}')),
        "broken.amount_plausible": (False, 2, ('{"code":"b","amount":-2}', '{"code":null,"amount":3}')),
        "broken.no_negative": (False, 1, ('{"code":"b","amount":-2}',)),
        "broken.no_pair": (False, 1, ('{"code":"a","amount":1}',)),
        "broken.braces": (False, 1, ('{"code":"a","amount":1}',)),
        "broken.enough_rows": (False, 1, ('{"row_count":4}',)),
    }
    assert all(outcome.stops for outcome in outcomes.values())


def test_every_kind_of_expectation_passes_on_a_sound_table(settings: SettingsWithSuites) -> None:
    sound = [one for one in EVERY_KIND if one["name"] not in ("braces", "enough_rows")]
    outcomes = gate(settings, sound=[*sound, expect("enough_rows", "row_count", minimum=1)])
    assert [outcome.success for outcome in outcomes.values()] == [True] * 7
    assert not any(outcome.stops or outcome.examples for outcome in outcomes.values())


def test_a_warning_is_kept_and_does_not_stop(settings: SettingsWithSuites) -> None:
    outcome = gate(settings, broken=[expect("code_stated", "not_null", "warning", column="code")])["broken.code_stated"]
    assert (outcome.success, outcome.stops, outcome.severity) == (False, False, "warning")
    with build_database(settings.build_database, read_only=True) as connection:
        assert connection.execute(
            "select fiscal_year, suite, expectation, severity, success, failing_rows from load.gate_result"
        ).fetchall() == [("2023, 2024", "stg.broken", "code_stated", "warning", False, 1)]
        assert connection.execute("select row_text from load.gate_failing_row").fetchall() == [
            ('{"code":null,"amount":3}',)
        ]


def test_several_critical_failures_stop_beside_a_warning(settings: SettingsWithSuites) -> None:
    # As text, "critical" is less than "warning", and two of one severity have no first: neither may decide.
    outcomes = gate(
        settings,
        broken=[
            expect("code_unique", "unique", "critical", column="code"),
            expect("code_stated", "not_null", "warning", column="code"),
            expect("no_negative", "no_rows", "critical", where="amount < 0"),
        ],
    )
    assert {name: outcome.stops for name, outcome in outcomes.items()} == {
        "broken.code_unique": True,
        "broken.code_stated": False,
        "broken.no_negative": True,
    }


UNANSWERABLE = {
    "missing_column": {"kind": "not_null", "column": "nothing"},
    "unknown_column": {"kind": "no_rows", "where": "nothing = 1"},
    "missing_table": {"kind": "no_rows", "query": "select * from main.nothing"},
    "no_sql": {"kind": "no_rows", "query": "select from where"},
    "fails_on_the_data": {"kind": "no_rows", "where": "cast(code as integer) = 1"},
}


def test_an_expectation_that_raises_is_an_error_that_stops_whatever_its_severity(settings: SettingsWithSuites) -> None:
    outcomes = gate(
        settings,
        broken=[
            expect(f"{name}_{severity}", severity=severity, **arguments)
            for name, arguments in UNANSWERABLE.items()
            for severity in ("critical", "warning")
        ]
        + [expect("sound", "no_rows", where="amount > 9")],
    )
    assert outcomes.pop("broken.sound").success
    assert len(outcomes) == 2 * len(UNANSWERABLE)
    for name, outcome in outcomes.items():
        assert (outcome.success, outcome.stops, outcome.examples) == (False, True, ()), name
        assert outcome.error and "\n" not in outcome.error, name


def test_a_missing_table_is_an_error_of_its_own_expectations_only(settings: SettingsWithSuites) -> None:
    outcomes = gate(
        settings,
        nothing=[expect("one", "not_null", column="code"), expect("two", "no_rows", "warning", where="true")],
        sound=[expect("code_stated", "not_null", column="code")],
    )
    assert [outcome.stops for outcome in outcomes.values()] == [True, True, False]
    assert "nothing" in (outcomes["nothing.one"].error or "")


def test_an_expectation_that_is_not_answered_is_an_error(
    settings: SettingsWithSuites, monkeypatch: pytest.MonkeyPatch
) -> None:
    import great_expectations

    whole_run = great_expectations.ValidationDefinition.run

    def run_and_forget_the_first(self: Any, **options: Any) -> Any:
        answer = whole_run(self, **options)
        del answer.results[0]
        return answer

    monkeypatch.setattr(great_expectations.ValidationDefinition, "run", run_and_forget_the_first)
    outcomes = gate(
        settings,
        sound=[expect("first", "not_null", column="code"), expect("second", "not_null", column="amount")],
    )
    unanswered = [outcome for outcome in outcomes.values() if outcome.error]
    assert [(outcome.error, outcome.success, outcome.stops) for outcome in unanswered] == [
        ("Great Expectations gave no answer", False, True)
    ]
    assert len(outcomes) == 2


def test_data_docs_open_and_name_the_failing_expectation(settings: SettingsWithSuites) -> None:
    gate(
        settings,
        broken=[expect("code_stated", "not_null", column="code")],
        sound=[expect("fine", "unique", column="code")],
    )
    site = settings.gates / "data_docs" / "stg"
    pages = {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    index = pages.pop("index.html")
    assert len(pages) == 2
    for name, page in pages.items():
        assert name in index
        assert ("code_stated" in page) is ("stg.broken" in page)
        assert "说明 (reason)" in page
    assert sum("Failed" in page and "code_stated" in page for page in pages.values()) == 1


def test_the_build_file_can_be_opened_for_writing_after_a_gate(settings: SettingsWithSuites) -> None:
    gate(settings, sound=[expect("code_stated", "not_null", column="code")])
    with build_database(settings.build_database) as connection:
        connection.execute("insert into main.sound values ('b', 2)")


def test_the_parsed_gate_without_parsed_years_says_so(settings: SettingsWithSuites) -> None:
    with pytest.raises(FileNotFoundError, match="no parsed Parquet for the years 2019"):
        parsed_gate_database(settings, [2019])
