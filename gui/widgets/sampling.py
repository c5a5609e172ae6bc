"""Sampling: how lively each stage is, when a sentence may end, and the seed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRegularExpression, Signal, Slot
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)

from engine.api import SEED_LIMIT, SpeechSampling, StageSampling
from gui.look.icons import icon
from gui.look.theme import padded
from gui.widgets.stages import stage_name

_STAGES = ("semantic", "coarse", "fine")
_SHORT_SEED = 1_000_000  # seeds of the die can be read out and typed


class SamplingBox(QWidget):
    """Temperature, top-k and top-p of each stage, and min EOS p. changed(): by the user."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        titles = tuple(map(stage_name, _STAGES))
        tips = (
            self.tr("Meaning: what is said, and how"),
            self.tr("Sound: voice and melody"),
            self.tr("Detail of the sound"),
        )
        auto = self.tr("auto")
        self.temperature = [_decimal(10.0, 0.05, auto) for _ in _STAGES]
        self.top_k = [_whole(self.tr("all")) for _ in _STAGES]
        self.top_p = [_decimal(1.0, 0.05, "") for _ in _STAGES]
        self.min_eos_p = _decimal(1.0, 0.05, auto)
        rows: tuple[tuple[str, Sequence[QSpinBox | QDoubleSpinBox], str], ...] = (
            (self.tr("Temperature"), self.temperature, self.tr("0 is always the likeliest token")),
            (self.tr("Top-k"), self.top_k, self.tr("Choose among the k likeliest tokens")),
            (
                self.tr("Top-p"),
                self.top_p,
                self.tr("Choose among the likeliest tokens that sum to this probability"),
            ),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(6)
        for column, (title, tip) in enumerate(zip(titles, tips, strict=True), start=1):
            head = QLabel(title)
            head.setProperty("look", "muted")
            head.setToolTip(tip)
            grid.addWidget(head, 0, column)
            grid.setColumnStretch(column, 1)
        for line, (name, of_row, tip) in enumerate(rows, start=1):
            label = QLabel(name)
            label.setToolTip(tip)
            grid.addWidget(label, line, 0)
            for column, box in enumerate(of_row, start=1):
                box.setAccessibleName(f"{name}, {titles[column - 1]}")
                box.setToolTip(tip)
                grid.addWidget(box, line, column)
        end = QLabel(self.tr("End at"))
        self.min_eos_p.setAccessibleName(self.tr("Smallest probability of the end (min EOS p)"))
        end.setToolTip(
            self.tr(
                "min EOS p: end the sentence as soon as its end is this probable; "
                "the original Bark uses 0.2"
            )
        )
        self.min_eos_p.setToolTip(end.toolTip())
        grid.addWidget(end, 4, 0)
        grid.addWidget(self.min_eos_p, 4, 1)
        reset = QPushButton(self.tr("The model's own"))
        reset.setProperty("look", "flat")
        reset.setToolTip(self.tr("Take every value from the model again"))
        reset.clicked.connect(self._on_reset)
        grid.addWidget(reset, 4, 2, 1, 2)
        self.set_value(SpeechSampling())
        for k in self.top_k:
            k.valueChanged.connect(self.changed)
        for p in (*self.temperature, *self.top_p, self.min_eos_p):
            p.valueChanged.connect(self.changed)

    def value(self) -> SpeechSampling:
        """What the boxes say."""
        stages = {
            stage: StageSampling(
                temperature=_optional(self.temperature[i]),
                top_k=self.top_k[i].value(),
                top_p=max(0.01, round(self.top_p[i].value(), 4)),
            )
            for i, stage in enumerate(_STAGES)
        }
        return SpeechSampling(**stages, min_eos_p=_optional(self.min_eos_p))

    def set_value(self, sampling: SpeechSampling) -> None:
        """Show this."""
        for i, stage in enumerate(_STAGES):
            of_stage: StageSampling = getattr(sampling, stage)
            _set(self.temperature[i], of_stage.temperature)
            self.top_k[i].setValue(of_stage.top_k)
            self.top_p[i].setValue(of_stage.top_p)
        _set(self.min_eos_p, sampling.min_eos_p)

    @Slot()
    def _on_reset(self) -> None:
        self.set_value(SpeechSampling())


class SeedBox(QWidget):
    """The seed, a die that draws another, and a lock. Unlocked, every Speak draws its own; one that
    was typed or brought back counts once."""

    def __init__(self) -> None:
        super().__init__()
        self._once = False
        self.edit = QLineEdit(str(fresh_seed()))
        self.edit.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{1,19}")))
        self.edit.setAccessibleName(self.tr("Seed"))
        self.edit.setToolTip(self.tr("The same seed, text, voice and settings give the same take"))
        self.edit.textEdited.connect(self._on_edited)
        self.die = QToolButton()
        self.die.setIcon(icon("die"))
        self.die.setToolTip(self.tr("Draw another seed"))
        self.die.setAccessibleName(self.die.toolTip())
        self.die.clicked.connect(self.draw)
        self.lock = QToolButton()
        self.lock.setCheckable(True)
        self.lock.setToolTip(self.tr("Keep this seed for every take"))
        self.lock.setAccessibleName(self.lock.toolTip())
        self.lock.toggled.connect(self._show_lock)
        self._show_lock(False)
        label = QLabel(self.tr("Seed"))
        label.setBuddy(self.edit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (label, self.edit, self.die, self.lock):
            row.addWidget(widget, 1 if widget is self.edit else 0)

    def value(self) -> int:
        """The seed that is shown; 0 where nothing is."""
        return min(int(self.edit.text() or 0), SEED_LIMIT - 1)

    def set_value(self, seed: int, *, locked: bool, once: bool = False) -> None:
        """Show a seed, and whether it is kept. once: for the next take alone."""
        self.edit.setText(str(seed))
        self.lock.setChecked(locked)
        self._once = once

    @Slot()
    def _on_edited(self) -> None:
        self._once = True

    @Slot()
    def draw(self) -> None:
        """Draw another seed."""
        self.edit.setText(str(fresh_seed()))

    def next(self) -> int:
        """The seed of the take that begins now: a fresh one unless it is locked."""
        if not self.lock.isChecked() and not self._once:
            self.draw()
        self._once = False
        return self.value()

    @Slot()
    def let_go(self) -> None:
        """Open the lock."""
        self.lock.setChecked(False)

    @Slot(bool)
    def _show_lock(self, locked: bool) -> None:
        self.lock.setIcon(icon("locked" if locked else "unlocked"))


def to_plain(sampling: SpeechSampling) -> dict[str, Any]:
    """For JSON."""
    stages = {
        stage: {
            "temperature": (of_stage := getattr(sampling, stage)).temperature,
            "top_k": of_stage.top_k,
            "top_p": of_stage.top_p,
        }
        for stage in _STAGES
    }
    return {**stages, "min_eos_p": sampling.min_eos_p}


def from_plain(stored: dict[str, Any]) -> SpeechSampling:
    """What `to_plain` made; the model's own values for anything else."""
    try:
        stages = {stage: StageSampling(**stored[stage]) for stage in _STAGES}
        return SpeechSampling(**stages, min_eos_p=stored["min_eos_p"])
    except (KeyError, TypeError, ValueError):
        return SpeechSampling()


def fresh_seed() -> int:
    """A seed that nobody chose."""
    return secrets.randbelow(_SHORT_SEED)


def _decimal(highest: float, step: float, unset: str) -> QDoubleSpinBox:
    """A box from 0, or from one step below it where that stands for None."""
    box = padded(QDoubleSpinBox())
    box.setDecimals(2)
    box.setSingleStep(step)
    box.setRange(-step if unset else 0.01, highest)
    box.setSpecialValueText(unset)
    box.setMinimumWidth(64)
    return box


def _whole(unset: str) -> QSpinBox:
    box = padded(QSpinBox())
    box.setRange(0, 10_000)
    box.setSpecialValueText(unset)
    box.setMinimumWidth(64)
    return box


def _optional(box: QDoubleSpinBox) -> float | None:
    return None if box.value() < 0 else round(box.value(), 4)


def _set(box: QDoubleSpinBox, value: float | None) -> None:
    box.setValue(box.minimum() if value is None else value)
