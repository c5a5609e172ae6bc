"""What is printed on a terminal: words of strangers move no cursor there. Standard library only."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any, TextIO

from engine.system.shown import shown

ERASE = "\r\033[K"  # goes to the beginning of the line and empties it


class _Guarded:
    """A stream that shows control characters as escapes."""

    def __init__(self, stream: TextIO) -> None:
        self.live = stream  # for our own lines that replace each other

    def write(self, text: str) -> int:
        """As streams do."""
        self.live.write(shown(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.live, name)


def guard() -> None:
    """From now on, where standard output and standard error are terminals, what is printed there
    is text. Elsewhere it is left as it is, and what the encoding does not have is an escape."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None or isinstance(stream, _Guarded):
            continue
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="backslashreplace")
        if stream.isatty():
            setattr(sys, name, _Guarded(stream))


def live(stream: TextIO) -> TextIO:
    """The terminal itself, for lines of our own that replace each other."""
    found: TextIO = getattr(stream, "live", stream)
    return found
