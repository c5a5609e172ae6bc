"""What counts as words: text on one line, and whether it holds any that can be said."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]")


def one_line(text: str) -> str:
    """The text with single spaces for all that is white."""
    return " ".join(text.split())


def has_words(text: str) -> bool:
    """Whether anything in a text can be said; "* * *" cannot."""
    return _WORD.search(text) is not None
