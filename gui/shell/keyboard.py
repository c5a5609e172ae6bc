"""Help about the keyboard: every shortcut of the window on one page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)


class KeyboardDialog(QDialog):
    """Keys, and what they do: on the left for all views, on the right for scripts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard"))
        pages = QHBoxLayout()
        pages.setSpacing(48)
        for title, keys in (
            (self.tr("Everywhere"), self._all()),
            (self.tr("Script"), self._rows()),
        ):
            grid = QGridLayout()
            grid.setHorizontalSpacing(28)
            grid.setVerticalSpacing(9)
            head = QLabel(title)
            head.setProperty("look", "muted")
            grid.addWidget(head, 0, 0, 1, 2)
            for line, (name, what) in enumerate(keys, start=1):
                native = QKeySequence(name).toString(QKeySequence.SequenceFormat.NativeText)
                shown = QLabel(native)
                shown.setProperty("look", "title")
                grid.addWidget(shown, line, 0)
                grid.addWidget(QLabel(what), line, 1)
            grid.setRowStretch(grid.rowCount(), 1)
            pages.addLayout(grid)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 14, 24, 16)
        column.setSpacing(16)
        column.addLayout(pages)
        column.addWidget(buttons)

    def _all(self) -> tuple[tuple[str, str], ...]:
        return (
            ("Ctrl+Return", self.tr("Speak the text")),
            ("Esc", self.tr("Stop the work and the sound")),
            ("Space", self.tr("Play and pause, where no text is being typed")),
            ("Ctrl+O", self.tr("Open a text or a voice")),
            ("Ctrl+Shift+E", self.tr("Export the take")),
            ("Ctrl+1", self.tr("Speak")),
            ("Ctrl+2", self.tr("Write")),
            ("Ctrl+3", self.tr("Script")),
            ("Ctrl+4", self.tr("Models")),
            ("Ctrl+5", self.tr("Benchmark")),
            ("Ctrl+R", self.tr("In the list of takes: restore with all its settings")),
            ("Ctrl+D", self.tr("In the list of takes: favourite")),
            ("Del", self.tr("In the list of takes: delete")),
            ("Ctrl+,", self.tr("Preferences")),
            ("Ctrl+Q", self.tr("Quit")),
            ("F1", self.tr("This page")),
        )

    def _rows(self) -> tuple[tuple[str, str], ...]:
        return (
            ("Ctrl+Return", self.tr("Make every take that is missing")),
            ("Space", self.tr("Play the selected rows")),
            ("Ctrl+Space", self.tr("Play from here")),
            ("Return", self.tr("Edit the text of the row")),
            ("Ctrl+R", self.tr("Make a new take")),
            ("Ctrl+L", self.tr("Lock or unlock")),
            ("Ins", self.tr("New row below")),
            ("Del", self.tr("Delete the selected rows")),
            ("Ctrl+F", self.tr("Find rows by their words")),
            ("Ctrl+Z", self.tr("Undo")),
            ("Ctrl+Shift+Z", self.tr("Redo")),
            ("Ctrl+E", self.tr("Write the recordings")),
        )
