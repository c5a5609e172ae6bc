"""Another sample rate, piece by piece, without a click where two pieces meet."""

from __future__ import annotations

from math import ceil, gcd

import numpy as np
from numpy.typing import NDArray

_HALF = 16  # taps on each side of an output sample, at the lower of the two rates
_MOST_PHASES = 1024  # common rates have up to 640


class Resampler:
    """Windowed-sinc interpolation of one channel. One thread at a time."""

    def __init__(self, rate_in: int, rate_out: int) -> None:
        common = gcd(rate_in, rate_out)
        # Output n lies at input position n · up / down.
        self._up, self._down = rate_in // common, rate_out // common
        self._cutoff = min(1.0, rate_out / rate_in)  # below the lower Nyquist frequency
        self._half = ceil(_HALF / self._cutoff)
        self._done = 0  # output samples so far
        self._first = -self._half  # position in the input of the first sample kept
        self._kept = np.zeros(self._half, dtype=np.float32)  # silence before the beginning
        # Between two input samples there are only `down` places where an output can lie.
        few = self._down <= _MOST_PHASES
        self._table = self._weights(np.arange(self._down)) if few else None

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The output that is certain once these samples have come: float32 (any length,)."""
        self._kept = np.concatenate([self._kept, samples])
        known = self._first + len(self._kept)
        # An output at input position p needs the samples floor(p) − half + 1 … floor(p) + half.
        last = -((self._half - known) * self._down // self._up)  # first one not yet certain
        numbers = np.arange(self._done, max(last, self._done), dtype=np.int64)
        out = self._interpolate(numbers)
        self._done += len(numbers)
        drop = self._done * self._up // self._down - self._half - self._first
        if drop > 0:
            self._kept = self._kept[drop:]
            self._first += drop
        return out

    def flush(self) -> NDArray[np.float32]:
        """The rest, as if silence followed."""
        return self.push(np.zeros(self._half, dtype=np.float32))

    def _interpolate(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        whole, phase = np.divmod(numbers * self._up, self._down)
        weights = self._weights(phase) if self._table is None else self._table[phase]
        taps = np.arange(1 - self._half, self._half + 1)
        values = self._kept[whole[:, None] + taps - self._first]
        out: NDArray[np.float32] = np.einsum("ij,ij->i", weights, values)
        return out

    def _weights(self, phase: NDArray[np.int64]) -> NDArray[np.float32]:
        """For outputs phase / down after an input sample: float32 (outputs, 2 · half)."""
        taps = np.arange(1 - self._half, self._half + 1)
        distance = phase[:, None] / self._down - taps
        window = np.cos(np.pi / 2 * np.clip(distance / self._half, -1, 1)) ** 2
        weights = self._cutoff * np.sinc(self._cutoff * distance) * window
        rounded: NDArray[np.float32] = weights.astype(np.float32)
        return rounded
