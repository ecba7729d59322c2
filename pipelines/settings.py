"""Where a load reads and writes: one immutable value, handed to every stage.

Belongs here: the data root's layout and the few numbers a deployment may change. Does not create, open or read
anything when imported or constructed.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent


def _project_folder(name: str) -> Path:
    """A top-level folder of the checkout, or its copy inside an installed wheel."""
    checkout = _PACKAGE.parent / name
    return checkout if checkout.is_dir() else _PACKAGE / "bundled" / name


class SettingError(ValueError):
    """A setting that cannot be used; the message says which and what would do."""


@dataclass(frozen=True)
class Fetching:
    """How a load asks the pages that the catalogue lists. ``allow_private_hosts`` is the operator's alone to set.

    Seconds and bytes: between two requests to a host, for one answer, for all fetching of a load (twice), for one document.
    """

    is_on: bool = True
    contact: str | None = None
    allow_private_hosts: tuple[str, ...] = ()
    host_interval: float = 2.0
    request_seconds: float = 120.0
    load_seconds: float = 3600.0
    load_bytes: int = 5_000_000_000
    document_bytes: int = 50_000_000

    @classmethod
    def from_environment(cls) -> Fetching:
        """From ``JIXIAO_OFFLINE``, ``_CONTACT``, ``_ALLOW_PRIVATE_HOSTS``, ``_HOST_INTERVAL``, ``_FETCH_SECONDS``."""
        contact = os.environ.get("JIXIAO_CONTACT") or None
        if contact is not None and not re.fullmatch(r"[\x21-\x27\x2a-\x7e]{3,200}", contact):
            raise SettingError(f"JIXIAO_CONTACT is {contact!r}: give an address such as mailto:data@example.org")
        hosts = os.environ.get("JIXIAO_ALLOW_PRIVATE_HOSTS", "").lower().split(",")
        return cls(
            is_on=_flag("JIXIAO_OFFLINE") is not True,
            contact=contact,
            allow_private_hosts=tuple(host.strip() for host in hosts if host.strip()),
            host_interval=_seconds("JIXIAO_HOST_INTERVAL", cls.host_interval),
            load_seconds=_seconds("JIXIAO_FETCH_SECONDS", cls.load_seconds),
        )


def _flag(name: str) -> bool | None:
    value = os.environ.get(name)
    if value in (None, ""):
        return None
    if value not in ("0", "1"):
        raise SettingError(f"{name} is {value!r}: give 1 or 0")
    return value == "1"


def _watching() -> dict[str, Any]:
    """From ``JIXIAO_WEBHOOK``, ``_STALE_DAYS``, ``_DROP_PERCENT`` (1 to 100; 100 never stops) and ``_DROP_ROWS``."""
    found: dict[str, Any] = {}
    webhook = os.environ.get("JIXIAO_WEBHOOK")
    if webhook:
        if not re.fullmatch(r"https?://[\x21-\x7e]+", webhook):
            raise SettingError("JIXIAO_WEBHOOK is no address: give one that begins with https:// or http://")
        found["webhook"] = webhook
    for name, key, most in (
        ("STALE_DAYS", "stale_days", 3650),
        ("DROP_PERCENT", "drop_share", 100),
        ("DROP_ROWS", "drop_rows", 10**9),
    ):
        value = os.environ.get(f"JIXIAO_{name}")
        if value:
            if not value.isdecimal() or not 1 <= int(value) <= most:
                raise SettingError(f"JIXIAO_{name} is {value!r}: give a whole number from 1 to {most}")
            found[key] = int(value) / 100 if key == "drop_share" else int(value)
    return found


def _seconds(name: str, default: float) -> float:
    value = os.environ.get(name)
    if value in (None, ""):
        return default
    if not re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,3})?", value or ""):
        raise SettingError(f"{name} is {value!r}: give seconds such as 2 or 0.5")
    return float(value or default)


@dataclass(frozen=True)
class Settings:
    """Paths and limits of one deployment (contract §6: ``JIXIAO_DATA`` or ``--data-root``, default ``./data``)."""

    data_root: Path
    keep_versions: int = 7
    fetching: Fetching = Fetching()
    # Whom to tell of failures (an address that takes a JSON POST), and how long a delivery may take.
    webhook: str | None = None
    webhook_seconds: float = 10.0
    # A listing that could not be fetched for so many days is stale.
    stale_days: int = 3
    # A year, or a publisher in it, that would lose more than this share of its projects or indicators, and at least so
    # many, is not published.
    drop_share: float = 0.5
    drop_rows: int = 20

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
        return replace(settings, fetching=Fetching.from_environment(), **_watching())

    def offline(self) -> Settings:
        """The same without asking any page."""
        return replace(self, fetching=replace(self.fetching, is_on=False))

    # What people fill.
    @property
    def inbox(self) -> Path:
        """The drop folder."""
        return self.data_root / "inbox"

    @property
    def catalog(self) -> Path:
        """One YAML per publisher: what is expected of it and where it lists its documents."""
        return self.data_root / "catalog"

    @property
    def corrections(self) -> Path:
        """Reviewed errors of published documents, one YAML per publisher."""
        return self.data_root / "corrections"

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
    def seen_documents(self) -> Path:
        """Which documents the build file holds, for a night that does not open it."""
        return self.warehouse / "seen_documents.json"

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
