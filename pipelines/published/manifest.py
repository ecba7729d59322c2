"""``manifest.json``: which versions are published, since when, from which run, with which rows and bytes.

Belongs here: reading and writing the list. Does not build, copy or switch anything.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipelines.files import write_atomically


@dataclass(frozen=True)
class Version:
    """One published version. Times are UTC, ISO 8601. ``content`` digests what went in: equal content, equal star."""

    version: str
    published_at: str
    run_id: str
    sha256: str
    size: int
    storage_version: str
    content: str
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """All kept versions, newest first, and the one that readers see."""

    current: str | None = None
    versions: tuple[Version, ...] = ()

    def find(self, version: str) -> Version | None:
        """The version of that name, if it is kept."""
        return next((one for one in self.versions if one.version == version), None)

    @property
    def newest(self) -> Version | None:
        """The version published last, which need not be the current one after a rollback."""
        return self.versions[0] if self.versions else None


def read_manifest(published: Path) -> Manifest:
    """The manifest of a published folder; an empty one where nothing was published yet."""
    path = published / "manifest.json"
    if not path.exists():
        return Manifest()
    content = json.loads(path.read_text(encoding="utf-8"))
    return Manifest(content["current"], tuple(Version(**version) for version in content["versions"]))


def write_manifest(published: Path, manifest: Manifest) -> None:
    """Replace the manifest, whole or not at all."""
    content = {"current": manifest.current, "versions": [asdict(version) for version in manifest.versions]}
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    write_atomically(published / "manifest.json", text.encode())
