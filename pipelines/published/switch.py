"""The atomic switch: which version ``jixiao.duckdb`` is.

``versions/<version>.duckdb`` never changes; ``versions/<version>/`` holds its exports. ``current`` is the only thing that
moves, by one rename, and everything readers open goes through it, so no reader can see two versions at once. Belongs
here: the links, pruning, rollback. Does not write data.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

from pipelines.files import sync_folder
from pipelines.published.manifest import Manifest, Version, read_manifest, write_manifest

DATABASE = "jixiao.duckdb"
# What readers open → where it leads, through `current`.
_LINKS = {DATABASE: f"current/{DATABASE}", "parquet": "current/parquet", "datapackage.json": "current/datapackage.json"}


class NoSuchVersion(ValueError):
    """A version that is not kept; the message lists those that are."""


def switch_to(published: Path, version: Version, keep: int, replaces: str | None = None) -> Manifest:
    """Make a complete version the current one, list it first, and prune all but the newest ``keep`` of the list.

    The manifest says what is meant before the link moves: whoever is killed between the two is finished by
    ``finish_switch``. The version that was current until now is left on disk until the next switch, whatever ``keep`` says:
    a reader may be on its way through the link. ``replaces`` names a version that this one makes superfluous.
    """
    manifest, before = read_manifest(published), current_version(published)
    others = [one for one in manifest.versions if one.version != version.version]
    write_manifest(published, Manifest(version.version, (version, *others)))
    _point(published, version.version)
    kept = [version, *(one for one in others if one.version != replaces)][: max(keep, 1)]
    switched = Manifest(version.version, tuple(kept))
    write_manifest(published, switched)
    _prune(published, {one.version for one in kept} | {before or ""})
    return switched


def finish_switch(published: Path) -> str | None:
    """Finish a switch whose process was killed before the link moved; the version switched to, or None. Hold the lock."""
    meant = read_manifest(published).current
    if meant is None or meant == current_version(published):
        return None
    if not (published / "versions" / f"{meant}.duckdb").exists():
        return None
    _point(published, meant)
    return meant


def roll_back(published: Path, version: str | None) -> tuple[str | None, str]:
    """Switch to ``version``, or to the one before the current. Returns (from, to). Raises ``NoSuchVersion``."""
    manifest = read_manifest(published)
    names = [one.version for one in manifest.versions]
    if version is None:
        position = names.index(manifest.current) + 1 if manifest.current in names else 0
        if position >= len(names):
            raise NoSuchVersion("没有更早的版本 (no earlier version is kept)")
        version = names[position]
    if manifest.find(version) is None or not (published / "versions" / f"{version}.duckdb").exists():
        kept = "、".join(names) or "无"
        raise NoSuchVersion(f"没有版本 {version} (no such version); kept: {kept}")
    write_manifest(published, replace(manifest, current=version))
    _point(published, version)
    return manifest.current, version


def current_version(published: Path) -> str | None:
    """The version that readers see now: where the link leads, whatever the manifest says."""
    link = published / "current"
    return os.path.basename(os.readlink(link)) if link.is_symlink() else None


def _point(published: Path, version: str) -> None:
    _link(published / "current", f"versions/{version}")
    for name, target in _LINKS.items():
        link = published / name
        if not link.is_symlink() or os.readlink(link) != target:
            _link(link, target)
    sync_folder(published)


def _link(link: Path, target: str) -> None:
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    os.symlink(target, new)
    os.replace(new, link)


def _prune(published: Path, kept: set[str]) -> None:
    """Remove versions that are no longer listed. Readers that have one open keep their file until they close it."""
    for path in sorted((published / "versions").iterdir()):
        if path.name.removesuffix(".duckdb").removesuffix(".duckdb.part") not in kept:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
