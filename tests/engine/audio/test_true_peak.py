"""How high a sound rises between its samples."""

from __future__ import annotations

import numpy as np
import pytest

from engine.audio.loudness import Loudness, amplitude, limit
from engine.audio.true_peak import TruePeak, heights


def between(level: float, rate: int = 24_000) -> np.ndarray:
    """A sine at a quarter of the rate whose samples all lie at 0.707 of its height."""
    phase = np.arange(rate) * np.pi / 2 + np.pi / 4
    ramp = np.minimum(1, np.minimum(np.arange(rate), np.arange(rate)[::-1]) / 500)
    return (level * np.sin(phase) * ramp).astype(np.float32)


def test_the_height_between_samples_is_found() -> None:
    sound = between(0.5)
    assert np.abs(sound).max() == pytest.approx(0.3536, abs=1e-3)
    assert heights(sound).max() == pytest.approx(0.5, rel=0.01)  # 0.1 dB


def test_pieces_give_the_same_as_the_whole() -> None:
    sound = np.random.default_rng(1).normal(0, 0.2, 3000).astype(np.float32)
    meter = TruePeak()
    for piece in np.split(sound, [0, 1, 7, 60, 100, 2990]):
        meter.push(piece)
    assert meter.value == pytest.approx(heights(sound).max(), rel=1e-6)
    assert TruePeak().value == 0.0
    assert heights(sound[:0]).shape == (0,)
    step = np.repeat(np.array([0.0, 0.5, 0.5], dtype=np.float32), 60)  # goes on as it ended
    meter = TruePeak()
    for piece in np.split(step, [120]):
        meter.push(piece)
    assert meter.value == pytest.approx(heights(step)[:150].max(), rel=1e-6)


def test_what_is_limited_passes_the_peak_nowhere() -> None:
    for sound in (between(1.0), np.random.default_rng(2).normal(0, 0.5, 24_000)):
        limited = limit(sound.astype(np.float32), 24_000, -3.0)
        assert 0.97 * amplitude(-3.0) < heights(limited).max() <= amplitude(-3.0) * 1.0001
    quiet = between(0.5)
    assert limit(quiet, 24_000, -3.0) is quiet


def test_two_channels_are_three_units_louder() -> None:
    levels = []
    for channels in (1, 2):
        meter = Loudness(24_000, channels)
        meter.push(between(0.3))
        levels.append(meter.integrated())
    assert levels[1] - levels[0] == pytest.approx(10 * np.log10(2), abs=1e-6)
