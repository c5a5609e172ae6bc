"""The card that says which settings suit this machine, on what that rests, and takes them over."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from engine.advice.advise import Advised, Said, why_not
from engine.settings import Settings
from gui.look.plain import Plain
from gui.studio.context import Context
from gui.studio.worker import Errand
from gui.widgets.sentences import ended, sentence, translated


class AdviceCard(QWidget):
    """Asks when it is asked. measured(): there are new results of the model. GUI thread."""

    measured = Signal()

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self._studio = studio
        self._advised: Advised | None = None
        self._asking: Errand | None = None
        self._measuring: Errand | None = None
        self.ask_button = QPushButton(self.tr("Look at this machine"))
        self.ask_button.setToolTip(
            self.tr("Which settings suit it, by what was measured here, else by sizes")
        )
        self.words = _label("title")
        self.reasons = _label("muted")
        self.warning = _label("warning")
        self.apply_button = QPushButton(self.tr("Use these"))
        self.apply_button.setToolTip(
            self.tr("Here, and in scripts that are begun from now on; begun ones stay as they are")
        )
        self.measure_button = QPushButton(self.tr("Measure, one minute"))
        self.measure_button.setToolTip(
            self.tr("In the background; what else is spoken meanwhile makes the figures worse")
        )
        self.stop_button = QPushButton(self.tr("Stop measuring"))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Measuring"))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.apply_button, self.measure_button, self.stop_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.ask_button, self.words, self.reasons, self.warning, self.progress):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.ask_button.clicked.connect(self.ask)
        self.apply_button.clicked.connect(self.apply)
        self.measure_button.clicked.connect(self.measure)
        self.stop_button.clicked.connect(self.stop)
        studio.model_changed.connect(self._on_model)
        studio.settings_changed.connect(self._refresh)
        self._refresh()

    @property
    def home(self) -> QWidget:
        """What takes the keyboard from a button that has gone."""
        return self if self._advised is None else self.apply_button

    @Slot()
    def ask(self) -> None:
        """Look at the machine, the model, and what was measured."""
        if self._asking is None:
            self._asking = self._studio.downloads.ask(
                self._studio.backend.advise, self._studio.model
            )
            self._asking.done.connect(self._on_advised)
            self._asking.failed.connect(self._on_failed)
            self._refresh()

    @Slot()
    def apply(self) -> None:
        """Take the advice. What changes more than rounding stays as the user has it."""
        if self._advised is not None:
            self._studio.set_settings(self._wanted(self._advised))

    @Slot()
    def measure(self) -> None:
        """Have the model measured in another process."""
        if self._measuring is None:
            self._measuring = self._studio.measurements.ask_telling(
                self._studio.backend.measure, self._studio.model
            )
            self._measuring.told.connect(self._on_told)
            self._measuring.done.connect(self._on_measured)
            self._measuring.failed.connect(self._on_not_measured)
            self._measuring.stopped.connect(self._on_stopped)
            self.progress.setRange(0, 0)
            self._refresh()

    @Slot()
    def stop(self) -> None:
        """End the measuring; what it has measured is dropped."""
        if self._measuring is not None:
            self._measuring.cancel()

    # ── what comes of it ──────────────────────────────────────────────────────────────────────

    @Slot(object)
    def _on_advised(self, advised: Advised) -> None:
        self._asking = None
        if advised.model.name == self._studio.model:
            self._advised = advised
        self._refresh()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._asking = None
        self._refresh()
        self._studio.explain(error, "speak")

    @Slot(object, object)
    def _on_told(self, done: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    @Slot()
    def _on_measured(self) -> None:
        self._measuring = None
        self.measured.emit()
        self.ask()

    @Slot(object)
    def _on_not_measured(self, error: Exception) -> None:
        self._on_stopped()
        self._studio.explain(error, "speak")

    @Slot()
    def _on_stopped(self) -> None:
        self._measuring = None
        self._refresh()

    @Slot()
    def _on_model(self) -> None:
        self._advised = None
        self.stop()
        self._refresh()

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    def _wanted(self, advised: Advised) -> Settings:
        wanted, settings = advised.advice.settings, self._studio.settings
        automatic = wanted.device == advised.machine.device
        return settings.replace(
            device="auto" if automatic else wanted.device,
            precision=wanted.precision,
            attention=wanted.attention,
            kernel=wanted.kernel,
            offload=wanted.offload,
            batch_size=wanted.batch_size,
        )

    @Slot()
    def _refresh(self) -> None:
        advised, measuring = self._advised, self._measuring is not None
        self.ask_button.setVisible(advised is None)
        self.ask_button.setEnabled(self._asking is None)
        for widget in (self.words, self.reasons, self.apply_button):
            widget.setVisible(advised is not None)
        self.progress.setVisible(measuring)
        self.stop_button.setVisible(measuring)
        self.measure_button.setVisible(advised is not None and not measuring)
        self.warning.hide()
        if self._asking is not None and advised is None:
            self.reasons.setText(self.tr("Looking at this machine, some seconds…"))
            self.reasons.show()
        if advised is None:
            return
        wanted = self._wanted(advised)
        self.words.setText(self._in_words(advised))
        self.reasons.setText("\n".join(self._line(said) for said in advised.advice.said))
        self.apply_button.setEnabled(wanted != self._studio.settings)
        if why := why_not(advised, self._studio.settings):
            self.warning.setText(sentence(why))
            self.warning.show()

    def _in_words(self, advised: Advised) -> str:
        settings = advised.advice.settings
        own = advised.machine.own_step and settings.kernel == "auto"
        parts = [settings.precision]
        if settings.device != "cpu":
            parts.insert(0, settings.device)
        parts.append(self.tr("fused attention"))
        if settings.device == "cpu" and own:
            parts.append(self.tr("compiled step"))
        if settings.offload:
            parts.append(self.tr("offload"))
        rows = settings.batch_size
        parts.append(self.tr("sentences at once: {}").format(rows))
        return ", ".join(parts)

    def _line(self, said: Said) -> str:
        kinds = {
            "measured": self.tr("Measured here: {}"),
            "estimated": self.tr("Estimated: {}"),
            "warning": self.tr("Note: {}"),
            "open": self.tr("Not known: {}"),
        }
        return kinds[said.basis].format(ended(translated(said.words)))


def _label(look: str) -> QLabel:
    label = Plain()
    label.setProperty("look", look)
    label.setWordWrap(True)
    return label
