"""What a recogniser heard of the take in the result panel, if anybody wants to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.api import Take
from engine.audio.join import sounding
from engine.audio.track import Track
from engine.errors import UserError
from gui.history.store import TakeRecord
from gui.speak.order import Order
from gui.speak.result import ResultPanel
from gui.speak.takes import Takes
from gui.studio.context import Context
from gui.studio.worker import Errand
from gui.widgets.elided import Elided
from gui.widgets.heard_text import AFTER, BEFORE, NOTHING, HeardText
from gui.widgets.sampling import fresh_seed
from gui.widgets.sentences import translated

if TYPE_CHECKING:  # the window is up before anything is to be heard
    from engine.listening.marks import MarkedWord
    from engine.listening.verdict import Outcome
    from engine.script.hearings import Hearing

_STATE = "speak.listen"
_BESIDE = 0.03  # seconds kept before and after a word at which the sound is cut


class HeardPanel(QWidget):
    """The words under the waveform, what is wrong with them, and a way to a next take."""

    def __init__(self) -> None:
        super().__init__()
        self.words = HeardText(cuts=True)
        self.verdict = Elided()
        self.again = QPushButton(self.tr("Another take"))
        self.again.setProperty("look", "flat")
        self.again.setToolTip(self.tr("Speak this once more, with another seed"))
        line = QHBoxLayout()
        line.addWidget(self.verdict, 1)
        line.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.words)
        column.addLayout(line)
        self.again.hide()
        self.hide()

    def show_words(self, words: tuple[MarkedWord, ...], verdict: str, *, wrong: bool) -> None:
        """Show what was heard. wrong: something else than what was meant."""
        self.words.show_words(words)
        self.verdict.setText(verdict)
        self.verdict.setProperty("look", "error" if wrong else "muted")
        self.verdict.style().polish(self.verdict)
        self.again.setVisible(wrong)


class Heard(QObject):
    """Has the takes of the Speak view heard, while its button is down. GUI thread; the listening is
    on a thread of its own."""

    def __init__(
        self, studio: Context, result: ResultPanel, takes: Takes, speak: Callable[[Order], None]
    ) -> None:
        super().__init__(result)
        self._studio, self._result, self._speak = studio, result, speak
        self._shown: tuple[TakeRecord, Take] | None = None  # in the panel
        self._track: Track | None = None  # its sound
        self._asked: Errand | None = None
        self.panel = HeardPanel()
        self.button = result.listen_button
        result.add_below(self.panel)
        takes.shown.connect(self._on_shown)
        self.button.clicked.connect(self._on_button)
        self.panel.words.word_clicked.connect(self._on_word)
        self.panel.words.cut_requested.connect(self._on_cut)
        self.panel.again.clicked.connect(self._on_again)
        studio.player.position_changed.connect(self._on_position)
        studio.models_changed.connect(self._on_models)
        studio.state.was_reset.connect(self._on_models)
        self._on_models()

    @property
    def on(self) -> bool:
        """Whether takes are heard."""
        return self.button.isChecked()

    def _who(self) -> str:
        """The recogniser that hears; "" where there is none."""
        listening = self._studio.backend.listening
        here = listening.recognisers() if listening.has_packages() else ()
        return next(iter(here), "")

    @Slot()
    def _on_models(self) -> None:
        """A recogniser has come or gone: what the user wants stays."""
        wanted = self._studio.state.get(_STATE, False)
        if self.on != bool(wanted and self._who()):
            self.button.setChecked(not self.on)
            self._listen()

    @Slot(bool)
    def _on_button(self, on: bool) -> None:
        if on and not self._who():
            self.button.setChecked(False)
            self._studio.say(self._how_to_get_it())
            return
        self._studio.state.set(_STATE, on)
        self._listen()

    def _how_to_get_it(self) -> str:
        if not self._studio.backend.listening.has_packages():
            return self.tr(
                "Listening needs other packages: install them with `pip install faster-whisper`."
            )
        return self.tr("Get a recogniser on the page Models, and every take can be heard.")

    @Slot(object, object)
    def _on_shown(self, record: TakeRecord | None, take: Take | None) -> None:
        if self._shown is not None and take is self._shown[1]:
            return
        whole = record is not None and take is not None and not record.partial
        self._shown = (record, take) if whole else None  # type: ignore[assignment]
        self._track = self._result.track
        self._listen()

    def _listen(self) -> None:
        """Have the take in the panel heard, if it is to be."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        self.panel.setVisible(self.on and self._shown is not None)
        self.panel.show_words((), "", wrong=False)
        if not self.on or self._shown is None:
            return
        self.panel.verdict.setText(self.tr("Listening …"))
        record, take = self._shown
        hear = self._studio.backend.listening.hear
        self._asked = self._studio.ears.ask(
            hear, self._who(), record.text, take.audio, take.sample_rate
        )
        self._asked.done.connect(self._on_heard)
        self._asked.failed.connect(self._on_failed)

    @Slot(object)
    def _on_heard(self, hearing: Hearing) -> None:
        from engine.listening.marks import marked_words

        if self.sender() is not self._asked or self._shown is None:
            return
        record, take = self._shown
        start, end = (at / take.sample_rate for at in sounding(take.audio, take.sample_rate))
        words = marked_words(record.text, hearing.heard, start, end)
        wrong = bool(hearing.outcome.errors)
        self.panel.show_words(words, self._in_words(hearing.outcome), wrong=wrong)
        self._on_position(self._studio.player.position)

    def _in_words(self, outcome: Outcome) -> str:
        reasons = ", ".join(map(translated, outcome.words))
        return reasons or self.tr("Heard as it was meant")

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if self.sender() is not self._asked:
            return
        self._asked = None
        if isinstance(error, UserError):  # once: the next takes are not heard either
            self.button.setChecked(False)
            self._listen()
        self._studio.explain(error)

    @Slot(float)
    def _on_position(self, seconds: float) -> None:
        player = self._studio.player
        ours = player.track is self._track and player.state != "stopped"
        self.panel.words.set_position(seconds if ours else -1.0)

    @Slot(float)
    def _on_word(self, seconds: float) -> None:
        player = self._studio.player
        if player.track is self._track:
            player.seek(seconds)
            player.resume()
            self._on_position(player.position)

    @Slot(int, str)
    def _on_cut(self, number: int, what: str) -> None:
        """Mark what is left of the sound: that is played, and exported."""
        if self._track is None or self._result.track is not self._track:
            return
        word, seconds = self.panel.words.words[number], self._track.seconds
        first, last = self._result.marked or (0.0, seconds)
        if what == NOTHING:
            first, last = 0.0, seconds
        elif what == BEFORE:
            first = max(0.0, word.start - _BESIDE)
        elif what == AFTER:
            last = min(seconds, word.end + _BESIDE)
        if last - first <= 3 * _BESIDE:  # it was cut on the other side of this word before
            first, last = (first, seconds) if what == BEFORE else (0.0, last)
        self._result.mark(first, last)

    @Slot()
    def _on_again(self) -> None:
        """The same with another seed, also where a seed is kept."""
        if self._shown is not None:
            made = self._shown[0]
            self._studio.player.stop()  # the next one is heard as soon as it is there
            self._speak(
                Order(
                    text=made.text,
                    voice=made.voice,
                    seed=fresh_seed(),
                    sampling=made.sampling,
                    settings=made.settings,
                    model=made.model,
                )
            )
