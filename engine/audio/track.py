"""A track: sound of one rate that may still be growing."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

_NOTHING = np.zeros(0, dtype=np.float32)


class Track:
    """Sound that may still be growing: float32 (samples,) at `rate` Hz. Any thread."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.complete = False  # nothing will be appended
        self._pieces: list[NDArray[np.float32]] = []
        self._starts = [0]  # sample at which each piece begins, and the next one will

    def append(self, samples: NDArray[np.float32]) -> None:
        """Add samples, which must not be changed afterwards; they are not copied."""
        self._pieces.append(samples)
        self._starts.append(self._starts[-1] + len(samples))  # last: readers look at this one

    def __len__(self) -> int:
        return self._starts[-1]

    @property
    def seconds(self) -> float:
        """Its length up to now."""
        return len(self) / self.rate

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Samples start … stop − 1, or as many of them as are there."""
        stop = min(stop, len(self))
        found = []
        while start < stop:
            number = bisect_right(self._starts, start) - 1
            begin = self._starts[number]
            piece = self._pieces[number][start - begin : stop - begin]
            found.append(piece)
            start += len(piece)
        return found[0] if len(found) == 1 else np.concatenate([*found, _NOTHING])
