"""The stage strip: what the work is at, how fast it goes, and afterwards where the time went."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from engine.api import Metrics, Progress
from gui.widgets.elided import Elided
from gui.widgets.outlook import Outlook

SPEECH = ("load", "semantic", "coarse", "fine", "codec")
TEXT = ("load", "compile", "prefill", "decode")
_EVERY = 100  # milliseconds between two looks: tokens come more often than the eye reads
_COUNTED = ("semantic", "coarse", "prefill", "decode")  # whose steps are tokens


@dataclass
class _Pace:
    """How far a stage is, and the seconds that belonged to it."""

    done: int = 0
    total: int = 0
    seconds: float = 0.0
    share: float = 0.0  # of what is expected, where that is known

    @property
    def rate(self) -> float:
        """Steps a second."""
        return self.done / self.seconds if self.seconds else 0.0


class StageStrip(QWidget):
    """`start`, then `advance` with every Progress, then `finish`, `stop` or `clear`. GUI thread."""

    def __init__(
        self, parent: QWidget | None = None, now: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._paces: dict[str, _Pace] = {}
        self._outlook: Outlook | None = None
        self._current = ""
        self._last = 0.0
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        self._cells: dict[str, _Cell] = {}
        self._shares = _Shares()
        self._summary = Elided(" ")  # one line, whatever it says: nothing below it moves
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._row)
        layout.addWidget(self._shares)
        layout.addWidget(self._summary)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self._show)
        self.setAccessibleName(self.tr("Stages of the work"))
        self._build(SPEECH)

    # ── a job ─────────────────────────────────────────────────────────────────────────────────

    def start(self, stages: tuple[str, ...] = SPEECH, outlook: Outlook | None = None) -> None:
        """A job begins; a stage that is not named here gets its place when it comes. outlook: what
        is expected of it."""
        self._build(stages)
        self._outlook = outlook
        self._last = self._now()
        self._timer.start()

    def advance(self, progress: Progress) -> None:
        """Take note of a step; it is shown within a tenth of a second."""
        if self._outlook is not None:
            self._outlook.note(progress)
        if progress.stage == "rows":  # a take is finished, which is no work of its own
            return
        now = self._now()
        if progress.stage not in self._cells:
            self._add(progress.stage)
        pace = self._paces.setdefault(progress.stage, _Pace())
        pace.seconds += now - self._last
        pace.done, pace.total = progress.done, progress.total
        if self._outlook is not None:
            pace.share = max(pace.share, self._outlook.share(progress))
        self._last, self._current = now, progress.stage

    def finish(self, metrics: Metrics, seconds: float) -> None:
        """The job is done. seconds: of sound that it made, 0 for a text."""
        self._timer.stop()
        self._current = ""
        for stage in metrics.stages:
            if stage not in self._cells:
                self._add(stage)
        for stage, cell in self._cells.items():
            spent = metrics.stages.get(stage, 0.0)
            pace = self._paces.get(stage, _Pace())
            facts = [self.tr("{0} s").format(f"{spent:.2f}")] if stage in metrics.stages else ["–"]
            if stage in _COUNTED and pace.done and spent:
                facts.append(self.tr("{0} tokens/s").format(f"{pace.done / spent:.0f}"))
            cell.show_state(1, 1 if stage in metrics.stages else 0, " · ".join(facts), False)
        shown = {stage: s for stage, s in metrics.stages.items() if stage in self._cells}
        self._shares.show_stages({stage_name(stage): s for stage, s in shown.items()})
        words = [self.tr("{0} s of work").format(f"{metrics.seconds:.2f}")]
        if seconds:
            words.append(self.tr("{0} s of sound").format(f"{seconds:.2f}"))
            factor = metrics.real_time_factor(seconds)
            words.append(self.tr("real-time factor {0}").format(f"{factor:.2f}"))
        self._summary.setText(" · ".join(words))

    def stop(self) -> None:
        """The job was stopped: nothing is at work, and nothing is left to wait for."""
        self.clear()
        self._summary.setText(self.tr("Stopped."))

    def clear(self) -> None:
        """Nothing was done."""
        self._timer.stop()
        self._build(tuple(self._cells))

    def spent(self) -> dict[str, float]:
        """Seconds of each stage of this job, as far as it is."""
        return {stage: pace.seconds for stage, pace in self._paces.items()}

    # ── showing ───────────────────────────────────────────────────────────────────────────────

    def _build(self, stages: tuple[str, ...]) -> None:
        self._paces, self._current, self._outlook = {}, "", None
        self._summary.clear()
        self._shares.show_stages({})
        if tuple(self._cells) != stages:
            for cell in self._cells.values():
                self._row.removeWidget(cell)
                cell.hide()  # it is deleted only when the event loop comes to it
                cell.deleteLater()
            self._cells = {}
            for stage in stages:
                self._add(stage)
        for cell in self._cells.values():
            cell.show_state(0, 1, "", False)

    def _add(self, stage: str) -> None:
        cell = _Cell(stage_name(stage))
        self._cells[stage] = cell
        self._row.addWidget(cell, 1)

    def _show(self) -> None:
        for stage, pace in self._paces.items():
            active = stage == self._current
            words = [self.tr("{0} s").format(f"{pace.seconds:.1f}")]
            if stage in _COUNTED and pace.rate:
                words.append(self.tr("{0} tokens/s").format(f"{pace.rate:.0f}"))
            done, total = pace.done, pace.total
            if self._outlook is not None and done:
                done, total = max(1, round(1000 * pace.share)), 1000
            self._cells[stage].show_state(done, total, " · ".join(words), active)
        self._summary.setText(self._left())

    def _left(self) -> str:
        if self._outlook is not None:
            return self._outlook.words()
        pace = self._paces.get(self._current)
        if pace is None or not pace.rate or not pace.total > pace.done > 1:
            return ""
        # It ends at the latest where the user has said.
        return self.tr("{0}: at most {1} s left").format(
            stage_name(self._current), f"{(pace.total - pace.done) / pace.rate:.0f}"
        )


def stage_name(stage: str) -> str:
    """A stage for people."""
    translate = QCoreApplication.translate
    return {
        "load": translate("StageStrip", "Load"),
        "compile": translate("StageStrip", "Compile"),
        "semantic": translate("StageStrip", "Semantic"),
        "coarse": translate("StageStrip", "Coarse"),
        "fine": translate("StageStrip", "Fine"),
        "codec": translate("StageStrip", "Codec"),
        "prefill": translate("StageStrip", "Read"),
        "decode": translate("StageStrip", "Write"),
    }.get(stage, stage)


class _Cell(QWidget):
    """One stage: its name, a thin bar, and a line of figures."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = Elided(name)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName(name)
        self._facts = Elided()
        self._facts.setProperty("look", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self._name)
        layout.addWidget(self._bar)
        layout.addWidget(self._facts)

    def show_state(self, done: int, total: int, facts: str, active: bool) -> None:
        """While nothing is done and work goes on, the bar only moves."""
        font = self._name.font()
        if font.bold() != active:
            font.setBold(active)
            self._name.setFont(font)
        unknown = active and done == 0
        self._bar.setRange(0, 0 if unknown else max(1, total))
        if not unknown:
            self._bar.setValue(min(done, max(1, total)) if total else 0)
        self._facts.setText(facts)


class _Shares(QWidget):
    """One bar in which every stage has the part of its seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._stages: dict[str, float] = {}
        self.setFixedHeight(18)

    def show_stages(self, stages: dict[str, float]) -> None:
        """Names and seconds; the place of the bar stays where there are none."""
        self._stages = stages if sum(stages.values()) > 0 else {}
        self.setAccessibleName(", ".join(f"{name} {s:.2f} s" for name, s in stages.items()))
        self.setToolTip(self.accessibleName())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if not self._stages:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        total, left = sum(self._stages.values()), 0.0
        roles = QPalette.ColorRole
        accent, page, *words = (
            self.palette().color(role)
            for role in (roles.Highlight, roles.Window, roles.HighlightedText, roles.WindowText)
        )
        for number, (name, seconds) in enumerate(self._stages.items()):
            width = seconds / total * self.width()
            share = 1.0 - 0.16 * (number % 5)
            colour = _mixed(accent, page, share)
            rect = QRectF(left, 2, max(0.0, width - 2), self.height() - 4)
            painter.fillRect(rect, colour)
            if painter.fontMetrics().horizontalAdvance(name) + 8 < width:
                painter.setPen(max(words, key=lambda word: _contrast(word, colour)))
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, name)
            left += width


def _parts(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()


def _mixed(colour: QColor, other: QColor, share: float) -> QColor:
    parts = zip(_parts(colour), _parts(other), strict=True)
    return QColor.fromRgbF(*(share * one + (1 - share) * two for one, two in parts))


def _contrast(one: QColor, two: QColor) -> float:
    """As the WCAG has it: 1 … 21."""
    lights = []
    for colour in (one, two):
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in _parts(colour)
        )
        lights.append(0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    return float(max(lights) / min(lights))
