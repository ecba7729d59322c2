"""Checks of an Office zip before any part of it is parsed: entries, sizes, ratios, encryption.

Belongs here: the limits and opening an entry that has passed them. Documents embedded in a document are not opened
at all, so they need no check.
Does not look into the XML: the readers' own guards do.
"""

from __future__ import annotations

import io
import zipfile

from pipelines.raw.refusal import RefusedDocument

MOST_ENTRIES = 2000
MOST_BYTES = 300 * 1024**2
MOST_RATIO = 200
# Small documents may repeat themselves as much as they like.
RATIO_MATTERS_FROM = 20 * 1024**2


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The zip, when its directory is within the limits; else RefusedDocument."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise RefusedDocument("damaged", f"压缩包结构损坏（{error}）：请重新下载 (broken zip container)") from error
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedDocument("encrypted", "文档已加密：请取得不带密码的版本 (a password is needed)")
    if (
        len(entries) > MOST_ENTRIES
        or size > MOST_BYTES
        or (size > RATIO_MATTERS_FROM and size > MOST_RATIO * len(data))
    ):
        found = f"{len(entries)} 个部件，展开 {size / 1024**2:.0f} MB"
        raise RefusedDocument("hostile_structure", f"压缩包异常（{found}）：请另存后重试 (zip beyond the limits)")
    return archive


def read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part's bytes; RefusedDocument when it is missing or does not unpack."""
    try:
        return archive.read(name)
    except Exception as error:  # zipfile and its codecs raise many kinds on broken bytes
        line = f"{type(error).__name__} {error}"
        raise RefusedDocument("damaged", f"部件 {name} 无法解压（{line}）：请重新下载 (broken part)") from error
