"""Help about the keyboard: every shortcut of the window on one page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget


class KeyboardDialog(QDialog):
    """Keys on the left, what they do on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(9)
        for keys, what in (
            ("Ctrl+Return", self.tr("Speak the text")),
            ("Esc", self.tr("Stop the work and the sound")),
            ("Space", self.tr("Play and pause, where no text is being typed")),
            ("Ctrl+O", self.tr("Open a text or a voice")),
            ("Ctrl+Shift+E", self.tr("Export the take")),
            ("Ctrl+1", self.tr("Speak")),
            ("Ctrl+2", self.tr("Write")),
            ("Ctrl+3", self.tr("Script")),
            ("Ctrl+4", self.tr("Models")),
            ("Ctrl+R", self.tr("In the list of takes: restore with all its settings")),
            ("Ctrl+D", self.tr("In the list of takes: favourite")),
            ("Del", self.tr("In the list of takes: delete")),
            ("Ctrl+,", self.tr("Preferences")),
            ("Ctrl+Q", self.tr("Quit")),
        ):
            native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
            shown = QLabel(native)
            shown.setProperty("look", "title")
            row = grid.rowCount()
            grid.addWidget(shown, row, 0)
            grid.addWidget(QLabel(what), row, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 14, 24, 16)
        column.setSpacing(16)
        column.addLayout(grid)
        column.addWidget(buttons)
