"""A measurement on its way: asked for, heard of, stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import UserError
from engine.figures.plan import Notice, Plan
from engine.figures.run import Run, run_of
from engine.models.info import Tell
from gui.studio.context import Context
from gui.studio.worker import Errand


class Measuring(QObject):
    """One measurement at a time, on the thread of measurements. GUI thread.

    heard(Notice): what is measured now. grew(Run): after each round, as far as it has come.
    told(int, int): done of total, 0 where nobody knows. ended(bool): whether it came to its end.
    """

    heard = Signal(object)
    grew = Signal(object)
    told = Signal(object, object)
    ended = Signal(bool)
    _came = Signal(object, object)  # from its thread: Notice, Run or None

    def __init__(self, studio: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._errand: Errand | None = None
        self._came.connect(self._on_came)

    @property
    def at_work(self) -> bool:
        """Whether one runs, or waits for another one."""
        return self._errand is not None

    def begin(self, plan: Plan) -> None:
        """Measure what is planned."""
        self._ask(self._studio.backend.bench.measure, plan)

    def begin_story(self, model: str) -> None:
        """Measure the texts' own code beside ours."""
        self._ask(self._studio.backend.bench.story, model)

    @Slot()
    def stop(self) -> None:
        """End it soon; `ended` follows."""
        if self._errand is not None:
            self._errand.cancel()

    def _ask(
        self, call: Callable[[Any, Callable[[Notice], None], Tell], None], what: object
    ) -> None:
        if self._errand is not None:
            return
        errand = self._errand = self._studio.measurements.ask_telling(call, what, self._hear)
        errand.told.connect(self.told)
        errand.done.connect(self._on_done)
        errand.failed.connect(self._on_failed)
        errand.stopped.connect(self._on_stopped)

    def _hear(self, what: Notice) -> None:
        """On the thread of measurements: a report takes longer to read than a frame lasts."""
        run = None
        if what.report is not None:
            try:
                run = run_of(what.report)
            except UserError:
                return
        self._came.emit(what, run)

    @Slot(object, object)
    def _on_came(self, what: Notice, run: Run | None) -> None:
        if self._errand is None or self._errand.cancelled:
            return
        if run is not None:
            self.grew.emit(run)
        else:
            self.heard.emit(what)

    @Slot()
    def _on_done(self) -> None:
        self._end(True)

    @Slot()
    def _on_stopped(self) -> None:
        self._end(False)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._end(False)
        self._studio.explain(error, "benchmark")

    def _end(self, whole: bool) -> None:
        self._errand = None
        self.ended.emit(whole)
