"""The first rows of a table, and which of its columns is what."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.documents.table import Look
from engine.system.shown import shown
from gui.look.plain import plain
from gui.look.spoken_name import name_box

_LETTERS = 200  # of a cell; a table may hold a book
_MOST = 60  # columns


class ColumnsDialog(QDialog):
    """Above each column a box says what it is. chosen(dict): field → number of its column, from 1,
    or "" for none, as Reading.columns has it."""

    chosen = Signal(dict)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(shown(self.tr("Columns of {}").format(name)))
        self._fields = {
            "text": self.tr("Text"),
            "speaker": self.tr("Speaker"),
            "id": self.tr("Id"),
            "file": self.tr("File"),
            "voice": self.tr("Voice"),
            "direction": self.tr("Direction"),
            "chapter": self.tr("Chapter"),
            "heading": self.tr("Heading"),
            "pause": self.tr("Pause"),
            "start": self.tr("Start"),
            "end": self.tr("End"),
        }
        count = min(len(look.names), _MOST)
        self.table = QTableWidget(len(look.rows) + 1, count)
        self.table.setAccessibleName(self.tr("First rows of the table"))
        self.table.setHorizontalHeaderLabels(
            [shown(name) or str(at + 1) for at, name in enumerate(look.names[:count])]
        )
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.boxes = [self._box(at, look) for at in range(count)]
        for line, cells in enumerate(look.rows):
            for at, cell in enumerate(cells[:count]):
                item = QTableWidgetItem(shown(cell[:_LETTERS]))
                item.setToolTip(plain(cell[:2000]) if len(cell) > 40 else "")
                self.table.setItem(line + 1, at, item)
        header = self.table.horizontalHeader()
        header.setDefaultSectionSize(150)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        words = QLabel(self.tr("Choose what each column is. The text is what is spoken."))
        words.setProperty("look", "muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = QPushButton(self.tr("Read the table"))
        self.ok.setProperty("look", "primary")
        buttons.addButton(self.ok, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(words)
        column.addWidget(self.table, 1)
        column.addWidget(buttons)
        self.resize(820, 460)
        self._show_ok()

    def accept(self) -> None:
        """Tell which column is what."""
        columns = dict.fromkeys(self._fields, "")
        for at, box in enumerate(self.boxes):
            if box.currentData():
                columns[box.currentData()] = str(at + 1)
        self.chosen.emit(columns)
        super().accept()

    def _box(self, at: int, look: Look) -> QComboBox:
        box = QComboBox()
        name_box(box, self.tr("What column {} is").format(look.names[at] or at + 1))
        box.addItem(self.tr("not used"), "")
        for field, title in self._fields.items():
            box.addItem(title, field)
        found = next((field for field, column in look.columns.items() if column == at), "")
        box.setCurrentIndex(max(0, box.findData(found)))
        box.activated.connect(self._on_chosen)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.table.setCellWidget(0, at, box)
        return box

    @Slot()
    def _on_chosen(self) -> None:
        """One column is the text, one the speaker: the box that had it before loses it."""
        chosen = self.sender()
        for box in self.boxes:
            if box is not chosen and box.currentData() == chosen.currentData():  # type: ignore[attr-defined]
                box.setCurrentIndex(0)
        self._show_ok()

    def _show_ok(self) -> None:
        self.ok.setEnabled(any(box.currentData() == "text" for box in self.boxes))
