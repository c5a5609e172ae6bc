"""How far the rounds of a result lie apart: a box of the middle half, its median, and the
extremes."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor, QPalette

from gui.benchmark.canvas import COLOURS, Bars, a_row
from gui.benchmark.model import Entry


class Plot(Bars):
    """Seconds of a row, so that rows together can be compared."""

    def draw(self, entries: Sequence[Entry]) -> str:
        left_out = self.begin_lines(entries, self.tr("Seconds of a row"))
        if not self.entries:
            return ""
        boxes = [quartiles([a_row(e.result, s) for s in e.result.seconds]) for e in self.entries]
        lines = list(range(len(boxes)))
        least, low, middle, high, most = (list(column) for column in zip(*boxes, strict=True))
        ink = self.colour(QPalette.ColorRole.Text)
        fill = QColor(COLOURS[0])
        fill.setAlpha(140)
        self.plot.addItem(
            pg.ErrorBarItem(
                x=np.array(middle),
                y=np.array(lines),
                left=np.subtract(middle, least),
                right=np.subtract(most, middle),
                beam=0.3,
                pen=pg.mkPen(ink, width=1),
            )
        )
        self.plot.addItem(
            pg.BarGraphItem(
                x0=low,
                x1=high,
                y=lines,
                height=0.5,
                brush=pg.mkBrush(fill),
                pen=pg.mkPen(COLOURS[0]),
            )
        )
        for line, value in zip(lines, middle, strict=True):
            self.plot.plot([value, value], [line - 0.25, line + 0.25], pen=pg.mkPen(ink, width=2))
        self.plot.setXRange(0, max(most) * 1.02, padding=0)
        return left_out or self.tr("The middle half of all rounds, the median, and the extremes.")


def quartiles(values: Sequence[float]) -> tuple[float, float, float, float, float]:
    """Least, first quartile, median, third quartile, most of one value or more."""
    if len(values) == 1:
        return (values[0],) * 5
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return min(values), low, middle, high, max(values)
