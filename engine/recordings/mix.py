"""The sound of a recording: takes trimmed, brought to one level, limited, with gaps between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from engine.audio.join import Gaps, Piece, Placed, join, trim
from engine.audio.loudness import SILENCE, Loudness, amplitude, decibels, limit
from engine.audio.resample import Resampler
from engine.recordings import timed
from engine.recordings.pauses import pause_between
from engine.recordings.timed import Fitted, Timing
from engine.script.rows import ScriptRow
from engine.script.selection import RowState
from engine.script.store import Store

_MATCH = 8.0  # dB that a row may be turned up or down to meet the others
_CLOSE = 0.05  # LU by which a loudness may be missed
_IN_MEMORY = 120.0  # seconds of sound that are not read twice

Tick = Callable[[], None]  # called between rows; raises Cancelled to stop


class Mix:
    """A recording that can be asked for as often as need be, in constant memory."""

    def __init__(
        self,
        store: Store,
        rows: Sequence[ScriptRow],
        states: Sequence[RowState],
        sample_rate: int,
        *,
        gaps: Gaps,
        lufs: float | None,
        peak: float,
        tick: Tick,
        channels: int = 1,
        timing: Timing | None = None,
    ) -> None:
        """rows, states: those that have a take. lufs: the loudness to reach, to which all rows are
        brought; None leaves their levels. peak: dBTP that nothing passes. channels: of the
        file, which is louder with two. timing: rows begin at their subtitles, which they all have;
        its length is that of the recording."""
        self._store, self.rows, self._states = store, rows, states
        self._rate, self._gaps, self._lufs, self._peak = sample_rate, gaps, lufs, peak
        self._tick, self._channels, self._timing = tick, channels, timing
        self.fitted: list[Fitted] = []  # of a recording that is timed
        self._levels = [
            None if s.measures is None or s.measures.loudness == SILENCE else s.measures.loudness
            for s in states
        ]
        self._level = median([level for level in self._levels if level is not None] or [-20.0])
        self._gain = 0.0 if lufs is None else lufs - self._level - decibels(channels) / 2  # dB
        seconds = sum(state.measures.seconds for state in states if state.measures)
        self._kept: dict[int, NDArray[np.float32]] | None = {} if seconds < _IN_MEMORY else None

    def fit(self) -> None:
        """Find the gain that gives the loudness. Reads everything two to four times."""
        if self._lufs is None:
            return
        for _ in range(4):  # limiting peaks takes loudness away, which is then made up for
            meter = Loudness(self._rate, self._channels)
            for block in self.blocks():
                meter.push(block)
            loudness = meter.integrated()
            if loudness == SILENCE or abs(self._lufs - loudness) < _CLOSE:
                return
            self._gain += self._lufs - loudness

    def blocks(self, placed: list[Placed] | None = None) -> Iterator[NDArray[np.float32]]:
        """Blocks of float32 samples. placed: as for `join`."""
        if self._timing is None:
            return join(self._pieces(), self._rate, placed)
        if not self.fitted:
            self.fitted = self._fit_cues(self._timing)
        return self._until_its_end(join(self._timed_pieces(), self._rate, placed))

    def _pieces(self) -> Iterator[Piece]:
        before: ScriptRow | None = None
        for place, row in enumerate(self.rows):
            self._tick()
            gap = 0.0 if before is None else pause_between(self._gaps, before, row)
            before = row
            yield self._piece(place, self._trimmed(place), gap)

    def _piece(self, place: int, audio: NDArray[np.float32], gap: float) -> Piece:
        louder = audio * np.float32(amplitude(self._gain + self._match(place)))
        return Piece(audio=limit(louder, self._rate, self._peak), gap=gap)

    # ── in the time of subtitles ──────────────────────────────────────────────────────────────

    def _fit_cues(self, timing: Timing) -> list[Fitted]:
        """Where every cue begins and how fast it is, by the length of its takes. Reads them all."""
        cues = timed.cues_of(self.rows)
        sounds, pauses = [], []
        for cue in cues:
            self._tick()
            sounds.append(sum(len(self._trimmed(place)) for place in cue.rows) / self._rate)
            pauses.append(sum(self._pauses_in(cue.rows)))
        return list(timed.fit(cues, sounds, pauses, timing))

    def _pauses_in(self, places: Sequence[int]) -> list[float]:
        rows = [self.rows[place] for place in places]
        return [pause_between(self._gaps, before, row) for before, row in pairwise(rows)]

    def _timed_pieces(self) -> Iterator[Piece]:
        at = 0  # samples
        for one in self.fitted:
            start = round(one.begin * self._rate)
            pauses = iter(self._pauses_in(one.cue.rows))
            for place in one.cue.rows:
                self._tick()
                if place != one.cue.rows[0]:
                    start = at + round(next(pauses) * self._rate)
                audio = timed.stretched(self._trimmed(place), self._rate, one.speed)
                silence = max(0, start - at)
                yield self._piece(place, audio, silence / self._rate)
                at += silence + len(audio)

    def _until_its_end(
        self, blocks: Iterator[NDArray[np.float32]]
    ) -> Iterator[NDArray[np.float32]]:
        assert self._timing is not None
        missing = round((self._timing.length or 0.0) * self._rate)
        for block in blocks:
            missing -= len(block)
            yield block
        while missing > 0:
            silence = min(missing, self._rate * 60)
            yield np.zeros(silence, dtype=np.float32)
            missing -= silence

    def _match(self, place: int) -> float:
        level = self._levels[place]
        if self._lufs is None or level is None:
            return 0.0
        return min(max(self._level - level, -_MATCH), _MATCH)

    def _trimmed(self, place: int) -> NDArray[np.float32]:
        if self._kept is not None and place in self._kept:
            return self._kept[place]
        audio, rate = self._store.audio(str(self._states[place].key))
        audio = np.nan_to_num(audio)
        if rate != self._rate:  # a locked take of another model
            resampler = Resampler(rate, self._rate)
            audio = np.concatenate([resampler.push(audio), resampler.flush()])
        cut = self._states[place].trim
        audio = trim(audio, self._rate, *((cut.begin, cut.end) if cut else ()))
        if self._kept is not None:
            self._kept[place] = audio
        return audio
