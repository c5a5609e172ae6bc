"""ResultsModel: results as rows of a table, in the order that the table asks for."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.figures.difference import Change
from engine.figures.run import Result, Run
from engine.system.shown import shown
from gui.benchmark import words
from gui.look import words as units
from gui.look.plain import plain
from gui.widgets.sentences import translated

CASE, LATENCY, MEMORY, THROUGHPUT, WORK, AGAINST, TOKENS, CHANGE, RUN = range(9)
_RIGHT = {LATENCY, MEMORY, THROUGHPUT, WORK}
_Index = QModelIndex | QPersistentModelIndex
_Roles = Qt.ItemDataRole


@dataclass(frozen=True, slots=True)
class Entry:
    """A result with its run. change: since another run, where one is compared with."""

    run: Run
    result: Result
    change: Change | None = None


def place_of(entry: Entry | None, entries: Sequence[Entry]) -> int | None:
    """Where an entry, or the same result of a run that has grown, stands among others."""
    if entry is None:
        return None
    wanted = entry.run.date, entry.run.model, entry.result.name
    for place, other in enumerate(entries):
        if (other.run.date, other.run.model, other.result.name) == wanted:
            return place
    return None


class ResultsModel(QAbstractTableModel):
    """entries: in the order of the rows. GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []
        self._given: list[Entry] = []
        self._sorted: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)
        self._heads = (
            (self.tr("Case"), ""),
            (self.tr("Latency s"), self.tr("Seconds of a call, whatever the rows it speaks")),
            (self.tr("Memory"), self.tr("The highest, loading included")),
            (self.tr("Rows a second"), ""),
            (self.tr("Work"), self.tr("Seconds of work for one second of sound")),
            (
                self.tr("Against the reference"),
                self.tr("Of a row, with the bounds that hold 95 of 100 such runs"),
            ),
            (self.tr("Tokens"), self.tr("Whether they are those of the reference")),
            (self.tr("Since then"), self.tr("Of a call, against the run that is compared with")),
            (self.tr("Run"), ""),
        )

    def show(self, entries: Sequence[Entry]) -> None:
        """Show other results, sorted as the last ones were."""
        self.beginResetModel()
        self._given = list(entries)
        self._sort()
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self._heads)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = _Roles.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == _Roles.DisplayRole:
            return self._heads[section][0]
        if role == _Roles.ToolTipRole:
            return self._heads[section][1]
        if role == _Roles.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: _Index, role: int = _Roles.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == _Roles.DisplayRole:
            return shown(self._words(self.entries[index.row()], index.column()))
        if role == _Roles.TextAlignmentRole:
            return _alignment(index.column())
        if role == _Roles.ToolTipRole:
            entry = self.entries[index.row()]
            if entry.result.refused:
                return plain(translated(entry.result.refused))
            return plain(self._words(entry, index.column()))
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; −1 is as they were measured. The rows stay the same entries."""
        if (column, order) == self._sorted:
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        held = [self.entries[index.row()] for index in old]
        self._sorted = column, order
        self._sort()
        place = {id(entry): row for row, entry in enumerate(self.entries)}
        new = [
            self.index(place[id(entry)], index.column())
            for entry, index in zip(held, old, strict=True)
        ]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def row_of(self, entry: Entry | None) -> int | None:
        """Where an entry, or the same result of a run that has grown, stands."""
        return place_of(entry, self.entries)

    def _sort(self) -> None:
        column, order = self._sorted
        self.entries = list(self._given)
        if column >= 0:
            key = _KEYS[column]
            descending = order == Qt.SortOrder.DescendingOrder
            known = [e for e in self.entries if not _unknown(key(e))]
            others = [e for e in self.entries if _unknown(key(e))]
            self.entries = sorted(known, key=key, reverse=descending) + others  # last in any case

    def _words(self, entry: Entry, column: int) -> str:
        result = entry.result
        if column == CASE:
            return words.case_name(result.name)
        if column == RUN:
            return words.run_name(entry.run)
        if not result.is_measured:
            return self.tr("refused") if column == LATENCY else ""
        if column == MEMORY:
            return units.size(result.bytes)
        if column in _FIGURES:
            return words.figure(_FIGURES[column](result))
        if column == AGAINST:
            return words.against(result)
        if column == TOKENS:
            return words.tokens(result)
        return "–" if entry.change is None else words.speed(entry.change.time)


_FIGURES: dict[int, Callable[[Result], float]] = {
    LATENCY: lambda result: result.latency,
    THROUGHPUT: lambda result: result.throughput,
    WORK: lambda result: result.real_time_factor,
}
_KEYS: dict[int, Callable[[Entry], Any]] = {
    CASE: lambda entry: entry.result.name,
    LATENCY: lambda entry: entry.result.latency,
    MEMORY: lambda entry: entry.result.bytes or math.nan,
    THROUGHPUT: lambda entry: entry.result.throughput,
    WORK: lambda entry: entry.result.real_time_factor,
    AGAINST: lambda entry: _middle(
        entry.result.ratio, 1.0 if entry.result.is_measured else math.nan
    ),
    TOKENS: lambda entry: entry.result.tokens,
    CHANGE: lambda entry: _middle(entry.change and entry.change.time, math.nan),
    RUN: lambda entry: entry.run.date,
}


def _middle(ratio: Any, default: float) -> float:
    return default if ratio is None else float(ratio.middle)


def _unknown(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
