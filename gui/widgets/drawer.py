"""Drawer: a view with a panel beside it, which folds away where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QToolButton, QVBoxLayout, QWidget

from gui.look.icons import icon
from gui.studio.state import State
from gui.widgets.side import WIDTH

_FOLDS = 900  # pixels below which there is no room for both
_NARROWEST, _WIDEST = 300, 560  # of the panel
_GAP = 14


class Drawer(QWidget):
    """Remembers under its name how wide the panel is. Folded, a button lays it over the view."""

    def __init__(self, name: str, main: QWidget, side: QWidget, state: State) -> None:
        super().__init__()
        self._key = f"size.{name}"
        self._state = state
        self._folded = False
        self._side = side
        self._panel = QFrame()
        self._panel.setProperty("look", "drawer")
        self._panel.setMaximumWidth(_WIDEST)
        inside = QVBoxLayout(self._panel)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(side)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(_GAP)
        self._split.addWidget(main)
        self._split.addWidget(self._panel)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 0)
        self.toggle = QToolButton()
        self.toggle.setCheckable(True)
        self.toggle.setIcon(icon("panel"))
        self.toggle.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._split, 1)
        row.addWidget(self.toggle, 0, Qt.AlignmentFlag.AlignTop)
        self._split.splitterMoved.connect(self._on_moved)
        state.was_reset.connect(self._divide)
        self.toggle.toggled.connect(self._on_toggled)
        self._on_toggled(False)

    @property
    def folded(self) -> bool:
        """Whether the panel is not beside the view."""
        return self._folded

    def open(self) -> None:
        """Have the panel on the screen."""
        if self._folded:
            self.toggle.setChecked(True)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        least = self._least()
        self._panel.setMinimumWidth(least)
        folds = self.width() < _FOLDS + least - _NARROWEST
        if folds != self._folded:
            self._fold(folds)
        if self._folded:
            self._lay_over()
        elif event.oldSize().width() != event.size().width():
            self._divide()

    @Slot()
    def _divide(self) -> None:
        """Give the panel beside the view the width that is remembered."""
        width = min(max(self._state.get(self._key, WIDTH), self._least()), _WIDEST)
        self._split.setSizes([max(1, self.width() - _GAP - width), width])

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._panel.setMinimumWidth(self._least())

    def _least(self) -> int:
        """Pixels that the panel needs in this font."""
        needed = self._side.minimumSizeHint().width()
        return min(max(needed, _NARROWEST), _WIDEST)

    def _fold(self, folded: bool) -> None:
        self._folded = folded
        self.toggle.setChecked(False)
        self.toggle.setVisible(folded)
        if folded:
            self._panel.setParent(self)
            self._panel.hide()
        else:
            self._split.addWidget(self._panel)
            self._panel.show()

    def _lay_over(self) -> None:
        width = min(max(WIDTH, self._least()), self._split.width())
        right = self.toggle.sizeHint().width() + 6
        self._panel.setGeometry(self.width() - right - width, 0, width, self.height())

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        words = self.tr("Hide the panel") if shown else self.tr("Show the panel")
        self.toggle.setToolTip(words)
        self.toggle.setAccessibleName(words)
        if self._folded:
            self._lay_over()
            self._panel.setVisible(shown)
            self._panel.raise_()

    @Slot(int, int)
    def _on_moved(self, position: int, index: int) -> None:
        self._state.set(self._key, self._panel.width())
