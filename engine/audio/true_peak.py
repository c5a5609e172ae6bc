"""True peaks: how high a sound rises between its samples, by 4× oversampling (ITU-R BS.1770)."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

_TIMES = 4
_REACH = 24  # samples on either side that the interpolation looks at


@cache
def _filter() -> NDArray[np.float64]:
    from scipy.signal import firwin

    taps: NDArray[np.float64] = firwin(2 * _REACH * _TIMES + 1, 1 / _TIMES, window=("kaiser", 6.0))
    return taps * _TIMES


def heights(audio: NDArray[np.float32]) -> NDArray[np.float64]:
    """For every sample of float32 (samples,), the highest |value| at it and up to the next one:
    float64 (samples,)."""
    from scipy.signal import upfirdn

    if not len(audio):
        return np.zeros(0)
    fine = upfirdn(_filter(), audio.astype(np.float64), up=_TIMES)
    start = _REACH * _TIMES
    fine = np.abs(fine[start : start + len(audio) * _TIMES])
    between = fine.reshape(-1, _TIMES).max(axis=1)
    found: NDArray[np.float64] = np.maximum(between, np.abs(audio))
    return found


class TruePeak:
    """The highest true peak of a sound that comes in pieces. One thread at a time."""

    def __init__(self) -> None:
        self._held = np.empty(0, dtype=np.float32)  # the end of what came, which the next may raise
        self._highest = 0.0

    def push(self, audio: NDArray[np.float32]) -> None:
        """Go on with float32 (samples,)."""
        sound = np.concatenate([self._held, audio])
        if len(sound) <= 2 * _REACH:
            self._held = sound
            return
        self._highest = max(self._highest, float(heights(sound)[: len(sound) - _REACH].max()))
        self._held = sound[-2 * _REACH :]

    @property
    def value(self) -> float:
        """The highest |value| so far, 1 being full."""
        return max(self._highest, float(heights(self._held).max(initial=0.0)))
