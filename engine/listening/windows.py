"""A window for each sound: a recogniser hears 30 seconds at a time, of which a short sound needs a
part; and what of its words can be where nothing sounds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.audio.join import loud_frames, sounding
from engine.audio.resample import Resampler
from engine.listening.heard import RATE, Word

WINDOW = 30.0  # seconds that a recogniser can hear at once
LEAD = 0.25  # seconds of silence in front of a sound that is heard with silence around it
LONGEST = WINDOW - LEAD  # seconds of a sound; what is longer is heard in several windows
_LEAST, _STEP = 10.0, 2.5  # seconds of a window: in a shorter one Whisper goes round in circles
_AFTER = 1.5  # seconds of a window that are left behind its sound
_TOGETHER = 4  # sounds that are heard at once: twice as fast as one by one, and more gain nothing
_FRAME = 0.01  # seconds, of loud_frames
_SHORTEST = 0.08  # seconds of sound in which there can be a word
_FAINTEST = 0.003  # rms under which nothing is said
# Seconds that Whisper's words come too early: the median of 297 words of a voice whose lengths are
# known, and of where that sound ends.
_EARLY = 0.11


def for_ears(audio: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """float32 (samples,) of any rate, in Hz, as a recogniser wants it."""
    resampler = Resampler(rate, RATE)
    return np.concatenate([resampler.push(np.nan_to_num(audio)), resampler.flush()])


def window(seconds: float) -> float:
    """Seconds of the window in which a sound is heard, by its own length alone: who else is heard
    at the same time changes nothing."""
    steps = math.ceil(max(LEAD + seconds + _AFTER - _LEAST, 0.0) / _STEP)
    return min(_LEAST + steps * _STEP, WINDOW)


def together(sounds: Sequence[NDArray[np.float32]]) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Sounds at RATE Hz that are heard at once: the seconds of their windows, and their numbers.
    What is silent is left out; what is longer than a window is alone."""
    waiting: dict[float, list[int]] = {}
    for number, sound in enumerate(sounds):
        if not speaks(sound):
            continue
        seconds = len(sound) / RATE
        if seconds > LONGEST:
            yield WINDOW, (number,)
            continue
        numbers = waiting.setdefault(window(seconds), [])
        numbers.append(number)
        if len(numbers) == _TOGETHER:
            yield window(seconds), tuple(numbers)
            numbers.clear()
    for length, numbers in waiting.items():
        if numbers:
            yield length, tuple(numbers)


def speaks(sound: NDArray[np.float32]) -> bool:
    """Whether there is anything to hear: a recogniser invents words over silence."""
    start, end = sounding(sound, RATE)
    if (end - start) / RATE < _SHORTEST:
        return False
    return float(np.sqrt(np.mean(np.square(sound[start:end], dtype=np.float64)))) > _FAINTEST


def without_silent(words: Sequence[Word], sound: NDArray[np.float32]) -> list[Word]:
    """The words in whose time something sounds. A recogniser puts invented ones behind the end."""
    loud = loud_frames(sound, RATE)
    found = []
    for word in words:
        first, last = (
            int(word.start / _FRAME),
            max(int(word.end / _FRAME), int(word.start / _FRAME) + 1),
        )
        if loud[first:last].any():
            found.append(word)
    return found


def in_time(words: Sequence[Word], sound: NDArray[np.float32]) -> tuple[Word, ...]:
    """Words as Whisper has them when they sound; the first one begins where it was, or the sound
    does."""
    begin, end = (at / RATE for at in sounding(sound, RATE))
    found = []
    for number, word in enumerate(words):
        start = min(word.start + _EARLY if number else max(word.start, begin), end)
        until = max(start, min(word.end + _EARLY, end))
        found.append(Word(word.text, start, until, word.probability))
    return tuple(found)
