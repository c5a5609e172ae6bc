"""What a recogniser heard of a sound, and what a recogniser is. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.system.untrusted_json import finite

RATE = 16_000  # Hz of what a recogniser hears


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was heard. start, end: seconds of the sound. probability: 0 … 1."""

    text: str
    start: float
    end: float
    probability: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What was heard of one sound. words: in order; () where nobody speaks. language: in which it
    listened, an ISO 639-1 code. likely, probable: how probable the words are that were meant, the
    mean of their logarithms and of themselves; None where the recogniser was not told them."""

    words: tuple[Word, ...] = ()
    language: str = "en"
    likely: float | None = None
    probable: float | None = None

    @property
    def text(self) -> str:
        """All words."""
        return "".join(word.text for word in self.words).strip()

    def to_plain(self) -> dict[str, Any]:
        """For JSON, a word a list."""
        words = [
            [w.text, round(w.start, 3), round(w.end, 3), round(w.probability, 3)]
            for w in self.words
        ]
        means = {"likely": self.likely, "probable": self.probable}
        told = {name: round(mean, 4) for name, mean in means.items() if mean is not None}
        return {"language": self.language, "words": words, **told}

    @classmethod
    def from_plain(cls, stored: dict[str, Any]) -> Heard:
        """Raises ValueError, TypeError or KeyError for what `to_plain` did not give."""
        words = tuple(
            Word(str(text), finite(start), finite(end), finite(probability))
            for text, start, end, probability in stored["words"]
        )
        likely, probable = stored.get("likely"), stored.get("probable")
        return cls(
            words=words,
            language=str(stored["language"]),
            likely=None if likely is None else finite(likely),
            probable=None if probable is None else finite(probable),
        )


class Recogniser(Protocol):
    """Hears words. One thread at a time."""

    def hear(
        self, sounds: Sequence[NDArray[np.float32]], language: str, meant: Sequence[str] = ()
    ) -> list[Heard]:
        """What is said in each of some sounds, float32 (samples,) at RATE Hz, in a language, an
        ISO 639-1 code. meant: what was to be said in each, where `likely` is wanted. Raises
        UserError where it cannot."""
        ...
