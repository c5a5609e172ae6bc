"""The waveform: an envelope of any length, the play head, and the part that is repeated.

Importing this loads pyqtgraph (a third of a second, 30 MB): the window does it behind its back.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.audio.deck import Track
from gui.words import clock

_BIN = 64  # samples in one bin of the envelope
_SLICE = 2**20  # samples looked at in one turn of the event loop: some milliseconds
_THIN = 0.004  # half the height of silence, so that it is a line and not nothing
_STEP = 1.0  # seconds that an arrow key moves


class Envelope:
    """The lowest and highest sample of every bin of a growing track: an hour takes 11 MB."""

    def __init__(self, track: Track) -> None:
        self.track = track
        self._known = 0  # samples in whole bins
        self._pieces: list[NDArray[np.float32]] = []  # (bins, 2): lowest, highest

    def grow(self) -> bool:
        """Look at the next piece of the track; whether there is more."""
        stop = min(len(self.track), self._known + _SLICE) // _BIN * _BIN
        if stop > self._known:
            bins = self.track.read(self._known, stop).reshape(-1, _BIN)
            self._pieces.append(np.stack([bins.min(1), bins.max(1)], 1))
            self._known = stop
        return len(self.track) - self._known >= _BIN

    def columns(self, start: float, stop: float, count: int) -> NDArray[np.float32]:
        """Lowest and highest sample in `count` equal parts of samples start … stop: (count, 2).

        Near where the track's samples are fewer than a bin for a part, they are read themselves.
        """
        edges = np.linspace(start, stop, count + 1)
        if (stop - start) / count < 2 * _BIN:
            first = max(0, int(start))
            samples = self.track.read(first, max(first, int(np.ceil(stop))))
            pairs = np.stack([samples, samples], 1)
            return _reduce(pairs, edges - first)
        if len(self._pieces) > 1:
            self._pieces = [np.concatenate(self._pieces)]
        bins = self._pieces[0] if self._pieces else np.zeros((0, 2), dtype=np.float32)
        return _reduce(bins, edges / _BIN)


def _reduce(pairs: NDArray[np.float32], edges: NDArray[np.float64]) -> NDArray[np.float32]:
    """The lowest and highest of pairs (n, 2) between edges (count + 1,): (count, 2), 0 outside."""
    out = np.zeros((len(edges) - 1, 2), dtype=np.float32)
    first = np.floor(edges[:-1]).astype(np.int64)
    inside = (first >= 0) & (first < len(pairs))
    if inside.any():
        starts = first[inside]
        # reduceat goes from each start to the next: at least one pair each.
        end = min(len(pairs), max(int(np.ceil(edges[1:][inside][-1])), int(starts[-1]) + 1))
        out[inside, 0] = np.minimum.reduceat(pairs[:end, 0], starts)
        out[inside, 1] = np.maximum.reduceat(pairs[:end, 1], starts)
    return out


class _TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """Seconds as 1:05, or 1:05.25 where the ticks are closer than a second."""

    def tickStrings(  # noqa: N802
        self, values: Sequence[float], scale: float, spacing: float
    ) -> list[str]:
        digits = 0 if spacing >= 1 else 1 if spacing >= 0.1 else 2 if spacing >= 0.01 else 3
        return [clock(value, digits) for value in values]


class _View(pg.ViewBox):  # type: ignore[misc]
    """Click, double click and drag of the left button, in seconds."""

    clicked = Signal(float)
    doubled = Signal()
    dragged = Signal(float, float, bool)  # from, to, finished

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(x=True, y=False)

    def mouseClickEvent(self, event: object) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            event.accept()  # type: ignore[attr-defined]
            if event.double():  # type: ignore[attr-defined]
                self.doubled.emit()
            else:
                self.clicked.emit(self.mapToView(event.pos()).x())  # type: ignore[attr-defined]

    def mouseDragEvent(self, event: object, axis: int | None = None) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            event.accept()  # type: ignore[attr-defined]
            start = self.mapToView(event.buttonDownPos()).x()  # type: ignore[attr-defined]
            now = self.mapToView(event.pos()).x()  # type: ignore[attr-defined]
            self.dragged.emit(start, now, event.isFinish())  # type: ignore[attr-defined]
        else:
            super().mouseDragEvent(event, axis)


class Waveform(QWidget):
    """Shows a track. Click seeks, drag chooses a part to repeat, double click ends repeating, the
    wheel zooms; the arrow keys, Home and End seek, [ and ] set the part's ends, Esc ends it.

    seek_requested: seconds. loop_requested: (start, end) in seconds, or None.
    """

    seek_requested = Signal(float)
    loop_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = _View()
        axis = _TimeAxis("bottom")
        self._plot = pg.PlotWidget(viewBox=self._view, axisItems={"bottom": axis})
        self._plot.hideAxis("left")
        self._plot.hideButtons()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setYRange(-1, 1, padding=0.02)
        self._curve = pg.PlotCurveItem(connect="pairs")
        self._head = pg.InfiniteLine(0, angle=90)
        self._part = pg.LinearRegionItem((0, 0), movable=True)
        self._part.hide()
        for item in (self._part, self._curve, self._head):
            self._plot.addItem(item, ignoreBounds=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(90)
        self.setAccessibleName(self.tr("Waveform"))
        self.setAccessibleDescription(
            self.tr("Arrow keys move the play head; [ and ] set the ends of a part to repeat.")
        )
        self._envelope = Envelope(Track(1))
        self._position = 0.0
        self._loop: tuple[float, float] | None = None
        self._view.clicked.connect(self._on_clicked)
        self._view.doubled.connect(self._on_doubled)
        self._view.dragged.connect(self._on_dragged)
        self._view.sigXRangeChanged.connect(self._draw)
        self._part.sigRegionChangeFinished.connect(self._on_part_moved)
        self._growing = QTimer(self)
        self._growing.setInterval(0)
        self._growing.timeout.connect(self._grow)
        self._apply_palette()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(480, 150)  # a plot would ask for half the window

    # ── what it shows ─────────────────────────────────────────────────────────────────────────

    def set_track(self, track: Track) -> None:
        """Show a track from its beginning to its end, and no part of it repeated."""
        self._envelope = Envelope(track)
        self.set_loop(None)
        self.set_position(0.0)
        self.grow()

    def grow(self) -> None:
        """The track has become longer: show all of it."""
        seconds = self._seconds or 1.0
        self._view.setLimits(xMin=0, xMax=seconds, minXRange=min(seconds, 0.005))
        self._view.setXRange(0, seconds, padding=0)
        self._grow()
        self._growing.start()

    def set_position(self, seconds: float) -> None:
        """Move the play head, and the view with it where it leaves the view."""
        self._position = seconds
        self._head.setValue(seconds)
        (left, right), _ = self._view.viewRange()
        if not left <= seconds <= right:
            self._view.setXRange(seconds, seconds + right - left, padding=0)

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """Show which part is repeated."""
        self._loop = loop
        self._part.setVisible(loop is not None)
        if loop is not None:
            self._part.blockSignals(True)
            self._part.setRegion(loop)
            self._part.blockSignals(False)

    @property
    def _seconds(self) -> float:
        return self._envelope.track.seconds

    # ── drawing ───────────────────────────────────────────────────────────────────────────────

    def _grow(self) -> None:
        if not self._envelope.grow():
            self._growing.stop()
        self._draw()

    def _draw(self) -> None:
        (left, right), _ = self._view.viewRange()
        rate = self._envelope.track.rate
        width = max(1, round(self._view.width() * self.devicePixelRatioF()))
        pairs = self._envelope.columns(left * rate, right * rate, width)
        pairs[:, 0] = np.minimum(pairs[:, 0], -_THIN)
        pairs[:, 1] = np.maximum(pairs[:, 1], _THIN)
        x = np.linspace(left, right, width, endpoint=False) + (right - left) / width / 2
        self._curve.setData(np.repeat(x, 2), pairs.reshape(-1))

    def _apply_palette(self) -> None:
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.Text)
        accent = palette.color(QPalette.ColorRole.Highlight)
        self._plot.setBackground(palette.color(QPalette.ColorRole.Button))  # as a card
        faded = QColor(text)
        faded.setAlphaF(0.62)
        soft = QColor(accent)
        soft.setAlphaF(0.22)
        self._curve.setPen(pg.mkPen(faded, width=1))
        self._head.setPen(pg.mkPen(accent, width=2))
        self._part.setBrush(pg.mkBrush(soft))
        self._part.setHoverBrush(pg.mkBrush(soft))
        for line in self._part.lines:
            line.setPen(pg.mkPen(accent, width=1))
        axis = self._plot.getAxis("bottom")
        axis.setPen(pg.mkPen(faded))
        axis.setTextPen(pg.mkPen(text))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_palette()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._draw()

    # ── what the user does ────────────────────────────────────────────────────────────────────

    def _inside(self, seconds: float) -> float:
        return min(max(0.0, seconds), self._seconds)

    def _on_clicked(self, seconds: float) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.seek_requested.emit(self._inside(seconds))

    def _on_doubled(self) -> None:
        self.loop_requested.emit(None)

    def _on_dragged(self, start: float, now: float, finished: bool) -> None:
        low, high = sorted((self._inside(start), self._inside(now)))
        self.set_loop((low, high))
        if finished:
            self.loop_requested.emit((low, high) if high - low > 0.02 else None)

    def _on_part_moved(self) -> None:
        low, high = (self._inside(edge) for edge in self._part.getRegion())
        self._loop = (low, high)
        self.loop_requested.emit((low, high) if high > low else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        start, end = self._loop or (0.0, self._seconds)
        moves = {
            Qt.Key.Key_Left: self._position - _STEP,
            Qt.Key.Key_Right: self._position + _STEP,
            Qt.Key.Key_Home: 0.0,
            Qt.Key.Key_End: self._seconds,
        }
        if key in moves:
            self.seek_requested.emit(self._inside(moves[Qt.Key(key)]))
        elif key == Qt.Key.Key_BracketLeft and self._position < end:
            self.loop_requested.emit((self._position, end))
        elif key == Qt.Key.Key_BracketRight and self._position > start:
            self.loop_requested.emit((start, self._position))
        elif key == Qt.Key.Key_Escape and self._loop is not None:
            self.loop_requested.emit(None)
        else:
            super().keyPressEvent(event)
