"""A window in a process of its own, and how long its event loop was kept from turning."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer

import gui.app
from engine.system.responsiveness import searched_here
from gui.studio.backend import Backend
from tests.conftest import ROOT


class Shown:
    """The window as the program shows it, with its state in a folder."""

    def __init__(self, folder: Path, backend: Backend, takes: Path | None = None) -> None:
        """takes: where those of the history lie, if not beside the state."""
        self._end = ExitStack()
        self._pulse = QTimer()
        self._pulse.timeout.connect(self._end.enter_context(searched_here()))
        self._pulse.start(250)
        self.app = gui.app.application()
        self.studio = gui.app.Context(backend, folder / "window.json", takes or folder / "takes")
        self.theme = gui.app.Theme(self.app)
        self.window = gui.app.Window(self.studio)
        self.window.show()
        self._gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        now = time.perf_counter()
        self._gaps.append(now - self._last)
        self._last = now

    def watch(self) -> None:
        """Measure from here on."""
        self._gaps.clear()
        self._last = time.perf_counter()
        self._timer.start(2)

    def longest(self) -> float:
        """The longest time between two turns of the event loop since `watch`, in seconds."""
        return max(self._gaps)

    def wait(self, milliseconds: int) -> None:
        """Let the window go on: not QTest.qWait, which turns the loop in steps of its own."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def until(self, happened: Callable[[], bool], told: object = None) -> None:
        """Let the window go on until something has happened. told: what a failure prints."""
        end = time.monotonic() + 200
        while not happened():
            assert time.monotonic() < end, told
            self.wait(10)

    def close(self) -> None:
        """Close the window and end the threads."""
        self.window.close()
        self.studio.close()
        self._end.close()


def run(program: str, *arguments: str, timeout: float, **environment: str) -> Any:
    """Run a program that shows a window, without a screen; what its last line says, JSON."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
