"""Faster and slower: the length changes and the pitch does not."""

from __future__ import annotations

import numpy as np
import pytest

from engine.audio.speed import Stretcher
from tests.fake import tone

RATE = 24_000


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.5, 2.0])
def test_the_length_follows_the_speed_and_the_pitch_stays(speed: float) -> None:
    stretcher = Stretcher(RATE, speed)
    pieces = np.array_split(tone(3.0, RATE), 11)
    sound = np.concatenate([*map(stretcher.push, pieces), stretcher.flush()])
    assert len(sound) / RATE == pytest.approx(3.0 / speed, abs=0.05)
    middle = sound[len(sound) // 4 : -len(sound) // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) * RATE / len(middle) == pytest.approx(440, abs=2)
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.05)


def test_pieces_give_the_same_samples_as_the_whole() -> None:
    whole = np.random.default_rng(0).normal(0, 0.2, RATE).astype(np.float32)  # no two periods alike
    for speed in (0.7, 1.3):
        found = []
        for pieces in ([whole], np.split(whole, [0, 1, 2, 700, 9000, 9001])):
            stretcher = Stretcher(RATE, speed)
            found.append(np.concatenate([*map(stretcher.push, pieces), stretcher.flush()]))
        assert np.array_equal(*found)


@pytest.mark.parametrize("speed", [0.49, 2.01])
def test_a_speed_lies_between_half_and_double(speed: float) -> None:
    with pytest.raises(ValueError, match=r"between 0\.5 and 2\.0"):
        Stretcher(RATE, speed)


def test_nothing_pushed_is_nothing() -> None:
    stretcher = Stretcher(RATE, 2.0)
    assert len(stretcher.push(np.zeros(0, dtype=np.float32))) == 0
    assert len(stretcher.flush()) == 0
