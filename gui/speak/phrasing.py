"""Phrasing: the takes of a text become one sound, with pauses as its sentences ask for them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.api import Progress, Take
from engine.audio.join import Gaps, sounding, trim, trim_end, trim_start

if TYPE_CHECKING:  # the window is up before a text is divided
    from engine.script.flow import Line

Samples = NDArray[np.float32]


class Phrasing:
    """Trims the takes of one text and puts silence between them, as `say` does; a text of one row
    keeps its own silences.

    What was heard before its take was finished is the beginning of that take.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._one = len(lines) == 1
        gaps = Gaps()
        self._pauses = [0.0] + [
            gaps.between(before.text) if line.pause is None else line.pause
            for before, line in pairwise(lines)
        ]
        self._raw: dict[int, Samples] = {}  # what came of a row before its take
        self._heard: dict[int, Samples] = {}  # and what was made of it
        self._done: dict[int, Take] = {}

    def __call__(self, progress: Progress) -> Progress:
        """The same report, with the sound as it is to be heard."""
        if self._one:
            return progress
        if progress.sound is not None:
            sound = self._piece(progress.row, progress.sound, progress.sample_rate)
            progress = dataclasses.replace(progress, sound=sound)
        if progress.take is not None:
            progress = dataclasses.replace(progress, take=self.take(progress.take))
        return progress

    def take(self, take: Take) -> Take:
        """A row's take, with the silence before it."""
        row = take.row
        if self._one or row in self._done:
            return self._done.get(row, take)
        audio, rate = np.nan_to_num(take.audio), take.sample_rate
        if row in self._heard:  # its beginning was heard
            before = len(self._raw[row])
            end = sounding(audio, rate)[1] - before
            audio = np.concatenate([self._heard[row], trim_end(audio[before:], end, rate)])
        elif len(audio := trim(audio, rate)):
            audio = np.concatenate([self._silence(row, rate), audio])
        self._done[row] = dataclasses.replace(take, audio=audio)
        return self._done[row]

    def _piece(self, row: int, piece: Samples, rate: int) -> Samples:
        before = self._raw.get(row, np.zeros(0, dtype=np.float32))
        self._raw[row] = raw = np.concatenate([before, np.nan_to_num(piece)])
        if row in self._heard:
            new = raw[len(before) :]
        elif len(begun := trim_start(raw, rate)):  # before that, all was silence
            new = np.concatenate([self._silence(row, rate), begun])
        else:
            return raw[:0]
        heard = self._heard.get(row, raw[:0])
        self._heard[row] = np.concatenate([heard, new])
        return new

    def _silence(self, row: int, rate: int) -> Samples:
        return np.zeros(round(self._pauses[row] * rate), dtype=np.float32)
