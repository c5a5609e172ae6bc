"""Errands of one view, counted: whoever waits until nothing is on its way asks here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Slot

from gui.studio.context import Context
from gui.studio.worker import Errand


class Questions(QObject):
    """Asks on the errand thread; errors become sentences. GUI thread. open: how many are asked."""

    def __init__(self, studio: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.open = 0

    def ask(self, call: Callable[..., Any], then: Callable[[Any], None], *arguments: Any) -> Errand:
        """Call with the arguments off the GUI thread, and `then` with the answer on it."""
        errand = self._studio.errands.ask(call, *arguments)
        errand.done.connect(then)
        errand.failed.connect(self._studio.explain)
        self.open += 1
        for ended in (errand.done, errand.failed, errand.stopped):
            ended.connect(self._on_ended)
        return errand

    @Slot()
    def _on_ended(self) -> None:
        self.open -= 1
