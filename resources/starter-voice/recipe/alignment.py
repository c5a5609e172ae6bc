"""Which letters each sound of speech is read from.

Kokoro's phonemes are one character each, with marks of stress and spaces among them, all of which
have lengths: here they become units, and each unit gets its share of the letters of its word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import text

MARKS = ",.?!;:-—"
VOWELS = set("aiɯɨueoAIOWYæɑɔɛɜɪʊʌəᵊᵻɐ")
MODIFIERS = set("ʲᵝ̃ʰː")  # belong to the sound before them
END = "$"  # the silence after the last sound


@dataclass(frozen=True)
class Phonemes:
    """A row as the teacher reads it. spoken: Kokoro's string. unit: for each of its characters and
    for the end, the unit that its time belongs to, or −1 for what came before any sound.
    units: the sounds of speech, END last. spans: first and last text id that a unit is read from.
    """

    spoken: str
    unit: list[int]
    units: list[str]
    spans: list[tuple[int, int]]


def align(spoken: str, pieces: list[str]) -> Phonemes | None:
    """A row's phonemes and the pieces of its text (a letter, `##` inside a word, or a mark); None
    if the words of one are not those of the other."""
    words: list[tuple[int, int]] = []
    for i, piece in enumerate(pieces):
        if piece.startswith("##"):
            words[-1] = (words[-1][0], i)
        elif piece not in text.MARKS:
            words.append((i, i))
    if len(re.findall(rf"[^\s{re.escape(MARKS)}]+", spoken)) != len(words):
        return None
    return _units(spoken, words, len(pieces) - 1)


def _units(spoken: str, words: list[tuple[int, int]], last: int) -> Phonemes:
    """Stress goes to the vowel after it, and its time too; a space and a modifier to the sound
    before."""
    units: list[str] = []
    spans: list[tuple[int, int]] = []
    unit: list[int] = []
    stress, word, inside = "", -1, False
    for c in spoken:
        if c in " " + MARKS:
            inside = False
        elif not inside:
            word, inside = word + 1, True
        if c in "ˈˌ":
            stress = "ˈ" if c == "ˈ" else ""
            unit.append(len(units))
        elif units and (c == " " or c in MODIFIERS):
            units[-1] += "" if c == " " else c
            unit.append(len(units) - 1)
        else:
            unit.append(len(units))
            if stress and c in VOWELS:
                c, stress = "ˈ" + c, ""
            units.append(c)
            after = min(last, words[max(word, 0)][1] + 1)
            spans.append((after, after) if c in MARKS else words[word])
    unit.append(len(units))
    return Phonemes(spoken, unit, [*units, END], [*_shares(spans), (last, last)])


def _shares(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The words of units → the letters near each unit's share of its word."""
    shared: list[tuple[int, int]] = []
    start = 0
    while start < len(spans):
        first, last = spans[start]
        end = start
        while end < len(spans) and spans[end] == spans[start]:
            end += 1
        sounds, letters = end - start, last - first + 1
        for k in range(sounds):
            lowest = first + k * letters // sounds - 1
            highest = first - (-(k + 1) * letters // sounds)
            shared.append((max(first, lowest), min(last, highest)))
        start = end
    return shared
