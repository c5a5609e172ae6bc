"""A text to read along with: when each word sounds, and what was heard where it was not that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.listening.alignment import ADDED, MISSING, REPEATED, SAME, WRONG, Step, align, compare
from engine.listening.comparable import UNSPACED, Units, comparable
from engine.listening.heard import Heard
from engine.listening.times import word_times


@dataclass(frozen=True, slots=True)
class MarkedWord:
    """A word as it is written, with the space after it, or one that was heard besides. start, end:
    seconds of the sound. kind: as in Step; what is not SAME was heard otherwise. heard: instead."""

    text: str
    start: float
    end: float
    kind: str = SAME
    heard: str = ""

    @property
    def amiss(self) -> bool:
        """Whether it was not heard as it was meant."""
        return self.kind != SAME

    @property
    def besides(self) -> bool:
        """Whether it was heard and not meant."""
        return self.kind in (ADDED, REPEATED)


def marked_words(text: str, heard: Heard, begin: float, end: float) -> tuple[MarkedWord, ...]:
    """The words of a text, marked where something else was heard; those of its own joined are the
    text. begin, end: seconds where the speech does. Marks are those of `compare`."""
    words = [MarkedWord(w.text, w.start, w.end) for w in word_times(text, heard, begin, end)]
    if not compare(text, heard).errors:
        return tuple(words)
    units = [(key, number) for number, word in enumerate(words)
             for key in comparable(word.text, heard.language).keys]  # fmt: skip
    keys = tuple(key for key, _ in units)
    found = comparable(heard.text, heard.language)
    aligned = align(Units(keys, keys), found, by_reading=heard.language in UNSPACED)
    besides: dict[int, list[MarkedWord]] = {}  # number of the word they stand before
    for step in aligned.steps:
        numbers = [number for _, number in units[slice(*step.meant)]]
        said = _said(step, found, heard.language)
        if step.kind in (WRONG, MISSING):
            for number in numbers:
                old = words[number]
                words[number] = MarkedWord(old.text, old.start, old.end, step.kind, said)
        elif step.kind in (ADDED, REPEATED):
            place = units[step.meant[0]][1] if step.meant[0] < len(units) else len(words)
            at = words[place].start if place < len(words) else end
            besides.setdefault(place, []).append(MarkedWord(f"{said} ", at, at, step.kind, said))
    return tuple(
        word
        for number in range(len(words) + 1)
        for word in (*besides.get(number, ()), *words[number : number + 1])
    )


def places(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where words that follow each other stand in their text: the first letter of each, and the one
    after its last; an empty stretch for one that does not stand there."""
    found, end = [], 0
    for word in words:
        bare = word.strip()
        start = text.find(bare, end)
        end = end if start < 0 else start + len(bare)
        found.append((end, end) if start < 0 else (start, end))
    return found


def place_of(text: str, words: Sequence[MarkedWord], number: int) -> tuple[int, int]:
    """Where word `number` stands in a text, as in `places`; (0, 0) for one that was heard
    besides."""
    if words[number].besides:
        return 0, 0
    return places(text, (word.text for word in words[: number + 1] if not word.besides))[-1]


def _said(step: Step, found: Units, language: str) -> str:
    """What was heard in a step."""
    return ("" if language in UNSPACED else " ").join(found.shown[slice(*step.heard)])
