"""The panel of one row: what it says, and its takes to hear and to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from engine.listening.marks import MarkedWord
from engine.script.project import Project
from engine.script.rows import MAX_PAUSE, ScriptRow
from engine.script.selection import RowState, TakeInfo
from engine.script.trims import marks_kept
from gui.look.icons import icon
from gui.look.plain import Plain, plain
from gui.look.theme import padded
from gui.look.words import clock
from gui.script.hearing import words_of
from gui.script.lengths import has_sound
from gui.script.model import ScriptModel, verdict_words
from gui.script.trim import TrimButton, left_in_words, why_not
from gui.script.voice_sheet import VoiceBox
from gui.script.work import ScriptWork
from gui.studio.context import Context
from gui.widgets.heard_text import AFTER, BEFORE, NOTHING, HeardText
from gui.widgets.sentences import sentence
from gui.widgets.side import field_grid

_SHOWN = 12  # takes; more would be a list of its own


class RowPanel(QWidget):
    """Shows the current row. wanted(str): as ScriptTable.wanted. play(str): hear this take;
    play_from(str, float): from this second of it on."""

    wanted = Signal(str)
    play = Signal(str)
    play_from = Signal(str, float)

    def __init__(self, studio: Context, work: ScriptWork, model: ScriptModel) -> None:
        super().__init__()
        self._work = work
        self._model = model
        self._row = ""  # id
        self.title = Plain()
        self.title.setWordWrap(True)
        self.title.setProperty("look", "title")
        self.verdict = Plain()
        self.verdict.setWordWrap(True)
        self.spoken = Plain()
        self.spoken.setWordWrap(True)
        self.spoken.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.spoken.hide()
        self.words = HeardText(cuts=True)
        self.left = Plain()
        self.left.setWordWrap(True)
        self.left.setProperty("look", "muted")
        self.left.hide()
        self.voice = VoiceBox(studio, self.tr("As the speaker"))
        self.direction = QLineEdit()
        self.direction.setPlaceholderText(self.tr("how to say it; never spoken"))
        self.pause = padded(QDoubleSpinBox())
        self.pause.setRange(-0.1, MAX_PAUSE)
        self.pause.setSingleStep(0.1)
        self.pause.setDecimals(1)
        self.pause.setSuffix(self.tr(" s"))
        self.pause.setSpecialValueText(self.tr("by the punctuation"))
        form = field_grid(
            (
                (self.tr("Voice"), self.voice),
                (self.tr("Pause before"), self.pause),
                (self.tr("Direction"), self.direction),
            )
        )
        self.takes = QGridLayout()
        self._listed: object = None  # what `takes` shows
        self.takes.setSpacing(4)
        self.takes.setColumnStretch(1, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        self.reroll = QPushButton(self.tr("New take"))
        self.reroll.setToolTip(self.tr("Make another take of the row (Ctrl+R)"))
        self.lock = QPushButton(self.tr("Lock"))
        self.lock.setCheckable(True)
        self.lock.setToolTip(self.tr("Keep this take, whatever changes (Ctrl+L)"))
        for name, button in (("reroll", self.reroll), ("lock", self.lock)):
            button.setProperty("wanted", name)
            button.clicked.connect(self._on_button)
            buttons.addWidget(button)
        self.trim = TrimButton()
        buttons.addWidget(self.trim)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.verdict)
        column.addWidget(self.spoken)
        column.addWidget(self.words)
        column.addWidget(self.left)
        column.addLayout(form)
        column.addLayout(self.takes)
        column.addLayout(buttons)
        self.words.word_clicked.connect(self._on_word)
        for cuts in (self.words, self.trim):
            cuts.cut_requested.connect(self._on_cut)
        self.voice.chosen.connect(self._on_voice)
        self.pause.editingFinished.connect(self._on_pause)
        self.direction.editingFinished.connect(self._on_direction)
        work.looked.connect(self.refresh)
        work.edited.connect(self.refresh)
        model.dataChanged.connect(self._on_data)
        model.restyled.connect(self._on_restyled)
        self.show_row(None)

    def show_row(self, number: int | None) -> None:
        """Show a row of the script, or none."""
        self._row = "" if number is None else self._model.rows[number].id
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Look at the row again."""
        row = self._the_row()
        fields = (self.voice, self.pause, self.direction, self.reroll, self.lock)
        for widget in fields:
            widget.setEnabled(row is not None)
        if row is None:
            self.title.setText(self.tr("Select a row to see its takes."))
            self.verdict.setText("")
            self.spoken.hide()
            self._show_words(None, None)
            self._show_takes([])
            return
        state = self._model.state(row.id)
        self._show(row, state)
        self._show_takes(self._work.takes(row.id))

    def mark(self, row: str, key: str, word: int) -> None:
        """Word number `word` of a take sounds; −1 for none."""
        state = self._model.state(self._row)
        ours = row == self._row and state is not None and key == state.key
        self.words.mark(word if ours else -1)

    def _the_row(self) -> ScriptRow | None:
        number = self._model.numbers.get(self._row)
        return None if number is None else self._model.rows[number]

    def _show(self, row: ScriptRow, state: RowState | None) -> None:
        title = self.tr("Row {}").format(row.id)
        self.title.setText(f"{title}, {row.speaker}" if row.speaker else title)
        failed = state is not None and state.status == "failed"
        unread = self._model.is_unread(row.id)
        words = sentence(self._model.unread[row.id]) if unread else ""
        self.verdict.setText(words or self._model.verdict(row.id))
        self.verdict.setProperty("look", "error" if failed or unread else "muted")
        self.verdict.style().polish(self.verdict)
        lines = list(self._said_and_heard(row, state))
        self.spoken.setText("\n".join(lines))
        self.spoken.setVisible(bool(lines))
        self._show_words(row, state)
        if not self.pause.hasFocus():
            self.pause.setValue(-0.1 if row.pause is None else row.pause)
        if self.voice.value() != row.voice:
            self.voice.set_value(row.voice)
        if not self.direction.hasFocus():
            self.direction.setText(row.direction)
        locked = state is not None and state.status == "locked"
        self.lock.setChecked(locked)
        self.lock.setIcon(icon("locked" if locked else "unlocked"))
        self.lock.setEnabled(has_sound(state))
        self.reroll.setEnabled(not self._work.running)

    def _show_words(self, row: ScriptRow | None, state: RowState | None) -> None:
        """What was heard of the row's take, and what is left of it where words were cut off."""
        project = self._work.project
        words: tuple[MarkedWord, ...] = ()
        left, said = list[bool](), ""
        if row is not None and state is not None:
            words = words_of(project, row, state.key)
            left = marks_kept(row.text, words, state.trim)
            said = left_in_words(project, row.id, state)
        self.words.show_words(words, left)
        self.left.setText(said)
        self.left.setVisible(bool(said))
        self.trim.show_take(words, left, why_not(project, state, words), is_trimmed=bool(said))

    def _said_and_heard(self, row: ScriptRow, state: RowState | None) -> Iterator[str]:
        """What is spoken for the text, and what a recogniser heard of the take, where they differ
        from it."""
        if (project := self._work.project) is None:
            return
        with suppress(UserError):  # of a replacement; it is said where that is written
            if (said := project.read(row.text)) != row.text:
                yield self.tr("Spoken as: {}").format(" ".join(said.split()))
        by = project.recipe.listen
        if by and state is not None and state.key is not None:
            hearing = project.hearings.of(state.key, by)
            if hearing is not None and hearing.outcome.errors:
                yield self.tr("Heard: {}").format(hearing.heard.text)

    # ── takes ─────────────────────────────────────────────────────────────────────────────────

    def _show_takes(self, takes: list[TakeInfo]) -> None:
        state = self._model.state(self._row)
        listed = (list(takes), None if state is None else state.key, self._model.made_by)
        if listed == self._listed:
            return  # the buttons stay: a click whose press came before this still reaches its own
        self._listed = listed
        while (item := self.takes.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for line, take in enumerate(takes[-_SHOWN:]):
            chosen = state is not None and take.key == state.key
            play = QToolButton()
            play.setIcon(icon("play"))
            play.setProperty("look", "flat")
            play.setProperty("key", take.key)
            play.setToolTip(
                self.tr("Hear take {}").format(take.number + 1)
                if take.number >= 0
                else self.tr("Hear the earlier take")
            )
            play.setAccessibleName(play.toolTip())
            play.clicked.connect(self._on_play)
            seconds = clock(take.measures.seconds)
            name = QLabel(
                self.tr("Take {0}  {1}").format(take.number + 1, seconds)
                if take.number >= 0
                else self.tr("Earlier take  {}").format(seconds)
            )
            if self._model.made_by and take.way is not None:
                name.setToolTip(
                    plain(self.tr("Spoken by {}").format(self._model.made_by[take.way]))
                )
            use = QToolButton()
            use.setCheckable(True)
            use.setChecked(chosen)
            use.setText(self.tr("used") if chosen else self.tr("use"))
            use.setProperty("take", take.number)
            use.setProperty("key", take.key)
            use.setAccessibleName(self.tr("Use take {}").format(take.number + 1))
            if take.number < 0:
                use.setToolTip(self.tr("Made by another model or in another way; it stays locked"))
                use.setAccessibleName(self.tr("Use the earlier take"))
            use.clicked.connect(self._on_use)
            self.takes.addWidget(play, 2 * line, 0)
            self.takes.addWidget(name, 2 * line, 1)
            self.takes.addWidget(use, 2 * line, 2, alignment=Qt.AlignmentFlag.AlignRight)
            if not take.verdict.good:
                words = Plain(verdict_words(take.verdict))
                words.setWordWrap(True)
                words.setProperty("look", "error")
                self.takes.addWidget(words, 2 * line + 1, 1, 1, 2)

    @Slot()
    def _on_play(self) -> None:
        self.play.emit(self.sender().property("key"))

    @Slot(float)
    def _on_word(self, seconds: float) -> None:
        state = self._model.state(self._row)
        if state is not None and state.key is not None:
            self.play_from.emit(state.key, seconds)

    @Slot(int, str)
    def _on_cut(self, number: int, what: str) -> None:
        if what == NOTHING:
            self._work.decide(Project.untrim, self._row)
        elif what == BEFORE:
            self._work.decide(Project.trim, self._row, number)
        elif what == AFTER:
            self._work.decide(Project.trim, self._row, None, number)

    @Slot()
    def _on_use(self) -> None:
        button = self.sender()
        self._listed = None  # the click has switched the button, whatever comes of it
        if button.property("take") >= 0:
            self._work.choose(self._row, button.property("take"))
        else:
            self._work.lock_take(self._row, button.property("key"))

    # ── the row's own fields ──────────────────────────────────────────────────────────────────

    @Slot()
    def _on_button(self) -> None:
        self.wanted.emit(self.sender().property("wanted"))
        self.refresh()

    @Slot(object)
    def _on_voice(self, voice: str | None) -> None:
        row = self._the_row()
        if row is not None:
            self._work.edits.set_field([self._model.numbers[row.id]], "voice", voice)

    @Slot()
    def _on_pause(self) -> None:
        row = self._the_row()
        value = None if self.pause.value() < 0 else round(self.pause.value(), 2)
        if row is not None and row.pause != value:
            self._work.edits.set_field([self._model.numbers[row.id]], "pause", value)

    @Slot()
    def _on_direction(self) -> None:
        row = self._the_row()
        value = " ".join(self.direction.text().split())
        if row is not None and row.direction != value:
            self._work.edits.set_field([self._model.numbers[row.id]], "direction", value)

    @Slot()
    def _on_restyled(self) -> None:
        row = self._the_row()
        if row is not None:
            self._show(row, self._model.state(row.id))

    @Slot(QModelIndex, QModelIndex)
    def _on_data(self, first: QModelIndex, last: QModelIndex) -> None:
        row = self._the_row()
        if row is not None and first.row() <= self._model.numbers[row.id] <= last.row():
            self._show(row, self._model.state(row.id))
