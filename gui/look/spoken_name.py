"""The name of a combo box for screen readers. On Unix it is called by its value, unless a label
beside it has it as its buddy."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QComboBox, QLabel


def name_box(box: QComboBox, name: str) -> None:
    """Name a combo box that has no label of its own."""
    box.setAccessibleName(name)
    _Label(box, name)


class _Label(QLabel):
    """Nobody sees it: it stays beside its box, wherever that is put."""

    def __init__(self, box: QComboBox, name: str) -> None:
        super().__init__(name, box)
        self._box = box
        self.setBuddy(box)
        box.installEventFilter(self)
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Move with the box."""
        if event.type() == QEvent.Type.ParentChange:
            self._follow()
        return False

    def _follow(self) -> None:
        self.setParent(self._box.parentWidget() or self._box)  # which hides it
        self.hide()
