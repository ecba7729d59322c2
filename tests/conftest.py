"""Fixtures that several folders share: the shipped document, empty data roots, and one finished load to copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.nightly import LoadResult, run_load
from pipelines.settings import Settings
from tests.made_once import made_once
from tests.watching import Webhook

REPOSITORY = Path(__file__).resolve().parent.parent
NANSHA = REPOSITORY / "data" / "inbox" / "2024" / "nansha_2024.txt"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A data root with an empty inbox."""
    (tmp_path / "data" / "inbox").mkdir(parents=True)
    return Settings(tmp_path / "data")


@pytest.fixture
def drop(settings: Settings) -> Callable[[str, str | bytes], Path]:
    """Put a file into the inbox of ``settings``."""

    def put(source_uri: str, content: str | bytes) -> Path:
        path = settings.inbox / source_uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return put


@pytest.fixture(scope="session")
def nansha_load(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, LoadResult]:
    """The shipped document, loaded once by the real job. Read only: copy it (``loaded``) to change anything."""

    def load(folder: Path) -> tuple[Settings, LoadResult]:
        settings = Settings(folder / "data")
        shutil.copytree(REPOSITORY / "data" / "inbox", settings.inbox)
        result = run_load(settings)
        assert result.problems == [] and result.published_version is not None
        return settings, result

    return made_once(tmp_path_factory, "nansha", load)


@pytest.fixture
def loaded(nansha_load: tuple[Settings, LoadResult], tmp_path: Path) -> Settings:
    """A private copy of the finished load."""
    shutil.copytree(nansha_load[0].data_root, tmp_path / "loaded", symlinks=True)
    return Settings(tmp_path / "loaded")


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """A server that takes messages; ended with the test."""
    hook = Webhook()
    yield hook
    hook.close()
