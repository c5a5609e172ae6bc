"""Text from standard input, in whatever encoding it comes."""

from __future__ import annotations

import sys

from engine.errors import UserError


def read_text() -> str:
    """All of it. Raises UserError where that is no text."""
    from engine.documents.encoding import decode

    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:  # somebody has put another stream there
        return sys.stdin.read()
    data: bytes = stream.read()
    if not data:
        return ""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") and len(data) % 2:
        raise UserError("the text is not in UTF-8: convert it first")
    text, note = decode(data, "standard input")
    if note:
        print(f"bark-studio: {note}", file=sys.stderr)
    return text
