"""A splitter whose parts are as large as they were left."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter

from gui.studio.state import State


class KeptSplitter(QSplitter):
    """Remembers under its name how large its parts are. Add them, then call `restore`."""

    def __init__(self, name: str, orientation: Qt.Orientation, state: State) -> None:
        super().__init__(orientation)
        self._key = f"size.{name}"
        self._state = state
        self._usual: list[int] = []
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self._on_moved)
        state.was_reset.connect(self._on_reset)

    def restore(self, usual: list[int]) -> None:
        """Make its parts as large as they were left. usual: pixels of each at the first time."""
        self._usual = usual
        stored = self._state.get(self._key, usual)
        usable = len(stored) == len(usual) and all(type(s) is int and s > 0 for s in stored)
        self.setSizes(stored if usable else usual)

    @Slot()
    def _on_reset(self) -> None:
        self.restore(self._usual)

    @Slot(int, int)
    def _on_moved(self, position: int, index: int) -> None:
        self._state.set(self._key, self.sizes())
