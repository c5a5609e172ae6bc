"""Speech made faster or slower without changing its pitch: ffmpeg's atempo, through PyAV."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

SLOWEST, FASTEST = 0.5, 2.0


class Stretcher:
    """Changes the tempo of one channel, piece by piece. One thread at a time.

    The first one loads ffmpeg: a tenth of a second, some 15 MB.
    """

    def __init__(self, sample_rate: int, speed: float) -> None:
        """speed: 2 is twice as fast. Raises ValueError outside SLOWEST … FASTEST."""
        if not SLOWEST <= speed <= FASTEST:
            raise ValueError(f"speed lies between {SLOWEST} and {FASTEST}, not at {speed}")
        from av.filter import Graph

        self._rate = sample_rate
        self._begun = False
        self._graph = Graph()
        source = self._graph.add_abuffer(
            format="flt", sample_rate=sample_rate, layout="mono", time_base=Fraction(1, sample_rate)
        )
        tempo = self._graph.add("atempo", f"{speed:.4f}")
        sink = self._graph.add("abuffersink")
        source.link_to(tempo)
        tempo.link_to(sink)
        self._graph.configure()

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The output that is ready once these samples have come: float32 (any length,)."""
        from av import AudioFrame

        if len(samples):
            frame = AudioFrame.from_ndarray(
                np.ascontiguousarray(samples[None, :]), format="flt", layout="mono"
            )
            frame.sample_rate = self._rate
            self._begun = True
            self._graph.push(frame)
        return self._pull()

    def flush(self) -> NDArray[np.float32]:
        """The rest."""
        if not self._begun:  # a filter that has seen nothing cannot be ended
            return np.zeros(0, dtype=np.float32)
        self._graph.push(None)
        return self._pull()

    def _pull(self) -> NDArray[np.float32]:
        from av.error import BlockingIOError, EOFError

        pieces = [np.zeros(0, dtype=np.float32)]
        while True:
            try:
                pieces.append(self._graph.pull().to_ndarray()[0].astype(np.float32))
            except (BlockingIOError, EOFError):
                return np.concatenate(pieces)
