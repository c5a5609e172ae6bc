"""When each word of a text sounds, by what was heard of it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.listening.alignment import SAME, WRONG, align
from engine.listening.comparable import UNSPACED, Units, comparable
from engine.listening.heard import Heard, Word

_SHORTEST = 0.02  # seconds of a word that was not heard, between two that were


@dataclass(slots=True)
class _Part:
    """A word as it is written, with the space after it. start, end: None while not known."""

    text: str
    start: float | None = None
    end: float | None = None


def word_times(text: str, heard: Heard, begin: float, end: float) -> tuple[Word, ...]:
    """The words of a text as they are written, each with its time; what was not heard lies between
    its neighbours. Joined, their texts are the text. begin, end: seconds where the speech does."""
    parts = [_Part(part) for part in _split(text, heard.language)]
    meant = [(key, number) for number, part in enumerate(parts)
             for key in comparable(part.text, heard.language).keys]  # fmt: skip
    sounds = [sound for word in heard.words for sound in _units(word, heard.language)]
    aligned = align(_of([key for key, _ in meant]), _of([key for key, _, _ in sounds]),
                    by_reading=heard.language in UNSPACED)  # fmt: skip
    for step in aligned.steps:
        if step.kind in (SAME, WRONG):
            _share(parts, [number for _, number in meant[slice(*step.meant)]],
                   [(start, until) for _, start, until in sounds[slice(*step.heard)]])  # fmt: skip
    _fill(parts, begin, end)
    return tuple(Word(part.text, part.start or 0.0, part.end or 0.0) for part in parts)


def _split(text: str, language: str) -> list[str]:
    """Words with the spaces after them, or characters with the marks after them."""
    words = text.split()
    if language not in UNSPACED:
        return [f"{word} " for word in words[:-1]] + words[-1:]
    found: list[str] = []
    for character in "".join(words):
        if found and not comparable(character, language).keys:
            found[-1] += character
        else:
            found.append(character)
    return found


def _units(word: Word, language: str) -> list[tuple[str, float, float]]:
    """Key, start, end of what a heard word is compared by: its time in equal shares."""
    keys = comparable(word.text, language).keys
    length = (word.end - word.start) / max(len(keys), 1)
    return [
        (key, word.start + place * length, word.start + (place + 1) * length)
        for place, key in enumerate(keys)
    ]


def _of(keys: list[str]) -> Units:
    return Units(tuple(keys), tuple(keys))


def _share(parts: list[_Part], numbers: list[int], times: list[tuple[float, float]]) -> None:
    """Give words the time of what was heard for them."""
    start, end = times[0][0], times[-1][1]
    length = (end - start) / len(numbers)
    for place, number in enumerate(numbers):
        part = parts[number]
        if part.start is None:
            part.start = start + place * length
        part.end = start + (place + 1) * length


def _fill(parts: list[_Part], begin: float, end: float) -> None:
    """Times for words that were not heard; none begins before the one in front of it."""
    at = begin
    place = 0
    while place < len(parts):
        part = parts[place]
        if part.start is not None and part.end is not None:
            part.start = max(part.start, at)
            part.end = max(part.end, part.start)
            at = part.end
            place += 1
            continue
        last = place
        while last < len(parts) and parts[last].start is None:
            last += 1
        following = parts[last].start if last < len(parts) else max(end, at)
        count = last - place
        until = max(following or at, at)
        if until - at < _SHORTEST * count and place:  # from the word before
            before = parts[place - 1]
            assert before.start is not None
            at = max(before.start, until - _SHORTEST * count)
            before.end = at
        length = (until - at) / count
        for number in range(count):
            parts[place + number].start = at + number * length
            parts[place + number].end = at + (number + 1) * length
        at, place = until, last
