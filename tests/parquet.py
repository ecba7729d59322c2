"""What was written, to the byte. Belongs here: telling Parquet files apart, not reading them."""

from __future__ import annotations

import hashlib
from pathlib import Path


def parquet(folder: Path) -> dict[str, str]:
    """Relative path → SHA-256 of every Parquet file."""
    files = sorted(folder.rglob("*.parquet"))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
