"""Short sounds in one window: Whisper hears 30 seconds at a time, however short a sound is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.audio.join import loud_frames, sounding
from engine.audio.resample import Resampler
from engine.listening.heard import RATE, Word

WINDOW = 29.0  # seconds; what is longer is heard alone, in several windows
GAP = 0.5  # seconds of silence between two sounds
_NEAR = 0.2  # seconds beside a sound that are still its own
_FRAME = 0.01  # seconds, of loud_frames
_SHORTEST = 0.08  # seconds of sound in which there can be a word
_FAINTEST = 0.003  # rms under which nothing is said
# Seconds that Whisper's words come too early: the median of 297 words of a voice whose lengths are
# known, and of where that sound ends.
_EARLY = 0.11


@dataclass(frozen=True, eq=False)
class Window:
    """Sounds that are heard together. places: of each, its number and the seconds where it
    begins and ends."""

    sound: NDArray[np.float32]
    places: tuple[tuple[int, float, float], ...]

    def share(self, words: Sequence[Word]) -> Iterator[tuple[int, Word]]:
        """The words of each sound, in its own time; what was heard between them is nobody's."""
        for word in words:
            middle = (word.start + word.end) / 2
            for number, start, end in self.places:
                if start - _NEAR <= middle <= end + _NEAR:
                    begin = min(max(word.start - start, 0.0), end - start)
                    until = min(max(word.end - start, begin), end - start)
                    yield number, Word(word.text, begin, until, word.probability)


def for_ears(audio: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """float32 (samples,) of any rate, in Hz, as a recogniser wants it."""
    resampler = Resampler(rate, RATE)
    return np.concatenate([resampler.push(np.nan_to_num(audio)), resampler.flush()])


def windows(sounds: Sequence[NDArray[np.float32]]) -> Iterator[Window]:
    """Sounds at RATE Hz, as many as fit into each window. What is silent is left out."""
    waiting: list[int] = []
    length = 0.0
    for number, sound in enumerate(sounds):
        if not speaks(sound):
            continue
        seconds = len(sound) / RATE
        if waiting and length + GAP + seconds > WINDOW:
            yield _window(sounds, waiting)
            waiting, length = [], 0.0
        length += seconds + (GAP if waiting else 0.0)
        waiting.append(number)
    if waiting:
        yield _window(sounds, waiting)


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


def _window(sounds: Sequence[NDArray[np.float32]], numbers: Sequence[int]) -> Window:
    pieces: list[NDArray[np.float32]] = []
    places = []
    at = 0
    silence = np.zeros(round(GAP * RATE), dtype=np.float32)
    for number in numbers:
        if pieces:
            pieces.append(silence)
            at += len(silence)
        sound = sounds[number]
        pieces.append(sound)
        places.append((number, at / RATE, (at + len(sound)) / RATE))
        at += len(sound)
    return Window(np.concatenate(pieces), tuple(places))
