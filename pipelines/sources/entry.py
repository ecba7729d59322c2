"""Strict reading of a YAML mapping: each key is asked for by name and type, and what nobody asked for is an error.

Belongs here: duplicate and unknown keys, wrong types, patterns that do not compile. Does not know what an entry means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class EntryError(ValueError):
    """What is wrong (file and value) and what to do about it."""

    def __init__(self, what: str, remedy: str) -> None:
        """Both in words."""
        super().__init__(f"{what}; {remedy}")
        self.what = what
        self.remedy = remedy


def read_entry(path: Path) -> dict[str, Any]:
    """The one mapping of a YAML file."""
    import yaml  # only when the catalogue changed or lists pages

    class Loader(yaml.SafeLoader):
        """Refuses a key that is written twice, of which YAML would silently keep the last."""

    def mapping(loader: Loader, node: yaml.MappingNode) -> dict[Any, Any]:
        keys = [loader.construct_object(key) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise EntryError(f"key {key} is written twice", "keep one of them")
        return dict(loader.construct_pairs(node, deep=True))

    Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    try:
        entry = yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a SafeLoader
    except EntryError:
        raise
    # A day such as 2024-13-45, a list as a key, brackets without end: PyYAML raises Python's own errors.
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise EntryError(f"not YAML in UTF-8: {str(error).splitlines()[0]}", "correct the file") from None
    if not isinstance(entry, dict):
        raise EntryError(f"holds a {type(entry).__name__}", "write `key: value` lines")
    return {str(key): value for key, value in entry.items()}


class Fields:
    """The keys of one mapping; ``place`` leads to it, such as ``sources[0].``. Every method takes its key away."""

    def __init__(self, entry: dict[str, Any], place: str) -> None:
        """Hold the mapping; ``finish`` complains about what was not taken."""
        self.place = place
        self._entry = dict(entry)
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return self._entry.get(key) is not None

    def finish(self) -> None:
        """Complain about keys that nobody asked for."""
        if self._entry:
            unknown = ", ".join(f"{self.place}{key}" for key in self._entry)
            raise EntryError(f"unknown key {unknown}", f"known keys are {', '.join(self._known)}")

    def text(self, key: str) -> str:
        """A text that must be there. Digits without quotes are taken as they look, but not 0-led ones: YAML changes them."""
        value = self._take(key)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(key, value, "write a text, in quotes if it is made of digits")
        return value.strip()

    def optional_text(self, key: str) -> str | None:
        """A text or None."""
        return None if self._is_absent(key) else self.text(key)

    def texts(self, key: str) -> list[str]:
        """A list of texts, empty when the key is missing."""
        values = self._take(key)
        if values is None:
            return []
        if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
            raise self._wrong(key, values, "write a list of texts")
        return [value.strip() for value in values]

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        """One of the words."""
        value = self._take(key)
        if value not in choices:
            raise self._wrong(key, value, f"write one of {', '.join(choices)}")
        return str(value)

    def year(self, key: str) -> int:
        """A calendar year."""
        value = self._take(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 1990 <= value <= 2100:
            raise self._wrong(key, value, "write a year such as 2024")
        return value

    def optional_year(self, key: str) -> int | None:
        """A calendar year or None."""
        return None if self._is_absent(key) else self.year(key)

    def count(self, key: str, default: int, most: int) -> int:
        """A whole number from 1 to ``most``."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            raise self._wrong(key, value, f"write a whole number from 1 to {most}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self._wrong(key, value, "write true or false")
        return value

    def pattern(self, key: str) -> re.Pattern[str]:
        """A regular expression."""
        text = self.text(key)
        try:
            pattern = re.compile(text)
        except re.error as error:
            raise self._wrong(key, text, f"write a regular expression ({error})") from None
        if pattern.search(""):
            raise self._wrong(key, text, "write a regular expression that does not match everything")
        return pattern

    def optional_pattern(self, key: str) -> re.Pattern[str] | None:
        """A regular expression or None."""
        return None if self._is_absent(key) else self.pattern(key)

    def year_or_pattern(self, key: str) -> int | re.Pattern[str] | None:
        """A year, or a pattern that finds one."""
        if isinstance(self._entry.get(key), int):
            return self.year(key)
        return self.optional_pattern(key)

    def mappings(self, key: str) -> Iterator[Fields]:
        """The mappings of a list, each with its place."""
        values = self._take(key)
        if values is None:
            return
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self._wrong(key, values, "write a list of `- key: value` entries")
        for number, value in enumerate(values):
            yield Fields({str(name): one for name, one in value.items()}, f"{self.place}{key}[{number}].")

    def _take(self, key: str) -> Any:
        self._known.append(key)
        return self._entry.pop(key, None)

    def _is_absent(self, key: str) -> bool:
        return key not in self and self._take(key) is None

    def _wrong(self, key: str, value: object, remedy: str) -> EntryError:
        what = f"{self.place}{key} is missing" if value is None else f"{self.place}{key} is {value!r}"
        return EntryError(what.replace("\n", " ")[:200], remedy)
