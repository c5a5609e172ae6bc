"""What is to be measured: the model, what is compared, for how long, and when that will be over."""

from __future__ import annotations

import importlib.util
from typing import Any

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.figures.plan import VARIED, Plan, Prediction
from engine.system.shown import shown
from gui.look.theme import padded
from gui.studio.context import Context
from gui.studio.worker import Errand
from gui.widgets.narrow import narrow
from gui.widgets.section import Section
from gui.widgets.side import SidePanel, field_grid

_KEY = "benchmark.plan"  # in the state
_TYPING = 250  # milliseconds without a change before the time is foretold
_BATCHES = ((1, 8), (1, 2, 4, 8), (1, 4, 16, 64))
_TOKENS = (32, 64, 128, 256)
_MINUTES, _LOOPS = 3, 5  # at the first time


class PlanPanel(QWidget):
    """Everything that can be chosen. changed(): also when the time is foretold. GUI thread."""

    changed = Signal()

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self._studio = studio
        self.prediction: Prediction | None = None
        self._asking: Errand | None = None
        self.model = narrow(QComboBox())
        self.tokens = QComboBox()
        for count in _TOKENS:
            self.tokens.addItem(self.tr("{0} tokens").format(count), count)
        self.tokens.setToolTip(
            self.tr("Semantic tokens of a row; the more, the longer a sentence and a round")
        )
        self.vary = {}
        for name, (title, about) in self._words().items():
            box = self.vary[name] = QCheckBox(title)
            box.setToolTip(about)
            box.setChecked(True)
        self.batches = QComboBox()
        for counts in _BATCHES:
            self.batches.addItem(", ".join(map(str, counts)), counts)
        self.cross = QCheckBox(self.tr("Every combination"))
        self.cross.setToolTip(self.tr("Instead of each alone and all together; takes very long"))
        self.compare = QCheckBox(self.tr("transformers beside ours"))
        self.compare.setToolTip(self.tr("Its Bark: plain, in half precision, offloaded"))
        if importlib.util.find_spec("transformers") is None:
            self.compare.setEnabled(False)
            self.compare.setToolTip(self.tr("The package transformers is not installed"))
        self.until = QComboBox()
        self.until.addItem(self.tr("Minutes"), "minutes")
        self.until.addItem(self.tr("Rounds"), "loops")
        self.minutes = padded(QDoubleSpinBox())
        self.minutes.setRange(0.5, 600)
        self.minutes.setDecimals(1)
        self.minutes.setAccessibleName(self.tr("Minutes"))
        self.loops = padded(QSpinBox())
        self.loops.setRange(1, 1000)
        self.loops.setAccessibleName(self.tr("Rounds"))
        self._count = QStackedWidget()
        self._count.addWidget(self.minutes)
        self._count.addWidget(self.loops)
        self.time = QLabel()
        self.time.setWordWrap(True)
        self.time.setProperty("look", "muted")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING)
        self._lay_out()
        self._restore()
        self._connect()
        self._list_models()
        self._on_changed()

    @property
    def is_ready(self) -> bool:
        """Whether there is something to measure."""
        chosen = any(box.isChecked() for box in (*self.vary.values(), self.compare))
        return chosen and self.model.count() > 0

    def plan(self) -> Plan:
        """What is chosen; something has to be."""
        return Plan(
            model=self.model.currentData() or "",
            vary=tuple(name for name, box in self.vary.items() if box.isChecked()),
            batches=tuple(self.batches.currentData()),
            tokens=self.tokens.currentData(),
            minutes=self.minutes.value() if self.until.currentData() == "minutes" else None,
            loops=self.loops.value(),
            cross=self.cross.isChecked(),
            compare=self.compare.isChecked() and self.compare.isEnabled(),
        )

    def remember(self) -> None:
        """Keep what is chosen, but for the model."""
        self._studio.state.set(
            _KEY,
            {
                "vary": [name for name, box in self.vary.items() if box.isChecked()],
                "batches": list(self.batches.currentData()),
                "tokens": self.tokens.currentData(),
                "until": self.until.currentData(),
                "minutes": self.minutes.value(),
                "loops": self.loops.value(),
                "cross": self.cross.isChecked(),
                "compare": self.compare.isChecked(),
            },
        )

    def lock(self, locked: bool) -> None:
        """Whether nothing can be changed, because it is being measured."""
        self._panel.setEnabled(not locked)

    def ask(self) -> None:
        """Foretell the time anew: there are other results."""
        self._typing.start()

    # ── inside ────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        what = QWidget()
        column = QVBoxLayout(what)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for box in self.vary.values():
            column.addWidget(box)
        column.addLayout(field_grid([(self.tr("Rows"), self.batches)]))
        column.addWidget(self.cross)
        column.addWidget(self.compare)
        model = QWidget()
        fields = [(self.tr("Model"), self.model), (self.tr("Length of a row"), self.tokens)]
        grid = field_grid(fields)
        grid.setContentsMargins(0, 0, 0, 0)
        model.setLayout(grid)
        long = QWidget()
        rows = QVBoxLayout(long)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addLayout(field_grid([(self.tr("Limit"), self.until)]))
        rows.addWidget(self._count)
        rows.addWidget(self.time)
        state = self._studio.state
        self._panel = SidePanel(
            (
                Section("benchmark.model", self.tr("Model"), model, state),
                Section("benchmark.what", self.tr("What is compared"), what, state),
                Section("benchmark.time", self.tr("How long"), long, state),
            )
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._panel)

    def _words(self) -> dict[str, tuple[str, str]]:
        """Of VARIED: what it is called, and what it switches."""
        return {
            "attention": (
                self.tr("Attention"),
                self.tr("Fused against eager, which stores the whole matrix"),
            ),
            "step": (self.tr("Step of a token"), self.tr("Our compiled step against torch's")),
            "precision": (self.tr("Precision"), self.tr("float32 against smaller numbers")),
            "batch": (
                self.tr("Rows together"),
                self.tr("Several sentences at once against one by one"),
            ),
            "offload": (self.tr("Offload"), self.tr("One stage at a time on an accelerator")),
            "padding": (
                self.tr("Padding"),
                self.tr("Short sentences filled up with silence, or not"),
            ),
            "window": (self.tr("Long window"), self.tr("Less of the earlier sound read again")),
        }

    def _connect(self) -> None:
        for box in (*self.vary.values(), self.cross, self.compare):
            box.toggled.connect(self._on_changed)
        for choice in (self.model, self.tokens, self.batches, self.until):
            choice.currentIndexChanged.connect(self._on_changed)
        for number in (self.minutes, self.loops):
            number.valueChanged.connect(self._on_changed)
        self._typing.timeout.connect(self._foretell)
        self._studio.models_changed.connect(self._list_models)
        self._studio.model_changed.connect(self._list_models)
        self._studio.state.was_reset.connect(self._restore)

    @Slot()
    def _restore(self) -> None:
        stored: dict[str, Any] = self._studio.state.get(_KEY, {})
        wanted = stored.get("vary", VARIED)
        for name, box in self.vary.items():
            box.setChecked(name in wanted)
        batches = tuple(stored.get("batches", _BATCHES[0]))
        for index in range(self.batches.count()):
            if tuple(self.batches.itemData(index)) == batches:
                self.batches.setCurrentIndex(index)
        self.tokens.setCurrentIndex(max(0, self.tokens.findData(stored.get("tokens"))))
        self.until.setCurrentIndex(max(0, self.until.findData(stored.get("until"))))
        for number, name, usual in (
            (self.minutes, "minutes", _MINUTES),
            (self.loops, "loops", _LOOPS),
        ):
            known = isinstance(stored.get(name), int | float)
            number.setValue(stored[name] if known else usual)
        self.cross.setChecked(stored.get("cross") is True)
        self.compare.setChecked(stored.get("compare") is True)

    @Slot()
    def _list_models(self) -> None:
        wanted = self.model.currentData() or self._studio.model
        if self.sender() is self._studio and self._studio.model:
            wanted = self._studio.model
        self.model.clear()
        for model in self._studio.backend.models():
            if model.kind == "speech" and model.state == "here":
                self.model.addItem(shown(model.id), model.id)
        self.model.setCurrentIndex(max(0, self.model.findData(wanted)))

    @Slot()
    def _on_changed(self) -> None:
        self._count.setCurrentIndex(self.until.currentIndex())
        self.batches.setEnabled(self.vary["batch"].isChecked())
        self.prediction = None
        self._typing.start()
        self._show()
        self.changed.emit()

    @Slot()
    def _foretell(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        if not self.is_ready:
            return
        self._asking = self._studio.errands.ask(self._studio.backend.bench.predict, self.plan())
        self._asking.done.connect(self._on_foretold)
        self._asking.failed.connect(self._studio.explain)

    @Slot(object)
    def _on_foretold(self, prediction: Prediction) -> None:
        self._asking = None
        self.prediction = prediction
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self.time.setText(self.in_words())

    def in_words(self) -> str:
        """How long it takes, or why it cannot be."""
        if not self.model.count():
            return self.tr("No model is here that could be measured: get one on the page Models.")
        if not self.is_ready:
            return self.tr("Choose something to compare.")
        found = self.prediction
        if found is None:
            return self.tr("How long it takes is being looked at…")
        if found.seconds is None:
            return self.tr("Cases: {0}. How long they take is known after the first round.").format(
                found.cases
            )
        minutes = max(1, round(found.seconds / 60))
        if found.at_most:
            return self.tr(
                "Cases: {0}. At most {1} minutes, and at least one round; less where all is known "
                "to 2 % earlier."
            ).format(found.cases, f"{found.seconds / 60:g}")
        return self.tr("Cases: {0}. About {1} minutes, by what was measured here before.").format(
            found.cases, minutes
        )
