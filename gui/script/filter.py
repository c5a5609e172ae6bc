"""What of a script is shown: rows by how they stand, and by their words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from gui.script.model import VERDICT, ScriptModel

ALL, FAILED, OPEN, GOOD, LOCKED, NOT_HEARD = range(6)  # what is shown
_Index = QModelIndex | QPersistentModelIndex


class ScriptFilter(QSortFilterProxyModel):
    """The rows that the user wants to see."""

    def __init__(self, model: ScriptModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._kind = ALL
        self._words = ""
        self.setDynamicSortFilter(False)
        self.setSourceModel(model)

    def show_only(self, kind: int, words: str) -> None:
        """kind: ALL, FAILED, OPEN, GOOD, LOCKED or NOT_HEARD. words: that text or speaker hold."""
        self._kind, self._words = kind, words.strip().casefold()
        # 10 000 rows that changed need no 10 000 questions where all of them are shown.
        self.setDynamicSortFilter(bool(kind != ALL or self._words))
        self.invalidate()

    def filterAcceptsRow(self, number: int, parent: _Index) -> bool:  # noqa: N802
        """Whether row `number` of the script is shown."""
        row = self._model.rows[number]
        if self._words and self._words not in f"{row.id} {row.speaker} {row.text}".casefold():
            return False
        if self._kind == ALL:
            return True
        if self._kind == FAILED and self._model.is_unread(row.id):
            return True
        if self._kind == NOT_HEARD:
            return self._model.misheard(row.id) > 0
        return self._model.status(row.id) in _STATUSES[self._kind]

    def sort_by_error(self, on: bool) -> None:
        """The rows first of which most was heard otherwise; or as they follow each other."""
        order = Qt.SortOrder.DescendingOrder if on else Qt.SortOrder.AscendingOrder
        self.sort(VERDICT if on else -1, order)

    def lessThan(self, left: _Index, right: _Index) -> bool:  # noqa: N802
        """Whether less of row `left` was heard otherwise."""
        rows = self._model.rows
        one, other = (self._model.misheard(rows[index.row()].id) for index in (left, right))
        return one < other

    def rows_of(self, indexes: Sequence[QModelIndex]) -> list[int]:
        """Numbers in the script of what is selected in a view of this filter, in order."""
        return sorted({self.mapToSource(index).row() for index in indexes})


_STATUSES = {
    FAILED: ("failed",),
    OPEN: ("waiting",),
    GOOD: ("good", "kept", "locked"),
    LOCKED: ("locked",),
}
