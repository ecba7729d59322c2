"""An answer's body: read piece by piece, unpacked piece by piece, and stopped at its limit.

Belongs here: sizes and the one content encoding that is asked for (gzip). A length that a server states is believed only
when it is too large. Does not know requests.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping

_PIECE = 1 << 16
_GZIP = zlib.MAX_WBITS | 16


class BodyError(Exception):
    """A body that is not taken; ``may_pass`` where another try may bring it whole."""

    def __init__(self, code: str, message: str, *, may_pass: bool = False) -> None:
        """One word and one line."""
        super().__init__(message)
        self.code = code
        self.may_pass = may_pass


def read_body(pieces: Iterator[bytes], headers: Mapping[str, str], limit: int) -> bytes:
    """The decoded bytes, at most ``limit`` of them; raises ``BodyError`` as soon as there are more."""
    stated = headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > limit:
        raise _too_large(limit)
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        pieces = _unpacked(pieces)
    elif encoding not in ("identity", ""):
        raise BodyError("broken_answer", f"未请求的编码 (an encoding nobody asked for: {encoding[:40]})")
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limit:
            raise _too_large(limit)
    if not body:
        raise BodyError("empty_answer", "应答为空 (an empty answer)")
    return bytes(body)


def _too_large(limit: int) -> BodyError:
    return BodyError("too_large", f"超过 {limit} 字节 (larger than allowed)")


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Each piece unpacks to many small ones, so that a bomb is noticed before it is in memory."""
    unpacker = zlib.decompressobj(_GZIP)
    packed = False
    try:
        for piece in pieces:
            packed = packed or bool(piece)
            unpacked = b""
            # A full output may have left more inside the unpacker although all input is taken.
            while piece or len(unpacked) == _PIECE:
                if unpacker.eof:  # a further member, or padding that says nothing
                    if not piece.startswith(b"\x1f\x8b"):
                        return
                    unpacker = zlib.decompressobj(_GZIP)
                unpacked = unpacker.decompress(piece, _PIECE)
                yield unpacked
                piece = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error as error:
        raise BodyError("broken_answer", f"压缩数据损坏 (broken gzip: {error})", may_pass=True) from None
    if packed and not unpacker.eof:
        raise BodyError("broken_answer", "压缩数据不完整 (gzip ends early)", may_pass=True)
