"""``datapackage.json``: the published Parquet files as a Frictionless Data Package (version 2).

Belongs here: the descriptor. Titles and descriptions come from the comments in the published file. Does not read rows.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pipelines.published.copy import PublishedTable

_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}


def datapackage(tables: list[PublishedTable], version: str, created: str) -> bytes:
    """The descriptor of one version; ``created`` is UTC, ISO 8601. Raises on a type that readers could not take."""
    content = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "jixiao",
        "title": "绩效指标数据仓库 (budget performance targets)",
        "version": version,
        "created": f"{created}Z",
        "resources": [_resource(table) for table in tables if not table.is_view],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _resource(table: PublishedTable) -> dict[str, Any]:
    chinese, english = _both_languages(table.comment)
    return {
        "name": re.sub(r"[^a-z0-9._-]", "-", table.export_name),
        "type": "table",
        "path": f"parquet/{table.export_name}.parquet",
        "title": chinese,
        "description": english,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fields": [_field(name, kind, comment) for name, (kind, comment) in table.columns.items()],
        },
    }


def _field(name: str, kind: str, comment: str) -> dict[str, str]:
    chinese, english = _both_languages(comment)
    base = "number" if kind.startswith("DECIMAL") else _TYPES[kind]
    return {"name": name, "type": base, "title": chinese, "description": english}


def _both_languages(comment: str) -> tuple[str, str]:
    chinese, separator, english = comment.partition(" | ")
    return chinese.strip(), english.strip() if separator else chinese.strip()


def write_datapackage(path: Path, content: bytes) -> None:
    """Write the descriptor beside the exports of its version, before the version is visible."""
    path.write_bytes(content)
