"""Edits of a script: each gives another version, which can be taken back. The disk is not asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from engine.script.rows import Ids, Script, ScriptRow
from engine.script.split import merge_rows, sentences, split, split_row
from gui.script.model import ScriptModel
from gui.studio.context import Context
from gui.widgets.sentences import sentence

_UNDO = 200  # versions


class ScriptEdits(QObject):
    """Edits what the model shows. changed(): another version is there. GUI thread."""

    changed = Signal()

    def __init__(self, studio: Context, model: ScriptModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.model = model
        self.may_edit: Callable[[], bool] = lambda: True  # says why not
        self._undo: list[Script] = []
        self._redo: list[Script] = []
        model.edited.connect(self._on_edited)

    def forget(self) -> None:
        """Another script is here: there is nothing to take back."""
        self._undo.clear()
        self._redo.clear()

    def apply(self, script: Script) -> None:
        """Another version of the script, which can be undone."""
        if script is self.model.script or not self.may_edit():
            return
        self._undo.append(self.model.script)
        del self._undo[:-_UNDO]
        self._redo.clear()
        self._show(script)

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to make again."""
        return bool(self._redo)

    @Slot()
    def undo(self) -> None:
        """Take the last edit back."""
        if self._undo and self.may_edit():
            self._redo.append(self.model.script)
            self._show(self._undo.pop())

    @Slot()
    def redo(self) -> None:
        """Make the edit again that was taken back."""
        if self._redo and self.may_edit():
            self._undo.append(self.model.script)
            self._show(self._redo.pop())

    def split(self, number: int) -> None:
        """Row `number` as its sentences, or a single sentence as its halves."""
        row = self.model.rows[number]
        parts = [part.strip() for part in sentences(row.text, self.model.script.language)]
        if len(parts) < 2:
            half = self.model.pace(row).seconds(row.text) * 0.6
            parts = split(
                row.text,
                pace=self.model.pace(row),
                language=self.model.script.language,
                longest=half,
                shortest=0.0,
            )
        if len(parts) < 2:
            self.studio.say(self.tr("A single word cannot be split."))
            return
        together = self.model.script.kind != "text"
        rows = split_row(row, parts, Ids(self.model.numbers), together=together)
        self._replace(number, 1, rows)

    def merge(self, numbers: list[int]) -> None:
        """Neighbouring rows as one; the first one's speaker and voice stay."""
        if len(numbers) < 2 or numbers[-1] - numbers[0] != len(numbers) - 1:
            self.studio.say(self.tr("Select rows that stand next to each other to merge them."))
            return
        merged = self.model.rows[numbers[0]]
        for number in numbers[1:]:
            merged = merge_rows(merged, self.model.rows[number])
        self._replace(numbers[0], len(numbers), [merged])

    def delete(self, numbers: list[int]) -> None:
        """The script without these rows."""
        gone = set(numbers)
        rows = tuple(row for number, row in enumerate(self.model.rows) if number not in gone)
        if gone:
            self.apply(self.model.script.replace(rows=rows))

    def insert(self, number: int) -> int:
        """A new row below row `number`, spoken as that one; its number."""
        rows = self.model.rows
        text = self.tr("New row")
        if rows:
            above = rows[number]
            new = above.replace(
                id=Ids(self.model.numbers).take(above.id),
                text=text,
                pause=None,
                heading=False,
                file="",
                start=None,
                end=None,
                part_of="",
            )
        else:
            new = ScriptRow(id="0001", text=text)
        self._replace(number + 1, 0, [new])
        return number + 1

    def set_field(self, numbers: Iterable[int], name: str, value: Any) -> None:
        """One field of several rows. A sentence says what cannot be."""
        rows = list(self.model.rows)
        try:
            for number in numbers:
                rows[number] = rows[number].replace(**{name: value})
        except ValueError as error:
            self.studio.say(sentence(str(error)), "warning")
            return
        self.apply(self.model.script.replace(rows=tuple(rows)))

    def _replace(self, first: int, count: int, new: list[ScriptRow]) -> None:
        rows = self.model.rows
        rows = (*rows[:first], *new, *rows[first + count :])
        self.apply(self.model.script.replace(rows=rows))

    def _show(self, script: Script) -> None:
        self.model.set_script(script)
        self.changed.emit()

    @Slot(int, str, object)
    def _on_edited(self, number: int, name: str, value: object) -> None:
        if name in ("text", "speaker") and isinstance(value, str):
            value = _cleaned(value) if name == "text" else " ".join(_cleaned(value).split())
        self.set_field([number], name, value)


_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")


def _cleaned(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n")
    return _UNWANTED.sub("", text).strip()
