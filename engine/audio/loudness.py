"""Loudness by EBU R128 (ITU-R BS.1770), piece by piece: memory does not grow with the sound.

One channel, or the same sound in two. Ten numbers for a second of sound are kept, which is 3 MB for
ten hours.
"""

from __future__ import annotations

import math
from array import array

import numpy as np
from numpy.typing import NDArray

from engine.audio.true_peak import heights

SILENCE = -120.0  # LUFS or dBFS that stand for nothing at all
_STEP = 0.1  # seconds; a block of the standard is four steps, one after every step
_BLOCK_STEPS = 4
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0  # LUFS, LU
_ROUNDS = 4  # in which peaks are turned down
_OFFSET = -0.691  # dB of the standard between power and LUFS


class Loudness:
    """The loudness of a sound that comes in pieces. One thread at a time."""

    def __init__(self, sample_rate: int, channels: int = 1) -> None:
        """channels: in which the sound is heard; two are 3 LU louder than one."""
        from pyloudnorm import IIRfilter

        shelf = IIRfilter(4.0, 1 / math.sqrt(2), 1500.0, sample_rate, "high_shelf")
        low_cut = IIRfilter(0.0, 0.5, 38.0, sample_rate, "high_pass")
        self._filters = [(filter.b, filter.a) for filter in (shelf, low_cut)]
        self._states = [np.zeros(2), np.zeros(2)]
        self._channels = channels
        self._step = round(sample_rate * _STEP)
        self._held = np.empty(0)  # weighted samples of an unfinished step
        self._powers = array("d")  # mean square of every step, weighted
        self._levels = array("d")  # mean square of every step, as it is
        self._plain_held = np.empty(0)
        self.peak = 0.0  # highest |sample|

    def push(self, audio: NDArray[np.float32]) -> None:
        """Go on with float32 (samples,)."""
        from scipy.signal import lfilter

        if not len(audio):
            return
        self.peak = max(self.peak, float(np.abs(audio).max()))
        weighted = audio.astype(np.float64)
        for number, (b, a) in enumerate(self._filters):
            weighted, self._states[number] = lfilter(b, a, weighted, zi=self._states[number])
        self._held = self._count(np.concatenate([self._held, weighted]), self._powers)
        plain = np.concatenate([self._plain_held, audio.astype(np.float64)])
        self._plain_held = self._count(plain, self._levels)

    def _count(self, samples: NDArray[np.float64], into: array[float]) -> NDArray[np.float64]:
        steps = len(samples) // self._step
        whole = samples[: steps * self._step].reshape(steps, self._step)
        into.extend((whole**2).mean(axis=1).tolist())
        return samples[steps * self._step :]

    def integrated(self) -> float:
        """Loudness in LUFS of all that came; SILENCE for none.

        Sound shorter than a block of the standard, 0.4 s, counts as it is, without gates.
        """
        powers = np.array(self._powers) * self._channels
        if len(powers) < _BLOCK_STEPS:
            count = len(powers) * self._step + len(self._held)
            energy = powers.sum() * self._step + (self._held**2).sum() * self._channels
            return _lufs(energy / count) if count else SILENCE
        sums = np.concatenate([[0.0], np.cumsum(powers)])
        blocks = (sums[_BLOCK_STEPS:] - sums[:-_BLOCK_STEPS]) / _BLOCK_STEPS
        loud = blocks[blocks > _power(_ABSOLUTE_GATE)]
        if not len(loud):
            return SILENCE
        gate = max(_power(_lufs(float(loud.mean())) + _RELATIVE_GATE), _power(_ABSOLUTE_GATE))
        return _lufs(float(loud[loud > gate].mean()))

    def rms(self) -> float:
        """Level in dBFS of all that came, silence and all; SILENCE for none."""
        return decibels(math.sqrt(float(np.mean(self._levels)))) if self._levels else SILENCE

    def floor(self) -> float:
        """Level in dBFS that a tenth of the sound stays below: the background noise. Digital
        silence, as between rows, does not count."""
        levels = np.array(self._levels)
        levels = levels[levels > 10 ** (SILENCE / 10)]
        return decibels(math.sqrt(float(np.percentile(levels, 10)))) if len(levels) else SILENCE


def decibels(amplitude: float) -> float:
    """An amplitude, 1 being full, in dBFS; SILENCE at the least."""
    return 20 * math.log10(amplitude) if amplitude > 10 ** (SILENCE / 20) else SILENCE


def amplitude(decibels: float) -> float:
    """What to multiply samples with."""
    return float(10 ** (decibels / 20))


def loudness(audio: NDArray[np.float32], sample_rate: int) -> float:
    """Loudness in LUFS of float32 (samples,)."""
    meter = Loudness(sample_rate)
    meter.push(audio)
    return meter.integrated()


def limit(audio: NDArray[np.float32], sample_rate: int, peak: float) -> NDArray[np.float32]:
    """The sound with its true peaks turned down to `peak` dBTP, gently, 5 ms around each.

    Sound that stays below is returned as it is.
    """
    ceiling = amplitude(peak)
    for _ in range(_ROUNDS):  # a gain that changes moves the peaks between samples a little
        high = heights(audio)
        if high.max(initial=0.0) <= ceiling:
            return audio
        audio = _turned_down(audio, high, sample_rate, ceiling)
    return audio * np.float32(ceiling / max(heights(audio).max(), ceiling))


def _turned_down(
    audio: NDArray[np.float32], high: NDArray[np.float64], sample_rate: int, ceiling: float
) -> NDArray[np.float32]:
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    reach = max(3, round(sample_rate * 0.005)) | 1
    loudest = maximum_filter1d(high, 2 * reach + 1, mode="nearest")
    gain = np.minimum(1.0, ceiling / np.maximum(loudest, ceiling))
    # Each mean is over gains that are low enough for the sample in the middle.
    gain = uniform_filter1d(gain, reach, mode="nearest")
    limited: NDArray[np.float32] = (audio * gain).astype(np.float32)
    return limited


def _lufs(power: float) -> float:
    return _OFFSET + 10 * math.log10(power) if power > 0 else SILENCE


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))
