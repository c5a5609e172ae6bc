"""The takes of the history as a model for lists, and which of them are looked for."""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import QWidget

from engine.api import Take
from engine.errors import UserError
from engine.system.shown import shown
from gui.history.store import History, TakeRecord
from gui.look.plain import plain

RECORD = Qt.ItemDataRole.UserRole
_AT_ONCE = 20  # takes read in one turn of the event loop: some milliseconds
_Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractListModel):
    """The takes of a History, newest first. GUI thread.

    failed: a sentence for the user. loaded: everything on the disk has been looked at.
    """

    failed = Signal(str)
    loaded = Signal()

    def __init__(self, history: History, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = history
        self._records: list[TakeRecord] = []
        self._coming: Iterator[TakeRecord] = iter(())
        self._reading = QTimer(self)
        self._reading.setInterval(0)
        self._reading.timeout.connect(self._read_some)

    def load(self) -> None:
        """Read what is on the disk, a few takes in each turn of the event loop."""
        self.beginResetModel()
        self._records = []
        self.endResetModel()
        self._coming = self.history.scan()
        self._reading.start()

    def _read_some(self) -> None:
        known = {record.id for record in self._records[:_AT_ONCE]}  # made while reading
        some = list(islice(self._coming, _AT_ONCE))
        fresh = [record for record in some if record.id not in known]
        if fresh:
            self._show(sorted(fresh, key=_newest_first))
        if not some:
            self._reading.stop()
            for problem in self.history.problems:
                self.failed.emit(problem)
            self.loaded.emit()

    def add(self, record: TakeRecord, take: Take) -> None:
        """Keep a new take and show it first. Where the disk refuses, `failed` says so."""
        try:
            self.history.add(record, take)
        except UserError as error:
            self.failed.emit(str(error))
            return
        self.insert(record)

    def insert(self, record: TakeRecord) -> None:
        """Show a take that the History has kept already where its age puts it: first."""
        self._show([record])

    def remove(self, records: Sequence[TakeRecord]) -> list[TakeRecord]:
        """Delete takes; those that were. `bring_back` undoes it."""
        removed = []
        for record in records:
            try:
                self.history.remove(record)
            except UserError as error:
                self.failed.emit(str(error))
                continue
            row = self._records.index(record)
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._records[row]
            self.endRemoveRows()
            removed.append(record)
        return removed

    def bring_back(self, records: Sequence[TakeRecord]) -> None:
        """Undo `remove`."""
        for record in records:
            try:
                self.history.bring_back(record)
            except UserError as error:
                self.failed.emit(str(error))
                continue
            self._show([record])

    def set_favourite(self, record: TakeRecord, favourite: bool) -> None:
        """Mark a take, on the disk too."""
        changed = dataclasses.replace(record, favourite=favourite)
        try:
            self.history.change(changed)
        except UserError as error:
            self.failed.emit(str(error))
            return
        row = self._records.index(record)
        self._records[row] = changed
        self.dataChanged.emit(self.index(row), self.index(row))

    def records(self) -> list[TakeRecord]:
        """Those that have been read, newest first."""
        return list(self._records)

    def _show(self, records: Sequence[TakeRecord]) -> None:
        """Show takes, sorted, the newest first; neighbours come in one go."""
        while records:
            row = bisect_left(self._records, _newest_first(records[0]), key=_newest_first)
            stop = len(records)
            if row < len(self._records):
                older = self._records[row].age
                stop = next((i for i, new in enumerate(records) if new.age < older), stop)
            self.beginInsertRows(QModelIndex(), row, row + stop - 1)
            self._records[row:row] = records[:stop]
            self.endInsertRows()
            records = records[stop:]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self._records)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        record = self._records[index.row()]
        if role == RECORD:
            return record
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(record.text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return shown(f"{record.text}. {self.facts(record)}")
        if role == Qt.ItemDataRole.ToolTipRole:
            words = f"{record.text}\n\n{self.facts(record)}\n{record.model} · {record.created}"
            return plain(words)
        return None

    def facts(self, record: TakeRecord) -> str:
        """One line: length, real-time factor, voice, seed."""
        facts = [
            self.tr("{0} s").format(f"{record.seconds:.1f}"),
            self.tr("RTF {0}").format(f"{record.real_time_factor:.2f}"),
            Path(record.voice).stem if record.voice else self.tr("made-up voice"),
            self.tr("seed {0}").format(record.seed),
        ]
        if record.take:
            facts.append(self.tr("take {0}").format(record.take + 1))
        if record.partial:
            facts.insert(0, self.tr("partial: stopped"))
        elif not record.ended:
            facts.insert(0, self.tr("probably cut"))
        return " · ".join(facts)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled


class HistoryFilter(QSortFilterProxyModel):
    """Takes whose text, voice, seed or model has every word; favourites only, if wanted."""

    words: tuple[str, ...] = ()
    favourites = False

    def filterAcceptsRow(self, row: int, parent: _Index) -> bool:  # noqa: N802
        record: TakeRecord = self.sourceModel().index(row, 0, parent).data(RECORD)
        if self.favourites and not record.favourite:
            return False
        searched = f"{record.text}\n{record.voice}\n{record.seed}\n{record.model}".casefold()
        return all(word in searched for word in self.words)


def _newest_first(record: TakeRecord) -> tuple[float, ...]:
    return tuple(-part for part in record.age)


def file_name(record: TakeRecord) -> str:
    """A name for a file of this take, without its ending: its first words and its seed."""
    return f"{name_of(record.text)}-{record.seed}" + (f"-{record.take + 1}" if record.take else "")


def name_of(text: str) -> str:
    """A name for a file of a text, without its ending: its first words."""
    words = re.findall(r"[^\W_]+", text)[:6]
    return "-".join(words)[:48] or "take"
