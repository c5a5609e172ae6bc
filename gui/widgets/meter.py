"""The memory meter: main memory and the accelerator's, 4 times a second, with a small curve."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import psutil
from PySide6.QtCore import QPointF, QTimer
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.api import Metrics
from engine.models.info import DeviceMemory
from gui.look.words import size

_EVERY = 250  # milliseconds
_KEPT = 240  # points of the curve: a minute


class Meter(QWidget):
    """Looks only while it is shown. GUI thread.

    device_memory: Backend.device_memory, or None.
    """

    def __init__(
        self,
        device_memory: Callable[[], DeviceMemory | None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._device_memory = device_memory
        self._process = psutil.Process()
        self._host_peak = self._device_peak = 0
        self.host = _Gauge(self.tr("Memory"))
        self.device = _Gauge(self.tr("Accelerator"))
        self.device.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.host)
        layout.addWidget(self.device)
        layout.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.look)

    def set_peak(self, metrics: Metrics | None) -> None:
        """The peaks of the last job."""
        self._host_peak = metrics.host_bytes if metrics else 0
        self._device_peak = metrics.device_bytes if metrics else 0
        self.look()

    def look(self) -> None:
        """Read the figures now: a tenth of a millisecond."""
        held, memory = self._process.memory_info().rss, psutil.virtual_memory()
        words = [self.tr("{0} free").format(size(memory.available))]
        if self._host_peak:
            words.insert(0, self.tr("last job {0}").format(size(self._host_peak)))
        self.host.show_state(held, memory.total, words)
        device = self._device_memory() if self._device_memory is not None else None
        self.device.setVisible(device is not None)
        if device is not None:
            words = [self.tr("peak {0}").format(size(device.peak))]
            if device.expected:
                words.append(self.tr("foretold {0}").format(size(device.expected)))
            if self._device_peak:
                words.append(self.tr("last job {0}").format(size(self._device_peak)))
            words.append(self.tr("{0} free").format(size(device.free)))
            if device.others:
                words.append(self.tr("others {0}").format(size(device.others)))
            self.device.set_name(device.name)
            self.device.show_state(device.allocated, device.total, words)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        self.look()
        self._timer.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        self._timer.stop()
        super().hideEvent(event)


class _Gauge(QWidget):
    """A name, a figure, a curve of the last minute, and a line of further figures."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = QLabel(name)
        self._held = QLabel()
        font = self._held.font()
        font.setBold(True)
        self._held.setFont(font)
        self._curve = _Curve()
        self._more = QLabel()
        self._more.setWordWrap(True)
        self._more.setProperty("look", "muted")
        top = QHBoxLayout()
        top.addWidget(self._name)
        top.addStretch(1)
        top.addWidget(self._held)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self._curve)
        layout.addWidget(self._more)

    def set_name(self, name: str) -> None:
        """The accelerator's own name."""
        self._name.setText(name)

    def show_state(self, held: int, total: int, more: list[str]) -> None:
        """held of total bytes, and further figures."""
        self._held.setText(size(held))
        self._more.setText(" · ".join(more))
        self._curve.append(held)
        self.setAccessibleName(f"{self._name.text()}: {self._held.text()}, {self._more.text()}")


class _Curve(QWidget):
    """The last minute, from 0 to a little above the highest."""

    def __init__(self) -> None:
        super().__init__()
        self._points: deque[int] = deque(maxlen=_KEPT)
        self.setFixedHeight(28)

    def append(self, value: int) -> None:
        self._points.append(value)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if not self._points:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height, top = self.width(), self.height() - 2, 1.15 * max(self._points) or 1
        step = width / (_KEPT - 1)
        left = width - step * (len(self._points) - 1)
        line = [
            QPointF(left + i * step, 1 + height * (1 - value / top))
            for i, value in enumerate(self._points)
        ]
        accent = self.palette().color(QPalette.ColorRole.Highlight)
        soft = QColor(accent)
        soft.setAlphaF(0.2)
        painter.setPen(QPen(QColor(0, 0, 0, 0)))
        painter.setBrush(soft)
        floor = [QPointF(width, height + 1), QPointF(left, height + 1)]
        painter.drawPolygon(QPolygonF(line + floor))
        painter.setPen(QPen(accent, 1.5))
        painter.drawPolyline(QPolygonF(line))
