"""The two kinds of work off the GUI thread: jobs on the engine thread, errands on their own.

Contract for views
    Worker   `submit` a request and compare the id of every `updated` with that of the Job you got.
             Jobs run one after another, in the order in which they were submitted. Texts have a
             thread and an engine of their own, so that they can be spoken while they are written.
    Errands  `ask` a slow question of the Backend and connect to the signals of the Errand you got.
Every signal named here is emitted on the GUI thread, after the call that started the work has
returned: connect anything to it, and touch widgets freely. Nothing here blocks but `close`.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from engine.api import Cancelled
from engine.job import Done, Failed, Job, Running, Stopped, Update
from engine.models.info import Tell
from engine.settings import Settings
from gui.studio.backend import Backend

_PACE = 0.03  # seconds between two reports of one stage: more often than the eye needs
_PATIENCE = 10_000  # milliseconds that closing waits for a thread


# ── jobs ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Order:
    """A job with the settings and the model it was submitted with."""

    job: Job
    settings: Settings
    model: str


class _EngineLoop(QObject):
    """Lives on the engine thread and runs one job after another."""

    updated = Signal(object)

    def __init__(self, backend: Backend, kind: str) -> None:
        super().__init__()
        self._backend, self._kind = backend, kind
        self._sent: dict[str, float] = {}

    @Slot(object)
    def run(self, order: _Order) -> None:
        self._sent.clear()
        order.job.run(
            lambda request: self._backend.engine_for(request, order.settings, order.model),
            self._publish,
        )

    @Slot()
    def release(self) -> None:
        self._backend.release(self._kind)

    def _publish(self, update: Update) -> None:
        # An engine reports between its layers, thousands of times a second.
        if isinstance(update, Running) and not _carries(update):
            stage, now = update.progress.stage, time.monotonic()
            if now - self._sent.get(stage, 0.0) < _PACE:
                return
            self._sent[stage] = now
        self.updated.emit(update)


def _carries(update: Running) -> bool:
    """Whether a report holds a piece of the result, which must not be lost."""
    progress = update.progress
    return progress.take is not None or progress.sound is not None or bool(progress.text)


class Worker(QObject):
    """Submits jobs to the engine thread of a kind, "speech" or "text", and brings their updates
    back.

    Signals: updated(Update): every step worth showing, and the last update of every job;
    running_changed(int): how many jobs run or wait. submitted(): another one waits. GUI thread.
    """

    updated = Signal(object)
    running_changed = Signal(int)
    submitted = Signal()
    _ordered = Signal(object)
    _released = Signal()

    def __init__(
        self, backend: Backend, parent: QObject | None = None, kind: str = "speech"
    ) -> None:
        super().__init__(parent)
        self._jobs: dict[int, Job] = {}
        self._used = False  # there may be an engine
        self._thread = QThread(self)
        self._thread.setObjectName("engine" if kind == "speech" else kind)
        self._loop = _EngineLoop(backend, kind)
        self._loop.moveToThread(self._thread)
        self._ordered.connect(self._loop.run)
        self._released.connect(self._loop.release)
        self._loop.updated.connect(self._on_updated)
        self._thread.finished.connect(self._loop.release)  # on the engine thread, at its end
        self._thread.start()

    @property
    def running(self) -> int:
        """How many jobs run or wait."""
        return len(self._jobs)

    def submit(self, request: Any, settings: Settings, model: str) -> Job:
        """Queue a request. Cancel the job to stop it; its last update comes in any case."""
        job = Job(request)
        self._jobs[job.id] = job
        self._used = True
        self._ordered.emit(_Order(job, settings, model))
        self.running_changed.emit(len(self._jobs))
        self.submitted.emit()
        return job

    def cancel_all(self) -> None:
        """Stop the job that runs and all that wait."""
        for job in self._jobs.values():
            job.cancel()

    def release(self) -> None:
        """Give the engine's memory back, after the jobs submitted so far."""
        if self._used:
            self._used = False
            self._released.emit()

    def close(self) -> bool:
        """Cancel everything and end the thread; whether it ended in time."""
        self.cancel_all()
        self._thread.quit()
        return self._thread.wait(_PATIENCE)

    @Slot(object)
    def _on_updated(self, update: Update) -> None:
        last = isinstance(update, Done | Stopped | Failed)
        if last:
            self._jobs.pop(update.job_id, None)
        self.updated.emit(update)
        if last:
            self.running_changed.emit(len(self._jobs))


# ── errands ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Ticket:
    """What crosses to the errand thread. No QObject should, neither the Errand nor in the call: it
    ends on the GUI thread, and no other thread may hold it then."""

    id: int
    call: Callable[[Tell], Any]
    cancelled: threading.Event


class Errand(QObject):
    """One slow question on its way. Exactly one of done, failed and stopped is emitted, unless the
    window closes first.

    Signals: done(Any): the answer. failed(Exception): a UserError is for the user to read, anything
    else is a bug. stopped(): it was cancelled. told(int, int): done of total. GUI thread.
    """

    done = Signal(object)
    failed = Signal(object)
    stopped = Signal()
    told = Signal(object, object)  # not int: a model has more bytes than a C int counts

    # It has no parent and does not know its question. The question may hold the last reference to
    # the objects around it: an Errand among their children would be deleted twice, by Python with
    # its question, and by Qt with its parent.
    def __init__(self, cancelled: threading.Event) -> None:
        super().__init__()
        self._cancelled = cancelled

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Stop it: at once if it has not begun, at its next `tell` if it has."""
        self._cancelled.set()


@dataclass(frozen=True, slots=True)
class _Answer:
    id: int
    value: Any = None
    error: Exception | None = None
    stopped: bool = False


class _ErrandLoop(QObject):
    """Lives on an errand thread and answers one question after another."""

    told = Signal(int, object, object)
    answered = Signal(object)

    @Slot(object)
    def run(self, ticket: _Ticket) -> None:
        last = 0.0

        def tell(done: int, total: int) -> None:
            nonlocal last
            if ticket.cancelled.is_set():
                raise Cancelled
            now = time.monotonic()
            if done == total or now - last >= _PACE:
                last = now
                self.told.emit(ticket.id, done, total)

        if ticket.cancelled.is_set():
            answer = _Answer(ticket.id, stopped=True)
        else:
            try:
                answer = _Answer(ticket.id, ticket.call(tell))
            except Cancelled:
                answer = _Answer(ticket.id, stopped=True)
            except Exception as error:
                answer = _Answer(ticket.id, error=error)
        self.answered.emit(answer)


class Errands(QObject):
    """Slow questions, one after another, on a thread of their own.

    The window has three of them, so that neither a download of an hour nor a measurement delays a
    token counter.
    """

    _asked = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open: dict[int, Errand] = {}
        self._ids = itertools.count(1)
        self._thread = QThread(self)
        self._thread.setObjectName(name)
        self._loop = _ErrandLoop()
        self._loop.moveToThread(self._thread)
        self._asked.connect(self._loop.run)
        self._loop.told.connect(self._on_told)
        self._loop.answered.connect(self._on_answered)
        self._thread.start()

    def ask(self, call: Callable[..., Any], *arguments: Any) -> Errand:
        """Call with the arguments off the GUI thread."""
        return self._start(lambda tell: call(*arguments))

    def ask_telling(self, call: Callable[..., Any], *arguments: Any) -> Errand:
        """The same for a call whose last argument is a Tell: it can be watched and cancelled."""
        return self._start(lambda tell: call(*arguments, tell))

    @property
    def open(self) -> int:
        """How many are asked and wait for their answer."""
        return len(self._open)

    def close(self) -> bool:
        """Cancel everything and end the thread; whether it ended in time. No answer comes then."""
        for errand in self._open.values():
            errand.cancel()
        self._open.clear()
        self._thread.quit()
        return self._thread.wait(_PATIENCE)

    def _start(self, call: Callable[[Tell], Any]) -> Errand:
        ticket = _Ticket(next(self._ids), call, threading.Event())
        errand = self._open[ticket.id] = Errand(ticket.cancelled)
        self._asked.emit(ticket)
        return errand

    @Slot(int, object, object)
    def _on_told(self, id: int, done: int, total: int) -> None:
        if id in self._open:
            self._open[id].told.emit(done, total)

    @Slot(object)
    def _on_answered(self, answer: _Answer) -> None:
        errand = self._open.pop(answer.id, None)
        if errand is None:
            return
        if answer.stopped or errand.cancelled:
            errand.stopped.emit()
        elif answer.error is not None:
            errand.failed.emit(answer.error)
        else:
            errand.done.emit(answer.value)
