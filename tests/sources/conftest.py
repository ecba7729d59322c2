"""A served site, and a data root that may ask it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pipelines.settings import Settings
from tests.sources.site import FETCHING, Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    """A server on loopback; nothing is on it."""
    with serving() as site:
        yield site


@pytest.fixture
def web(settings: Settings) -> Settings:
    """An empty data root that may ask loopback, at a quick pace."""
    return replace(settings, fetching=FETCHING)
