"""The table view of a script: columns, editors in place, keys and the menu of a row."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QCompleter,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gui.script.filter import ScriptFilter
from gui.script.marked_cell import paint_marked
from gui.script.model import ID, LENGTH, LOCK, SPEAKER, TAKES, TEXT, VERDICT, VOICE, ScriptModel
from gui.script.voice_sheet import VoiceBox
from gui.studio.context import Context

_Index = QModelIndex | QPersistentModelIndex
_COLUMNS = "script.columns"  # in the state: widths
_LINES = 2.1  # of text that a row shows
_GIVES_WAY = (VOICE, TAKES, LENGTH, SPEAKER)  # columns, where the text has less than half
_WIDTHS = {ID: 66, SPEAKER: 76, VOICE: 92, TAKES: 52, LENGTH: 74, VERDICT: 120, LOCK: 32}


class ScriptTable(QTableView):
    """Rows of a script. GUI thread.

    wanted(str): the user asks for "play", "play from here", "reroll", "render", "lock", "split",
    "merge", "insert" or "delete" with the rows that are selected.
    """

    wanted = Signal(str)

    def __init__(self, studio: Context, model: ScriptModel, filter: ScriptFilter) -> None:
        super().__init__()
        self._script = model
        self._filter = filter
        self.setModel(filter)
        model.restyled.connect(self.viewport().update)
        self.setAccessibleName(self.tr("Rows of the script"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        # Equal heights: the place of row 9 000 is a multiplication, not 9 000 measurements.
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(round(self.fontMetrics().lineSpacing() * _LINES) + 14)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        # It would ask 10 000 rows in every column whether all of them are selected.
        head.setSelectionModel(QItemSelectionModel(filter, head))
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(LOCK, QHeaderView.ResizeMode.Fixed)
        self._state = studio.state
        self._cast: dict[int, bool] = {}  # columns that a script may do without
        self._size_columns()
        for slot in (self._size_columns, self._give_way):
            self._state.was_reset.connect(slot)
        self.setStyleSheet("QTableView::item { padding: 3px 5px; }")  # as wide as the titles'
        self.setItemDelegateForColumn(TEXT, TextDelegate(model, self))
        self.setItemDelegateForColumn(SPEAKER, SpeakerDelegate(model, self))
        self.setItemDelegateForColumn(VOICE, VoiceDelegate(studio, self))

    def show_cast(self, speakers: bool, voices: bool) -> None:
        """Whether there are columns of speakers and voices: most texts need none."""
        self._cast = {SPEAKER: speakers, VOICE: voices}
        self._give_way()

    @Slot()
    def _size_columns(self) -> None:
        """Make the columns as wide as they were left."""
        stored = self._state.get(_COLUMNS, {})
        for column, width in _WIDTHS.items():
            own = stored.get(str(column))
            usable = own if isinstance(own, int) and 20 <= own <= 400 else width
            self.setColumnWidth(column, usable)

    def remember(self) -> None:
        """Keep how wide the columns are."""
        widths = {str(c): self.columnWidth(c) for c in _WIDTHS if not self.isColumnHidden(c)}
        self._state.set(_COLUMNS, {**self._state.get(_COLUMNS, {}), **widths})

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._give_way()

    @Slot()
    def _give_way(self) -> None:
        """The text has at least half of the table: other columns go, the least needed first."""
        shown = [c for c in _WIDTHS if self._cast.get(c, True)]
        taken = {column: self.columnWidth(column) or _WIDTHS[column] for column in shown}
        for column in _GIVES_WAY:
            if 2 * sum(taken.values()) > self.viewport().width() > 0:
                taken.pop(column, None)
        for column in _WIDTHS:
            if self.isColumnHidden(column) != (column not in taken):
                self.setColumnHidden(column, column not in taken)

    # ── what is selected ──────────────────────────────────────────────────────────────────────

    def numbers(self) -> list[int]:
        """The selected rows as numbers in the script."""
        return self._filter.rows_of(self.selectionModel().selectedRows())

    def current(self) -> int | None:
        """The current row as a number in the script."""
        index = self.currentIndex()
        return self._filter.mapToSource(index).row() if index.isValid() else None

    def go_to(self, number: int) -> None:
        """Make a row of the script the current one, if the filter shows it."""
        index = self._filter.mapFromSource(self._script.index(number, TEXT))
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    # ── keys, mouse, menu ─────────────────────────────────────────────────────────────────────

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Space plays, Delete deletes, Enter edits the text."""
        keys = {
            Qt.Key.Key_Space: "play",
            Qt.Key.Key_Delete: "delete",
            Qt.Key.Key_Insert: "insert",
        }
        wanted = keys.get(Qt.Key(event.key()))
        if wanted is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.wanted.emit(wanted)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            index = self.currentIndex()
            if index.isValid():
                self.edit(index.siblingAtColumn(TEXT))
            return
        super().keyPressEvent(event)

    def moveCursor(  # noqa: N802
        self, action: QAbstractItemView.CursorAction, keys: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End are the first and the last row, not the first and the last column."""
        ends = {
            QAbstractItemView.CursorAction.MoveHome: 0,
            QAbstractItemView.CursorAction.MoveEnd: self.model().rowCount() - 1,
        }
        if action in ends:
            return self.model().index(ends[action], max(0, self.currentIndex().column()))
        return super().moveCursor(action, keys)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click on the lock locks or unlocks."""
        index = self.indexAt(event.position().toPoint())
        super().mousePressEvent(event)
        if index.isValid() and index.column() == LOCK:
            self.wanted.emit("lock")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """What can be done with the selected rows."""
        at = event.globalPos() if event.reason() == event.Reason.Mouse else self._below_current()
        if self.numbers():
            menu = self.menu()
            menu.exec(at)
            menu.deleteLater()

    def menu(self) -> QMenu:
        """The menu of the selected rows."""
        menu = QMenu(self)
        count = len(self.numbers())
        actions: tuple[tuple[str, str, str, bool], ...] = (
            ("play", self.tr("Play"), "Space", True),
            ("play from here", self.tr("Play from here"), "Ctrl+Space", True),
            ("", "", "", True),
            ("render", self.tr("Render these rows"), "", True),
            ("reroll", self.tr("Make a new take"), "Ctrl+R", True),
            ("lock", self.tr("Lock or unlock"), "Ctrl+L", True),
            ("", "", "", True),
            ("split", self.tr("Split"), "", count == 1),
            ("merge", self.tr("Merge"), "", count > 1),
            ("insert", self.tr("New row below"), "Ins", True),
            ("delete", self.tr("Delete"), "Del", True),
        )
        for name, title, keys, enabled in actions:
            if not name:
                menu.addSeparator()
                continue
            action = menu.addAction(title)
            action.setShortcut(QKeySequence(keys))
            action.setEnabled(enabled)
            action.setData(name)
            action.triggered.connect(self._on_action)
        return menu

    @Slot()
    def _on_action(self) -> None:
        self.wanted.emit(self.sender().data())  # type: ignore[attr-defined]

    def _below_current(self) -> QPoint:
        return self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())


# ── editors ───────────────────────────────────────────────────────────────────────────────────


class TextDelegate(QStyledItemDelegate):
    """Shows a row's text, the word that sounds marked. Edits it in a box of several lines: Enter
    takes it, Shift+Enter breaks a line."""

    def __init__(self, model: ScriptModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """As ever, but for the row that is heard."""
        row, first, last = self._model.sounding
        if first == last or index.sibling(index.row(), ID).data() != row:
            super().paint(painter, option, index)
            return
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        paint_marked(painter, whole, first, last)

    def createEditor(  # noqa: N802
        self, parent: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> QWidget:
        """A box over the cell."""
        editor = QPlainTextEdit(parent)
        editor.setTabChangesFocus(True)
        editor.setAccessibleName(self.tr("Text of the row"))
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:  # noqa: N802
        """Show the text, the cursor at its end."""
        assert isinstance(editor, QPlainTextEdit)
        editor.setPlainText(index.data(Qt.ItemDataRole.EditRole))
        editor.moveCursor(QTextCursor.MoveOperation.End)

    def setModelData(  # noqa: N802
        self, editor: QWidget, model: QAbstractItemModel, index: _Index
    ) -> None:
        """Take the text; an empty one is no edit."""
        assert isinstance(editor, QPlainTextEdit)
        text = editor.toPlainText().strip()
        if text:
            model.setData(index, text)

    def updateEditorGeometry(  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        """High enough for what is written, within the table."""
        assert isinstance(editor, QPlainTextEdit)
        rect = option.rect
        line = editor.fontMetrics().lineSpacing()
        width = max(60, rect.width() - 30)
        wanted = editor.fontMetrics().boundingRect(
            0, 0, width, 10_000, int(Qt.TextFlag.TextWordWrap), editor.toPlainText()
        )
        rect.setHeight(max(rect.height(), min(wanted.height(), 12 * line) + line + 18))
        viewport = editor.parentWidget()
        if viewport is not None and rect.bottom() > viewport.height():
            rect.moveBottom(max(rect.height(), viewport.height()))
        editor.setGeometry(rect)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:  # noqa: N802
        """Enter takes the text."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                assert isinstance(editor, QWidget)
                self.commitData.emit(editor)
                self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
                return True
        return super().eventFilter(editor, event)


class SpeakerDelegate(QStyledItemDelegate):
    """Edits a speaker, offering those that there are."""

    def __init__(self, model: ScriptModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model

    def createEditor(  # noqa: N802
        self, parent: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> QWidget:
        """A line with completion."""
        editor = QLineEdit(parent)
        editor.setMaxLength(80)
        editor.setAccessibleName(self.tr("Speaker of the row"))
        completer = QCompleter(sorted(set(self._model.script.speakers)), editor)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        editor.setCompleter(completer)
        return editor


class VoiceDelegate(QStyledItemDelegate):
    """Chooses the voice of a single row."""

    def __init__(self, studio: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio

    def createEditor(  # noqa: N802
        self, parent: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> QWidget:
        """The box of voices, open at once."""
        editor = VoiceBox(self._studio, self.tr("As the speaker"), parent)
        editor.setAccessibleName(self.tr("Voice of the row"))
        editor.chosen.connect(self._on_chosen)
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:  # noqa: N802
        """Show the row's own voice."""
        assert isinstance(editor, VoiceBox)
        editor.set_value(index.data(Qt.ItemDataRole.EditRole))

    def setModelData(  # noqa: N802
        self, editor: QWidget, model: QAbstractItemModel, index: _Index
    ) -> None:
        """Take the voice."""
        assert isinstance(editor, VoiceBox)
        model.setData(index, editor.value())

    @Slot(object)
    def _on_chosen(self, voice: Any) -> None:
        editor = self.sender()
        assert isinstance(editor, QWidget)
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
