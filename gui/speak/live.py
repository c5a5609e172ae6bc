"""Live: what is being made is heard at once, row after row, without gaps, job after job."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from engine.api import Progress
from gui.speak.result import ResultPanel

Samples = NDArray[np.float32]


@dataclass(eq=False)
class _Heard:
    """A job on its way to the ears. Its rows may be finished in any order; they are heard in
    theirs."""

    job_id: int
    title: str
    row: int = 0  # the one that is fed now
    pieces: dict[int, list[Samples]] = field(default_factory=dict)  # of rows whose turn comes
    delivered: dict[int, int] = field(default_factory=dict)  # samples that came before the take
    finished: set[int] = field(default_factory=set)
    rate: int = 0
    is_open: bool = False  # its stream is the one that plays
    ended: bool = False


class Live(QObject):
    """Feeds the result panel with the sound of jobs, in the order in which they were submitted.

    Every job is a stream of its own; the next one begins when this one has been heard. GUI thread.
    opened(int): the sound of this job is what the panel shows from now on.
    """

    opened = Signal(int)

    def __init__(self, result: ResultPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._result = result
        self._player = result.player
        self._jobs: deque[_Heard] = deque()
        self._waiting = False  # for the end of a stream that is complete
        self._player.state_changed.connect(self._on_state)

    def begin(self, job_id: int, title: str) -> None:
        """A job was submitted that is to be heard."""
        if self._waiting and self._player.state != "playing":  # held, perhaps for good
            self._waiting = False
        self._jobs.append(_Heard(job_id, title))

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
        self.leave()
        self._player.stop()

    def leave(self) -> None:
        """Something else is played now: the present jobs are made without being heard."""
        self._jobs.clear()
        self._waiting = False

    def _find(self, job_id: int) -> _Heard | None:
        return next((job for job in self._jobs if job.job_id == job_id), None)

    def _feed(self) -> None:
        while self._jobs and not self._waiting:
            job = self._jobs[0]
            while True:
                for piece in job.pieces.pop(job.row, []):
                    if not job.is_open:
                        self._result.open_stream(job.title, job.rate)
                        job.is_open = True
                        self.opened.emit(job.job_id)
                    self._result.feed(np.nan_to_num(piece))
                if job.row not in job.finished:
                    break
                job.row += 1
            if not job.ended:
                return
            self._jobs.popleft()
            if job.is_open:
                self._waiting = self._player.state != "stopped"
                self._result.finish()

    @Slot(str)
    def _on_state(self, state: str) -> None:
        if state == "stopped" and self._waiting:  # heard to its end, or the device has gone
            self._waiting = False
            self._feed()
