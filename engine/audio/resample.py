"""Another sample rate, piece by piece, without a click where two pieces meet."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

# FFmpeg's resampler, wide enough that what it adds stays 94 dB below a tone at 0.85 of the lower
# Nyquist frequency. Its result does not depend on how the samples were cut into pieces.
_QUALITY = "filter_size=64:phase_shift=12:cutoff=0.95"
_BLOCK = 16_384  # samples given to the filter at once


class Resampler:
    """A band-limited interpolation of one channel. One thread at a time."""

    def __init__(self, rate_in: int, rate_out: int) -> None:
        """rate_in, rate_out: Hz."""
        import av  # here: a start that plays and writes nothing does not pay for it

        self._av = av
        self._rate_in = rate_in
        self._graph = graph = av.filter.Graph()
        source = graph.add_abuffer(
            sample_rate=rate_in, format="fltp", layout="mono", time_base=Fraction(1, rate_in)
        )
        resample = graph.add("aresample", f"{rate_out}:{_QUALITY}")
        source.link_to(resample)
        resample.link_to(graph.add("abuffersink"))
        graph.configure()

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The output that is certain once these samples have come: float32 (any length,)."""
        got = []
        for start in range(0, len(samples), _BLOCK):
            piece = np.ascontiguousarray(samples[None, start : start + _BLOCK], dtype=np.float32)
            frame = self._av.AudioFrame.from_ndarray(piece, format="fltp", layout="mono")
            frame.sample_rate = self._rate_in
            self._graph.push(frame)
            got += self._pull()
        return np.concatenate(got) if got else np.empty(0, dtype=np.float32)

    def flush(self) -> NDArray[np.float32]:
        """The rest. Nothing is pushed afterwards."""
        self._graph.push(None)
        got = self._pull()
        return np.concatenate(got) if got else np.empty(0, dtype=np.float32)

    def _pull(self) -> list[NDArray[np.float32]]:
        got = []
        while True:
            try:
                got.append(self._graph.pull().to_ndarray()[0])
            except (BlockingIOError, EOFError):  # it wants more, or has given everything
                return got
