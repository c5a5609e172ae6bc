"""Canvas: what the four plots share: the look of the window, the chosen one, and files.

Imports pyqtgraph, half a second of Python: a module of its own, which nobody needs before the view.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from pyqtgraph.exporters import Exporter, ImageExporter
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPalette, QResizeEvent
from PySide6.QtSvg import QSvgGenerator

from engine.figures.run import Result
from gui.benchmark import words
from gui.benchmark.model import Entry, place_of

pg.setConfigOption("exitCleanup", False)  # the window ends its own widgets

MOST = 40  # bars or boxes that can be told apart
_WIDE = 1600  # pixels of a PNG
# Legible on white and on black, and apart for those who see no red or no green.
COLOURS = ("#3b82c4", "#d9822b", "#2f9e6e", "#b05cb0", "#c0504d", "#8a8f98", "#b3a12f", "#5bb5c0")


class Canvas(pg.PlotWidget):  # type: ignore[misc]
    """picked(Entry): it was clicked. GUI thread."""

    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        for part in (self, self.viewport()):  # the keyboard chooses in the table
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMenuEnabled(False)  # its words are English
        self.hideButtons()
        self.setMouseEnabled(False, False)
        self.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        self.plot = self.getPlotItem()
        self.ring: Any = None  # around the chosen one
        self.restyle()

    if TYPE_CHECKING:  # pyqtgraph is untyped

        def tr(self, words: str) -> str: ...

    @abstractmethod
    def draw(self, entries: Sequence[Entry]) -> str:
        """Draw results; what is seen, in a sentence."""

    @abstractmethod
    def mark(self, entry: Entry | None) -> None:
        """Show which one is chosen."""

    def restyle(self) -> None:
        """Take the colours of the window."""
        self.setBackground(self.colour(QPalette.ColorRole.Button))
        for name in ("left", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setPen(pg.mkPen(self.colour(QPalette.ColorRole.Mid)))
            axis.setTextPen(pg.mkPen(self.colour(QPalette.ColorRole.PlaceholderText)))
            axis.setStyle(tickFont=self.font(), tickTextOffset=6)
            axis.label.setFont(self.font())
            axis.enableAutoSIPrefix(False)

    def colour(self, role: QPalette.ColorRole) -> QColor:
        """A colour of the window."""
        palette: QPalette = self.palette()
        return palette.color(role)

    def begin(self, entries: Sequence[Entry], x: str, y: str = "") -> None:
        """Empty it, and name its axes."""
        self.entries = list(entries)
        self.plot.clear()
        self.ring = None
        muted = self.colour(QPalette.ColorRole.PlaceholderText).name()
        self.plot.setLabel("bottom", x, color=muted)
        self.plot.setLabel("left", y, color=muted)
        self.plot.showLabel("left", bool(y))

    def index_of(self, entry: Entry | None) -> int | None:
        """The number of an entry, or of the same result of a run that has grown."""
        return place_of(entry, self.entries)

    # ── files ─────────────────────────────────────────────────────────────────────────────────

    def png(self) -> bytes:
        """As a picture, wide enough for print."""
        exporter = ImageExporter(self.plot)
        exporter.parameters()["width"] = _WIDE
        exporter.parameters()["background"] = self.colour(QPalette.ColorRole.Button)
        image = exporter.export(toBytes=True)
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")
        return bytes(data.data())

    def svg(self) -> bytes:
        """As a drawing."""
        # Not pyqtgraph's own exporter, which cannot read every path that Qt writes.
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        source = self.plot.sceneBoundingRect()
        sheet = QRectF(QPointF(0, 0), source.size())
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setResolution(self.logicalDpiX())
        generator.setSize(source.size().toSize())
        generator.setViewBox(sheet)
        exporter = Exporter(self.plot)
        exporter.setExportMode(True, {"antialias": True, "resolutionScale": 1.0})  # no bitmaps
        painter = QPainter(generator)
        try:
            painter.fillRect(sheet, self.colour(QPalette.ColorRole.Button))
            self.scene().render(painter, sheet, source)
        finally:
            painter.end()
            exporter.setExportMode(False)
        return bytes(data.data())


class Bars(Canvas):
    """A line of its own for each result, the first at the top."""

    _made = False

    def __init__(self) -> None:
        super().__init__()
        self._chosen: int | None = None
        self._made = True
        self.plot.invertY(True)
        self.plot.scene().sigMouseClicked.connect(self._on_clicked)

    def begin_lines(self, entries: Sequence[Entry], x: str) -> str:
        """Name the lines of those that were measured; what is left out, in a sentence."""
        measured = [entry for entry in entries if entry.result.is_measured]
        self.begin(measured[:MOST], x)
        several = len({entry.run.date for entry in self.entries}) > 1
        ticks = [(number, self._name(entry, several)) for number, entry in enumerate(self.entries)]
        self.plot.getAxis("left").setTicks([ticks])
        self._fit(None)
        if len(measured) > MOST:
            left_out = self.tr("Of {0} results the first {1}, in the order of the table.")
            return left_out.format(len(measured), MOST)
        return ""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if self._made:  # pyqtgraph calls it before
            self._fit(self._chosen)

    def _fit(self, number: int | None) -> None:
        """Show as many lines as can be read, the chosen one among them."""
        self._chosen = number
        count = max(len(self.entries), 1)
        high = self.fontMetrics().lineSpacing()
        room = max(3, int(self.plot.getViewBox().height() // high))
        first = 0 if number is None else min(max(0, number - room // 2), max(0, count - room))
        last = min(count, first + room)
        self.plot.setYRange(first - 0.6, last - 0.4, padding=0)

    def _name(self, entry: Entry, several: bool) -> str:
        name = words.case_name(entry.result.name)
        return f"{name} · {entry.run.date[5:16].replace('T', ' ')}" if several else name

    def mark(self, entry: Entry | None) -> None:
        if self.ring is not None:
            self.plot.removeItem(self.ring)
            self.ring = None
        number = self.index_of(entry)
        self._fit(number)
        if number is not None:
            colour = QColor(self.colour(QPalette.ColorRole.Highlight))
            colour.setAlpha(50)
            self.ring = pg.LinearRegionItem(
                (number - 0.5, number + 0.5), orientation="horizontal", movable=False
            )
            self.ring.setBrush(colour)
            for line in self.ring.lines:
                line.setPen(pg.mkPen(None))
            self.ring.setZValue(-10)
            self.plot.addItem(self.ring, ignoreBounds=True)

    def _on_clicked(self, event: Any) -> None:
        box = self.plot.getViewBox()
        if not box.sceneBoundingRect().contains(event.scenePos()):
            return
        number = round(box.mapSceneToView(event.scenePos()).y())
        if 0 <= number < len(self.entries):
            self.picked.emit(self.entries[number])


def a_row(result: Result, seconds: float) -> float:
    """Seconds of a call as those of a row."""
    return seconds / result.rows
