"""Reader of old DOC and of RTF: LibreOffice turns them into DOCX, the DOCX reader does the rest.

Belongs here: finding LibreOffice, running it without network, on a profile of its own, and reporting what it did.
Does not keep the converted file, and does not fall back on text-only tools, which lose the grid (formats.md §5).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from pipelines.raw.docx_reader import read_docx
from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.sniff import MEDIA_TYPES
from pipelines.raw.table import RawDocument

READER = "doc_reader"
CONVERSION_SECONDS = 90
_NAMES = ("soffice", "libreoffice")
# Read before any document: links to pictures and templates are not followed, and the proxy leads nowhere. This holds
# even where the system does not let a process leave the network (see worker.leave_network).
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings">
<prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop>
<prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop>
<prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop>
<prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop>
<prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Setup/Office/Factories/org.openoffice.Setup:Factory['com.sun.star.text.TextDocument']">
<prop oor:name="ooSetupFactoryDefaultFilter" oor:op="fuse"><value>writer8</value></prop></item>
</oor:items>
"""


def read_doc(sha256: str, data: bytes, kind: str) -> RawDocument:
    """Read a DOC or RTF (``kind``: doc, rtf); the document notes LibreOffice's version. Refused where it is missing."""
    converted = convert(data, kind)
    document = read_docx(sha256, converted, READER, MEDIA_TYPES[kind])
    document.notes.append(f"converted_by:{libreoffice_version()}")
    return document


def libreoffice() -> str | None:
    """The command, or None."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


@cache
def libreoffice_version() -> str:
    """For instance ``LibreOffice 7.4``; read from its own files, which costs no start of the program."""
    command = libreoffice()
    settings = Path(os.path.realpath(command)).parent / "bootstraprc" if command else None
    content = settings.read_text("utf-8", "replace") if settings and settings.exists() else ""
    return next((line[11:] for line in content.splitlines() if line.startswith("ProductKey=")), "LibreOffice")


def convert(data: bytes, kind: str) -> bytes:
    """The document as DOCX bytes. Raises RefusedDocument when LibreOffice is missing, fails or takes too long."""
    command = libreoffice()
    if command is None:
        message = "读取 DOC/RTF 需要 LibreOffice：请安装 (install libreoffice-writer)，或在 Word/WPS 中另存为 DOCX"
        raise RefusedDocument("needs_libreoffice", message)
    with tempfile.TemporaryDirectory(prefix="jixiao-doc-") as folder:
        source, profile = Path(folder, f"document.{kind}"), Path(_profile_folder().name)
        source.write_bytes(data)
        arguments = [command, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"]
        arguments += ["--convert-to", "docx:MS Word 2007 XML", "--outdir", folder, str(source)]
        # A short environment: no display, no proxy of the user's, no home to leave traces in.
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(profile),
            "LANG": "C.UTF-8",
            "SAL_USE_VCLPLUGIN": "svp",
        }
        try:
            answer = subprocess.run(
                arguments,
                capture_output=True,
                timeout=CONVERSION_SECONDS,
                env=environment,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            message = (
                f"LibreOffice 转换超过 {CONVERSION_SECONDS} 秒：请在 Word/WPS 中另存为 DOCX (conversion timed out)"
            )
            raise RefusedDocument("conversion_failed", message) from error
        result = source.with_suffix(".docx")
        if not result.exists():
            said = " ".join((answer.stderr + answer.stdout).decode("utf-8", "replace").split())[-200:]
            message = f"LibreOffice 未能转换（{said or f'exit {answer.returncode}'}）：请在 Word/WPS 中另存为 DOCX"
            raise RefusedDocument("conversion_failed", message)
        return result.read_bytes()


@cache
def _profile_folder() -> tempfile.TemporaryDirectory[str]:
    """A user profile for this process alone, kept between documents: making one takes LibreOffice a second."""
    folder = tempfile.TemporaryDirectory(prefix="jixiao-libreoffice-", ignore_cleanup_errors=True)
    user = Path(folder.name, "user")
    user.mkdir()
    (user / "registrymodifications.xcu").write_text(_SETTINGS, "utf-8")
    return folder
