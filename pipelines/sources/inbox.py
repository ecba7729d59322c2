"""The drop folder: which files are in it, and what their sidecars state about them.

Belongs here: walking ``inbox/``, the year that a first folder states, and sidecar YAML. Does not open a document, nor
compare with what was seen before.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SIDECAR_SUFFIX = ".yml"
_SIDECAR_KEYS = ("publisher", "region_code", "source_url", "published_on", "document_id")
_YEAR_FOLDER = re.compile(r"(?:19|20)[0-9]{2}")
# Left by editors, office programs and unfinished copies: never a document.
_NOT_A_DOCUMENT = re.compile(r"^(?:\.|~\$)|(?:~|\.part|\.tmp|\.crdownload)$")


@dataclass(frozen=True)
class Statement:
    """What a drop folder says about a document without opening it. ``published_on`` is an ISO date."""

    fiscal_year: int | None = None
    publisher: str | None = None
    region_code: str | None = None
    source_url: str | None = None
    published_on: str | None = None
    document_id: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The stated facts only, for the landing sidecar."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Problem:
    """A place that could not be read, what was wrong and what to do."""

    place: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}; {self.remedy}"


@dataclass(frozen=True)
class InboxFile:
    """A file of the drop folder. ``source_uri`` is its path below the inbox, with ``/``; times are nanoseconds."""

    source_uri: str
    path: Path
    size: int
    modified: int
    sidecar_modified: int


@dataclass
class InboxListing:
    """All files, the places that could not be read, and the path prefixes below which absence proves nothing."""

    files: list[InboxFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def list_inbox(inbox: Path) -> InboxListing:
    """Every document file below ``inbox``, sorted by path. A missing inbox is an empty one."""
    listing = InboxListing()

    def on_error(error: OSError) -> None:
        place = Path(error.filename)
        if place == inbox and isinstance(error, FileNotFoundError):
            return
        relative = "" if place == inbox else place.relative_to(inbox).as_posix() + "/"
        listing.unreadable.append(relative)
        listing.problems.append(
            Problem(
                f"inbox/{relative}",
                f"文件夹无法读取 (cannot read folder: {error.strerror})",
                "give the loading user read access",
            )
        )

    for folder, subfolders, names in os.walk(inbox, onerror=on_error):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        listing.files.extend(_documents(inbox, Path(folder), names))
    listing.files.sort(key=lambda file: file.source_uri)
    return listing


def _documents(inbox: Path, folder: Path, names: list[str]) -> Iterator[InboxFile]:
    present = set(names)
    for name in names:
        if _NOT_A_DOCUMENT.search(name) or (name.endswith(SIDECAR_SUFFIX) and name[: -len(SIDECAR_SUFFIX)] in present):
            continue
        path = folder / name
        state = path.stat()
        sidecar = folder / (name + SIDECAR_SUFFIX)
        yield InboxFile(
            source_uri=path.relative_to(inbox).as_posix(),
            path=path,
            size=state.st_size,
            modified=state.st_mtime_ns,
            sidecar_modified=sidecar.stat().st_mtime_ns if sidecar.name in present else 0,
        )


class SidecarError(ValueError):
    """A sidecar that does not say what a sidecar may say."""


def read_statement(file: InboxFile) -> Statement:
    """The facts stated by the year folder and by ``<file>.yml``. Raises ``SidecarError`` with what to change."""
    first, separator, _ = file.source_uri.partition("/")
    fiscal_year = int(first) if separator and _YEAR_FOLDER.fullmatch(first) else None
    if not file.sidecar_modified:
        return Statement(fiscal_year=fiscal_year)
    stated = _read_yaml(Path(f"{file.path}{SIDECAR_SUFFIX}"))
    unknown = sorted(set(stated) - set(_SIDECAR_KEYS))
    if unknown:
        raise SidecarError(f"unknown key {', '.join(unknown)}; known keys are {', '.join(_SIDECAR_KEYS)}")
    texts = {key: _text(key, value) for key, value in stated.items() if value is not None}
    return Statement(fiscal_year=fiscal_year, **texts)


def _text(key: str, value: object) -> str:
    if key == "published_on":
        try:
            return datetime.date.fromisoformat(str(value)).isoformat()
        except ValueError:
            raise SidecarError(f"published_on is {value!r}; write a date such as 2024-02-05") from None
    if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
        return str(value).strip()
    raise SidecarError(f"{key} is {value!r}; write a text")


def _read_yaml(path: Path) -> dict[str, Any]:
    import yaml  # only when a sidecar is new or changed: a quiet night needs no YAML

    try:
        stated = yaml.safe_load(path.read_text(encoding="utf-8"))
    # A day such as 2024-13-45, a list as a key, brackets without end: PyYAML raises Python's own errors.
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise SidecarError(f"not YAML in UTF-8 ({str(error).splitlines()[0]})") from None
    if stated is None:
        return {}
    if not isinstance(stated, dict):
        raise SidecarError(f"holds a {type(stated).__name__}; write `key: value` lines")
    return {str(key): value for key, value in stated.items()}
