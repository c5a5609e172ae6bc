"""A card: a frame around what belongs together."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget


def card(content: QWidget) -> QFrame:
    """A card around one widget."""
    frame = QFrame()
    frame.setProperty("look", "card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 6, 16, 6)
    column.addWidget(content)
    return frame
