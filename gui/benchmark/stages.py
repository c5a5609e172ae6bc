"""Where the time goes: the stages of a row one behind the other, a bar for each result."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pyqtgraph as pg
from PySide6.QtGui import QPalette

from engine.figures.run import STAGES
from gui.benchmark.canvas import COLOURS, Bars, a_row
from gui.benchmark.model import Entry
from gui.widgets.stages import stage_name


class Plot(Bars):
    """The medians of each stage. Above stands which colour is which: the bars take all the room."""

    def draw(self, entries: Sequence[Entry]) -> str:
        left_out = self.begin_lines(entries, self.tr("Seconds of a row"))
        keys = [
            f'<span style="color: {colour}">■</span> {escape(name)}'
            for colour, name in zip(COLOURS, stage_names(), strict=False)
        ]
        ink = self.colour(QPalette.ColorRole.Text).name()
        self.plot.setTitle("&nbsp; ".join(keys), color=ink, size=f"{self.font().pointSize()}pt")
        starts = [0.0] * len(self.entries)
        for number in range(len(STAGES)):
            widths = [a_row(entry.result, entry.result.stages[number]) for entry in self.entries]
            bars = pg.BarGraphItem(
                x0=starts,
                y=list(range(len(starts))),
                width=widths,
                height=0.62,
                brush=pg.mkBrush(COLOURS[number]),
                pen=pg.mkPen(None),
            )
            self.plot.addItem(bars)
            starts = [start + width for start, width in zip(starts, widths, strict=True)]
        self.plot.setXRange(0, max(starts, default=1.0) * 1.02, padding=0)
        return left_out or self.tr("Medians of the rounds; rows spoken together share a call.")


def stage_names() -> list[str]:
    """The stages in the language of the window."""
    return [stage_name(stage) for stage in STAGES]
