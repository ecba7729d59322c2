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


def switch_to(published: Path, version: Version, keep: int) -> Manifest:
    """Make a complete version the current one, list it first, and prune all but the newest ``keep`` others."""
    manifest = read_manifest(published)
    others = [one for one in manifest.versions if one.version != version.version]
    kept = [version, *others][: max(keep, 1)]
    _point(published, version.version)
    switched = Manifest(version.version, tuple(kept))
    write_manifest(published, switched)
    _prune(published, {one.version for one in kept})
    return switched


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
    _point(published, version)
    write_manifest(published, replace(manifest, current=version))
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
