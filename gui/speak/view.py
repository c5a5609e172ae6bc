"""The Speak view: type, choose, tick, Speak; hear, see what it cost, and stop at once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.api import Metrics, Speech, SpeechRow, Take
from engine.errors import UserError
from engine.job import Done, Failed, Running, Update
from gui.history.store import TakeRecord
from gui.look.icons import icon
from gui.speak.editor import LIMIT, too_long
from gui.speak.heard import Heard
from gui.speak.inspector import Inspector
from gui.speak.live import Live
from gui.speak.order import Divided, Making, Order, divide, joined, learn
from gui.speak.phrasing import Phrasing
from gui.speak.result import ResultPanel
from gui.speak.takes import Takes
from gui.speak.text_box import TextBox, is_short, read_texts
from gui.speak.text_language import TextLanguage
from gui.studio import speeds
from gui.studio.context import Context
from gui.studio.others import Others
from gui.studio.worker import Errand
from gui.widgets.card import card
from gui.widgets.drawer import Drawer
from gui.widgets.dropped import is_voice
from gui.widgets.elided import Elided
from gui.widgets.outlook import Expected, Outlook
from gui.widgets.sampling import fresh_seed, from_plain, to_plain
from gui.widgets.stages import StageStrip


class SpeakView(QWidget):
    """Text and result on the left, everything that can be chosen on the right."""

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self.studio = studio
        self._splitting: list[Errand] = []  # orders whose rows are being looked for
        self._jobs: dict[int, Making] = {}
        self.verdict = ""  # how the last two takes compare
        self._at_work = 0  # the job that the stage strip shows
        self.text_box = TextBox(studio)
        self.result = ResultPanel(studio.player)
        self.live = Live(self.result, self)
        self.inspector = Inspector(studio)
        self.voices = self.inspector.voices
        self.options = self.inspector.options
        self.text_box.voice = self.voices.value
        self.text_box.numbers = self.inspector.numbers.isChecked
        self.sampling = self.inspector.sampling
        self.seed = self.inspector.seed
        self.takes = Takes(studio, self.inspector.takes, self.result, self.live, self.voices)
        self.heard = Heard(studio, self.result, self.takes, self.begin)
        self.strip = StageStrip()
        self.speak_button = QPushButton(self.tr("Speak"))
        self.speak_button.setProperty("look", "primary")
        self.speak_button.setIcon(icon("play", role=QPalette.ColorRole.HighlightedText))
        self.speak_button.setToolTip(self.tr("Speak the text (Ctrl+Enter)"))
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.setIcon(icon("stop"))
        self.stop_button.setToolTip(self.tr("Stop the work and the sound (Esc)"))
        self.status = Elided(lines=2)  # how two takes compare is read whole
        self.status.setProperty("look", "muted")
        self.lock_button = QToolButton()  # a seed that is kept decides what Speak gives
        self.lock_button.setIcon(icon("locked"))
        self.lock_button.setToolTip(self.tr("The seed is kept for every take. Click to let it go."))
        self.lock_button.setAccessibleName(self.lock_button.toolTip())
        self.compared = QPushButton(self.tr("Compare"))
        self.compared.setProperty("look", "flat")
        self.compared.setAccessibleName(self.tr("Show the last two takes side by side"))
        for button in (self.lock_button, self.compared):  # nothing moves when they come
            place = button.sizePolicy()
            place.setRetainSizeWhenHidden(True)
            button.setSizePolicy(place)
            button.hide()
        self._lay_out()
        self._connect()
        self.language = TextLanguage(studio, self.text_box, self.voices)
        self.text_box.take(studio.state.get("speak.text", ""))
        self._restore()
        self._show_work()

    @property
    def first(self) -> QWidget:
        """What has the keyboard when the view is shown."""
        return self.text_box.editor

    @property
    def home(self) -> QWidget:
        """What takes the keyboard from a control that cannot be used any more."""
        return self.speak_button

    # ── speaking ──────────────────────────────────────────────────────────────────────────────

    @Slot()
    def speak(self) -> None:
        """Speak what stands in the box, after what is being spoken."""
        self.speak_text(self.text_box.text())

    def speak_text(self, text: str) -> None:
        """The same of another text, which the box does not show."""
        if not text.strip():
            self.studio.say(self.tr("There is no text to speak: type at least one word."))
            self.text_box.editor.setFocus()
            return
        if len(text) > LIMIT:
            self.studio.say(too_long(len(text)), "warning")
            return
        if not self._model_is_here():
            self.studio.say(
                self.tr("No model is here that could speak: get one on the page Models."), "warning"
            )
            return
        order = Order(
            text=text,
            voice=self.voices.value(),
            seed=self.seed.next(),
            sampling=self.sampling.value(),
            settings=self.studio.settings,
            model=self.studio.model,
            numbers=self.inspector.numbers.isChecked(),
        )
        self.remember()
        self.begin(order)

    def begin(self, order: Order) -> None:
        """Speak what was ordered, after what is being spoken."""
        errand = self.studio.errands.ask(divide, self.studio.backend, order, self.studio.facts)
        self._splitting.append(errand)
        errand.done.connect(self._on_split)
        errand.failed.connect(self._on_not_split)
        errand.stopped.connect(self._on_not_split)
        self._show_work()

    @Slot()
    def stop(self) -> None:
        """Silence at once; the work of this view ends at its next report. What was finished is
        kept."""
        for errand in self._splitting:
            errand.cancel()
        for making in self._jobs.values():
            making.job.cancel()
            self._keep_part(making)
        if self.busy:
            self.strip.stop()
        self._jobs.clear()
        self.live.stop()
        self._show_work()

    @property
    def busy(self) -> bool:
        """Whether anything that this view asked for is still to come."""
        return bool(self._splitting or self._jobs)

    @Slot(object)
    def _on_split(self, divided: Divided) -> None:
        self._splitting.remove(self.sender())  # type: ignore[arg-type]
        order = divided.order
        try:
            request = order.request(divided.rows)
        except ValueError as error:
            self.studio.explain(UserError(str(error)))
            self._show_work()
            return
        job = self.studio.submit(request, settings=order.settings, model=order.model)
        facts = self.studio.facts
        speed = speeds.speed(self.studio.state, speeds.way(order.model, order.settings))
        rates = facts.rates if facts is not None else {}
        outlook = Outlook(Expected(seconds=divided.seconds, speed=speed, rates=rates))
        self._jobs[job.id] = Making(order, job, outlook, Phrasing(divided.lines))
        self.live.begin(job.id, order.text)
        self._show_work()

    @Slot()
    def _on_not_split(self, error: Exception | None = None) -> None:
        self._splitting.remove(self.sender())  # type: ignore[arg-type]
        if error is not None:
            self.studio.explain(error)
        self._show_work()

    @Slot(object)
    def _on_updated(self, update: Update) -> None:
        if update.job_id not in self._jobs:
            return
        making = self._jobs[update.job_id]
        if isinstance(update, Running):
            if self._at_work != update.job_id:
                self._at_work = update.job_id
                self.strip.start(outlook=making.outlook)
                making.others = Others()
            progress = making.note(update.progress)
            self.strip.advance(progress)
            self.live.add(update.job_id, progress)
            return
        del self._jobs[update.job_id]
        if isinstance(update, Done):
            self._on_done(making, update.result)
        else:
            self._keep_part(making)
            self.strip.clear()
        self.live.end(update.job_id)
        if isinstance(update, Failed):
            self.studio.explain(update.error, "speak")
        self._show_work()

    def _on_done(self, making: Making, speech: Speech) -> None:
        take, order = joined(map(making.phrasing.take, speech.takes)), making.order
        self.strip.finish(speech.metrics, take.seconds)
        self.inspector.meter.set_peak(speech.metrics)
        request = making.job.request
        self.studio.errands.ask(learn, self.studio.backend, order, request, speech)
        way = speeds.way(order.model, order.settings)
        speeds.learn(self.studio.state, way, speech.metrics.seconds, speech.seconds)
        if not len(take.audio):
            self.studio.say(
                self.tr("The model said nothing to this text: try another seed."),
                "warning",
                "speak",
            )
            return
        if not take.ended:
            self.studio.say(
                self.tr(
                    "The model did not end every sentence, so one is probably cut: "
                    "try another seed or shorter sentences."
                ),
                "warning",
                "speak",
            )
        self._keep(making, take, speech)

    def _keep_part(self, making: Making) -> None:
        """What was made before the work ended is a take too."""
        take = making.partial()
        if take is not None:
            stages = self.strip.spent() if making.job.id == self._at_work else {}
            spoken = Speech(takes=(take,), metrics=Metrics(stages=stages))
            self._keep(making, take, spoken, partial=True)

    def _keep(self, making: Making, take: Take, speech: Speech, *, partial: bool = False) -> None:
        order = making.order
        record = TakeRecord.of(
            take,
            SpeechRow(text=order.text, voice=order.voice, seed=order.seed),
            speech,
            model=order.model,
            settings=order.settings,
            sampling=order.sampling,
            partial=partial,
            numbers=order.numbers,
            busy=0.0 if making.others is None else making.others.share(),
        )
        self.takes.keep(making.job.id, record, take)

    @Slot(str)
    def _on_compared(self, sentence: str) -> None:
        self.verdict = sentence
        self.compared.setToolTip(sentence)
        self.compared.setVisible(bool(sentence))
        self._show_work()

    def _show_work(self) -> None:
        waiting = len(self._jobs) + len(self._splitting)
        self.stop_button.setEnabled(self.busy or self.studio.player.state != "stopped")
        if waiting > 1:
            self.status.setText(self.tr("Speaking … {} more to come").format(waiting - 1))
        else:
            self.status.setText(self.tr("Speaking …") if waiting else self.verdict)

    def _model_is_here(self) -> bool:
        return any(
            model.id == self.studio.model and model.state == "here"
            for model in self.studio.backend.models()
        )

    # ── files ─────────────────────────────────────────────────────────────────────────────────

    @Slot(object)
    def open(self, paths: list[Path]) -> None:
        """Files were dropped on the text: short texts go in, one after the other, a voice is
        chosen, anything else belongs to the Script view."""
        texts = [path for path in paths if not is_voice(path)]
        if texts and all(map(is_short, texts)):
            errand = self.studio.errands.ask(read_texts, texts)
            errand.done.connect(self.text_box.take)
            errand.failed.connect(self.studio.explain)
            paths = [path for path in paths if is_voice(path)]
        if paths:
            self.studio.open_requested.emit(paths)

    # ── what is remembered ────────────────────────────────────────────────────────────────────

    def remember(self) -> None:
        """Keep everything that is chosen for the next start."""
        state = self.studio.state
        self._keep_text()
        state.set("speak.voice", self.voices.value() or "")
        state.set("speak.numbers", self.inspector.numbers.isChecked())
        state.set("speak.sampling", to_plain(self.sampling.value()))
        state.set("speak.seed", self.seed.value())
        state.set("speak.seed locked", self.seed.lock.isChecked())
        state.set("sound.volume", self.result.volume.value())

    @Slot()
    def _keep_text(self) -> None:
        self.studio.state.set("speak.text", self.text_box.text()[:LIMIT])

    @Slot()
    def _restore(self) -> None:
        """What was chosen, which is all but the text."""
        state = self.studio.state
        self.result.volume.setValue(state.get("sound.volume", 100))
        self.voices.set_value(state.get("speak.voice", "") or None)
        self.inspector.numbers.setChecked(state.get("speak.numbers", True))
        self.sampling.set_value(from_plain(state.get("speak.sampling", {})))
        seed = state.get("speak.seed", fresh_seed())
        self.seed.set_value(max(0, seed), locked=state.get("speak.seed locked", False))

    @Slot(object)
    def restore(self, record: TakeRecord) -> None:
        """Put everything back that a take was made with."""
        self.text_box.take(record.text)
        self.studio.set_model(record.model)
        self.studio.set_settings(record.settings)
        self.voices.set_value(record.voice)
        self.inspector.numbers.setChecked(record.numbers)
        self.sampling.set_value(record.sampling)
        self.seed.set_value(record.seed, locked=False, once=True)
        self.inspector.show_page(0)

    # ── layout and keys ───────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        actions = QHBoxLayout()
        actions.setSpacing(8)
        actions.addWidget(self.speak_button)
        actions.addWidget(self.stop_button)
        actions.addWidget(self.lock_button)
        actions.addWidget(self.status, 1)
        actions.addWidget(self.compared)
        page = QWidget()
        left = QVBoxLayout(page)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(8)
        left.addWidget(self.text_box, 3)
        left.addLayout(actions)
        left.addWidget(card(self.strip))
        left.addWidget(card(self.result), 2)
        self.drawer = Drawer("speak", page, self.inspector, self.studio.state)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.drawer)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # so that Space can leave the text

    def _connect(self) -> None:
        self.studio.worker.updated.connect(self._on_updated)
        self.studio.state.was_reset.connect(self._restore)
        self.studio.player.state_changed.connect(self._on_player_state)
        self.inspector.takes.restore_requested.connect(self.restore)
        self.takes.compared.connect(self._on_compared)
        self.voices.changed.connect(self.text_box.count_again)
        self.inspector.numbers.toggled.connect(self.text_box.count_again)
        self.text_box.changed.connect(self._keep_text)
        self.seed.lock.toggled.connect(self.lock_button.setVisible)
        self.lock_button.clicked.connect(self.seed.let_go)
        self.compared.clicked.connect(self.takes.compare_last)
        self.speak_button.clicked.connect(self.speak)
        self.stop_button.clicked.connect(self.stop)
        self.text_box.editor.dropped.connect(self.open)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            self._shortcut(keys).activated.connect(self.speak)
        self._shortcut("Esc").activated.connect(self.stop)

    def _shortcut(self, keys: str) -> QShortcut:
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        return QShortcut(QKeySequence(keys), self, context=context)

    @Slot(str)
    def _on_player_state(self, state: str) -> None:
        self._show_work()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Space, where no control wanted it, plays and pauses."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.result.toggle()
        else:
            super().keyPressEvent(event)
