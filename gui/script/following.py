"""A project that another program works at is shown as it grows; when that one ends, it is ours."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from gui.script import files
from gui.script.files import Opened
from gui.script.work import ScriptWork

_EVERY = 1000  # milliseconds between two looks at the folder
_REST = 9  # times as long as the last reading took is waited before the next one


class Following(QObject):
    """Looks at the folder of a project that is read-only here; what changed in it is read on the
    errand thread. GUI thread."""

    def __init__(self, work: ScriptWork) -> None:
        super().__init__(work)
        self._work = work
        self._stamp: object = None  # of the folder as it was read
        self._begun = self._rests_until = 0.0  # time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.look)
        work.opened.connect(self._on_opened)

    @Slot()
    def look(self) -> None:
        """Read the project again if its folder has changed."""
        work, project = self._work, self._work.project
        if project is not None and work.idle and time.monotonic() >= self._rests_until:
            arguments = project.folder, work.speaker(), work.model.script, self._stamp
            self._begun = time.monotonic()
            errand = work.ask_to_open(self._again, self._on_read, *arguments)
            errand.failed.connect(self._timer.stop)  # it was said why, once

    def _again(self, folder: Path, *arguments: object) -> tuple[object, Opened | None]:
        """Errand thread. None where nothing has changed."""
        speaker, shown, before = arguments
        stamp = files.stamp(folder)
        if stamp == before:
            return stamp, None
        return stamp, self._work.kept.instead(files.open_again, folder, speaker, shown)

    @Slot(object)
    def _on_read(self, found: tuple[object, Opened | None]) -> None:
        self._stamp, opened = found
        self._rests_until = time.monotonic() + _REST * (time.monotonic() - self._begun)
        if opened is not None:
            self._work.show_again(opened)
            self._on_opened()

    @Slot()
    def _on_opened(self) -> None:
        project = self._work.project
        if project is None or not project.read_only:
            self._timer.stop()
            self._stamp = None
        elif not self._timer.isActive():
            self._timer.start()
