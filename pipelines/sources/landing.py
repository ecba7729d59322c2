"""The landing archive: immutable bytes by SHA-256, and one immutable sidecar per observation of them.

An observation says where bytes were seen, when, and what was stated about them. A place is observed when it changes, so
a page that returns to earlier bytes is observed again. Everything later is rebuilt from here.
Does not decide what is new, and never changes or removes a file.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.files import write_atomically
from pipelines.sources.inbox import Statement

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Observation:
    """Bytes seen at a place. ``fetched_at`` is UTC, ISO 8601 to the second."""

    source_uri: str
    sha256: str
    size: int
    fetched_at: str
    statement: Statement

    @property
    def told(self) -> str:
        """What was observed without when: the bytes, their place and what was stated about them."""
        told = json.dumps([self.source_uri, self.statement.as_dict()], ensure_ascii=False, sort_keys=True)
        return f"{self.sha256}.{hashlib.sha256(told.encode()).hexdigest()[:12]}"

    @property
    def name(self) -> str:
        """Names the sidecar: the same bytes at another place, newly described or back again, are another observation."""
        return f"{self.told}.{re.sub('[-:]', '', self.fetched_at)}"


def told_of(name: str) -> str:
    """The part of an observation's name that does not change with time."""
    return name.rpartition(".")[0]


def time_of(name: str) -> str:
    """The part of an observation's name that sorts by time."""
    return name.rpartition(".")[2]


class ChangedWhileRead(Exception):
    """A file that somebody was still writing; the next load reads it again."""


class Landing:
    """The archive below one folder: ``<first two>/<sha256>`` holds the bytes, ``<name>.json`` the sidecars,
    ``<name>.http`` the answer of a web server that brought them.
    """

    def __init__(self, folder: Path) -> None:
        """Name the archive's folder; it is made when something lands."""
        self.folder = folder

    def path_of(self, sha256: str) -> Path:
        """Where the bytes with this hash are, or would be."""
        return self.folder / sha256[:2] / sha256

    def put(self, source: Path, observation: Observation) -> None:
        """Keep the bytes of ``source`` and the sidecar of ``observation``; both are left alone when already there.

        The bytes are hashed again while they are copied: a file that changes under the copy raises ``ChangedWhileRead``.
        """
        target = self.path_of(observation.sha256)
        if not target.exists():
            self._copy(source, target, observation.sha256)
        self.describe(observation)

    def put_bytes(self, data: bytes) -> str:
        """Keep bytes that came from elsewhere than a file, and return their SHA-256; ``describe`` must follow."""
        sha256 = hashlib.sha256(data).hexdigest()
        if not self.path_of(sha256).exists():
            write_atomically(self.path_of(sha256), data, mode=0o444)
        return sha256

    def describe(self, observation: Observation, response: Mapping[str, object] | None = None) -> None:
        """Write the sidecar of bytes that are kept, and beside it what the server said with them (``<name>.http``)."""
        self._write_once(observation, ".json", _flat(observation))
        if response is not None:
            self._write_once(observation, ".http", response)

    def _write_once(self, observation: Observation, suffix: str, record: Mapping[str, object]) -> None:
        path = self.path_of(observation.sha256).with_name(observation.name + suffix)
        if not path.exists():
            text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
            write_atomically(path, (text + "\n").encode(), mode=0o444)

    def _copy(self, source: Path, target: Path, sha256: str) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        data = source.read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ChangedWhileRead(str(source))
        write_atomically(target, data, mode=0o444)

    def observations(self) -> Iterator[Observation]:
        """Every sidecar of the archive, in the order of their names."""
        for path in sorted(self.folder.glob("??/*.json")):
            yield _observation(json.loads(path.read_text(encoding="utf-8")))

    def observations_of(self, told: str) -> list[Observation]:
        """Those that tell the same and differ in time only, the earliest first."""
        paths = sorted((self.folder / told[:2]).glob(f"{told}.*.json"))
        return [_observation(json.loads(path.read_text(encoding="utf-8"))) for path in paths]


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _flat(observation: Observation) -> dict[str, Any]:
    record = asdict(observation)
    record["statement"] = observation.statement.as_dict()
    return record


def _observation(record: dict[str, Any]) -> Observation:
    return Observation(**{**record, "statement": Statement(**record["statement"])})
