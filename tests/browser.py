"""Dagster's page in a real browser: what a person clicks, and what the page then shows.

Belongs here: starting Chromium and finding things by the words that a person reads. Does not know what a test wants.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from selenium import webdriver
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

_Answer = TypeVar("_Answer")
# The page draws itself anew while it asks the server: what is not there, not yet or no more, is looked for again.
_NOT_YET = (
    NoSuchElementException,
    StaleElementReferenceException,
    ElementClickInterceptedException,
    ElementNotInteractableException,
)
# No sandbox because tests may run as root; nothing that talks to anybody but the page.
_OPTIONS = """--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync --lang=en-US --window-size=1500,1000""".split()


class Page:
    """One open page. Everything waits until it is there, at most ``seconds``; then it fails with what the page shows."""

    def __init__(self, driver: webdriver.Chrome, seconds: float) -> None:
        self._driver = driver
        self._seconds = seconds

    def until(self, condition: Callable[[], _Answer], seconds: float | None = None) -> _Answer:
        """The first answer that is neither false nor empty."""
        wait = WebDriverWait(self._driver, seconds or self._seconds, ignored_exceptions=_NOT_YET)
        try:
            return wait.until(lambda _: condition())
        except TimeoutException as error:
            shown = self._driver.find_element(By.TAG_NAME, "body").text
            raise AssertionError(f"{self._driver.current_url} shows:\n{shown}") from error

    def open(self, url: str) -> None:
        self._driver.get(url)

    def find(self, xpath: str) -> WebElement:
        return self._driver.find_element(By.XPATH, xpath)

    def click(self, xpath: str) -> None:
        def click() -> bool:
            self.find(xpath).click()
            return True

        self.until(click)

    def click_link(self, words: str) -> None:
        self.click(f"//a[.//text()[normalize-space()='{words}']]")

    def click_button(self, words: str) -> None:
        self.click(f"//button[normalize-space()='{words}']")

    def type(self, xpath: str, words: str) -> None:
        self.until(lambda: self.find(xpath).is_displayed())
        self.find(xpath).send_keys(words)


@contextmanager
def browsing(profile: Path, seconds: float) -> Iterator[Page]:
    """Chromium with a new profile; skips the test where it is not installed (`.ci/run` installs it)."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("needs chromium and chromedriver (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for option in (*_OPTIONS, f"--user-data-dir={profile}"):
        options.add_argument(option)
    chrome = webdriver.Chrome(options, Service(driver))
    try:
        yield Page(chrome, seconds)
    finally:
        chrome.quit()
