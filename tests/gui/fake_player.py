"""A Player for tests: what was played is kept, and the test says when it has been heard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from gui.player import Player


class FakePlayer(Player):
    """The signals and the state of the real one, without a device."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.heard: list[NDArray[np.float32]] = []  # one array for each stream or clip
        self.calls: list[str] = []
        self.complete = True

    def play(self, audio: NDArray[np.float32], rate: int, start: float = 0.0) -> None:
        self.calls.append("play")
        self.heard.append(audio)
        self.complete = True
        self._set_state("playing")

    def open_stream(self, rate: int) -> None:
        self.calls.append(f"open {rate}")
        self.heard.append(np.zeros(0, dtype=np.float32))
        self.complete = False
        self._set_state("playing")

    def feed(self, samples: NDArray[np.float32]) -> None:
        assert not self.complete, "fed without a stream"
        self.heard[-1] = np.concatenate([self.heard[-1], samples])

    def finish(self) -> None:
        self.calls.append("finish")
        self.complete = True

    def stop(self) -> None:
        self.calls.append("stop")
        self.complete = True
        self._set_state("stopped")

    def pause(self) -> None:
        self._set_state("paused")

    def resume(self) -> None:
        if self.heard:
            self._set_state("playing")

    def end(self) -> None:
        """Everything has been heard."""
        assert self.complete
        self._set_state("stopped")
        self.ended.emit()

    def close(self) -> None:
        self._set_state("stopped")
