"""TextPrecision: which numbers a text is computed with, and what others change, as measured."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from engine.api import Text
from engine.job import Done, Failed, Job, Running, Update
from engine.readings import Compared, Comparison, ComparisonRequest
from gui.look.words import size
from gui.studio.context import Context
from gui.widgets.sentences import translated

_MOST = 20  # speeds of models and precisions that are remembered


class TextPrecision(QWidget):
    """Precision of the weights, numbers of keys and values, and the act that compares them.

    text: gives the text to compare by; model: the model's id, or "". busy_changed(): a comparison
    has begun or ended. GUI thread.
    """

    busy_changed = Signal()

    def __init__(self, studio: Context, text: Callable[[], str], model: Callable[[], str]) -> None:
        super().__init__()
        self._studio, self._text, self._model = studio, text, model
        self._job: Job | None = None
        self._abouts = {
            "auto": self.tr("A GGUF file in the blocks that it holds, a folder in float32."),
            "float32": self.tr("The reference: exact, compiled by XLA, slowest."),
            "int8": self.tr(
                "A folder's weights become 8 bits: faster on a processor, a quarter of the memory, "
                "slightly different tokens."
            ),
        }
        self.weights = QComboBox()
        for value, title in (
            ("auto", self.tr("as the model is kept")),
            ("float32", self.tr("32 bits (float32)")),
            ("int8", self.tr("8 bits (int8)")),
        ):
            self.weights.addItem(title, value)
        self.key_values = QComboBox()
        for value, title in (
            ("float16", self.tr("16 bits (half)")),
            ("int8", self.tr("8 bits (int8)")),
            ("float32", self.tr("32 bits (float32)")),
        ):
            self.key_values.addItem(title, value)
        self.key_values.setToolTip(
            self.tr(
                "In which the step in C keeps what it has read; 8 bits are half the memory and "
                "round more. XLA keeps float32."
            )
        )
        self.about = _faint()
        self.brought = _faint()
        self.compare_button = QPushButton(self.tr("Compare on my text"))
        self.compare_button.setToolTip(
            self.tr(
                "Read the prompt and the text with each precision, and show how unlikely their "
                "tokens are to each (perplexity) and how often another token is the likeliest"
            )
        )
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.setAccessibleName(self.tr("Stop comparing"))
        self.found = _faint()
        self.found.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        for box in (self.weights, self.key_values):
            box.currentIndexChanged.connect(self.show_choice)
        self.compare_button.clicked.connect(self.compare)
        self.stop_button.clicked.connect(self.stop)
        studio.writer.updated.connect(self._on_updated)
        studio.state.was_reset.connect(self._restore)
        self._restore()
        self.show_choice()

    @property
    def busy(self) -> bool:
        """Whether precisions are being compared."""
        return self._job is not None

    @property
    def value(self) -> tuple[str, str]:
        """Precision and key_values of a TextRequest."""
        return self.weights.currentData(), self.key_values.currentData()

    def note(self, text: Text) -> None:
        """Remember how fast a text was written, to be shown beside the choice."""
        if not text.steps or not self._model():
            return
        speeds = self._studio.state.get("write.speeds", {})
        name = f"{self._model()}\n{text.precision}"
        kept = [item for item in speeds.items() if item[0] != name][1 - _MOST :]
        self._studio.state.set("write.speeds", dict([*kept, (name, 1000 * text.step_seconds)]))
        self.show_choice()

    def remember(self) -> None:
        """Keep the choices for the next start."""
        for name, value in zip(("precision", "key_values"), self.value, strict=True):
            self._studio.state.set(f"write.{name}", value)

    # ── comparing ─────────────────────────────────────────────────────────────────────────────

    @Slot()
    def compare(self) -> None:
        """Read the text with each precision."""
        text, model = self._text(), self._model()
        if self._job is not None:
            return
        if not text.strip():
            self._studio.say(self.tr("There is no text to compare by: type a few sentences."))
        elif not model:
            self._studio.say(self.tr("No text model is here yet: get one on the page Models."))
        else:
            self._job = self._studio.submit(ComparisonRequest(text=text), model=model)
            self.found.setText(self.tr("Loading …"))
            self.show_choice()
            self.busy_changed.emit()

    @Slot()
    def stop(self) -> None:
        """Stop comparing."""
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _on_updated(self, update: Update) -> None:
        if self._job is None or update.job_id != self._job.id:
            return
        if isinstance(update, Running):
            progress = update.progress
            if progress.stage == "prefill":
                share = 100 * progress.done // max(1, progress.total)
                self.found.setText(self.tr("Reading … {0} %").format(share))
            return
        self._job = None
        self.found.setText("")
        if isinstance(update, Done):
            self.found.setText(self._in_words(update.result))
        elif isinstance(update, Failed):
            self._studio.explain(update.error, "write")
        self.show_choice()
        self.busy_changed.emit()

    def _in_words(self, found: Comparison) -> str:
        lines = [self._row(row, found) for row in found.rows]
        lines.append(self.tr("{0} tokens were looked at.").format(found.tokens))
        if found.left_out:
            lines.append(self.tr("{0} more of the text were not.").format(found.left_out))
        return "\n".join(lines)

    def _row(self, row: Compared, found: Comparison) -> str:
        name = row.precision
        if row.precision != "float32":
            name = self.tr("{0}, keys and values {1}").format(name, row.key_values)
        if row.why:
            return f"{name}: {translated(row.why)}"
        words = [self.tr("perplexity {0}").format(f"{row.perplexity:.2f}")]
        if row.precision != "float32":
            share = f"{100 * row.differ / found.tokens:.1f}"
            words.append(self.tr("another token is the likeliest {0} % of the time").format(share))
        words.append(self.tr("a step reads {0}").format(size(row.step_bytes)))
        return f"{name}: {' · '.join(words)}"

    # ── inside ────────────────────────────────────────────────────────────────────────────────

    @Slot()
    def show_choice(self) -> None:
        """Say what the choice is, and what it brought with the model that is chosen now."""
        self.about.setText(self._abouts[self.value[0]])
        self.weights.setAccessibleDescription(self.about.text())
        stored, model = self._studio.state.get("write.speeds", {}), self._model()
        speeds = {
            name.partition("\n")[2]: value
            for name, value in stored.items()
            if name.partition("\n")[0] == model and isinstance(value, int | float)
        }
        each = [
            self.tr("{0} ms a step with {1}").format(f"{value:.1f}", name)
            for name, value in speeds.items()
        ]
        self.brought.setText(self.tr("Measured here: {0}").format(", ".join(each)) if each else "")
        self.brought.setVisible(bool(each))
        self.compare_button.setEnabled(not self.busy)
        self.stop_button.setEnabled(self.busy)
        self.found.setVisible(bool(self.found.text()))

    @Slot()
    def _restore(self) -> None:
        for box, name in ((self.weights, "precision"), (self.key_values, "key_values")):
            index = box.findData(self._studio.state.get(f"write.{name}", ""))
            box.setCurrentIndex(max(0, index))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        rows = ((self.tr("Weights"), self.weights), (self.tr("Keys and values"), self.key_values))
        for line, (title, box) in enumerate(rows):
            label = QLabel(title)
            label.setBuddy(box)
            box.setAccessibleName(title)
            grid.addWidget(label, line, 0)
            grid.addWidget(box, line, 1)
        acts = QHBoxLayout()
        acts.addWidget(self.compare_button, 1)
        acts.addWidget(self.stop_button)
        for line, label in enumerate((self.about, self.brought), start=len(rows)):
            grid.addWidget(label, line, 0, 1, 2)
        grid.addLayout(acts, grid.rowCount(), 0, 1, 2)
        grid.addWidget(self.found, grid.rowCount(), 0, 1, 2)


def _faint() -> QLabel:
    label = QLabel()
    label.setProperty("look", "muted")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
