"""The history as a list: search, favourites, delete with undo, and takes dragged out as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    QTemporaryDir,
    QUrl,
    Signal,
)
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.audio.wav import write_wav
from engine.errors import UserError
from gui.history.model import RECORD, HistoryFilter, HistoryModel, file_name
from gui.history.store import TakeRecord
from gui.look import icons

_Index = QModelIndex | QPersistentModelIndex


class _Delegate(QStyledItemDelegate):
    """Two lines: the text, and the facts, smaller and fainter; a star for favourites."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802
        line = option.fontMetrics.height()
        return QSize(12 * line, 3 * line)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        record: TakeRecord = index.data(RECORD)
        widget = option.widget
        self.initStyleOption(option, index)
        option.text = ""
        style = widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        colour = option.palette.color(role)
        line, rect = option.fontMetrics.height(), option.rect
        inside = rect.adjusted(line // 2, line // 3, -line // 2, -line // 3)
        if record.favourite:
            star = QRectF(inside.right() - line, inside.top(), line, line)
            icons.paint("star", painter, star, colour)
            inside.setRight(inside.right() - line - line // 3)
        painter.save()
        painter.setPen(colour)
        self._line(painter, inside, " ".join(record.text.split()))
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.88)
        painter.setFont(font)
        colour.setAlphaF(0.72)
        painter.setPen(colour)
        model = index.model()
        source = model.sourceModel() if isinstance(model, QSortFilterProxyModel) else model
        assert isinstance(source, HistoryModel)
        inside.setTop(inside.top() + round(1.2 * line))
        self._line(painter, inside, source.facts(record))
        painter.restore()

    def _line(self, painter: QPainter, rect: QRect, text: str) -> None:
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        where = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        painter.drawText(rect, where | Qt.TextFlag.TextSingleLine, elided)


class _View(QListView):
    """Takes that can be dragged out of the window as WAV files."""

    pressed_key = Signal(int)

    def __init__(self, model: HistoryModel) -> None:
        super().__init__()
        self._takes = model
        self._folder: QTemporaryDir | None = None  # of dragged files; goes with the program
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setDragEnabled(True)

    def records(self) -> list[TakeRecord]:
        """The selected takes, from top to bottom."""
        rows = sorted(self.selectedIndexes(), key=QModelIndex.row)
        return [index.data(RECORD) for index in rows]

    def startDrag(self, actions: Qt.DropAction) -> None:  # noqa: N802
        from PySide6.QtGui import QDrag

        data = self.files(self.records())
        if data is not None:
            drag = QDrag(self)
            drag.setMimeData(data)
            drag.exec(Qt.DropAction.CopyAction)

    def files(self, records: Sequence[TakeRecord]) -> QMimeData | None:
        """These takes as WAV files made now, or None where that fails."""
        if self._folder is None:
            self._folder = QTemporaryDir()
        urls = []
        for record in records:
            path = Path(self._folder.path()) / f"{file_name(record)}.wav"
            try:
                take = self._takes.history.load(record)
                write_wav(path, take.audio, take.sample_rate)
            except UserError as error:
                self._takes.failed.emit(str(error))
                return None
            urls.append(QUrl.fromLocalFile(str(path)))
        data = QMimeData()
        data.setUrls(urls)
        return data

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed_key.emit(event.key())
        else:
            super().keyPressEvent(event)


class HistoryList(QWidget):
    """Search, list, and what can be done with a take: by menu, by mouse and by key.

    play_requested, restore_requested: one TakeRecord. export_requested: a list of them.
    compare_requested: two, the older one first.
    """

    play_requested = Signal(object)
    restore_requested = Signal(object)
    export_requested = Signal(list)
    compare_requested = Signal(object, object)

    def __init__(self, model: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._removed: list[TakeRecord] = []
        self._shown = HistoryFilter(self)
        self._shown.setSourceModel(model)
        self.view = _View(model)
        self.view.setModel(self._shown)
        self.view.setAccessibleName(self.tr("Takes"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search text, voice, seed"))
        self.search.setAccessibleName(self.tr("Search takes"))
        self.search.setClearButtonEnabled(True)
        self.stars = QToolButton()
        self.stars.setCheckable(True)
        self.stars.setProperty("look", "flat")
        self.stars.setToolTip(self.tr("Favourites only"))
        self.stars.setAccessibleName(self.stars.toolTip())
        self._empty = QLabel()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setEnabled(False)
        self._build()
        self._make_actions()
        self.search.textChanged.connect(self._on_searched)
        self.stars.toggled.connect(self._on_searched)
        self.view.doubleClicked.connect(self._on_double_clicked)
        self.view.pressed_key.connect(self._on_key)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.view.selectionModel().selectionChanged.connect(self._on_selected)
        for changed in (self._shown.rowsInserted, self._shown.rowsRemoved, self._shown.modelReset):
            changed.connect(self._on_count_changed)
        self._on_count_changed()
        self._on_selected()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.stars)
        middle = QWidget()
        self._pages = QStackedLayout(middle)
        self._pages.addWidget(self.view)
        self._pages.addWidget(self._empty)
        self._undo_bar = QWidget()
        bottom = QHBoxLayout(self._undo_bar)
        bottom.setContentsMargins(0, 0, 0, 0)
        self._undo_text = QLabel()
        undo = QPushButton(self.tr("Undo"))
        undo.clicked.connect(self.undo)
        bottom.addWidget(self._undo_text, 1)
        bottom.addWidget(undo)
        self._undo_bar.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(middle, 1)
        layout.addWidget(self._undo_bar)
        self._apply_palette()

    def _make_actions(self) -> None:
        def action(text: str, key: str, slot: Any) -> QAction:
            made = QAction(text, self)
            made.setShortcut(QKeySequence(key))
            made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            made.triggered.connect(slot)
            self.view.addAction(made)
            return made

        self._play = action(self.tr("Play"), "", self._on_play)
        self._restore = action(self.tr("Restore with all its settings"), "Ctrl+R", self._on_restore)
        self._favourite = action(self.tr("Favourite"), "Ctrl+D", self._on_favourite)
        self._export = action(self.tr("Export …"), "Ctrl+E", self._on_export)
        self._compare = action(self.tr("Compare"), "", self._on_compare)
        self._delete = action(self.tr("Delete"), "Del", self._on_delete)
        self._back = action(self.tr("Undo delete"), "Ctrl+Z", self.undo)

    # ── what the user does ────────────────────────────────────────────────────────────────────

    def selected(self) -> list[TakeRecord]:
        """The selected takes, newest first."""
        return self.view.records()

    def undo(self) -> None:
        """Bring back what was deleted last."""
        removed, self._removed = self._removed, []
        self.model.bring_back(removed)
        self._undo_bar.hide()
        self._on_selected()

    def _on_play(self) -> None:
        for record in self.selected()[:1]:
            self.play_requested.emit(record)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.play_requested.emit(index.data(RECORD))

    def _on_key(self, key: int) -> None:
        self._on_play()

    def _on_restore(self) -> None:
        for record in self.selected()[:1]:
            self.restore_requested.emit(record)

    def _on_export(self) -> None:
        if records := self.selected():
            self.export_requested.emit(records)

    def _on_compare(self) -> None:
        if len(records := self.selected()) == 2:
            self.compare_requested.emit(records[1], records[0])

    def _on_favourite(self) -> None:
        records = self.selected()
        wanted = not all(record.favourite for record in records)
        for record in records:
            self.model.set_favourite(record, wanted)

    def _on_delete(self) -> None:
        removed = self.model.remove(self.selected())
        if removed:
            self._removed = removed
            self._undo_text.setText(
                self.tr("Take deleted.")
                if len(removed) == 1
                else self.tr("{0} takes deleted.").format(len(removed))
            )
            self._undo_bar.show()
            self._on_selected()

    def _on_menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions(self.view.actions())
        menu.exec(self.view.viewport().mapToGlobal(where))
        menu.deleteLater()

    def _on_selected(self) -> None:
        count = len(self.view.selectedIndexes())
        for act in (self._play, self._restore):
            act.setEnabled(count == 1)
        for act in (self._favourite, self._export, self._delete):
            act.setEnabled(count > 0)
        self._compare.setEnabled(count == 2)
        self._back.setEnabled(bool(self._removed))

    def _on_searched(self) -> None:
        self._shown.words = tuple(self.search.text().casefold().split())
        self._shown.favourites = self.stars.isChecked()
        self._shown.invalidate()
        self._on_count_changed()

    def _on_count_changed(self) -> None:
        any_here = self._shown.rowCount() > 0
        self._pages.setCurrentIndex(0 if any_here else 1)
        self._empty.setText(
            self.tr("Nothing found.")
            if self.model.rowCount()
            else self.tr("What you speak is kept here.")
        )

    def _apply_palette(self) -> None:
        self.stars.setIcon(icons.icon("star", self.palette()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_palette()
        super().changeEvent(event)
