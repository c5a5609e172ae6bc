"""A Player for tests: what was played is kept, and the test says when it has been heard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from engine.audio.track import Track
from gui.sound.player import Player


class FakePlayer(Player):
    """The real one without a device: it never opens a deck."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tracks: list[Track] = []  # every one that was started
        self.calls: list[str] = []

    @property
    def heard(self) -> list[NDArray[np.float32]]:
        """float32 (samples,) of every track that was started, as far as it was fed."""
        return [track.read(0, len(track)) for track in self.tracks]

    def _start(self, seconds: float, *, paused: bool = False) -> None:
        assert self._track is not None
        if self._track not in self.tracks:
            self.tracks.append(self._track)
            self.calls.append(f"open {self._track.rate}")
        self._move_to(seconds)
        self._set_state("paused" if paused else "playing")

    def finish(self) -> None:
        self.calls.append("finish")
        super().finish()

    def pause(self) -> None:
        self._set_state("paused")

    def end(self) -> None:
        """Everything has been heard."""
        assert self._track is not None
        assert self._track.complete
        self._set_state("stopped")
        self._move_to(self.seconds)
        self.ended.emit()
