"""A text that is still being read → rows, as soon as nothing that follows can change them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from engine.script.rows import PARAGRAPH_PAUSE
from engine.script.split import sentences

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_LINE_END = re.compile(r"[.!?…。！？][\"'»”’)\]」』]*[^\S\n]*\n\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A row to speak. pause: seconds of silence before it that the text asks for, or None."""

    text: str
    pause: float | None = None


def lines_of(
    parts: Iterable[str], split: Callable[[str], list[str]], language: Callable[[str], str]
) -> Iterator[Line]:
    """The rows of a text that comes in parts of any length.

    split: a text → rows of speakable length. language: of a text, an ISO 639-1 code. Whatever is
    split when all is there is split in the same places, but for a short sentence that ends what
    has come so far.
    """
    waiting = ""
    pause: float | None = None

    def speak(text: str) -> Iterator[Line]:
        nonlocal pause
        for number, paragraph in enumerate(_PARAGRAPH.split(text)):
            if number:
                pause = PARAGRAPH_PAUSE
            for row in split(paragraph):
                yield Line(row, pause)
                pause = None

    for part in parts:
        waiting += part
        end = closed(waiting, language)
        done, waiting = waiting[:end], waiting[end:]
        yield from speak(done)
    yield from speak(waiting)


def closed(text: str, language: Callable[[str], str]) -> int:
    """How much of a text is whole sentences, whatever comes next."""
    if _LINE_END.search(text):
        return len(text.rstrip())  # an empty line may come, and make this the end of a paragraph
    start = max((found.end() for found in _PARAGRAPH.finditer(text)), default=0)
    whole = sentences(text[start:], language(text))[:-1]
    at = start + sum(map(len, whole))
    return at if text[at:].strip() else start
