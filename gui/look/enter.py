"""What the Enter key presses in a dialog."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QPushButton


def primary(dialog: QDialog, button: QPushButton) -> None:
    """Enter in the dialog presses this button, whatever others were made before it."""
    for other in dialog.findChildren(QPushButton):
        other.setAutoDefault(other is button)
    button.setDefault(True)
