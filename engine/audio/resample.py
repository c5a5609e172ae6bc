"""Another sample rate, piece by piece, without a click where two pieces meet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_HALF = 16  # taps on each side of an output sample, at the lower of the two rates


class Resampler:
    """Windowed-sinc interpolation of one channel. One thread at a time."""

    def __init__(self, rate_in: int, rate_out: int) -> None:
        self._step = rate_in / rate_out  # input samples for one output sample
        self._cutoff = min(1.0, rate_out / rate_in)  # below the lower Nyquist frequency
        self._half = int(np.ceil(_HALF / self._cutoff))
        self._done = 0  # output samples so far
        self._first = -self._half  # position in the input of the first sample kept
        self._kept = np.zeros(self._half, dtype=np.float32)  # silence before the beginning

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The output that is certain once these samples have come: float32 (any length,)."""
        self._kept = np.concatenate([self._kept, samples])
        known = self._first + len(self._kept)
        # An output at input position p needs the samples floor(p) − half + 1 … floor(p) + half.
        last = int(np.ceil((known - self._half) / self._step))  # first one not yet certain
        positions = np.arange(self._done, max(last, self._done), dtype=np.float64) * self._step
        out = self._interpolate(positions)
        self._done += len(positions)
        drop = int(self._done * self._step) - self._half - self._first
        if drop > 0:
            self._kept = self._kept[drop:]
            self._first += drop
        return out

    def flush(self) -> NDArray[np.float32]:
        """The rest, as if silence followed."""
        return self.push(np.zeros(self._half, dtype=np.float32))

    def _interpolate(self, positions: NDArray[np.float64]) -> NDArray[np.float32]:
        whole = np.floor(positions).astype(np.int64)
        taps = np.arange(1 - self._half, self._half + 1)
        distance = positions[:, None] - (whole[:, None] + taps)  # (outputs, taps)
        window = np.cos(np.pi / 2 * np.clip(distance / self._half, -1, 1)) ** 2
        weights = self._cutoff * np.sinc(self._cutoff * distance) * window
        values = self._kept[whole[:, None] + taps - self._first]
        out: NDArray[np.float32] = (weights * values).sum(axis=1).astype(np.float32)
        return out
