"""What is spoken of a text that is no script: in words, and in rows that the model takes.

`say`, the door for Python and the window divide alike, and alike tomorrow: what was learned of a
voice meanwhile plays no part, so a text and a seed give the same sound again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import inf

from engine.script.flow import Line, lines_of
from engine.script.pace import START, letters
from engine.script.split import LONGEST, sentences, split
from engine.script.split_spoken import spoken_parts
from engine.spoken.language import language_of
from engine.spoken.normalise import spoken_as

_PRESET = re.compile(r"(?:v\d+/)?([a-z]{2})_speaker_\d+")
_SAMPLE = 20_000  # letters that tell the language of a text


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokenText:
    """How a text is spoken.

    guess: the language of a text by its letters, an ISO 639-1 code, "en" for all in Latin ones.
    voice: a preset, whose name may say a language. longest: seconds of a row. most: letters of it.
    numbers: figures and abbreviations are said in words. fits: whether what is spoken has room in a
    row of the model, beside its letters.
    """

    guess: Callable[[str], str]
    voice: str | None = None
    longest: float = LONGEST
    most: float = inf
    numbers: bool = True
    fits: Callable[[str], bool] = lambda said: True

    @property
    def room(self) -> float:
        """Letters of a row."""
        return min(self.longest * START.rate, self.most)

    def said(self, text: str, whole: str = "") -> str:
        """What is said for a text, or for a part of a whole one, whose language it has."""
        return spoken_as(text, self._language(text, whole or text)) if self.numbers else text

    def is_one(self, text: str) -> bool:
        """Whether all of it can be one row."""
        said = self.said(text).strip()
        return letters(said) <= self.room and "\n\n" not in text.strip() and self.fits(said)

    def lines(self, parts: Iterable[str]) -> Iterator[Line]:
        """The rows of a text that comes in parts, in words. Figures are put into words first: a row
        is as long as it is spoken."""
        read = ""

        def noted() -> Iterator[str]:
            nonlocal read
            for part in parts:
                read += part[: _SAMPLE - len(read)]
                yield part

        def divided(text: str) -> list[str]:
            said = self.said(text, read)
            ends, longest, most = self._ends(text), self.longest, self.most
            return [
                piece
                for part in split(said, language=ends, longest=longest, most=most)
                for piece in spoken_parts(
                    part,
                    str,
                    pace=START,
                    language=ends,
                    longest=longest,
                    most=most,
                    fits=self.fits,
                )
            ]

        return lines_of(noted(), divided, self._ends)

    def differences(self, text: str) -> Iterator[tuple[str, str]]:
        """The sentences that are said otherwise than they are written, and how."""
        if not self.numbers:
            return
        for sentence in sentences(text, self._ends(text)):
            if (said := self.said(sentence, text)) != sentence:
                yield sentence.strip(), said.strip()

    def _ends(self, text: str) -> str:
        """The language in which sentences end: of Latin letters, the voice's."""
        guessed = self.guess(text)
        return (_language_of_voice(self.voice) or guessed) if guessed == "en" else guessed

    def _language(self, text: str, whole: str) -> str:
        """In which figures are said. A short part, "Chapter 3", does not tell it by itself."""
        usual = self.guess(whole)
        if usual == "en":
            usual = language_of(whole, usual, _language_of_voice(self.voice) or usual)
        guessed = self.guess(text)
        if guessed == "zh" and usual == "ja":  # a heading without kana
            return usual
        return language_of(text, guessed, usual)


def _language_of_voice(voice: str | None) -> str:
    """Of a preset by its name, "v2/de_speaker_3"; "" where it says none."""
    found = _PRESET.fullmatch(voice or "")
    return found[1] if found else ""
