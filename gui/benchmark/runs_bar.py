"""Which run is shown, which it is compared with, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from engine.figures.run import Run
from engine.system.shown import shown
from gui.benchmark import words
from gui.look.spoken_name import name_box
from gui.widgets.narrow import narrow

_ALL, _LIVE = "all", "live"


class RunsBar(QWidget):
    """changed(): other runs are to be shown. GUI thread."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._runs: list[Run] = []
        self._live: Run | None = None
        self.run_box = narrow(QComboBox())
        name_box(self.run_box, self.tr("Run"))
        self.other_box = narrow(QComboBox())
        name_box(self.other_box, self.tr("Compared with"))
        self.export_button = QPushButton(self.tr("Export"))
        self.export_button.setAccessibleName(self.tr("Export results or the plot"))
        self.story_button = QPushButton(self.tr("Source text…"))
        self.story_button.setToolTip(self.tr("What the texts this grew out of measured, beside us"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.run_box, 3)
        row.addWidget(self.other_box, 3)
        row.addWidget(self.export_button)
        row.addWidget(self.story_button)
        self.run_box.activated.connect(self._on_run)
        self.other_box.activated.connect(self._on_other)
        self._fill()

    def show_runs(self, runs: list[Run], *, newest: bool = False) -> None:
        """List these, newest first. newest: show that one; else the one that was shown stays."""
        self._live = None
        kept = None if newest else self._key(self.run_box.currentData())
        other = self._key(self.other_box.currentData())
        self._runs = runs
        self._fill(kept, other)
        self.changed.emit()

    def show_live(self, run: Run | None) -> None:
        """Show a run that goes on, as far as it has come."""
        first = self._live is None
        self._live = run
        if first or run is None:
            self._fill(None, self._key(self.other_box.currentData()))
        self.changed.emit()

    @property
    def shown(self) -> list[Run]:
        """The runs that are to be shown: one, or all."""
        data = self.run_box.currentData()
        if data == _ALL:
            return self._runs
        if data == _LIVE:
            return [self._live] if self._live is not None else []
        return [self._runs[data]] if isinstance(data, int) else []

    @property
    def other(self) -> Run | None:
        """The run that the shown one is compared with."""
        data = self.other_box.currentData()
        others = self.shown
        if not isinstance(data, int) or len(others) != 1 or self._runs[data] is others[0]:
            return None
        return self._runs[data]

    @property
    def all_shown(self) -> bool:
        """Whether more than one run is shown."""
        return bool(self.run_box.currentData() == _ALL)

    def _fill(self, kept: object = None, other: object = None) -> None:
        self.run_box.clear()
        self.other_box.clear()
        if self._live is not None:
            self.run_box.addItem(self.tr("Being measured now"), _LIVE)
        self.other_box.addItem(self.tr("Compared with nothing"), None)
        for number, run in enumerate(self._runs):
            name = shown(words.run_name(run))
            self.run_box.addItem(name, number)
            self.other_box.addItem(self.tr("Compared with {0}").format(name), number)
        if len(self._runs) > 1:
            self.run_box.addItem(self.tr("All runs: {0}").format(len(self._runs)), _ALL)
        if not self.run_box.count():
            self.run_box.addItem(self.tr("Nothing measured yet"), None)
        for box, key in ((self.run_box, kept), (self.other_box, other)):
            for index in range(box.count() if key is not None else 0):
                if self._key(box.itemData(index)) == key:
                    box.setCurrentIndex(index)
                    break
        self._on_usable()

    def _key(self, data: object) -> object:
        """What stays the same when runs are listed anew."""
        if isinstance(data, int):
            run = self._runs[data]
            return run.date, run.model, run.machine.get("processor")
        return data

    def _on_usable(self) -> None:
        self.run_box.setEnabled(self.run_box.currentData() is not None)
        self.other_box.setEnabled(bool(self._runs) and not self.all_shown)
        self.export_button.setEnabled(bool(self.shown))

    @Slot()
    def _on_run(self) -> None:
        self._on_usable()
        self.changed.emit()

    @Slot()
    def _on_other(self) -> None:
        self.changed.emit()
