"""Does the voice fall after the accents, and nowhere else? From its sound and its semantic ids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import text
from pitch import STEP, VOICED, Falls, falls
from shards import Row

from engine.spoken.moras import BETWEEN, MARKS, Phrase, Said, moras_of

RATE, TOKEN = 16_000, 640  # samples of a second, of a semantic id
WINDOW, HOP = 640, round(STEP * 16_000)
LOWEST, HIGHEST = 70, 420  # Hz
CLEAR = 0.6  # how like itself a voiced sound is, one period later


def phrases_of(spelled: str) -> tuple[Said, ...]:
    """The accent phrases of a row.text. An accent on the last mora is not seen in it."""
    said: list[Said] = []
    for part in re.findall(rf"[{re.escape(MARKS)}]|[^{re.escape(MARKS + BETWEEN)}]+", spelled):
        if part in MARKS:
            said.append(part)
            continue
        pieces = re.findall(text.MORA, part)
        high = [bool(re.match("[ァ-ヴー]", piece)) for piece in pieces]
        drops = [i for i, (a, b) in enumerate(pairwise(high), 1) if a and not b]
        alone = high == [True]
        moras = moras_of(part.replace("〜", "ー"))
        said.append(Phrase(tuple(moras), drops[0] if drops else int(alone)))
    return tuple(said)


def measured(row: Row, counts: Sequence[int], sound: np.ndarray) -> Falls:
    """Semitones after accents and elsewhere (pitch.falls) of a sound that says row.

    counts: semantic ids of each unit of the row. sound: float32 (samples,) at 16 kHz.
    """
    said = phrases_of(row.text)
    places = dict(enumerate(_places(said)))
    step = TOKEN / HOP  # values of F0 in a semantic id
    times: dict[tuple[int, int], tuple[int, int]] = {}
    end = 0
    for (piece, _), count in zip(row.spans, counts, strict=True):
        start, end = end, end + count
        place = places.get(piece)
        if place is not None:
            first, last = round(start * step), round(end * step)
            times[place] = (min(times.get(place, (first, last))[0], first), last)
    return falls(said, times, f0_of(sound))


def f0_of(sound: np.ndarray) -> np.ndarray:
    """Hz for each 12.5 ms, 0 where there is no voice, by autocorrelation: (samples / HOP,)."""
    short, long = RATE // HIGHEST, RATE // LOWEST
    padded = np.pad(sound.astype(np.float64), (0, WINDOW + long))
    found = np.zeros(len(sound) // HOP)
    for i in range(len(found)):
        part = padded[i * HOP :][: WINDOW + long]
        first = part[:WINDOW]
        power = np.convolve(part**2, np.ones(WINDOW), "valid")  # of each delayed window
        like = np.correlate(part, first, "valid") / np.sqrt(power * power[0] + 1e-9)
        peaks = like[short : long + 1]
        best = peaks.max()
        if power[0] < 1e-3 * WINDOW / 100 or best < CLEAR:
            continue
        # The shortest period that is nearly as good: twice the period is as like.
        at = int(np.flatnonzero(peaks > 0.9 * best)[0])
        while at + 1 < len(peaks) and peaks[at + 1] > peaks[at]:
            at += 1
        found[i] = RATE / (short + at)
    return np.where(found > VOICED, found, 0)


def _places(said: Sequence[Said]) -> Iterator[tuple[int, int] | None]:
    """Phrase and mora of each text id; None for marks and `|`."""
    fresh = False
    for number, part in enumerate(said):
        if isinstance(part, str):
            yield None
            fresh = False
            continue
        if fresh:
            yield None
        yield from ((number, mora) for mora in range(len(part.moras)))
        fresh = True
