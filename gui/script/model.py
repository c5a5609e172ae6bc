"""The table of a script for Qt: rows, their standing, and what of them is shown. GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QGuiApplication, QIcon, QPalette

from engine.script.hearings import Hearing
from engine.script.pace import START, Pace
from engine.script.quality import Verdict
from engine.script.rows import Script, ScriptRow
from engine.script.selection import RowState
from engine.system.shown import shown
from gui.look.icons import icon
from gui.look.plain import plain
from gui.look.words import clock
from gui.script.lengths import has_sound, pause_before, recorded_seconds, seconds_of
from gui.script.tally import Tally
from gui.widgets.sentences import sentence, translated

ID, SPEAKER, TEXT, VOICE, TAKES, LENGTH, VERDICT, LOCK = range(8)
_EDITABLE = {SPEAKER: "speaker", TEXT: "text", VOICE: "voice"}
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class ScriptModel(QAbstractTableModel):
    """Rows and their states. The script is a value: edits ask for another one.

    edited(int, str, object): the user changed a field of row number int; whoever owns the script
    answers with `set_script`, which tells the views exactly what is different.
    restyled(): rows look otherwise, and none of them belongs elsewhere now: draw what is in sight.
    """

    edited = Signal(int, str, object)
    restyled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.script = Script(title="", rows=())
        self.numbers: dict[str, int] = {}  # id → row
        self.playing = ""  # id of the row that is heard
        self.at_work: frozenset[str] = frozenset()  # ids that are being rendered
        self.queue: frozenset[str] = frozenset()  # and those that will be, with them
        self._states: dict[str, RowState] = {}
        self._paces: Mapping[str | None, Pace] = {}
        self.tally = Tally()
        self.unread: Mapping[str, str] = {}  # id → why the model cannot read the row
        self.made_by: tuple[str, ...] = ()  # of each way in which rows were made, if not of one
        self._sheet: Mapping[str, str | None] = {}
        self.said: Callable[[str], str] = str  # what is spoken for a text
        self.voice_title: Callable[[str | None], str] = lambda voice: voice or ""
        self.hearing_of: Callable[[str | None], Hearing | None] = lambda key: (
            None
        )  # by a take's key
        self.sounding: tuple[str, int, int] = ("", 0, 0)  # row; letters of its text, [first, last)

    # ── what it holds ─────────────────────────────────────────────────────────────────────────

    @property
    def rows(self) -> tuple[ScriptRow, ...]:
        """The rows of the script."""
        return self.script.rows

    def state(self, row: str) -> RowState | None:
        """Where the row of this id stands; None while that is being looked up."""
        return self._states.get(row)

    def status(self, row: str) -> str:
        """RowState.status of the row of this id; "waiting" while it is being looked up."""
        state = self._states.get(row)
        return "waiting" if state is None else state.status

    def is_unread(self, row: str) -> bool:
        """Whether the row of this id waits to be spoken by a model that cannot read it."""
        return row in self.unread and self.status(row) == "waiting"

    def set_unread(self, unread: Mapping[str, str]) -> None:
        """Which rows what speaks cannot read, and why, by id."""
        if unread != self.unread:
            self.unread = unread
            self.restyled.emit()

    def verdict(self, row: str) -> str:
        """The verdict on the row of this id, for people."""
        state = self._states.get(row)
        if state is None:
            return "…"
        if state.status == "waiting" and row in self.at_work:
            again = self.tr("once more: {}").format(verdict_words(state.verdict))
            return again if state.made else self.tr("at work")
        if self.is_unread(row):
            return self.tr("cannot be read")
        if state.status == "waiting" and row in self.queue:
            return self.tr("waits")
        if state.status == "waiting" and state.earlier is not None:
            return self.tr("made with other settings")
        if state.status == "waiting":
            return verdict_words(state.verdict) if state.made else self.tr("to be made")
        words = {
            "good": self.tr("good"),
            "kept": self.tr("chosen"),
            "locked": self.tr("locked"),
        }
        verdict = words.get(state.status, verdict_words(state.verdict))
        if state.key and state.way is not None and state.way < len(self.made_by) - 1:
            return self.tr("{0}, by {1}").format(verdict, self.made_by[state.way])
        return verdict

    def misheard(self, row: str) -> float:
        """Errors for each word of what was heard of the row of this id; 0 where nothing was."""
        state = self._states.get(row)
        hearing = None if state is None else self.hearing_of(state.key)
        return 0.0 if hearing is None else hearing.outcome.error

    def voice_of(self, row: ScriptRow) -> str | None:
        """The voice that speaks a row: its own, its speaker's, or everybody's."""
        return row.voice or self._sheet.get(row.speaker) or self._sheet.get("")

    def seconds(self, row: ScriptRow) -> float:
        """The length of a row's take, or what is expected of it."""
        return seconds_of(row, self._states.get(row.id), self.pace(row), self.said)

    def pace(self, row: ScriptRow) -> Pace:
        """How fast the voice of a row speaks, as far as that was learned."""
        return self._paces.get(self.voice_of(row), START)

    def set_script(self, script: Script) -> None:
        """Show another version. States of rows that are the same stay."""
        old, new = self.rows, script.rows
        first = 0
        while first < min(len(old), len(new)) and old[first] is new[first]:
            first += 1
        kept = 0  # at the end
        while kept < min(len(old), len(new)) - first and old[-1 - kept] is new[-1 - kept]:
            kept += 1
        gone, come = len(old) - first - kept, len(new) - first - kept
        for row in old[first : first + gone]:
            self._states.pop(row.id, None)
            self.tally.drop(row.id)
        nowhere = QModelIndex()
        if gone == come:
            self._take(script)
        else:
            if gone:
                self.beginRemoveRows(nowhere, first, first + gone - 1)
                self._take(script.replace(rows=old[:first] + old[first + gone :]))
                self.endRemoveRows()
            if come:
                self.beginInsertRows(nowhere, first, first + come - 1)
                self._take(script)
                self.endInsertRows()
            self._take(script)
        self._count(new[first : first + come])
        for number in range(first, min(first + come + 1, len(new))):
            above = new[number - 1] if number else None
            self.tally.put_pause(new[number].id, pause_before(above, new[number]))
        if gone == come and gone:
            self._changed(first, first + come - 1)

    def set_all(
        self,
        script: Script,
        states: Mapping[str, RowState],
        sheet: Mapping[str, str | None],
        paces: Mapping[str | None, Pace],
        tally: Tally,
    ) -> None:
        """Show another script altogether. tally: of its rows."""
        self.beginResetModel()
        self._take(script)
        self._states, self._sheet = dict(states), dict(sheet)
        self._paces, self.tally = paces, tally
        self.playing, self.at_work, self.queue = "", frozenset(), frozenset()
        self.endResetModel()

    def set_states(self, states: Mapping[str, RowState], *, counted: bool = False) -> None:
        """Rows stand elsewhere now, by id. Only those that changed are drawn again. counted: the
        tally holds them already."""
        changed = sorted(
            self.numbers[row]
            for row, state in states.items()
            if row in self.numbers and self._states.get(row) is not state
        )
        self._states.update({row: states[row] for row in states if row in self.numbers})
        if not counted:
            self._count(self.rows[number] for number in changed)
        first = 0
        for place, number in enumerate(changed):  # a stretch of neighbours is told at once
            if place + 1 == len(changed) or changed[place + 1] != number + 1:
                self._changed(changed[first], number)
                first = place + 1

    def set_voices(self, sheet: Mapping[str, str | None]) -> None:
        """Other voices for the speakers."""
        if sheet != self._sheet:
            self._sheet = dict(sheet)
            self._count_all()
            self.restyled.emit()

    def set_paces(self, paces: Mapping[str | None, Pace], tally: Tally | None = None) -> None:
        """What was learned of the voices' pace. tally: of the rows as they are, where it is known;
        counting 10 000 of them takes longer than a window should."""
        if tally is not None:
            self.tally = tally
        if paces != self._paces:
            self._paces = paces
            if tally is None:
                self._count_all()
            self.restyled.emit()

    def set_playing(self, row: str) -> None:
        """Mark the row that is heard; "" for none."""
        for changed in (self.playing, row):
            self.playing = row
            if changed in self.numbers:
                self._changed(self.numbers[changed], self.numbers[changed])

    def set_sounding(self, row: str, first: int, last: int) -> None:
        """Mark the word that sounds, letters [first, last) of the row's text; none where equal."""
        if (row, first, last) != self.sounding:
            self.sounding = row, first, last
            if (number := self.numbers.get(row)) is not None:
                place = self.index(number, TEXT)
                self.dataChanged.emit(place, place, [_Role.BackgroundRole])

    def set_at_work(self, rows: frozenset[str], queue: frozenset[str] = frozenset()) -> None:
        """Mark the rows that are being rendered. queue: those that were asked for."""
        self.at_work, self.queue = rows, queue
        self.restyled.emit()

    def _take(self, script: Script) -> None:
        self.script = script
        self.numbers = {row.id: number for number, row in enumerate(script.rows)}

    def _count_all(self) -> None:
        self.tally = self.tally.without_rows()
        self._count(self.rows)

    def _count(self, rows: Iterable[ScriptRow]) -> None:
        for row in rows:
            seconds = recorded_seconds(row, self._states.get(row.id), self.pace(row), self.said)
            self.tally.put(row.id, self.status(row.id), seconds, self.misheard(row.id) > 0)

    def _changed(self, first: int, last: int) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(first, 0), self.index(last, LOCK))

    # ── what Qt asks ──────────────────────────────────────────────────────────────────────────

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        """Rows of the script."""
        return 0 if parent.isValid() else len(self.script.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        """Columns of the table."""
        return 0 if parent.isValid() else LOCK + 1

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == _Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role == _Role.DisplayRole:
            return (
                self.tr("Row"),
                self.tr("Speaker"),
                self.tr("Text"),
                self.tr("Voice"),
                self.tr("Takes"),
                self.tr("Length"),
                self.tr("Verdict"),
                "",
            )[section]
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Speaker, text and voice can be edited where they stand."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in _EDITABLE else flags

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """What is shown of a cell; called for the cells in sight only."""
        if not index.isValid() or not 0 <= index.row() < len(self.script.rows):
            return None
        row, column = self.script.rows[index.row()], index.column()
        state = self._states.get(row.id)
        if role == _Role.DisplayRole:
            return shown(self._text(row, column, state))
        if role == _Role.EditRole:
            return getattr(row, _EDITABLE[column]) if column in _EDITABLE else None
        if role == _Role.DecorationRole:
            return self._icon(row, column, state)
        if role == _Role.ForegroundRole:
            return self._colour(row, column, state)
        if role == _Role.ToolTipRole:
            return plain(self._tip(row, column, state))
        if role == _Role.FontRole and row.heading and column == TEXT:
            font = QFont()
            font.setBold(True)
            return font
        if role == _Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role == _Role.AccessibleTextRole and column == LOCK:
            locked = state is not None and state.status == "locked"
            return self.tr("locked") if locked else self.tr("not locked")
        return None

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:  # noqa: N802
        """Ask for an edit."""
        if role != _Role.EditRole or index.column() not in _EDITABLE:
            return False
        name = _EDITABLE[index.column()]
        if getattr(self.rows[index.row()], name) == value:
            return False
        self.edited.emit(index.row(), name, value)
        return True

    def _text(self, row: ScriptRow, column: int, state: RowState | None) -> str:
        if column == ID:
            return row.id
        if column == SPEAKER:
            return row.speaker
        if column == TEXT:
            return row.text.replace("\n", " ")
        if column == VOICE:
            return self.voice_title(self.voice_of(row))
        if column == TAKES:
            return str(state.made) if state is not None and state.made else ""
        if column == LENGTH:
            return ("" if has_sound(state) else "≈ ") + clock(self.seconds(row))
        if column == VERDICT:
            return self.verdict(row.id)
        return ""

    def _icon(self, row: ScriptRow, column: int, state: RowState | None) -> QIcon | None:
        if column == ID and row.id == self.playing:
            return icon("play", role=QPalette.ColorRole.Accent)
        if column == LOCK and state is not None and state.status == "locked":
            return icon("locked")
        return None

    def _colour(self, row: ScriptRow, column: int, state: RowState | None) -> Any:
        palette = QGuiApplication.palette()
        if column in (TEXT, VERDICT) and self.is_unread(row.id):
            return palette.color(QPalette.ColorRole.BrightText)
        if column == VERDICT and state is not None:
            if state.status == "failed":
                return palette.color(QPalette.ColorRole.BrightText)
            if state.status in ("good", "kept", "locked"):
                return palette.color(QPalette.ColorRole.Accent)
        own_voice = column == VOICE and row.voice is not None
        if column in (ID, VERDICT, TAKES) or (column == VOICE and not own_voice):
            return palette.color(QPalette.ColorRole.PlaceholderText)
        if column == LENGTH and (state is None or state.key is None):
            return palette.color(QPalette.ColorRole.PlaceholderText)
        return None

    def _tip(self, row: ScriptRow, column: int, state: RowState | None) -> str:
        if column in (TEXT, VERDICT) and self.is_unread(row.id):
            return sentence(self.unread[row.id])
        if column == TEXT:
            return row.text if len(row.text) > 80 else ""
        if column == VERDICT and state is not None and state.verdict.reasons:
            return verdict_words(state.verdict)
        if column == VERDICT and state is not None and state.earlier is not None:
            return self.tr("The take that is there was made by another model or in another way")
        if column == LENGTH and not has_sound(state):
            return self.tr("Expected of the text; the take will show")
        if column == LENGTH and state is not None and state.trim is not None:
            return self.tr("What is left of the take, which is trimmed")
        if column == LOCK:
            return self.tr("A locked row keeps its take, whatever changes")
        return ""


def verdict_words(verdict: Verdict) -> str:
    """What is wrong with a take, in the language of the window."""
    reasons = ", ".join(map(translated, verdict.reasons))
    return reasons or QCoreApplication.translate("ScriptModel", "good")
