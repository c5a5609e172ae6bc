"""Live: what is being made is heard at once, row after row, job after job, without gaps."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from engine.api import Progress

Samples = NDArray[np.float32]


@dataclass(eq=False)
class _Heard:
    """A job on its way to the ears. rows may be finished in any order; they are heard in theirs."""

    job_id: int
    row: int = 0  # the one that is fed now
    pieces: dict[int, list[Samples]] = field(default_factory=dict)  # of rows whose turn comes
    delivered: dict[int, int] = field(default_factory=dict)  # samples that came before the take
    finished: set[int] = field(default_factory=set)
    rate: int = 0
    ended: bool = False


class Live(QObject):
    """Feeds one player with the sound of jobs, in the order in which they were submitted.

    The sound of the next job waits until this one has been fed whole. GUI thread.
    """

    def __init__(self, player: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._jobs: deque[_Heard] = deque()
        self._rate = 0  # of the stream that is open now; 0 for none
        self._waiting = False  # for the end of a stream that is finished
        player.state_changed.connect(self._on_state)

    def begin(self, job_id: int) -> None:
        """A job was submitted that is to be heard."""
        if self._waiting and self._player.state != "playing":  # held, perhaps for good
            self._close()
        self._jobs.append(_Heard(job_id))

    def add(self, job_id: int, progress: Progress) -> None:
        """Sound or a finished take, as it comes."""
        job = self._find(job_id)
        if job is None:
            return
        row, piece = progress.row, progress.sound
        if piece is not None:
            job.rate = progress.sample_rate
            job.delivered[row] = job.delivered.get(row, 0) + len(piece)
            job.pieces.setdefault(row, []).append(piece)
        if progress.take is not None:
            take = progress.take
            job.rate = take.sample_rate
            rest = take.audio[job.delivered.get(take.row, 0) :]
            job.pieces.setdefault(take.row, []).append(rest)
            job.finished.add(take.row)
        self._feed()

    def end(self, job_id: int) -> None:
        """The job is over: nothing more will come from it."""
        job = self._find(job_id)
        if job is not None:
            job.ended = True
            self._feed()

    def stop(self) -> None:
        """Silence, and nothing of the present jobs any more."""
        self._jobs.clear()
        self._close()
        self._player.stop()

    def leave(self) -> None:
        """Something else is played now: the present jobs are made without being heard."""
        self._jobs.clear()
        self._rate, self._waiting = 0, False

    @property
    def playing(self) -> bool:
        """Whether a stream of ours is open or plays its end."""
        return bool(self._rate) or self._waiting

    def _find(self, job_id: int) -> _Heard | None:
        return next((job for job in self._jobs if job.job_id == job_id), None)

    def _feed(self) -> None:
        while self._jobs and not self._waiting:
            job = self._jobs[0]
            if self._rate and job.rate and job.rate != self._rate:
                self._finish()  # another model, another rate
                continue
            while True:
                for piece in job.pieces.pop(job.row, []):
                    self._open(job.rate)
                    self._player.feed(np.nan_to_num(piece))
                if job.row not in job.finished:
                    break
                job.row += 1
            if not job.ended:
                return
            self._jobs.popleft()
        if not self._jobs and self._rate:
            self._finish()

    def _finish(self) -> None:
        self._rate, self._waiting = 0, self._player.state != "stopped"
        self._player.finish()

    def _open(self, rate: int) -> None:
        if self._rate != rate:
            self._player.open_stream(rate)
            self._rate = rate

    def _close(self) -> None:
        self._rate, self._waiting = 0, False

    @Slot(str)
    def _on_state(self, state: str) -> None:
        if state == "stopped" and self._waiting:  # heard to its end, or there is no device
            self._close()
            self._feed()
