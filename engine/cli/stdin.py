"""Text from standard input, in whatever encoding it comes."""

from __future__ import annotations

import codecs
import io
import select
import sys
from collections.abc import Iterator
from typing import Any

from engine.errors import UserError

_MOST = 2**20  # bytes that are looked at together


def read_text() -> str:
    """All of it. Raises UserError where that is no text."""
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:  # somebody has put another stream there
        return sys.stdin.read()
    return _decoded(stream.read())


def _decoded(data: bytes) -> str:
    from engine.documents.encoding import decode

    if not data:
        return ""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") and len(data) % 2:
        raise UserError("the text is not in UTF-8: convert it first")
    text, note = decode(data, "standard input")
    if note:
        print(f"bark-studio: {note}", file=sys.stderr)
    return text


class Incoming:
    """Standard input as it comes. ended: nothing more will."""

    def __init__(self) -> None:
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        """Pieces of text of any length; one where it is in another encoding than UTF-8, which only
        all of it can tell. Raises UserError where it is no text."""
        stream: Any = getattr(sys.stdin, "buffer", None)
        if not hasattr(stream, "read1"):
            self.ended = True
            yield read_text()
            return
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        begun = False
        while not self.ended:
            data = self._next(stream)
            try:
                text = "" if b"\0" in data else decoder.decode(data, final=self.ended)
                is_other = b"\0" in data
            except UnicodeDecodeError:
                is_other = True
            if is_other and begun:
                raise UserError("the text is not in UTF-8: convert it first")
            if is_other:
                text = _decoded(data + stream.read())
                self.ended = True
            begun = begun or bool(text)
            if text:
                yield text

    def _next(self, stream: Any) -> bytes:
        """What is there, and at least something, unless it has ended."""
        data: bytes = b""
        while not self.ended and len(data) < _MOST and (not data or _more_waits(stream)):
            piece = stream.read1(_MOST)
            self.ended = not piece
            data += piece
        return data


def _more_waits(stream: Any) -> bool:
    """Whether more, or the end, can be read at once. Only where a system tells: not on Windows."""
    try:
        return bool(select.select([stream.fileno()], [], [], 0.05)[0])
    except (OSError, ValueError):
        return isinstance(stream, io.BufferedReader) and not isinstance(stream.raw, io.FileIO)
