"""The language of a text, guessed from its letters."""

from __future__ import annotations

import re

_SCRIPTS = (
    ("ja", "\u3040-\u30ff"),
    ("ko", "\uac00-\ud7af"),
    ("zh", "\u4e00-\u9fff"),
    ("ru", "\u0400-\u04ff"),
    ("hi", "\u0900-\u097f"),
)


def guess_language(text: str) -> str:
    """From the letters alone: sentence ends need no more. "en" for all that is written in Latin."""
    sample = text[:20_000]
    for language, letters in _SCRIPTS:
        if len(re.findall(f"[{letters}]", sample)) * 10 > len(sample):
            return language
    return "en"
