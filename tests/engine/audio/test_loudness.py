"""Loudness as the standard and pyloudnorm have it, in pieces; peaks that are limited."""

from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest

from engine.audio.loudness import (
    SILENCE,
    Loudness,
    amplitude,
    decibels,
    limit,
    loudness,
)
from tests.fake import tone


def speech(seconds: float, rate: int, seed: int = 0, level: float = -26.0) -> np.ndarray:
    """Noise with the rise and fall of speech, and pauses."""
    random = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    syllables = np.clip(np.sin(2 * np.pi * 4 * t) + 0.3, 0, None) * (
        np.sin(2 * np.pi * t / 3) > -0.6
    )
    low = np.convolve(random.normal(0, 1, len(t)), np.ones(4) / 4, "same")
    return (low * syllables * amplitude(level)).astype(np.float32)


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100, 48_000])
@pytest.mark.parametrize("seconds", [0.5, 3.0, 40.0])
def test_it_is_pyloudnorms(rate: int, seconds: float) -> None:
    sound = speech(seconds, rate)
    wanted = pyloudnorm.Meter(rate).integrated_loudness(sound.astype(np.float64))
    assert loudness(sound, rate) == pytest.approx(wanted, abs=0.1)


def test_pieces_give_the_same_as_the_whole() -> None:
    sound = speech(10, 24_000)
    meter = Loudness(24_000)
    for piece in np.split(sound, [0, 1, 7, 3000, 50_001, 50_002]):
        meter.push(piece)
    assert meter.integrated() == pytest.approx(loudness(sound, 24_000), abs=1e-6)
    assert meter.peak == np.abs(sound).max()


def test_the_standards_own_example() -> None:
    """A sine of 997 Hz at full level in one channel is −3.01 LUFS."""
    sound = tone(5, 48_000, 997) * 2
    assert loudness(sound, 48_000) == pytest.approx(-3.01, abs=0.1)


LOW = 12_000  # Hz: minutes of sound, which has nothing above 997
Parts = list[tuple[float, float | None]]


def sines(parts: Parts) -> np.ndarray:
    """Sines of 997 Hz at LOW. parts: seconds and dBFS, None for silence."""
    pieces = [
        tone(seconds, LOW, 997) * 2 * (0 if level is None else amplitude(level))
        for seconds, level in parts
    ]
    return np.concatenate(pieces).astype(np.float32)


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        # EBU Tech 3341, cases 3 to 5, in one channel instead of two: 3 dB less.
        ([(10, -36), (60, -23), (10, -36)], -26.0),
        ([(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)], -26.0),
        ([(20, -26), (20.1, -20), (20, -26)], -26.0),
        # A part 15 to 20 LU below does not count, however long the silence.
        ([(30, -20), (30, -35)], -23.0),
        ([(120, None), (30, -20), (30, -35)], -23.0),
        ([(30, -37.5), (200, None), (30, -20)], -23.0),
        ([(30, -20), (400, None), (30, -40)], -23.0),
        # The gate lies 10 LU below the mean of both, 2.7 and 2.8 below the louder one.
        ([(120, None), (30, -20), (30, -32)], -25.7),
        ([(120, None), (30, -20), (30, -33.5)], -23.0),
        # Nothing below −70 LUFS counts, nor does it lower the mean that the gate hangs on.
        ([(30, -66.5)], -69.5),
        ([(30, -67.5)], SILENCE),
        ([(200, -68), (30, -20), (30, -35)], -23.0),
    ],
)
def test_the_gates_of_the_standard(parts: Parts, wanted: float) -> None:
    sound = sines(parts)
    assert loudness(sound, LOW) == pytest.approx(wanted, abs=0.2)  # blocks across an edge
    if wanted != SILENCE:
        theirs = pyloudnorm.Meter(LOW).integrated_loudness(sound.astype(np.float64))
        assert loudness(sound, LOW) == pytest.approx(theirs, abs=0.01)


def test_silence_and_crumbs() -> None:
    assert loudness(np.zeros(0, dtype=np.float32), 24_000) == SILENCE
    assert loudness(np.zeros(24_000, dtype=np.float32), 24_000) == SILENCE
    short = tone(0.2, 24_000, 997)
    assert loudness(short, 24_000) == pytest.approx(loudness(tone(5, 24_000, 997), 24_000), abs=0.5)
    uneven = tone(0.35, 24_000, 997)  # half a step is left over
    assert loudness(uneven, 24_000) == pytest.approx(loudness(short, 24_000), abs=0.3)
    assert decibels(0.0) == SILENCE
    assert decibels(amplitude(SILENCE - 1)) == SILENCE
    assert decibels(amplitude(SILENCE + 1)) == pytest.approx(SILENCE + 1)


def test_rms_and_background_noise() -> None:
    meter = Loudness(24_000)
    meter.push(tone(2, 24_000, 440))
    assert meter.rms() == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.1)
    steps = Loudness(24_000)
    steps.push(np.repeat(np.float32([0.5, 0.25]), 2400))  # of 0.1 s each, to the sample
    assert steps.rms() == pytest.approx(10 * np.log10((0.25 + 0.0625) / 2), abs=1e-6)
    noise = np.random.default_rng(0).normal(0, amplitude(-50), 24_000 * 2).astype(np.float32)
    meter.push(noise)
    meter.push(np.zeros(24_000 * 5, dtype=np.float32))  # a gap is no background
    assert meter.floor() == pytest.approx(-50, abs=1)


def test_memory_does_not_grow_with_the_sound() -> None:
    meter = Loudness(24_000)
    block = tone(10)
    for _ in range(60):
        meter.push(block)
    kept = sum(len(a) * 8 for a in (meter._powers, meter._levels, meter._held, meter._plain_held))
    assert kept < 600 * 200 + 40_000


def test_peaks_are_limited_without_a_click() -> None:
    sound = tone(2, 24_000, 200) * 1.9  # 0.95
    loud = sound.copy()
    loud[24_000:24_600] *= 2
    limited = limit(loud, 24_000, -3.0)
    assert np.abs(limited).max() <= amplitude(-3.0)
    assert np.array_equal(limit(sound * 0.5, 24_000, -3.0), sound * 0.5)
    spectrum = np.abs(np.fft.rfft(limited * np.hanning(len(limited))))
    frequency = np.fft.rfftfreq(len(limited), 1 / 24_000)
    assert spectrum[frequency > 3000].max() < spectrum.max() * 1e-3
