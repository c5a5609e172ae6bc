"""The plots: one at a time, each of the results that the table shows."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
)

from gui.benchmark.model import Entry
from gui.studio.context import Context
from gui.widgets.elided import Elided

if TYPE_CHECKING:
    from gui.benchmark.canvas import Canvas

_KEY = "benchmark.plot"  # in the state
# Where each is, which imports pyqtgraph: only when the view is there.
_MODULES = {
    "scatter": "gui.benchmark.scatter",
    "lines": "gui.benchmark.lines",
    "stages": "gui.benchmark.stages",
    "spread": "gui.benchmark.spread",
}
_ORDERED = ("stages", "spread")


class Plots(QFrame):
    """picked(Entry): its point or bar was clicked. GUI thread."""

    picked = Signal(object)

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._studio = studio
        self._entries: list[Entry] = []
        self._marked: Entry | None = None
        self._canvases: dict[str, Canvas] = {}
        self._ready = False
        titles = {
            "scatter": self.tr("Latency and memory"),
            "lines": self.tr("Throughput"),
            "stages": self.tr("Stages"),
            "spread": self.tr("Spread"),
        }
        row = QHBoxLayout()
        row.setSpacing(4)
        self._group = QButtonGroup(self)
        self.buttons = {}
        for number, name in enumerate(_MODULES):
            button = self.buttons[name] = QPushButton(titles[name])
            button.setCheckable(True)
            button.setProperty("look", "flat")
            self._group.addButton(button, number)
            row.addWidget(button)
        row.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.setMinimumHeight(110)
        self._wait = QLabel(self.tr("The plots are being got ready…"))
        self._wait.setProperty("look", "muted")
        self._wait.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._wait.setWordWrap(True)
        self._stack.addWidget(self._wait)
        self.caption = Elided(lines=2)
        self.caption.setProperty("look", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        column.addWidget(self.caption)
        shown = studio.state.get(_KEY, "scatter")
        self.buttons[shown if shown in _MODULES else "scatter"].setChecked(True)
        self._group.idClicked.connect(self._on_chosen)
        studio.state.was_reset.connect(self._on_reset)
        QTimer.singleShot(0, self, self._load)  # when the view can be seen

    @property
    def name(self) -> str:
        """Which plot is shown."""
        return list(_MODULES)[self._group.checkedId()]

    @property
    def is_drawn(self) -> bool:
        """Whether there is a plot."""
        return self._ready and bool(self._entries)

    def choose(self, name: str) -> None:
        """Show a plot."""
        self.buttons[name].setChecked(True)
        self._on_chosen()

    def show_entries(self, entries: list[Entry]) -> None:
        """Draw these, in this order."""
        self._entries = entries
        self._draw()

    def show_order(self, entries: list[Entry]) -> None:
        """The same in another order, which only bars follow."""
        self._entries = entries
        if self.name in _ORDERED:
            self._draw()

    @Slot(object)
    def mark(self, entry: Entry | None) -> None:
        """Show which one is chosen."""
        self._marked = entry
        if (canvas := self.canvas) is not None:
            canvas.mark(entry)

    def picture(self, suffix: str) -> bytes:
        """The plot as a file: ".png" or ".svg"."""
        canvas = self.canvas
        assert canvas is not None
        return canvas.svg() if suffix == ".svg" else canvas.png()

    @property
    def canvas(self) -> Canvas | None:
        """The plot that is shown; None before it can be drawn."""
        return self._canvases.get(self.name)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        kinds = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if event.type() in kinds and self._ready:
            for canvas in self._canvases.values():
                canvas.restyle()
            self._draw()

    def _draw(self) -> None:
        if not self._ready:
            return
        name = self.name
        if name not in self._canvases:
            canvas: Canvas = import_module(_MODULES[name]).Plot()
            self._canvases[name] = canvas
            self._stack.addWidget(canvas)
            canvas.picked.connect(self.picked)
        canvas = self._canvases[name]
        self._stack.setCurrentWidget(canvas)
        self.caption.setText(canvas.draw(self._entries))
        canvas.setAccessibleName(self.buttons[name].text())
        canvas.setAccessibleDescription(self.caption.text())
        canvas.mark(self._marked)

    @Slot()
    def _on_chosen(self) -> None:
        self._studio.state.set(_KEY, self.name)
        self._draw()

    @Slot()
    def _on_reset(self) -> None:
        self.choose("scatter")

    @Slot()
    def _load(self) -> None:
        """Half a second, once. On this thread: what pyqtgraph makes as it is imported are objects
        of Qt, which belong to the thread of the window."""
        try:
            import_module("pyqtgraph")
        except ImportError:
            self._wait.setText(
                self.tr("Plots need the package pyqtgraph: start main.py again, which installs it.")
            )
            return
        self._ready = True
        self._draw()
