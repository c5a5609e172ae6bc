"""Another sample rate: the same tone, the same length, and no seam between pieces."""

from __future__ import annotations

import numpy as np
import pytest

from engine.audio.resample import Resampler
from tests.fake import tone

RATES = [(24_000, 48_000), (24_000, 44_100), (24_000, 16_000), (44_100, 8_000)]


def resample(pieces: list[np.ndarray], rate_in: int, rate_out: int) -> np.ndarray:
    resampler = Resampler(rate_in, rate_out)
    return np.concatenate([*(resampler.push(piece) for piece in pieces), resampler.flush()])


@pytest.mark.parametrize(("rate_in", "rate_out"), RATES)
def test_a_tone_keeps_its_pitch_level_and_length(rate_in: int, rate_out: int) -> None:
    out = resample([tone(1.0, rate_in, 1000)], rate_in, rate_out)
    wanted = tone(1.0, rate_out, 1000)
    assert len(out) == len(wanted)
    inside = slice(rate_out // 50, -rate_out // 50)  # the ends ring, as after any filter
    assert np.abs(out - wanted)[inside].max() < 1e-3


@pytest.mark.parametrize(("rate_in", "rate_out"), RATES)
def test_pieces_give_the_same_samples_as_the_whole(rate_in: int, rate_out: int) -> None:
    whole = tone(0.5, rate_in, 700)
    pieces = np.split(whole, [0, 1, 2, 40, 4000, 4001])
    assert np.array_equal(resample(pieces, rate_in, rate_out), resample([whole], rate_in, rate_out))


def test_what_the_lower_rate_cannot_hold_is_removed_not_folded() -> None:
    out = resample([tone(1.0, 48_000, 10_000)], 48_000, 16_000)  # 10 kHz, and room for 8 kHz
    assert np.abs(out[500:-500]).max() < 0.005
