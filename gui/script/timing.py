"""The time of subtitles in an export: every sound begins at its cue, within bounds of its speed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QLineEdit, QVBoxLayout, QWidget

from engine.audio.speed import FASTEST, SLOWEST
from engine.documents.clock import seconds
from engine.errors import UserError
from engine.recordings.timed import Timing
from engine.script.rows import Script
from gui.look.plain import Plain
from gui.look.theme import padded
from gui.widgets.sentences import sentence
from gui.widgets.side import field_grid

_USUAL = Timing()


def has_times(script: Script) -> bool:
    """Whether every row says when it begins and ends."""
    return all(row.start is not None and row.end is not None for row in script.rows)


class TimingBox(QWidget):
    """Whether and how the sound keeps to the subtitles of a script; hidden where it has none.
    changed(): by the user."""

    changed = Signal()

    def __init__(self, script: Script) -> None:
        super().__init__()
        self._is_here = has_times(script)
        self._is_one = True  # recording for many rows
        self.timed = QCheckBox(self.tr("Every sound begins at its subtitle"))
        self.timed.setToolTip(
            self.tr(
                "Sounds are stretched to the length of their subtitles where these speeds allow "
                "it, with silence between"
            )
        )
        self.slowest = _speed(SLOWEST, 1.0, _USUAL.slowest)
        self.fastest = _speed(1.0, FASTEST, _USUAL.fastest)
        self.length = QLineEdit()
        self.length.setPlaceholderText(self.tr("it ends with the last subtitle"))
        self.length.setToolTip(self.tr("How long the recording is, in seconds or as 1:02:03.5"))
        self.overruns = Plain()
        self.overruns.setProperty("look", "warning")
        self.overruns.setWordWrap(True)
        self.overruns.hide()
        self._fields = QWidget()
        self._fields.setLayout(
            field_grid(
                (
                    (self.tr("Slowest"), self.slowest),
                    (self.tr("Fastest"), self.fastest),
                    (self.tr("Length"), self.length),
                )
            )
        )
        self._fields.layout().setContentsMargins(24, 0, 0, 0)  # type: ignore[union-attr]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.timed)
        column.addWidget(self._fields)
        column.addWidget(self.overruns)
        self.setVisible(self._is_here)
        self._fields.hide()
        self.timed.toggled.connect(self._fields.setVisible)
        self.timed.toggled.connect(self.changed)
        for box in (self.slowest, self.fastest):
            box.valueChanged.connect(self.changed)
        self.length.textChanged.connect(self.changed)

    def value(self) -> Timing | None:
        """What is chosen. Raises UserError for a length that is none."""
        if not (self._is_here and self._is_one and self.timed.isChecked()):
            return None
        try:
            length = seconds(self.length.text(), "", 0)
        except ValueError as error:
            raise UserError(self.tr("The length is in seconds or as 1:02:03.5")) from error
        return Timing(
            slowest=round(self.slowest.value(), 2),
            fastest=round(self.fastest.value(), 2),
            length=length,
        )

    def show_overruns(self, sentences: list[str]) -> None:
        """Subtitles that the sound will not keep to."""
        self.overruns.setText("\n".join(map(sentence, sentences)))
        self.overruns.setVisible(bool(sentences))

    def stored(self) -> dict[str, Any]:
        """What the next export of subtitles begins with; a length belongs to one script."""
        return {
            "timed": self.timed.isChecked(),
            "slowest": self.slowest.value(),
            "fastest": self.fastest.value(),
        }

    def restore(self, stored: dict[str, Any]) -> None:
        """Show what was stored, as far as it can be."""
        self.timed.setChecked(stored.get("timed") is True)
        for name, box in (("slowest", self.slowest), ("fastest", self.fastest)):
            value = stored.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool):
                box.setValue(value)

    def set_per(self, per: str) -> None:
        """For what there is a recording: rows of their own have no common time."""
        self._is_one = per != "row"
        self.setEnabled(self._is_one)


def _speed(least: float, most: float, usual: float) -> QDoubleSpinBox:
    box = padded(QDoubleSpinBox())
    box.setRange(least, most)
    box.setSingleStep(0.05)
    box.setDecimals(2)
    box.setSuffix("×")
    box.setValue(usual)
    return box
