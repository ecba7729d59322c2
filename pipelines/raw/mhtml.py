"""Reader of MHTML, a web page saved as one mail message (Word and browsers name it .doc or .mht).

Belongs here: finding the page among the message's parts. The page itself is read as HTML.
Does not read pictures or style sheets of the message.
"""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from pipelines.raw.encoding import decode
from pipelines.raw.html_reader import read_html
from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.table import RawDocument


def read_mhtml(sha256: str, data: bytes) -> RawDocument:
    """Read the message's first HTML part; refused as damaged when it has none."""
    message: Message = message_from_bytes(data, policy=compat32)
    for part in message.walk():
        content = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(content, bytes):
            return read_html(sha256, decode(content))
    raise RefusedDocument("damaged", "MHTML 文件中没有网页内容：请另存为 DOCX 或 HTML (no HTML part)")
