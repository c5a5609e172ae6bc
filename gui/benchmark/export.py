"""Results and plots as files."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog, QMenu

from engine.system.atomic_files import write_atomically
from engine.system.presence import is_there
from gui.benchmark.plots import Plots
from gui.benchmark.runs_bar import RunsBar
from gui.studio.context import Context

_FOLDER = "benchmark.folder"  # in the state
_PICTURES = (".png", ".svg")


class ExportMenu(QMenu):
    """What can be written. A file that is there is replaced where its owner said so."""

    def __init__(self, studio: Context, bar: RunsBar, plots: Plots) -> None:
        super().__init__()
        self._studio = studio
        self._bar = bar
        self._plots = plots
        for suffix, words in (
            (".md", self.tr("Table as Markdown…")),
            (".csv", self.tr("Table as CSV…")),
            (".json", self.tr("Results as JSON…")),
            (".png", self.tr("Plot as PNG…")),
            (".svg", self.tr("Plot as SVG…")),
        ):
            action = self.addAction(words)
            action.setData(suffix)
            action.triggered.connect(self._on_chosen)
        self.aboutToShow.connect(self._on_shown)

    def write(self, path: Path) -> None:
        """Write what the ending of the name says."""
        runs = self._bar.shown
        if path.suffix in _PICTURES:
            data = self._plots.picture(path.suffix)
            errand = self._studio.errands.ask(write_atomically, path, data)
        else:
            errand = self._studio.errands.ask(self._studio.backend.bench.export, runs, path)
        self._path = path
        errand.done.connect(self._on_done)
        errand.failed.connect(self._on_failed)

    @Slot()
    def _on_shown(self) -> None:
        for action in self.actions():
            picture = action.data() in _PICTURES
            action.setEnabled(self._plots.is_drawn if picture else bool(self._bar.shown))

    @Slot()
    def _on_chosen(self) -> None:
        suffix: str = self.sender().data()  # type: ignore[attr-defined]
        path = self._ask(suffix)
        if path is not None:
            self._studio.state.set(_FOLDER, str(path.parent))
            self.write(path)

    def _ask(self, suffix: str) -> Path | None:
        documents = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        folder = Path(self._studio.state.get(_FOLDER, documents or str(Path.home())))
        target = folder / f"{self._name()}{suffix}"
        while True:
            path, _ = QFileDialog.getSaveFileName(
                self.parentWidget(), self.tr("Export"), str(target), f"*{suffix}"
            )
            if not path:
                return None
            target = Path(path if path.lower().endswith(suffix) else f"{path}{suffix}")
            if str(target) == path or not is_there(target):
                return (
                    target  # else the dialog has asked about another name than the file will have
                )

    def _name(self) -> str:
        runs = self._bar.shown
        if len(runs) != 1:
            return "benchmark"
        model = re.sub(r"[^\w.-]+", "-", runs[0].model).strip("-.")[:60]
        return f"benchmark-{model}-{runs[0].date[:10]}"

    @Slot()
    def _on_done(self) -> None:
        self._studio.say(self.tr("Written: {0}").format(self._path), "note", "benchmark")

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._studio.explain(error, "benchmark")
