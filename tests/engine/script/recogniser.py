"""A recogniser for scripts: it knows each take by its length, and what it is told to mishear."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.api import SpeechRow
from engine.errors import UserError
from engine.listening.heard import RATE, Heard, Word
from tests.engine.script.speaker import RATE as SPOKEN
from tests.engine.script.speaker import spoken


class FakeRecogniser:
    """Hears the words of a row. "mumbled2" in a text: its takes before that one are heard as noise;
    "faint2": they sound unlike it, the later ones less so; each take of "fainter" the more.
    fails: after so many calls it cannot hear any more."""

    def __init__(self, *texts: str, voice: str | None = "anna", fails: int = -1) -> None:
        self.calls: list[int] = []  # sounds in each
        self.fails = fails
        self._texts: dict[int, tuple[str, int]] = {}
        for text in texts:
            for take in range(6):
                row = SpeechRow(text=text, voice=voice, take=take)
                self._texts[round(len(spoken(row).audio) * RATE / SPOKEN)] = (text, take)

    def hear(
        self, sounds: Sequence[NDArray[np.float32]], language: str, meant: Sequence[str] = ()
    ) -> list[Heard]:
        self.calls.append(len(sounds))
        if self.fails >= 0 and len(self.calls) > self.fails:
            raise UserError("the recogniser was ended by the system")
        return [self._heard(len(sound), language) for sound in sounds]

    def _heard(self, length: int, language: str) -> Heard:
        near = min(self._texts, key=lambda known: abs(known - length))
        assert abs(near - length) < 40, "nobody spoke this"
        text, take = self._texts[near]
        words = text.split()
        for word in words:
            if word.startswith("mumbled") and take < int(word[7:] or 99):
                words = [*words[:1], "nothing", "of", "that"]
                break
        likely = _likely(text, take)
        times = np.linspace(0.1, length / RATE - 0.1, len(words) + 1)
        return Heard(
            words=tuple(
                Word(f" {word}", float(start), float(end), 0.9)
                for word, start, end in zip(words, times, times[1:], strict=False)
            ),
            language=language,
            likely=likely,
            probable=None if likely is None else math.exp(likely),
        )


def _likely(text: str, take: int) -> float | None:
    for word in text.rstrip(".").split():
        if word == "fainter":
            return -0.6 - 0.1 * take
        if word.startswith("faint"):
            return -0.05 if take >= int(word[5:]) else -0.9 + 0.1 * take
    return None
