"""The teacher's pitch in Japanese: OpenJTalk's accents in place of Kokoro's, which are at chance.

High and low moras are steps, smoothed, on a line that falls through a breath; each accent lowers
those after it, and a question rises at its end. The voice's own level and a third of its fine
movement stay. Semitones; F0 has a value for each 12.5 ms.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from engine.spoken.moras import Phrase, Said

STEP = 0.0125  # seconds of a value of F0
HIGH, FLAT_HIGH, FIRST_LOW, LOW = 5.0, 3.5, 0.6, -0.6  # of an accent phrase, one without a fall
DOWN = 0.8  # what an accent leaves of the steps after it, to the next mark
START, FALL, FALLING = 2.2, 1.8, 2.5  # at first; by so much over so many seconds
QUESTION = 7.0
MICRO = 0.35  # of the voice's own fine movement
SMOOTH, LEVEL = 11, 15  # values
VOICED = 60.0  # Hz
Place = tuple[int, int]  # of a phrase or mark in a row, and of a mora in it
Falls = tuple[list[float], list[float]]  # after accents, elsewhere


def tuned(
    said: Sequence[Said], where: Sequence[Place | None], lengths: np.ndarray, f0: np.ndarray
) -> np.ndarray:
    """f0 (1, values) in Hz, 0 where there is no voice → the same with the accents of the row.

    where: for each phoneme, whose mora it is. lengths: frames of 25 ms of each phoneme, between
    those of the silence at both ends.
    """
    own = f0.ravel()
    voiced = own > VOICED
    if voiced.sum() < 4:
        return f0
    pitch = 12 * np.log2(np.where(voiced, own, 1))
    line = np.interp(np.arange(len(own)), np.flatnonzero(voiced), pitch[voiced])
    wanted = contour(said, where, lengths, len(own))
    wanted = wanted - wanted[voiced].mean() + pitch[voiced].mean()
    wanted += MICRO * (line - _smooth(line, LEVEL))
    return np.where(voiced, 2 ** (wanted / 12), own).reshape(f0.shape).astype(np.float32)


def contour(
    said: Sequence[Said], where: Sequence[Place | None], lengths: np.ndarray, values: int
) -> np.ndarray:
    """Semitones over the voice's level, (values,)."""
    times = times_of(where, lengths)
    made, known = np.zeros(values), np.zeros(values, bool)
    gain, breath = 1.0, list[Place]()
    for number, part in enumerate(said):
        if isinstance(part, str):
            _breathe(made, breath, times, question=part == "?")
            gain, breath = 1.0, []
            continue
        for mora, high in enumerate(part.high):
            if (place := (number, mora)) not in times:
                continue
            start, end = times[place]
            made[start:end] += _step(part, mora, high, gain, first=not breath)
            known[start:end] = True
            breath.append(place)
        gain *= DOWN if part.accent else 1
    _breathe(made, breath, times, question=False)
    if known.any():
        at = np.flatnonzero(known)
        made = np.interp(np.arange(values), at, made[at])
    return _smooth(made, SMOOTH)


def times_of(where: Sequence[Place | None], lengths: np.ndarray) -> dict[Place, tuple[int, int]]:
    """First value of F0 of each mora, and the one after its last."""
    ends = np.cumsum(lengths).astype(int) * 2
    found: dict[Place, tuple[int, int]] = {}
    for i, place in enumerate(where):
        if place is not None:
            start, end = int(ends[i]), int(ends[i + 1])
            found[place] = (min(found.get(place, (start, end))[0], start), end)
    return found


def _step(part: Phrase, mora: int, high: bool, gain: float, *, first: bool) -> float:
    if high:
        return (HIGH if part.accent else FLAT_HIGH) * gain
    if mora == 0 and part.accent != 1:
        return FIRST_LOW * gain if first else 0.0
    return LOW


def _breathe(
    made: np.ndarray, breath: list[Place], times: dict[Place, tuple[int, int]], *, question: bool
) -> None:
    if not breath:
        return
    start, end = times[breath[0]][0], max(times[place][1] for place in breath)
    at = np.arange(end - start) * STEP
    made[start:end] += START * np.exp(-at / 1.2) - FALL * np.clip(at, 0, FALLING) / FALLING
    if question:
        start, end = times[breath[-1]]
        made[start:end] += np.linspace(0, QUESTION, end - start)


def _smooth(x: np.ndarray, width: int) -> np.ndarray:
    window = np.hanning(width + 2)[1:-1]
    padded = np.pad(x, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(padded, window / window.sum(), mode="valid")


def falls(said: Sequence[Said], times: dict[Place, tuple[int, int]], f0: np.ndarray) -> Falls:
    """Semitones from mora to mora: after accents, and elsewhere (the rise at the start left out).

    f0: Hz, (values,); 0 where there is no voice.
    """
    levels = {}
    for place, (start, end) in times.items():
        voiced = f0[start:end][f0[start:end] > VOICED]
        if len(voiced) >= 2:
            levels[place] = 12 * np.log2(np.median(voiced))
    after, elsewhere = list[float](), list[float]()
    for number, part in enumerate(said):
        if isinstance(part, str):
            continue
        high = part.high
        for mora in range(len(high) - 1):
            one, other = levels.get((number, mora)), levels.get((number, mora + 1))
            if one is None or other is None:
                continue
            if high[mora] and not high[mora + 1]:
                after.append(other - one)
            elif mora and high[mora] == high[mora + 1]:
                elsewhere.append(other - one)
    return after, elsewhere


def auc(falls: Falls) -> float:
    """How often a step after an accent is lower than one elsewhere: 0.5 at chance, 1 at best."""
    after, elsewhere = map(np.array, falls)
    return float((after[:, None] < elsewhere[None]).mean())
