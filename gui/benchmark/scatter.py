"""Latency against memory, a point for each result, and those than which none is both quicker and
smaller on a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QPalette

from engine.figures.front import front
from gui.benchmark import words
from gui.benchmark.canvas import COLOURS, Canvas
from gui.benchmark.model import Entry

_NAMED = 8  # points of the front that carry their names


class Plot(Canvas):
    """Memory upwards, so that the best are at the bottom on the left."""

    def __init__(self) -> None:
        super().__init__()
        self.setMouseEnabled(True, True)
        # Two, each of one colour: a brush for each of 10 000 points would take longer than a frame.
        self._points, self._best = (
            pg.ScatterPlotItem(size=10, brush=pg.mkBrush(COLOURS[number])) for number in (5, 0)
        )
        for points in (self._points, self._best):
            points.sigClicked.connect(self._on_clicked)
        self._label: Any = None

    def draw(self, entries: Sequence[Entry]) -> str:
        measured = [entry for entry in entries if entry.result.is_measured]
        self.begin(measured, self.tr("Latency of a call, seconds"), self.tr("Memory, GB"))
        self._label = None
        if not measured:
            return ""
        best = front(entry.result for entry in measured)
        on_front = {id(result) for result in best}
        x = np.array([entry.result.latency for entry in measured])
        y = np.array([entry.result.bytes for entry in measured]) / 1e9
        chosen = np.array([id(entry.result) in on_front for entry in measured])
        edge = pg.mkPen(self.colour(QPalette.ColorRole.Button))
        for points, which in ((self._points, ~chosen), (self._best, chosen)):
            points.setPen(edge)
            points.setData(x=x[which], y=y[which], data=np.flatnonzero(which))
        xs, ys = self._steps(best)
        self.plot.addItem(pg.PlotCurveItem(xs, ys, pen=pg.mkPen(COLOURS[0], width=1.5)))
        self.plot.addItem(self._points)
        self.plot.addItem(self._best)
        self.plot.enableAutoRange()
        return self.tr("Nothing is both quicker and smaller than: {0}").format(
            ", ".join(dict.fromkeys(words.case_name(result.name) for result in best[:_NAMED]))
            + (" …" if len(best) > _NAMED else "")
        )

    def _steps(self, best: Sequence[Any]) -> tuple[list[float], list[float]]:
        """Corners of the line: from one to the next nothing quicker is as small."""
        xs, ys = [], []
        for number, result in enumerate(best):
            if number:
                xs.append(result.latency)
                ys.append(best[number - 1].bytes / 1e9)
            xs.append(result.latency)
            ys.append(result.bytes / 1e9)
        return xs, ys

    def mark(self, entry: Entry | None) -> None:
        for item in (self.ring, self._label):
            if item is not None:
                self.plot.removeItem(item)
        self.ring = self._label = None
        number = self.index_of(entry)
        if number is None:
            return
        result = self.entries[number].result
        x, y = result.latency, result.bytes / 1e9
        colour = self.colour(QPalette.ColorRole.Text)
        self.ring = pg.ScatterPlotItem(
            x=[x], y=[y], size=17, pen=pg.mkPen(colour, width=2), brush=pg.mkBrush(None)
        )
        self.ring.setZValue(10)
        (left, right), _ = self.plot.getViewBox().viewRange()
        self._label = pg.TextItem(
            words.case_name(result.name),
            color=colour,
            anchor=(0 if x < (left + right) / 2 else 1, 1.4),
            fill=pg.mkBrush(self.colour(QPalette.ColorRole.Button)),
        )
        self._label.setFont(self.font())
        self._label.setPos(x, y)
        self._label.setZValue(11)
        self.plot.addItem(self.ring, ignoreBounds=True)
        self.plot.addItem(self._label, ignoreBounds=True)

    def _on_clicked(self, scatter: Any, points: Sequence[Any], event: Any) -> None:
        if len(points):
            self.picked.emit(self.entries[int(points[0].data())])
