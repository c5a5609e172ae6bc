"""Two takes side by side: what was set differently, and what that did to time and memory."""

from __future__ import annotations

import dataclasses
import math

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from gui.history.store import TakeRecord
from gui.look.plain import Plain
from gui.look.words import size
from gui.widgets.stages import stage_name

_SAME = 0.05  # relative difference in time that is noise
_SAME_BYTES = 0.02
_BUSY = 0.2  # of the processors had by others: no speed to compare by


def changes(before: TakeRecord, after: TakeRecord) -> list[str]:
    """What the settings of `after` have that those of `before` have not, in a few words each."""
    found = [after.model] if before.model != after.model else []
    for option in dataclasses.fields(after.settings):
        new = getattr(after.settings, option.name)
        if new != getattr(before.settings, option.name):
            found.append(_words(option.name, new))
    if before.numbers != after.numbers:
        found.append(_words("numbers", after.numbers))
    return found


def _words(name: str, value: object) -> str:
    """A setting in a few words: "int8", "no CPU offload"."""
    translate = QCoreApplication.translate
    words: dict[tuple[str, object], str] = {
        ("offload", True): translate("Compare", "offload"),
        ("offload", False): translate("Compare", "no offload"),
        ("long_window", True): translate("Compare", "long window"),
        ("long_window", False): translate("Compare", "short window"),
        ("unpadded", True): translate("Compare", "no padding"),
        ("unpadded", False): translate("Compare", "padding"),
        ("unpadded", "auto"): translate("Compare", "padding as the precision needs it"),
        ("early_sound", True): translate("Compare", "early sound"),
        ("early_sound", False): translate("Compare", "no early sound"),
        ("numbers", True): translate("Compare", "numbers in words"),
        ("numbers", False): translate("Compare", "numbers as written"),
    }
    patterns = {
        "batch_size": translate("Compare", "batch of {0}"),
        "attention": translate("Compare", "{0} attention"),
        "kernel": translate("Compare", "{0} kernel"),
    }
    return words.get((name, value)) or patterns.get(name, "{0}").format(value)


def verdict(before: TakeRecord, after: TakeRecord) -> str:
    """One line: "int8: 6.9× faster, −62 % memory"."""
    translate = QCoreApplication.translate
    figures = []
    factors = before.real_time_factor, after.real_time_factor
    if max(before.busy, after.busy) > _BUSY:
        figures.append(translate("Compare", "no speed to compare: the machine was busy"))
    elif all(factors) and all(map(math.isfinite, factors)):
        ratio = factors[0] / factors[1]
        if ratio > 1 + _SAME:
            figures.append(translate("Compare", "{0}× faster").format(_ratio(ratio)))
        elif ratio < 1 / (1 + _SAME):
            figures.append(translate("Compare", "{0}× slower").format(_ratio(1 / ratio)))
        else:
            figures.append(translate("Compare", "as fast"))
    if before.peak_bytes and after.peak_bytes:
        more = after.peak_bytes / before.peak_bytes - 1
        if abs(more) > _SAME_BYTES:
            share = f"{'+' if more > 0 else '−'}{abs(more) * 100:.0f}"
            figures.append(translate("Compare", "{0} % memory").format(share))
        else:
            figures.append(translate("Compare", "the same memory"))
    what = " + ".join(changes(before, after)) or translate("Compare", "The same settings")
    return f"{what}: {', '.join(figures)}" if figures else what


def _ratio(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 20 else f"{ratio:.1f}" if ratio >= 1.15 else f"{ratio:.2f}"


class CompareView(QWidget):
    """The verdict, and a table with a column for each of the two takes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verdict = QLabel()
        font = self._verdict.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self._verdict.setFont(font)
        self._verdict.setWordWrap(True)
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(18)
        self._grid.setColumnStretch(3, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._verdict)
        layout.addWidget(self._table)
        self.setAccessibleName(self.tr("The last two takes"))
        self.setMinimumWidth(30 * self.fontMetrics().averageCharWidth() * 2)
        self.clear()

    def clear(self) -> None:
        """Nothing to compare yet."""
        self.show_takes(None, None)

    def show_takes(self, before: TakeRecord | None, after: TakeRecord | None) -> None:
        """The older take, and the newer one."""
        while (item := self._grid.takeAt(0)) is not None:
            if (label := item.widget()) is not None:
                label.hide()
                label.deleteLater()
        if before is None or after is None:
            self._verdict.setText("")
            self.hide()
            return
        self.show()
        self._verdict.setText(verdict(before, after))
        for row, (name, *values) in enumerate(self._rows(before, after)):
            self._put(row, 0, name, faint=True)
            for column, value in enumerate(values, 1):
                self._put(row, column, value, bold=row > 0 and values[0] != values[1])

    def _rows(self, before: TakeRecord, after: TakeRecord) -> list[tuple[str, str, str]]:
        both = (before, after)

        def row(name: str, values: list[str]) -> tuple[str, str, str]:
            return (name, values[0], values[1])

        s = self.tr("{0} s")
        rows = [
            row("", [self.tr("before"), self.tr("now")]),
            row(self.tr("Precision"), [record.settings.precision for record in both]),
            row(self.tr("Sound"), [s.format(f"{record.seconds:.1f}") for record in both]),
            row(
                self.tr("Real-time factor"),
                [f"{record.real_time_factor:.2f}" for record in both],
            ),
            row(self.tr("Peak memory"), [size(record.peak_bytes) for record in both]),
        ]
        for option in dataclasses.fields(after.settings):
            values = [getattr(record.settings, option.name) for record in both]
            if values[0] != values[1] and option.name != "precision":
                shown = [
                    (self.tr("on") if value else self.tr("off"))
                    if isinstance(value, bool)
                    else str(value)
                    for value in values
                ]
                rows.insert(2, row(self._setting(option.name), shown))
        for stage in dict.fromkeys([*before.stages, *after.stages]):
            shown = [
                s.format(f"{record.stages[stage]:.2f}") if stage in record.stages else "–"
                for record in both
            ]
            rows.append(row(stage_name(stage), shown))
        return rows

    def _setting(self, name: str) -> str:
        return {
            "device": self.tr("Device"),
            "attention": self.tr("Attention"),
            "kernel": self.tr("Kernel"),
            "offload": self.tr("Offload"),
            "batch_size": self.tr("Batch"),
            "long_window": self.tr("Long window"),
            "unpadded": self.tr("No padding"),
            "early_sound": self.tr("Early sound"),
        }.get(name, name)

    def _put(
        self, row: int, column: int, text: str, *, faint: bool = False, bold: bool = False
    ) -> None:
        label = Plain(text)
        font = label.font()
        font.setBold(bold)
        label.setFont(font)
        if faint:
            label.setProperty("look", "muted")
        if column:
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(label, row, column)
