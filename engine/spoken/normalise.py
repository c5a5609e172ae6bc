"""A text as it is said, by its language. Any thread."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_TAG = re.compile(r"(\[[^\[\]\n]{1,40}\])")  # [laughs], [pause 0.8]: orders, nothing to read
_NO_NUMBER = re.compile(r"\d{60}")  # figures that nobody says


@lru_cache(maxsize=65_536)
def spoken_as(text: str, language: str) -> str:
    """What is said for a text in a language, an ISO 639-1 code; the text itself where that has no
    rules, or nothing would be left."""
    say = _rules(language.lower().partition("-")[0])
    if say is None or _NO_NUMBER.search(text):
        return text
    parts = _TAG.split(text)
    said = "".join(part if place % 2 else say(part) for place, part in enumerate(parts))
    return said if said.strip() else text


def _rules(language: str) -> Callable[[str], str] | None:
    if language == "en":
        from engine.spoken.english import spoken_english

        return spoken_english
    if language == "ja":
        from engine.spoken.japanese import spoken_japanese

        return spoken_japanese
    from engine.spoken import others

    return others.speaker_of(language) if language in others.LANGUAGES else None
