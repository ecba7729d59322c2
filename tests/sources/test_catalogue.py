"""The catalogue: what an entry may say, and that everything else is one line that names file, key and remedy."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from pipelines.sources.catalogue import Expectation, catalogue_state, read_catalogue

ENTRY = """\
publisher: 广州市财政局
region_code: "440100"
aliases: [广州市财政厅, 市财政局]
expects:
  - {document_type: target, from_year: 2016, by: 03-31}
  - {document_type: self_evaluation, from_year: 2019, to_year: 2023, by: next 08-31}
sources:
  - listing: https://czj.example.gov.cn/jxgl/index.html
    links: '绩效.*\\.(xlsx?|docx?|pdf)$'
    follow: 公开
    next: 下一页
    max_pages: 3
    max_links: 40
    document_type: target
    fiscal_year: '(20\\d\\d)年'
    published_on: '\\d{4}-\\d\\d-\\d\\d'
    document_id: 't(\\d+_\\d+)'
    states_publisher: false
  - listing: https://czj.example.gov.cn/2016.html
    links: xls
    fiscal_year: 2016
"""
SHORT = 'publisher: 某局\nregion_code: "440115"\n'
SOURCE = SHORT + "sources:\n  - listing: https://a.example/\n    links: xls\n"


def _write(folder: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        path = folder / f"{name}.yml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def test_an_entry_says_who_publishes_what_when_and_where(tmp_path: Path) -> None:
    catalogue = read_catalogue(_write(tmp_path, gz=ENTRY))
    (publisher,) = catalogue.publishers
    assert catalogue.problems == () and catalogue.has_pages
    assert publisher.names == ("广州市财政局", "广州市财政厅", "市财政局") and publisher.region_code == "440100"
    assert publisher.expects == (
        Expectation("target", 2016, None, "03-31"),
        Expectation("self_evaluation", 2019, 2023, "next 08-31"),
    )
    first, second = publisher.sources
    assert (first.max_pages, first.max_links, first.states_publisher) == (3, 40, False)
    assert (second.max_pages, second.fiscal_year, second.follow, second.states_publisher) == (20, 2016, None, True)


def test_an_expectation_covers_its_years_and_has_a_due_day() -> None:
    open_ended = Expectation("target", 2016, None, "03-31")
    assert [open_ended.covers(year) for year in (2015, 2016, 2030)] == [False, True, True]
    assert open_ended.due_on(2024) == datetime.date(2024, 3, 31)
    closed = Expectation("self_evaluation", 2019, 2023, "next 08-31")
    assert [closed.covers(year) for year in (2018, 2019, 2023, 2024)] == [False, True, True, False]
    assert closed.due_on(2023) == datetime.date(2024, 8, 31)
    assert Expectation("target", 2016).due_on(2024) == datetime.date(2024, 12, 31)


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("", "holds a NoneType; write `key: value` lines"),
        ("- 某局\n", "holds a list"),
        ("publisher: [\n", "not YAML in UTF-8"),
        (b"publisher: \xd0\xc2", "not YAML in UTF-8"),
        ("region_code: '440115'\n", "publisher is missing; write a text"),
        ("publisher: 某局\n", "region_code is missing"),
        (SHORT.replace("440115", "4401"), "region_code is '4401'; write the six digits"),
        (
            SHORT + "publshed: x\n",
            "unknown key publshed; known keys are publisher, region_code, aliases, expects, sources",
        ),
        (SHORT + "publisher: 另一局\n", "key publisher is written twice"),
        (SHORT + "aliases: &a [*a]\n", "recursive"),
        (SHORT + "by: 2024-13-45\n", "not YAML in UTF-8: month must be in 1..12"),
        (SHORT + "{[a]: b}: c\n", "not YAML in UTF-8"),
        (SHORT + "aliases: " + "[" * 9000, "not YAML in UTF-8"),
        ("publisher: {a: b}\n", "publisher is {'a': 'b'}; write a text"),
        ("publisher: ''\n", "publisher is ''"),
        (SHORT + "aliases: 某某局\n", "aliases is '某某局'; write a list of texts"),
        (SHORT + "expects: {document_type: target}\n", "expects is {'document_type': 'target'}; write a list"),
        (SHORT + "expects: [{from_year: 2016}]\n", "expects[0].document_type is missing; write one of target, self_"),
        (SHORT + "expects: [{document_type: budget, from_year: 2016}]\n", "expects[0].document_type is 'budget'"),
        (
            SHORT + "expects: [{document_type: target, from_year: '2016'}]\n",
            "expects[0].from_year is '2016'; write a year",
        ),
        (SHORT + "expects: [{document_type: target, from_year: 2016, to_year: 2015}]\n", "to_year is before from_year"),
        (SHORT + "expects: [{document_type: target, from_year: 2016, by: 31-03}]\n", "expects[0].by is '31-03'"),
        (SHORT + "expects: [{document_type: target, from_year: 2016, by: 02-29}]\n", "expects[0].by is '02-29'"),
        (SHORT + "expects: [{document_type: target, from_year: 2016, until: 1}]\n", "unknown key expects[0].until"),
        (SHORT + "sources: [{listing: 'https://a.example/'}]\n", "sources[0].links is missing"),
        (SOURCE + "    robots: ignore\n", "unknown key sources[0].robots"),
        (SOURCE + "    next: '('\n", "sources[0].next is '('; write a regular expression"),
        (SOURCE + "    next: '.*'\n", "that does not match everything"),
        (SOURCE + "    max_pages: 0\n", "sources[0].max_pages is 0; write a whole number from 1 to 1000"),
        (SOURCE + "    max_links: true\n", "sources[0].max_links is True"),
        (SOURCE + "    states_publisher: ja\n", "sources[0].states_publisher is 'ja'; write true or false"),
        (SOURCE + "    fiscal_year: 24\n", "sources[0].fiscal_year is 24; write a year"),
        (
            SOURCE.replace("https://a.example/", "ftp://a.example/"),
            "sources[0].listing is 'ftp://a.example/'; write an http",
        ),
        (SOURCE.replace("https://a.example/", "https://u:p@a.example/"), "without user and password"),
        (SOURCE.replace("https://a.example/", "'http://[::1'"), "sources[0].listing is"),
        (SOURCE.replace("https://a.example/", "list.html"), "sources[0].listing is 'list.html'"),
        (SOURCE + "  - listing: https://a.example/\n    links: doc\n", "listing https://a.example/ is in bad.yml too"),
    ],
)
def test_what_an_entry_may_not_say_is_one_line(tmp_path: Path, entry: str | bytes, complaint: str) -> None:
    catalogue = read_catalogue(_write(tmp_path, bad=entry, good='publisher: 好局\nregion_code: "440115"\n'))
    assert [publisher.name for publisher in catalogue.publishers] == ["好局"]
    (problem,) = map(str, catalogue.problems)
    assert problem.startswith("catalog/bad.yml: ") and complaint in problem and "\n" not in problem


def test_a_publisher_has_one_file(tmp_path: Path) -> None:
    alias = SHORT.replace("某局", "乙局") + "aliases: [某局]\n"
    catalogue = read_catalogue(_write(tmp_path, a=SHORT, b=SHORT, c=alias))
    assert [publisher.file for publisher in catalogue.publishers] == ["a.yml"]
    assert [str(problem).partition(": ")[0] for problem in catalogue.problems] == ["catalog/b.yml", "catalog/c.yml"]
    assert all("publisher 某局 is in a.yml too; keep one file" in str(problem) for problem in catalogue.problems)


def test_a_listing_belongs_to_one_entry(tmp_path: Path) -> None:
    catalogue = read_catalogue(_write(tmp_path, a=SOURCE, b=SOURCE.replace("某局", "乙局")))
    assert "listing https://a.example/ is in a.yml too" in str(catalogue.problems[0])


def test_a_file_that_would_be_passed_over_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SHORT, encoding="utf-8")
    (tmp_path / ".a.yml").write_text("x", encoding="utf-8")
    catalogue = read_catalogue(tmp_path)
    assert catalogue.publishers == () and "rename the file to .yml" in str(catalogue.problems[0])


def test_a_missing_catalogue_is_an_empty_one(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path / "nowhere").publishers == ()


def test_the_state_of_the_catalogue_changes_with_its_files(tmp_path: Path) -> None:
    states = {catalogue_state(tmp_path)}
    for name, text in (("a", SHORT), ("b", SHORT), ("a", SOURCE)):
        states.add(catalogue_state(_write(tmp_path, **{name: text})))
    assert len(states) == 4
