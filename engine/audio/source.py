"""What is heard of a track from one place on: repeated, faster or slower, at the device's rate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.audio.fade import FADE, faded
from engine.audio.resample import Resampler
from engine.audio.speed import Stretcher
from engine.audio.track import Track

Loop = tuple[float, float | None]  # seconds; None is the end of the track

_BLOCK = 0.1  # seconds of the track made at once
_NOTHING = np.zeros(0, dtype=np.float32)


class Source:
    """Reads a track from second `at` on, once. One thread at a time.

    ended: all of it has been read; nothing follows.
    """

    def __init__(
        self, track: Track, at: float, rate: int, *, speed: float = 1.0, loop: Loop | None = None
    ) -> None:
        """rate: Hz of what is read. speed: at the same pitch, SLOWEST … FASTEST. loop: is repeated,
        once its end is come to."""
        self.ended = False
        self._track, self._loop = track, loop
        self._next = min(round(at * track.rate), len(track))  # sample of the track
        self._stretcher = Stretcher(track.rate, speed) if speed != 1 else None
        self._resampler = Resampler(track.rate, rate) if track.rate != rate else None

    def read(self, least: int = 1) -> NDArray[np.float32]:
        """At least so many samples, −1 … 1, some tenth of a second of them; fewer where no more
        has come yet, or at the end."""
        pieces = [_NOTHING]
        count = 0
        while count < least and not self.ended:
            piece = self._piece()
            if piece is None:
                break
            pieces.append(np.clip(piece, -1.0, 1.0))
            count += len(piece)
        return np.concatenate(pieces)

    def _piece(self) -> NDArray[np.float32] | None:
        """What comes of the next part of the track, nothing perhaps; None: it has not come yet."""
        track = self._track
        first, stop = self._bounds()
        passed = _NOTHING  # what would follow the end of the part that is repeated
        if self._next >= stop and first is not None:
            passed = track.read(stop, stop + round(FADE * track.rate))
            self._next = first
        if self._next >= stop:
            if not track.complete:
                return None
            self.ended = True
            return self._rest()
        samples = track.read(self._next, min(stop, self._next + round(_BLOCK * track.rate)))
        self._next += len(samples)
        samples = faded(passed[: len(samples)], samples)
        if self._stretcher is not None:
            samples = self._stretcher.push(samples)
        return samples if self._resampler is None else self._resampler.push(samples)

    def _bounds(self) -> tuple[int | None, int]:
        """Where the track is read to, and where it goes on from there, both in samples."""
        track, length = self._track, len(self._track)
        if self._loop is None:
            return None, length
        start, end = self._loop
        first, last = round(start * track.rate), length
        if end is not None:
            last = min(last, round(end * track.rate))
        whole = track.complete or last < length  # the end of the part has come
        repeats = first < last and self._next <= last and whole
        return (first, last) if repeats else (None, length)

    def _rest(self) -> NDArray[np.float32]:
        rest = _NOTHING if self._stretcher is None else self._stretcher.flush()
        if self._resampler is None:
            return rest
        return np.concatenate([self._resampler.push(rest), self._resampler.flush()])
