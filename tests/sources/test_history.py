"""What a place showed and when: returns, new descriptions, the archive as the only memory, and any order of arrival."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

from pipelines.settings import Settings
from pipelines.sources.history import Stretch, stretches_of
from pipelines.sources.inbox import Statement
from pipelines.sources.index import SourceIndex
from pipelines.sources.land import LandingReport, land
from pipelines.sources.landing import Landing, Observation, sha256_of
from pipelines.sources.stage import open_index


def seen(sha256: str, day: int, place: str = "2024/a.txt", publisher: str | None = None) -> tuple[Observation, int]:
    statement = Statement(fiscal_year=2024, publisher=publisher)
    return Observation(place, sha256, 1, f"2026-01-{day:02}T00:00:00", statement), 2024


def told(stretches: list[Stretch]) -> list[tuple[str, str, int, bool, bool]]:
    return [
        (
            one.observation.source_uri,
            one.observation.sha256,
            int(one.observation.fetched_at[8:10]),
            one.is_return,
            one.is_present,
        )
        for one in stretches
    ]


def land_on(settings: Settings, day: int, content: str | None, name: str = "2024/a.txt") -> LandingReport:
    """Land an inbox in which one file has this content now."""
    path = settings.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True) if content is None else path.write_text(content, encoding="utf-8")
    now = datetime.datetime(2026, 1, day, 2, 0, tzinfo=datetime.UTC)
    with open_index(settings) as index:
        return land(settings.inbox, Landing(settings.landing), index, now)


def history(settings: Settings) -> list[tuple[str, str, int, bool, bool]]:
    with open_index(settings) as index:
        gone = {place.source_uri for place in index.sources().values() if place.vanished_at is not None}
        return [(place, sha[:2], *rest) for place, sha, *rest in told(stretches_of(index.observations(), gone))]  # type: ignore[misc]


def test_a_place_that_returns_to_earlier_bytes_shows_them_twice() -> None:
    stretches = stretches_of([seen("a", 1), seen("b", 2), seen("a", 3)], vanished=set())
    assert told(stretches) == [
        ("2024/a.txt", "a", 1, False, False),
        ("2024/a.txt", "b", 2, False, False),
        ("2024/a.txt", "a", 3, True, True),
    ]


def test_a_new_description_of_the_same_bytes_takes_the_place_of_the_old_one() -> None:
    (only,) = stretches_of([seen("a", 1), seen("a", 2, publisher="某局")], vanished={"2024/a.txt"})
    assert only.observation.statement.publisher == "某局" and only.observation.fetched_at == "2026-01-01T00:00:00"
    assert not only.is_present and not only.is_return


def test_the_order_in_which_observations_come_in_does_not_matter() -> None:
    observations = [seen(sha, day, place) for place in ("2024/a.txt", "b") for day, sha in enumerate("abacab", start=1)]
    expected = stretches_of(observations, vanished={"b"})
    for seed in range(20):
        random.Random(seed).shuffle(observations)
        assert stretches_of(observations, vanished={"b"}) == expected


def test_a_page_that_returns_is_landed_again_and_a_quiet_day_is_not(settings: Settings) -> None:
    for day, content in enumerate(["一", "一", "二", "一", "一"], start=1):
        land_on(settings, day, content)
    assert [(day, is_return) for _, _, day, is_return, _ in history(settings)] == [(1, False), (3, False), (4, True)]
    assert len(list(Landing(settings.landing).observations())) == 3


def test_a_page_that_vanished_and_came_back_unchanged_is_no_return(settings: Settings) -> None:
    for day, content in enumerate(["一", None, "一"], start=1):
        land_on(settings, day, content)
    assert [(day, is_return, is_present) for _, _, day, is_return, is_present in history(settings)] == [
        (1, False, True)
    ]


def test_the_archive_alone_gives_the_same_history(settings: Settings) -> None:
    for day, content in enumerate(["一", "二", "一", None], start=1):
        land_on(settings, day, content)
    before = history(settings)
    (settings.landing / "index.sqlite").unlink()
    report = land_on(settings, 9, None)
    assert report.vanished == ["2024/a.txt"] and history(settings) == before


def test_an_unchanged_inbox_is_unchanged_for_an_index_made_anew(settings: Settings) -> None:
    land_on(settings, 1, "一")
    (settings.landing / "index.sqlite").unlink()
    assert land_on(settings, 2, "一").unchanged == ["2024/a.txt"]
    assert len(list(Landing(settings.landing).observations())) == 1


def test_an_index_of_an_older_form_is_made_again_from_the_archive(settings: Settings) -> None:
    land_on(settings, 1, "一")
    with SourceIndex(settings.landing / "index.sqlite") as index:
        index._connection.execute("pragma user_version = 1")
    assert [day for _, _, day, *_ in history(settings)] == [1]


def test_what_an_interrupted_landing_had_kept_is_found_with_its_own_time(settings: Settings, tmp_path: Path) -> None:
    land_on(settings, 1, "一")
    orphan = tmp_path / "b.txt"
    orphan.write_text("二", encoding="utf-8")
    Landing(settings.landing).put(
        orphan, Observation("2024/a.txt", sha256_of(orphan), 3, "2026-01-02T02:00:00", Statement(fiscal_year=2024))
    )
    land_on(settings, 3, "二")
    assert [day for _, _, day, *_ in history(settings)] == [1, 2]
    assert len(list(Landing(settings.landing).observations())) == 2
