"""What counts as words: text on one line, and whether it holds any that can be said."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]")
_LIGATURES = dict(
    zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)
)
_LIGATURE = re.compile("[\ufb00-\ufb06]")


def one_line(text: str) -> str:
    """The text with single spaces for all that is white."""
    return " ".join(text.split())


def without_ligatures(text: str) -> str:
    """The letters of ﬁ and the like, which printed pages leave in a text."""
    return text.translate(_LIGATURES) if _LIGATURE.search(text) else text


def has_words(text: str) -> bool:
    """Whether anything in a text can be said; "* * *" cannot."""
    return _WORD.search(text) is not None
