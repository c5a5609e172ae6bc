"""Section: a card with a title that opens and closes what is under it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from gui.look.icons import icon
from gui.studio.state import State


class Section(QFrame):
    """Remembers under its name whether it is open."""

    def __init__(
        self, name: str, title: str, content: QWidget, state: State, *, is_open: bool = True
    ) -> None:
        super().__init__()
        self._key = f"section.{name}"
        self._state = state
        self._at_first = is_open
        self._content = content
        self.setProperty("look", "card")
        self.head = QToolButton()
        self.head.setProperty("look", "head")
        self.head.setText(title)
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 8)
        column.setSpacing(6)
        column.addWidget(self.head)
        column.addWidget(content)
        self.head.toggled.connect(self._on_toggled)
        self.head.setChecked(state.get(self._key, is_open))
        self._show(self.head.isChecked())
        state.was_reset.connect(self._on_reset)

    @Slot()
    def _on_reset(self) -> None:
        self.head.setChecked(self._at_first)

    @Slot(bool)
    def _on_toggled(self, is_open: bool) -> None:
        self._state.set(self._key, is_open)
        self._show(is_open)

    def _show(self, is_open: bool) -> None:
        self._content.setVisible(is_open)
        self.head.setIcon(
            icon("less" if is_open else "more", role=QPalette.ColorRole.PlaceholderText)
        )
        self.layout().setContentsMargins(14, 8, 14, 14 if is_open else 8)  # type: ignore[union-attr]
