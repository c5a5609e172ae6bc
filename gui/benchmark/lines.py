"""Throughput by batch: rows a second against rows spoken together, a line for each way to
compute."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QPalette

from gui.benchmark import words
from gui.benchmark.canvas import COLOURS, Canvas
from gui.benchmark.model import Entry

_MOST = len(COLOURS)  # lines that can be told apart


class Plot(Canvas):
    """Rows together as powers of two, as they are chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._legend = self.plot.addLegend(offset=(12, 8), labelTextSize="9pt")

    def draw(self, entries: Sequence[Entry]) -> str:
        measured = [entry for entry in entries if entry.result.is_measured]
        self.begin(measured, self.tr("Rows spoken together"), self.tr("Rows a second"))
        self._legend.clear()
        self._legend.setLabelTextColor(self.colour(QPalette.ColorRole.Text))
        found = self._series(measured)
        several = len({entry.run.date for entry in measured}) > 1
        for number, series in enumerate(found[:_MOST]):
            colour = COLOURS[number]
            self.plot.plot(
                [math.log2(entry.result.rows) for entry in series],
                [entry.result.throughput for entry in series],
                pen=pg.mkPen(colour, width=2),
                symbol="o",
                symbolSize=8,
                symbolBrush=pg.mkBrush(colour),
                symbolPen=None,
                name=self._name(series, several),
                data=series,
            ).sigPointsClicked.connect(self._on_clicked)
        counts = sorted({entry.result.rows for series in found for entry in series})
        self.plot.getAxis("bottom").setTicks([[(math.log2(rows), str(rows)) for rows in counts]])
        self.plot.enableAutoRange()
        self.plot.getViewBox().setLimits(yMin=0)
        if not found:
            return self.tr("No way to compute was measured with several numbers of rows.")
        if len(found) > _MOST:
            return self.tr("Of {0} lines the first {1}.").format(len(found), _MOST)
        best = max((entry for series in found for entry in series), key=_throughput)
        return self.tr("The most: {0} rows a second, {1}").format(
            words.figure(best.result.throughput), words.case_name(best.result.name)
        )

    def _series(self, measured: Sequence[Entry]) -> list[list[Entry]]:
        by_way: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
        for entry in measured:
            by_way[entry.run.date, entry.run.model, _way(entry)].append(entry)
        found = []
        for series in by_way.values():
            if len({entry.result.rows for entry in series}) > 1:
                found.append(sorted(series, key=lambda entry: entry.result.rows))
        return found

    def _name(self, series: Sequence[Entry], several: bool) -> str:
        first = series[0].result
        parts = [part for part in first.name.split(" · ") if not part.endswith(("row", "rows"))]
        name = words.case_name(" · ".join(parts) or first.precision)
        return f"{name} · {series[0].run.date[5:16].replace('T', ' ')}" if several else name

    def mark(self, entry: Entry | None) -> None:
        if self.ring is not None:
            self.plot.removeItem(self.ring)
            self.ring = None
        number = self.index_of(entry)
        if number is None:
            return
        result = self.entries[number].result
        self.ring = pg.ScatterPlotItem(
            x=[math.log2(result.rows)],
            y=[result.throughput],
            size=17,
            pen=pg.mkPen(self.colour(QPalette.ColorRole.Text), width=2),
            brush=pg.mkBrush(None),
        )
        self.plot.addItem(self.ring, ignoreBounds=True)

    def _on_clicked(self, line: Any, points: Any, event: Any = None) -> None:
        if len(points):
            self.picked.emit(points[0].data())


def _throughput(entry: Entry) -> float:
    return entry.result.throughput


def _way(entry: Entry) -> str:
    """What is equal in all points of a line. Reports of before tell it by the name alone."""
    result = entry.result
    parts = [part for part in result.name.split(" · ") if not part.endswith(("row", "rows"))]
    if result.way.startswith("{"):
        return result.way
    return " · ".join([result.side, result.precision, *(p for p in parts if p != result.precision)])
