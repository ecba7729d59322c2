"""Documents that the catalogue expects and nobody has seen: findings, and one message each."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys

from pipelines.settings import Settings
from pipelines.sources.catalogue import Catalogue, Expectation, Publisher
from pipelines.sources.expected import Missing, missing_documents, write_seen
from pipelines.warehouse.database import build_database
from pipelines.warehouse.expected import add_missing_documents, find_missing
from pipelines.watch import tell_missing_documents
from tests.watching import Webhook, logged


def test_a_document_is_missing_once_something_was_fetched_after_it_was_due() -> None:
    expects = (Expectation("target", 2023, by="03-31"), Expectation("self_evaluation", 2023, 2023, by="next 08-31"))
    catalogue = Catalogue((Publisher("a.yml", "甲局", "440115", aliases=("旧局",), expects=expects),))
    seen = {("旧局", "target", 2023), ("乙局", "target", 2024)}
    found = list(missing_documents(catalogue, seen, datetime.date(2024, 9, 1)))
    assert found == [
        Missing("甲局", "target", 2024, datetime.date(2024, 3, 31)),
        Missing("甲局", "self_evaluation", 2023, datetime.date(2024, 8, 31)),
    ]
    assert list(missing_documents(catalogue, seen, datetime.date(2024, 3, 31))) == []


def test_missing_documents_are_findings_with_keys_as_dbt_makes_them(loaded: Settings) -> None:
    loaded.catalog.mkdir()
    text = (
        "publisher: 某局\nregion_code: '440115'\nexpects: [{document_type: target, from_year: 2020, to_year: 2021}]\n"
    )
    (loaded.catalog / "a.yml").write_text(text, encoding="utf-8")
    for _ in range(2):
        assert add_missing_documents(loaded) == len(find_missing(loaded)) == 2
    key = (
        "cast(cast('0x' || left(md5(concat_ws(chr(31), rule_code, document_key, project_key, coalesce(cast(indicator_no as "
        "varchar), chr(30)), coalesce(horizon, chr(30)), coalesce(evidence, chr(30)))), 16) as ubigint) >> 1 as bigint)"
    )
    with build_database(loaded.build_database) as connection:
        rows = connection.execute(
            f"select rule_code, fiscal_year, finding_key = {key} from quality.finding where fiscal_year < 2024 order by 2"
        ).fetchall()
        assert connection.execute(f"select count(*) from quality.finding where finding_key != {key}").fetchone() == (0,)
    assert rows == [("expected_document_missing", 2020, True), ("expected_document_missing", 2021, True)]


def expect(settings: Settings, publisher: str, from_year: int, to_year: int) -> None:
    """A catalogue entry that expects a target document of each year."""
    settings.catalog.mkdir(exist_ok=True)
    expects = f"[{{document_type: target, from_year: {from_year}, to_year: {to_year}, by: 03-31}}]"
    text = f"publisher: {publisher}\nregion_code: '440115'\nexpects: {expects}\n"
    (settings.catalog / "a.yml").write_text(text, encoding="utf-8")


def test_a_quiet_night_tells_of_a_missing_document_once_until_it_is_there(loaded: Settings, webhook: Webhook) -> None:
    """The load that noted what it had seen is over; nothing is fetched, and nothing heavy is imported."""
    expect(loaded, "某局", 2021, 2023)
    program = (
        "import sys; from pipelines.commands.main import _run; code = _run(sys.argv[1:]);"
        "print(code, sorted({'dagster', 'dbt', 'duckdb', 'great_expectations', 'polars', 'yaml'} & set(sys.modules)))"
    )
    arguments = [sys.executable, "-c", program, "load", "--data-root", str(loaded.data_root)]
    environment = {**os.environ, "JIXIAO_WEBHOOK": webhook.url}
    nights = [
        subprocess.run(arguments, capture_output=True, text=True, check=True, env=environment).stdout for _ in range(2)
    ]
    assert nights[0].splitlines()[-1] == "0 ['yaml']"  # the catalogue is new; from then on it is kept
    assert nights[1].splitlines()[-1] == "0 []" and "没有变化" in nights[1]
    (message,) = webhook.heard
    assert message["kind"] == "document_missing"
    assert "某局 2021 年绩效目标，应于 2021-03-31 前公布" in message["text"] and "共 3 件" in message["text"]
    assert [one["fiscal_year"] for one in message["fields"]["documents"]] == [2021, 2022, 2023]


def test_a_missing_document_that_came_and_went_is_told_again_and_a_jumping_clock_tells_nothing_twice(
    settings: Settings,
) -> None:
    def told(seen: set[tuple[str, str, int]], today: datetime.date = datetime.date(2025, 6, 1)) -> list[list[int]]:
        write_seen(settings, seen)
        tell_missing_documents(settings, today)
        return [[one["fiscal_year"] for one in line["fields"]["documents"]] for line in logged(settings)]

    expect(settings, "某局", 2021, 2022)
    assert told(set()) == [[2021, 2022]]
    assert told({("某局", "target", 2021)}) == [[2021, 2022]]
    assert told(set()) == [[2021, 2022], [2021]]
    assert told(set(), datetime.date(1970, 1, 1)) == [[2021, 2022], [2021]]
    assert told(set()) == [[2021, 2022], [2021]]
    expect(settings, "某局", 2021, 2025)
    assert told(set(), datetime.date(2025, 3, 31)) == [[2021, 2022], [2021], [2023, 2024]]
    assert told(set(), datetime.date(2025, 4, 1)) == [[2021, 2022], [2021], [2023, 2024], [2025]]


def test_a_data_root_loaded_before_missing_documents_were_noted_tells_nothing(loaded: Settings) -> None:
    expect(loaded, "某局", 2021, 2023)
    loaded.seen_documents.unlink()
    tell_missing_documents(loaded)
    assert not (loaded.logs / "messages.jsonl").exists()
