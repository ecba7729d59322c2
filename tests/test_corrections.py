"""A correction in a real load: one that does not fit stops it with one line, one that fits is read, told and traceable."""

from __future__ import annotations

import hashlib
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.nightly import run_load
from pipelines.settings import Settings
from tests.conftest import NANSHA

pytestmark = pytest.mark.slow
ENTRY = {
    "sha256": hashlib.sha256(NANSHA.read_bytes()).hexdigest(),
    "reason": "印刷错误",
    "expires": "2099-12-31",
}


def correct(settings: Settings, **entry: Any) -> None:
    settings.corrections.mkdir(exist_ok=True)
    text = yaml.safe_dump({"corrections": [ENTRY | entry]}, allow_unicode=True)
    (settings.corrections / "nansha.yml").write_text(text, encoding="utf-8")


def query(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(settings.published / "jixiao.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_correction_that_does_not_fit_stops_the_load_and_one_that_fits_is_published(loaded: Settings) -> None:
    before = (loaded.published / "jixiao.duckdb").resolve()
    (project, text) = query(
        loaded,
        "select project_name, target_text from fct_indicator_target join dim_project using (project_key) "
        "where indicator_no = 1 and horizon = 'annual' and measure_no = 1 order by all limit 1",
    )[0]
    place = {"project": project, "indicator_no": 1, "horizon": "annual"}

    correct(loaded, place=place, expected="没有这样的文字", corrected="≥77%")
    result = run_load(loaded)
    assert result.published_version is None and (loaded.published / "jixiao.duckdb").resolve() == before
    line = result.failures[0]
    assert (
        line.startswith("corrections/nansha.yml 第 1 条 (entry 1): 原文不是“没有这样的文字”而是") and "remove" in line
    )
    assert run_load(loaded).failures  # until somebody acts on it

    correct(loaded, place=place, expected=text, corrected="≥77%")
    result = run_load(loaded)
    assert result.failures == [] and result.published_version is not None
    assert query(
        loaded,
        "select target_text, lower_value::integer from fct_indicator_target join dim_project using (project_key) "
        f"where project_name = '{project}' and indicator_no = 1 and horizon = 'annual'",
    ) == [("≥77%", 77)]
    ((evidence,),) = query(loaded, "select evidence from quality.finding where rule_code = 'corrected'")
    assert evidence.startswith(f"{text} → ≥77%")

    (loaded.corrections / "nansha.yml").unlink()
    assert run_load(loaded).published_version is not None
    assert query(loaded, "select * from quality.finding where rule_code = 'corrected'") == []
