"""What a file is, told by its content and never by its name.

Belongs here: magic numbers, the part names of a zip, the streams of an OLE file, the first characters of a text.
Does not open a document: a format that is recognised and not read is refused here by its name.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from pipelines.raw.encoding import decode
from pipelines.raw.refusal import RefusedDocument

MEDIA_TYPES: Final[dict[str, str]] = {
    "html": "text/html",
    "mhtml": "multipart/related",
    "text": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "rtf": "application/rtf",
    "pdf": "application/pdf",
}

_IMAGES = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"BM": "BMP",
    b"RIFF": "WebP",
}
_ARCHIVES = {b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
# A page begins with a tag or holds a table's tags; a lone ``<sup>`` in a text does not make it one.
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype|[a-z][a-z0-9]*[\s/>])", re.IGNORECASE | re.DOTALL
)
_HTML_INSIDE = re.compile(r"<table[\s>].{0,20000}?<t[dh][\s>]|</html>|<body[\s>]", re.IGNORECASE | re.DOTALL)
_SNIFFED_BYTES = 400_000


def sniff(data: bytes) -> str:
    """One of ``MEDIA_TYPES``; raises RefusedDocument for everything that is not read."""
    if not data:
        raise RefusedDocument("empty", "空文件，没有内容：请重新下载 (the file has no bytes)")
    if data.startswith(b"PK"):
        return _sniff_zip(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _sniff_ole(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.lstrip()[:5] == b"{\\rtf":
        return "rtf"
    _refuse_pictures_and_archives(data)
    return _sniff_text(data)


def _sniff_zip(data: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise RefusedDocument("damaged", f"压缩包结构损坏（{error}）：请重新下载 (broken zip container)") from error
    if any(name.endswith("OFD.xml") for name in names):
        raise RefusedDocument(
            "ofd", "OFD 版式文件（GB/T 33190）暂不支持：请取得同一文件的 PDF、DOCX 或网页版本 (OFD is not read)"
        )
    if any(name.startswith("xl/workbook") for name in names):
        return "xlsx"
    if "word/document.xml" in names or ("[Content_Types].xml" in names and any(n.startswith("word/") for n in names)):
        return "docx"
    raise RefusedDocument("archive", "压缩包，不是单个文档：请先解压再放入 inbox (an archive: unpack it first)")


def _sniff_ole(data: bytes) -> str:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            streams = {path[0] for path in container.listdir()}
    except Exception as error:  # olefile raises whatever the broken bytes lead it to
        raise RefusedDocument("damaged", f"OLE 结构损坏（{error}）：请重新下载 (broken OLE container)") from error
    if "EncryptedPackage" in streams:
        raise RefusedDocument("encrypted", "文档已加密：请取得不带密码的版本 (a password is needed)")
    if "WordDocument" in streams:
        return "doc"
    if streams & {"Workbook", "Book"}:
        return "xls"
    raise RefusedDocument(
        "unknown_format", f"OLE 文件，但不是 Word 或 Excel（{'、'.join(sorted(streams)[:5])}）：请另存为 DOCX 或 XLSX"
    )


def _refuse_pictures_and_archives(data: bytes) -> None:
    for magic, name in _IMAGES.items():
        if data.startswith(magic) and (name not in ("BMP", "WebP") or b"\x00" in data[:32]):
            raise RefusedDocument("image", f"{name} 图片，没有文字：请取得文字版或人工录入 (a picture without text)")
    for magic, name in _ARCHIVES.items():
        if data.startswith(magic):
            raise RefusedDocument("archive", f"{name} 压缩包：请先解压再放入 inbox (an archive: unpack it first)")


def _sniff_text(data: bytes) -> str:
    decoded = decode(data[:_SNIFFED_BYTES])
    text = decoded.text
    if re.match(r"(?:[\w\-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?MIME-Version:", text[:4096], re.IGNORECASE):
        return "mhtml"
    if "<?mso-application" in text[:4096]:
        message = "Office 2003 XML 文件：请另存为 XLSX 或 DOCX (Office 2003 XML is not read)"
        raise RefusedDocument("unknown_format", message)
    controls = sum(1 for character in text if character < " " and character not in "\t\n\r\x0b\f\x1a\x1b")
    strange = controls + (text.count("\ufffd") if decoded.damaged else 0)
    if strange > max(1, len(text) // 50) or "\x00" in text:
        raise RefusedDocument("unknown_format", "无法识别的二进制格式：请核对下载是否完整 (not a format that is read)")
    return "html" if _HTML.match(text) or _HTML_INSIDE.search(text) else "text"
