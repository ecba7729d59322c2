"""Where a load reads and writes: one immutable value, handed to every stage.

Belongs here: the data root's layout and the few numbers a deployment may change. Does not create, open or read
anything when imported or constructed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _project_folder(name: str) -> Path:
    """A top-level folder of the checkout, or its copy inside an installed wheel."""
    checkout = _PACKAGE.parent / name
    return checkout if checkout.is_dir() else _PACKAGE / "bundled" / name


class SettingError(ValueError):
    """A setting that cannot be used; the message says which and what would do."""


@dataclass(frozen=True)
class Settings:
    """Paths and limits of one deployment (contract §6: ``JIXIAO_DATA`` or ``--data-root``, default ``./data``)."""

    data_root: Path
    keep_versions: int = 7

    @classmethod
    def from_environment(cls, data_root: Path | None = None) -> Settings:
        """Settings from ``JIXIAO_*`` variables; an explicit ``data_root`` wins. Raises ``SettingError``."""
        root = data_root or Path(os.environ.get("JIXIAO_DATA") or "data")
        settings = cls(data_root=root.expanduser().resolve())
        kept = os.environ.get("JIXIAO_KEEP_VERSIONS")
        if kept is not None:
            if not kept.isdecimal() or int(kept) < 1:
                raise SettingError(f"JIXIAO_KEEP_VERSIONS is {kept!r}: give a whole number, 1 or more")
            settings = replace(settings, keep_versions=int(kept))
        return settings

    # What people fill.
    @property
    def inbox(self) -> Path:
        """The drop folder."""
        return self.data_root / "inbox"

    # What the stages write, in the data's order.
    @property
    def landing(self) -> Path:
        """Immutable bytes by SHA-256, their sidecars, and the index of what was seen."""
        return self.data_root / "landing"

    @property
    def raw(self) -> Path:
        """Extracted tables, cached by content hash and reader version."""
        return self.data_root / "raw"

    @property
    def parsed(self) -> Path:
        """Parsed Parquet, one folder per fiscal year and bucket."""
        return self.data_root / "parsed"

    @property
    def warehouse(self) -> Path:
        """The private build file and dbt's working files."""
        return self.data_root / "warehouse"

    @property
    def build_database(self) -> Path:
        """The DuckDB file that only a load opens."""
        return self.warehouse / "build.duckdb"

    @property
    def gates(self) -> Path:
        """Data Docs and the whole failing rows of each run."""
        return self.data_root / "gates"

    @property
    def published(self) -> Path:
        """What readers see."""
        return self.data_root / "published"

    @property
    def dagster_home(self) -> Path:
        """Run history of the orchestrator."""
        return self.data_root / "dagster"

    @property
    def logs(self) -> Path:
        """One log file per load."""
        return self.data_root / "logs"

    @property
    def lock_file(self) -> Path:
        """Held by the load that is writing."""
        return self.data_root / "load.lock"

    # What ships with the project.
    @property
    def dbt_project(self) -> Path:
        """The dbt project of the checkout or the wheel."""
        return _project_folder("dbt_project")

    @property
    def expectations(self) -> Path:
        """The suites, one YAML per gated table."""
        return _project_folder("expectations")
