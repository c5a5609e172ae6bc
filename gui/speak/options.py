"""Options: the precision, and every optimisation as a checkbox: what it does, what it changes, and
why not."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.advice.measured import Results, Values, brought
from engine.settings import Settings
from gui.look.plain import Plain, plain
from gui.look.theme import padded
from gui.speak.brought import in_a_line
from gui.speak.precision import PrecisionBox
from gui.studio.context import USUAL, Context
from gui.widgets.sentences import translated

_FIELDS = {option.name: option for option in dataclasses.fields(Settings)}
_ROWS = 8  # decoded together when batching is ticked


class _Choice(NamedTuple):
    """A checkbox: the field it stands for, its values when ticked (the first one that this machine
    can do) and when not, and its words."""

    field: str
    on: tuple[Any, ...]
    off: Any
    title: str
    about: str


def choices() -> list[_Choice]:
    """The checkboxes, from what changes nothing to what changes most."""
    translate = QCoreApplication.translate
    return [
        _Choice(
            "attention",
            ("fused",),
            "eager",
            translate("Options", "Fused attention"),
            translate("Options", "Never stores the attention matrix: faster, with less memory."),
        ),
        _Choice(
            "kernel",
            ("auto",),
            "torch",
            translate("Options", "Compiled step"),
            translate("Options", "Our own machine code for each token: two to three times faster."),
        ),
        _Choice(
            "offload",
            (True,),
            False,
            translate("Options", "Offload to main memory"),
            translate("Options", "One stage at a time on the accelerator: much less video memory."),
        ),
        _Choice(
            "batch_size",
            (_ROWS,),
            1,
            translate("Options", "Batching"),
            translate(
                "Options", "Several sentences at once: faster in all, the first is heard later."
            ),
        ),
        _Choice(
            "long_window",
            (True,),
            False,
            translate("Options", "Long window"),
            translate("Options", "Reads less of the earlier sound again: a little faster."),
        ),
        _Choice(
            "unpadded",
            (True,),
            False,
            translate("Options", "No padding"),
            translate(
                "Options",
                "Short sentences are not filled up with silence: less work. In bfloat16 and int8 "
                "it is so until you say otherwise: a recogniser hears no difference there.",
            ),
        ),
        _Choice(
            "early_sound",
            (True,),
            False,
            translate("Options", "Early sound"),
            translate("Options", "Hear a sentence before it is finished, for 1.7 times the work."),
        ),
    ]


class Options(QWidget):
    """The optimisations and the device. Shows and changes `studio.settings`."""

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self._studio = studio
        self._rows = [_Row(choice) for choice in choices()]
        self.device = QComboBox()
        self.device.setAccessibleName(self.tr("Where to compute"))
        self.device.setToolTip(_help("device"))
        names = {
            "auto": self.tr("Automatic"),
            "cpu": self.tr("Processor"),
            "cuda": self.tr("NVIDIA card (CUDA)"),
            "mps": self.tr("Apple card (MPS)"),
        }
        for value in _FIELDS["device"].metadata["choices"]:
            self.device.addItem(names.get(value, value), value)
        self.device.activated.connect(self._on_device)
        self.precision = PrecisionBox(_help("precision"))
        self.precision.chosen.connect(self._on_precision)
        self._told: set[str] = set()  # what is wrong with results
        self._known = False  # what this machine cannot
        self.batch_size = padded(QSpinBox())
        self.batch_size.setRange(2, 256)
        self.batch_size.setValue(_ROWS)
        self.batch_size.setPrefix(self.tr("Sentences at once:") + " ")
        self.batch_size.setAccessibleName(self.tr("Sentences at once"))
        self.batch_size.setToolTip(_help("batch_size"))
        self.batch_size.valueChanged.connect(self._on_batch_size)

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        where = QHBoxLayout()
        label = QLabel(self.tr("Compute on"))
        label.setBuddy(self.device)
        where.addWidget(label)
        where.addWidget(self.device, 1)
        column.addLayout(where)
        column.addWidget(self.precision)
        for row in self._rows:
            row.box.clicked.connect(self._on_clicked)
            if row.choice.field == "batch_size":
                row.add(self.batch_size)
            column.addWidget(row)
        self.reset = QPushButton(self.tr("The usual settings"))
        self.reset.setProperty("look", "flat")
        self.reset.setToolTip(self.tr("Take back every choice of this card"))
        self.reset.clicked.connect(self._on_reset)
        column.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignLeft)
        studio.settings_changed.connect(self._refresh)
        studio.limits_changed.connect(self._on_limits)
        self._results: list[Values] = []
        self._asked = ""  # of which model
        studio.model_changed.connect(self.look)
        self.look()
        self._refresh()

    @Slot()
    def look(self) -> None:
        """Ask what was measured here of the model that is chosen."""
        self._asked = self._studio.model
        errand = self._studio.errands.ask(self._studio.backend.results, self._asked)
        errand.done.connect(self._on_results)
        errand.failed.connect(self._studio.explain)

    @Slot(object)
    def _on_results(self, results: Results) -> None:
        self._results = results.reports
        for problem in results.problems:
            if problem not in self._told:
                self._told.add(problem)
                self._studio.say(problem, "warning")
        self._refresh()

    def box(self, field: str, on: Any) -> QCheckBox:
        """The checkbox of a field and the value it stands for."""
        return next(
            row.box for row in self._rows if row.choice.field == field and on in row.choice.on
        )

    @Slot()
    def _refresh(self) -> None:
        settings, limits = self._studio.settings, self._studio.limits
        conflicts = contradictions(settings)
        if not self._known:
            looking = self.tr("Looking whether there is an accelerator …")
            limits = {("offload", True): looking, **limits}
        self.precision.show_settings(settings, limits, conflicts.get("precision", ""))
        self.precision.show_brought(self._brought("precision", settings.precision))
        for row in self._rows:
            field = row.choice.field
            row.show_settings(settings, limits, conflicts.get(field, ""))
            rows = max(settings.batch_size, 2) if settings.batch_size > 1 else _ROWS
            row.show_brought(self._brought(field, rows if field == "batch_size" else row.value))
        batching = settings.batch_size > 1
        self.batch_size.setVisible(batching)
        if batching:
            self.batch_size.blockSignals(True)
            self.batch_size.setValue(settings.batch_size)
            self.batch_size.blockSignals(False)
        kind = settings.device.partition(":")[0]  # cuda:1 is a card of several
        self.device.setCurrentIndex(self.device.findData(kind))
        model = self.device.model()
        assert isinstance(model, QStandardItemModel)
        for index in range(self.device.count()):
            reason = translated(limits.get(("device", self.device.itemData(index)), ""))
            model.item(index).setEnabled(not reason)
            self.device.setItemData(index, plain(reason), Qt.ItemDataRole.ToolTipRole)

    def _brought(self, field: str, value: Any) -> str:
        return in_a_line(brought(self._results, field, value))

    @Slot()
    def _on_limits(self) -> None:
        self._known = True
        self._refresh()

    @Slot()
    def _on_reset(self) -> None:
        self._studio.set_settings(USUAL)
        self._refresh()

    @Slot(str)
    def _on_precision(self, precision: str) -> None:
        self._change("precision", precision)

    @Slot()
    def _on_clicked(self) -> None:
        row = next(row for row in self._rows if row.box is self.sender())
        value = row.value if row.box.isChecked() else row.choice.off
        self._change(row.choice.field, value)

    @Slot(int)
    def _on_device(self, index: int) -> None:
        self._change("device", self.device.itemData(index))

    @Slot(int)
    def _on_batch_size(self, rows: int) -> None:
        self._change("batch_size", rows)

    def _change(self, field: str, value: Any) -> None:
        self._studio.set_settings(self._studio.settings.replace(**{field: value}))
        self._refresh()


class _Row(QWidget):
    """One checkbox, beside it what it does to the result, below it what it is good for."""

    def __init__(self, choice: _Choice) -> None:
        super().__init__()
        self.choice = choice
        self.value = choice.on[0]
        self.box = QCheckBox(choice.title)
        self.box.setToolTip(_help(choice.field))
        self._effect = QLabel(self._what_it_changes(_FIELDS[choice.field].metadata))
        self._effect.setToolTip(self._how_that_was_heard(_FIELDS[choice.field].metadata))
        self._effect.setProperty("look", "muted")
        self._about = Plain(choice.about)
        self._about.setWordWrap(True)
        self._about.setContentsMargins(24, 0, 0, 0)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(1)
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(self.box, 0, 0)
        self._grid.addWidget(self._effect, 0, 1)
        self._grid.addWidget(self._about, 1, 0, 1, 2)
        self._brought = QLabel()
        self._brought.setProperty("look", "muted")
        self._brought.setWordWrap(True)
        self._brought.setContentsMargins(24, 0, 0, 0)
        self._grid.addWidget(self._brought, 2, 0, 1, 2)

    def _what_it_changes(self, about: Mapping[str, Any]) -> str:
        if about["exact"]:
            return self.tr("same result")
        if about["heard"] is None:
            return self.tr("slightly different")
        before, after, _, _ = about["heard"]
        return self.tr("{0} → {1} % misheard").format(before, after)

    def _how_that_was_heard(self, about: Mapping[str, Any]) -> str:
        if about["heard"] is None:
            return ""
        _, _, low, high = about["heard"]
        return self.tr(
            "Words of 200 sentences of the starter voice, in 8 bits, that a recogniser heard "
            "otherwise, without and with this. The difference lies between {0} and {1} percent."
        ).format(low, high)

    def add(self, widget: QWidget) -> None:
        """Put a control of its own below what it does."""
        line = QHBoxLayout()
        line.setContentsMargins(24, 4, 0, 0)
        line.addWidget(widget)
        line.addStretch(1)
        self._grid.addLayout(line, 3, 0, 1, 2)

    def show_brought(self, words: str) -> None:
        """What it brought here; nothing where this machine cannot."""
        self._brought.setText(words)
        self._brought.setVisible(self.box.isEnabled())

    def show_settings(
        self, settings: Settings, limits: dict[tuple[str, Any], str], conflict: str
    ) -> None:
        """Tick it or not; grey it and say why where this machine cannot. conflict: why it does not
        go with another choice, or ""."""
        reasons = [translated(limits.get((self.choice.field, v), "")) for v in self.choice.on]
        able = [v for v, reason in zip(self.choice.on, reasons, strict=True) if not reason]
        self.value = able[0] if able else self.choice.on[0]
        current = getattr(settings, self.choice.field)
        ticked = current in self.choice.on
        if self.choice.field == "batch_size":
            ticked = current > 1
        if self.choice.field == "unpadded":
            ticked = settings.leaves_out_padding(settings.precision)
        self.box.setChecked(ticked)
        self.box.setEnabled(bool(able) or ticked)  # what is ticked can always be taken back
        self._effect.setVisible(bool(able))
        text = (conflict or self.choice.about) if able else reasons[0]
        self._about.setText(text)
        look = "muted" if able and not conflict else "warning"
        self._about.setProperty("look", look)
        self._about.style().unpolish(self._about)
        self._about.style().polish(self._about)
        self.box.setAccessibleDescription(f"{self._effect.text()}. {text}" if able else text)


def contradictions(settings: Settings) -> dict[str, str]:
    """Which choices do not go together: field → why, and what to do."""
    translate = QCoreApplication.translate
    found = {}
    if settings.kernel == "auto" and settings.attention != "fused":
        found["kernel"] = translate("Options", "Works with fused attention only: tick that too.")
    if settings.offload and settings.device == "cpu":
        found["offload"] = translate(
            "Options", "Needs an accelerator, and the processor is chosen to compute on."
        )
    if settings.precision.startswith("int8") and settings.device in ("cuda", "mps"):
        found["precision"] = translate(
            "Options", "8 bits are made for processors: take 16 bits on a card."
        )
    if settings.precision == "float16" and settings.device == "cpu":
        found["precision"] = translate("Options", "16 bits of this kind need a card.")
    return found


def _help(field: str) -> str:
    return QCoreApplication.translate("Settings", _FIELDS[field].metadata["help"])
