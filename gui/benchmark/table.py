"""The table of results: one row is chosen, as is its point in the plot."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from gui.benchmark.model import (
    AGAINST,
    CASE,
    CHANGE,
    LATENCY,
    MEMORY,
    RUN,
    THROUGHPUT,
    TOKENS,
    WORK,
    Entry,
    ResultsModel,
)
from gui.studio.state import State

_Index = QModelIndex | QPersistentModelIndex
_COLUMNS = "benchmark.columns"  # in the state: widths
_WIDTHS = {
    **{CASE: 142, LATENCY: 82, MEMORY: 82, THROUGHPUT: 104, WORK: 68},
    **{AGAINST: 188, TOKENS: 74, CHANGE: 188, RUN: 260},
}


class ResultsTable(QTableView):
    """Shows a ResultsModel. GUI thread.

    chosen(Entry | None): another row is the current one.
    """

    chosen = Signal(object)

    def __init__(self, model: ResultsModel, state: State) -> None:
        super().__init__()
        self._results = model
        self._state = state
        self._kept: Entry | None = None  # over a reset
        self.empty = ""  # what is said where there is no row
        self.setModel(model)
        self.setAccessibleName(self.tr("Results"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # Equal heights: the place of row 9 000 is a multiplication, not 9 000 measurements.
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(self.fontMetrics().lineSpacing() + 12)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        # It would ask 10 000 rows in every column whether all of them are selected.
        head.setSelectionModel(QItemSelectionModel(model, head))
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setStretchLastSection(True)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self._size_columns()
        self._state.was_reset.connect(self._size_columns)
        self.setStyleSheet("QTableView::item { padding: 3px 5px; }")  # as wide as the titles'
        self.show_columns(change=False, run=False)
        model.modelAboutToBeReset.connect(self._on_resetting)
        model.modelReset.connect(self._on_reset)

    def show_columns(self, *, change: bool, run: bool) -> None:
        """Whether there are columns of the change since another run, and of the run."""
        self.setColumnHidden(CHANGE, not change)
        self.setColumnHidden(RUN, not run)

    @Slot()
    def _size_columns(self) -> None:
        """Make the columns as wide as they were left."""
        stored = self._state.get(_COLUMNS, {})
        for column, width in _WIDTHS.items():
            own = stored.get(str(column))
            usable = own if isinstance(own, int) and 20 <= own <= 600 else width
            self.setColumnWidth(column, usable)

    def remember(self) -> None:
        """Keep how wide the columns are."""
        widths = {str(c): self.columnWidth(c) for c in _WIDTHS if not self.isColumnHidden(c)}
        self._state.set(_COLUMNS, {**self._state.get(_COLUMNS, {}), **widths})

    @property
    def entry(self) -> Entry | None:
        """The chosen one."""
        row = self.currentIndex().row()
        return self._results.entries[row] if 0 <= row < len(self._results.entries) else None

    @Slot(object)
    def choose(self, entry: Entry | None) -> None:
        """Make an entry the current one, and bring it into sight."""
        row = self._results.row_of(entry)
        if row is not None and row != self.currentIndex().row():
            self.setCurrentIndex(self._results.index(row, CASE))
            self.scrollTo(self.currentIndex())

    def currentChanged(self, current: _Index, previous: _Index) -> None:  # noqa: N802
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            self.chosen.emit(self.entry)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if not self._results.entries and self.empty:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            room = self.viewport().rect().adjusted(16, 12, -16, -12)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, int(flags), self.empty)

    @Slot()
    def _on_resetting(self) -> None:
        self._kept = self.entry

    @Slot()
    def _on_reset(self) -> None:
        self.choose(self._kept)
        if self.entry is None and self._kept is not None:
            self.chosen.emit(None)
