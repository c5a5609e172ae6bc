"""What Whisper does with a hearing that breaks off, or goes round in a circle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.listening.heard import RATE, Heard, Word
from engine.listening.whisper import Whisper
from engine.listening.windows import WINDOW

TEXT = "Leave your barrow empty."


def heard(text: str, probable: float | None = None) -> Heard:
    words = tuple(Word(f" {word}", n, n + 1.0) for n, word in enumerate(text.split()))
    return Heard(words=words, probable=probable)


class Scripted(Whisper):
    """Hears what it is told, by whether there is silence around the sound; None is a circle."""

    def __init__(self, plain: Heard | None, quiet: Heard | None) -> None:
        self.told = {False: plain, True: quiet}
        self.asked: list[tuple[int, float, bool]] = []

    def _at_once(
        self,
        sounds: Sequence[NDArray[np.float32]],
        seconds: float,
        language: str,
        texts: Sequence[str],
        quiet: bool,
    ) -> list[Heard | None]:
        self.asked.append((len(sounds), seconds, quiet))
        return [self.told[quiet] for _ in sounds]


def listen(whisper: Whisper, *texts: str) -> list[Heard]:
    sounds = [np.zeros(RATE, np.float32) for _ in texts]
    return whisper._in_windows(sounds, 10.0, "en", texts)


def test_an_end_that_was_not_heard_is_heard_again_in_silence() -> None:
    whole = Scripted(heard(TEXT, 0.9), None)
    assert listen(whole, TEXT, TEXT) == [heard(TEXT, 0.9)] * 2
    assert whole.asked == [(2, 10.0, False)]
    broken = Scripted(heard("Leave", 0.2), heard(TEXT, 0.7))
    assert listen(broken, TEXT) == [heard(TEXT, 0.2)]  # takes are compared as they were heard first
    assert broken.asked == [(1, 10.0, False), (1, 10.0, True)]
    no_better = Scripted(heard("Leave", 0.2), heard("Believe me, I did no such thing", 0.7))
    assert listen(no_better, TEXT) == [heard("Leave", 0.2)]


def test_a_circle_is_heard_again_in_a_whole_window() -> None:
    circle = Scripted(None, heard(TEXT, 0.7))
    assert listen(circle, TEXT) == [heard(TEXT, 0.7)]
    assert circle.asked == [(1, 10.0, False), (1, WINDOW, True)]
    assert listen(Scripted(None, None), TEXT) == [Heard()]


def test_where_nobody_says_what_was_meant_there_is_silence_at_once() -> None:
    whisper = Scripted(None, heard(TEXT))
    assert listen(whisper, "", "") == [heard(TEXT)] * 2
    assert whisper.asked == [(2, 10.0, True)]
