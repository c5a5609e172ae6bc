"""The waveform: an envelope of any length, the play head, and the part that is repeated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QApplication, QWidget

from engine.audio.track import Track
from gui.look.words import clock

_BIN = 64  # samples in one bin of the envelope
_SLICE = 2**20  # samples looked at in one turn of the event loop: some milliseconds
_THIN = 0.004  # half the height of silence, so that it is a line and not nothing
_STEP = 1.0  # seconds that an arrow key moves
_NEAREST = 0.005  # seconds that the view shows at least
_NOTCH = 0.75  # of the seconds in view are left after one notch of the wheel
_SIDEWAYS = 0.15  # of the seconds in view pass by at one notch with Shift
_EDGE = 5  # pixels on both sides of the end of a part that take hold of it
_APART = 80  # pixels from one time on the axis to the next, at least
_AIR = 1.5  # and at least so many times the width of such a time
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)  # seconds


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


class _Span(NamedTuple):
    """A stretch of time, in seconds."""

    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


class Waveform(QAbstractSlider):
    """Shows a track. Click seeks, drag chooses a part to repeat or moves one of its ends, double
    click ends repeating; the wheel zooms, with Shift or sideways it moves the view, as a drag of
    the right button does; the arrow keys, Home and End seek, [ and ] set the part's ends, Esc ends
    it.

    To screen readers it is a slider of whole seconds.

    seek_requested: seconds. loop_requested: (start, end) in seconds, or None.
    """

    seek_requested = Signal(float)
    loop_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(0, 0)
        self._telling = False  # the play head moves by itself
        self.valueChanged.connect(self._on_value)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(40)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Waveform"))
        self.setAccessibleDescription(
            self.tr("Arrow keys move the play head; [ and ] set the ends of a part to repeat.")
        )
        self._envelope = Envelope(Track(1))
        self.view = _Span(0.0, 1.0)
        self.position = 0.0
        self.loop: tuple[float, float] | None = None
        self._image: QImage | None = None  # of the envelope in view, in device pixels
        self._pressed: QPointF | None = None  # where the left button went down
        self._anchor: float | None = None  # the end of the part that stays while the other is drawn
        self._panned: float | None = None  # x of the last move with the right button
        self._growing = QTimer(self)
        self._growing.setInterval(0)
        self._growing.timeout.connect(self._grow)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(480, 150)

    # ── what it shows ─────────────────────────────────────────────────────────────────────────

    def set_track(self, track: Track) -> None:
        """Show a track from its beginning to its end, and no part of it repeated."""
        self._envelope = Envelope(track)
        self.set_loop(None)
        self.show_span(0.0, self._whole)
        self.set_position(0.0)
        self._begin_to_grow()

    def grow(self) -> None:
        """The track has become longer: show all of it."""
        self.show_span(0.0, self._whole)
        self._tell()
        self._begin_to_grow()

    def set_position(self, seconds: float) -> None:
        """Move the play head, and the view with it where it leaves the view."""
        self.position = seconds
        self._tell()
        if not self.view.start <= seconds <= self.view.end:
            self.show_span(seconds, seconds + self.view.length)
        self.update()

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """Show which part is repeated."""
        self.loop = loop
        self.update()

    def show_span(self, start: float, end: float) -> None:
        """Show these seconds, moved and shortened so that they lie in the track."""
        length = min(max(end - start, _NEAREST), self._whole)
        start = min(max(0.0, start), self._whole - length)
        self.view = _Span(start, start + length)
        self._redraw()

    @property
    def _seconds(self) -> float:
        return self._envelope.track.seconds

    @property
    def _whole(self) -> float:
        return self._seconds or 1.0

    def _tell(self) -> None:
        """Let a screen reader know."""
        if (self.maximum(), self.value()) != (int(self._seconds), int(self.position)):
            self._telling = True
            self.setMaximum(int(self._seconds))
            self.setValue(int(self.position))
            self._telling = False

    @Slot(int)
    def _on_value(self, seconds: int) -> None:
        if not self._telling:  # a screen reader has set it
            self.seek_requested.emit(float(seconds))

    def _begin_to_grow(self) -> None:
        self._growing.start()
        self._grow()

    def _grow(self) -> None:
        if not self._envelope.grow():
            self._growing.stop()
        self._redraw()

    # ── drawing ───────────────────────────────────────────────────────────────────────────────

    def x_of(self, seconds: float) -> float:
        """Where that time is, in pixels from the left."""
        return (seconds - self.view.start) / self.view.length * self.width()

    def _time(self, x: float) -> float:
        seconds = self.view.start + x / max(1, self.width()) * self.view.length
        return min(max(0.0, seconds), self._seconds)

    def _redraw(self) -> None:
        self._image = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.Text)
        accent = palette.color(QPalette.ColorRole.Highlight)
        faded = QColor(text)
        faded.setAlphaF(0.62)
        height = self.height() - self.fontMetrics().height() - 10  # of the sound, above the axis
        painter = QPainter(self)
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Button))  # as a card
        if self.loop is not None:
            left, right = map(self.x_of, self.loop)
            soft = QColor(accent)
            soft.setAlphaF(0.22)
            painter.fillRect(QRectF(left, 0, right - left, height), soft)
            painter.setPen(QPen(accent, 1))
            for edge in (left, right):
                painter.drawLine(QPointF(edge, 0), QPointF(edge, height))
        if self._image is None:
            self._image = self._drawn(max(1, height), faded)
        painter.drawImage(QPointF(0, 0), self._image)
        painter.setPen(QPen(accent, 2))
        head = self.x_of(self.position)
        painter.drawLine(QPointF(head, 0), QPointF(head, height))
        self._draw_axis(painter, height, faded, text)

    def _drawn(self, height: int, colour: QColor) -> QImage:
        """The envelope in view, a column for each device pixel."""
        scale, rate = self.devicePixelRatioF(), self._envelope.track.rate
        columns, rows = max(1, round(self.width() * scale)), max(1, round(height * scale))
        pairs = self._envelope.columns(self.view.start * rate, self.view.end * rate, columns)
        low, high = np.minimum(pairs[:, 0], -_THIN), np.maximum(pairs[:, 1], _THIN)
        top, bottom = (1 - high) * (rows / 2), (1 - low) * (rows / 2)
        row = np.arange(rows, dtype=np.float32)[:, None]
        covered = np.minimum(bottom, row + 1) - np.maximum(top, row)  # of the height of a pixel
        alpha = (covered.clip(0, 1) * colour.alpha()).astype(np.uint32)
        pixels = alpha << 24
        for shift, value in ((16, colour.red()), (8, colour.green()), (0, colour.blue())):
            pixels |= alpha * value // 255 << shift
        format = QImage.Format.Format_ARGB32_Premultiplied
        image = QImage(pixels.data, columns, rows, 4 * columns, format).copy()
        image.setDevicePixelRatio(scale)
        return image

    def _draw_axis(self, painter: QPainter, top: int, line: QColor, text: QColor) -> None:
        step = self._step()
        digits = _digits(step)
        painter.setPen(QPen(line, 1))
        painter.drawLine(QPointF(0, top), QPointF(self.width(), top))
        for count in range(int(np.ceil(self.view.start / step)), int(self.view.end / step) + 1):
            x = self.x_of(count * step)
            painter.setPen(QPen(line, 1))
            painter.drawLine(QPointF(x, top), QPointF(x, top + 4))
            painter.setPen(text)
            words = clock(count * step, digits)
            width = self.fontMetrics().horizontalAdvance(words)
            left = min(max(0.0, x - width / 2), self.width() - width)  # whole at both ends
            painter.drawText(QPointF(left, top + 5 + self.fontMetrics().ascent()), words)

    def _step(self) -> float:
        """Seconds from one time on the axis to the next, so that none touches its neighbour."""
        of_a_pixel = self.view.length / max(1, self.width())
        step = _tick(_APART * of_a_pixel)
        words = clock(self.view.end, _digits(step))
        width = _AIR * self.fontMetrics().horizontalAdvance(words)
        return step if width <= _APART else _tick(width * of_a_pixel)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._redraw()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._redraw()

    # ── what the user does ────────────────────────────────────────────────────────────────────

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            self._anchor = self._edge(event.position().x())
        elif event.button() == Qt.MouseButton.RightButton:
            self._panned = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        x = event.position().x()
        if self._panned is not None:
            moved = (x - self._panned) / max(1, self.width()) * self.view.length
            self.show_span(self.view.start - moved, self.view.end - moved)
            self._panned = x
        elif self._pressed is None:
            near = self._edge(x) is not None
            self.setCursor(Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.ArrowCursor)
        else:
            far = abs(x - self._pressed.x()) >= QApplication.startDragDistance()
            if self._anchor is None and far:
                self._anchor = self._time(self._pressed.x())
            if self._anchor is not None:
                low, high = sorted((self._anchor, self._time(x)))
                self.set_loop((low, high))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.RightButton:
            self._panned = None
        elif event.button() == Qt.MouseButton.LeftButton and self._pressed is not None:
            if self._anchor is None:
                self.seek_requested.emit(self._time(event.position().x()))
            elif self.loop is not None:
                low, high = self.loop
                self.loop_requested.emit((low, high) if high - low > 0.02 else None)
            self._pressed = self._anchor = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self.loop_requested.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        turned = event.angleDelta()
        sideways = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if sideways or abs(turned.x()) > abs(turned.y()):  # Shift turns y into x on some systems
            moved = -(turned.x() or turned.y()) / 120 * _SIDEWAYS * self.view.length
            self.show_span(self.view.start + moved, self.view.end + moved)
        else:
            length = min(
                max(self.view.length * _NOTCH ** (turned.y() / 120), _NEAREST), self._whole
            )
            share = event.position().x() / max(1, self.width())  # what is under the mouse stays
            start = self.view.start + share * (self.view.length - length)
            self.show_span(start, start + length)
        event.accept()

    def _edge(self, x: float) -> float | None:
        """The end of the part that stays if the one near x is dragged."""
        if self.loop is not None:
            for edge, other in (self.loop, self.loop[::-1]):
                if abs(self.x_of(edge) - x) <= _EDGE:
                    return other
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        start, end = self.loop or (0.0, self._seconds)
        moves = {
            Qt.Key.Key_Left: self.position - _STEP,
            Qt.Key.Key_Right: self.position + _STEP,
            Qt.Key.Key_Home: 0.0,
            Qt.Key.Key_End: self._seconds,
        }
        if key in moves:
            self.seek_requested.emit(min(max(0.0, moves[Qt.Key(key)]), self._seconds))
        elif key == Qt.Key.Key_BracketLeft and self.position < end:
            self.loop_requested.emit((self.position, end))
        elif key == Qt.Key.Key_BracketRight and self.position > start:
            self.loop_requested.emit((start, self.position))
        elif key == Qt.Key.Key_Escape and self.loop is not None:
            self.loop_requested.emit(None)
        else:
            super().keyPressEvent(event)


def _digits(step: float) -> int:
    """After the point of times that are so many seconds apart."""
    return 0 if step >= 1 else 1 if step >= 0.1 else 2 if step >= 0.01 else 3


def _tick(least: float) -> float:
    """The smallest round number of seconds that is at least that many."""
    if least <= 1:
        power = 10.0 ** np.floor(np.log10(least))
        return float(next(power * ones for ones in (1, 2, 5, 10) if power * ones >= least))
    return float(
        next((tick for tick in _TICKS if tick >= least), _TICKS[-1] * np.ceil(least / 3600))
    )
