"""[pause 0.8] and [voice NAME] in a text: what they ask for, and the text without them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.documents.words import one_line
from engine.script.rows import MAX_PAUSE

# Every repeat in these patterns is bounded or cannot overlap its neighbour: files are hostile.
_PAUSE = re.compile(
    r"\[ ?pause\b[ :=]{0,3}(\d{0,6}(?:[.,]\d{1,6})?) ?(ms|s|sec|seconds)? ?\]", re.I
)
_VOICE = re.compile(r"\[ ?voice\b(?: ?[:=]([^\[\]\n]{0,200}))? ?\]", re.I)
_TAGS = re.compile(f"{_PAUSE.pattern}|{_VOICE.pattern}", re.I)


def cut_tags(text: str) -> Iterator[tuple[str, str | None, float | None]]:
    """(piece of text, new voice, pause before it in seconds) in turn.

    A piece may be "", a voice or pause is None where none is asked for; voice "" goes back to
    the speaker's own.
    """
    voice: str | None = None
    pause: float | None = None
    at = 0
    for tag in _TAGS.finditer(text) if "[" in text else ():
        before = text[at : tag.start()].strip()
        if before:
            yield before, voice, pause
            voice = pause = None
        number, unit, name = tag.groups()
        if tag[0][1:].lstrip()[:5].lower() == "voice":
            voice = one_line(name or "")
            voice = "" if voice.lower() in ("none", "default") else voice
        else:
            seconds = float(number.replace(",", ".")) if number else 1.0
            seconds = seconds / 1000 if (unit or "").lower() == "ms" else seconds
            pause = min((pause or 0.0) + seconds, MAX_PAUSE)
        at = tag.end()
    rest = text[at:].strip()
    if rest or voice is not None or pause is not None:
        yield rest, voice, pause


def without_tags(text: str) -> str:
    """The text alone."""
    return _TAGS.sub("", text).strip()
