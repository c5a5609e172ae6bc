"""The source texts beside us: what they measured, what their code takes here, what ours takes."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from engine.figures.plan import Notice
from engine.figures.run import Values
from engine.figures.story import Cost, Step, steps
from gui.benchmark import words
from gui.benchmark.work import Measuring
from gui.look import words as units
from gui.look.plain import Plain
from gui.studio.context import Context
from gui.widgets.sentences import sentence


class StoryDialog(QDialog):
    """Three columns, and the button that measures them. measured(): there is a new report."""

    measured = Signal()

    def __init__(
        self, studio: Context, story: Values | None, model: str, parent: QWidget | None = None
    ) -> None:
        """story: the newest report of `bench story`. model: that is measured."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._studio = studio
        self._model = model
        self._work = Measuring(studio, self)
        self.setWindowTitle(self.tr("The source texts beside us"))
        self.table = QTableWidget()
        self.table.setAccessibleName(self.tr("The source texts beside us"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.setStyleSheet("QTableView::item { padding: 3px 8px; }")
        self.table.verticalHeader().hide()
        self.notes = Plain()
        self.notes.setWordWrap(True)
        self.notes.setProperty("look", "muted")
        self.status = Plain()
        self.status.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Measuring"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.measure_button = QPushButton(self.tr("Measure"))
        self.stop_button = QPushButton(self.tr("Stop"))
        for button in (self.measure_button, self.stop_button):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        for widget in (self.table, self.notes, self.status, self.progress, buttons):
            column.addWidget(widget)
        buttons.rejected.connect(self.reject)
        self.measure_button.clicked.connect(self._on_measure)
        self.stop_button.clicked.connect(self._on_stop)
        self._work.heard.connect(self._on_heard)
        self._work.ended.connect(self._on_ended)
        self._show_work()
        self.show_story(story)
        self.resize(760, 560)

    def show_story(self, story: Values | None) -> None:
        """Show a report, or what has to be done to have one."""
        found: list[Step] = []
        if story is not None:
            try:
                found = steps(story)
            except UserError as error:
                self.status.setText(sentence(str(error)))
        self.table.setVisible(bool(found))
        self.notes.setVisible(bool(found))
        if found and story is not None:
            self._fill(found)
            self.notes.setText(self._notes(found, story))

    def done(self, result: int) -> None:
        """Close; what is being measured ends."""
        self._work.stop()
        super().done(result)

    def _fill(self, found: list[Step]) -> None:
        heads = (
            self.tr("Step"),
            self.tr("The text, there"),
            self.tr("As printed, here"),
            self.tr("Ours, here"),
            self.tr("Ours against as printed"),
        )
        self.table.setColumnCount(len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setRowCount(len(found))
        for row, step in enumerate(found):
            cells = [self._step(step), *map(self._cost, (step.text, step.printed, step.ours))]
            times = step.times
            cells.append("–" if math.isnan(times) else self.tr("{0}×").format(f"{times:.1f}"))
            for column, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                if column:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(row, column, item)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def _step(self, step: Step) -> str:
        names = {
            "step eager": self.tr("a step, eager"),
            "step first": self.tr("a step, first call"),
            "step later": self.tr("a step, later calls"),
            "generate eager": self.tr("generate, eager"),
            "generate, 4 tokens": self.tr("generate, 4 tokens"),
            "generate, 5 tokens": self.tr("generate, 5 tokens"),
            "generate, 4 padded to 8": self.tr("generate, 4 tokens padded to 8"),
            "generate, 5 padded to 8": self.tr("generate, 5 tokens padded to 8"),
            "num_beams=2, first": self.tr("2 beams, first call"),
            "num_beams=2, later": self.tr("2 beams, later calls"),
            "sampling, first": self.tr("sampling, first call"),
            "sampling, later": self.tr("sampling, later calls"),
            "base": self.tr("as it comes"),
            "half precision": self.tr("half precision"),
            "offload": self.tr("offload"),
            "all three": self.tr("all three"),
            "all three, its three prompts": self.tr("all three, its three prompts"),
        }
        about = "XLA" if step.about == "xla" else "Bark"
        return f"{about}: {names.get(step.name, step.name)}"

    def _cost(self, cost: Cost) -> str:
        if cost.refused:
            return self.tr("refused")
        if math.isnan(cost.seconds):
            return "–"
        if not cost.bytes:
            return self.tr("{0} ms").format(words.figure(1000 * cost.seconds))
        return f"{words.figure(cost.seconds)} s, {units.size(cost.bytes)}"

    def _notes(self, found: list[Step], story: Values) -> str:
        lines = [
            self.tr("The texts measured on graphics cards, a TITAN RTX and a 3090."),
            self.tr("Here: {0}, tokens a row: {1}, rounds: {2}; {3}.").format(
                story.get("model", ""),
                story.get("tokens", ""),
                story.get("rounds", ""),
                story["machine"].get("processor", ""),
            ),
        ]
        told = [str(story["warning"])] if story.get("warning") else []
        refused = {cost.refused for step in found for cost in (step.printed, step.ours)} - {""}
        for why in sorted(refused)[:3]:
            told.append(why)
        lines += map(sentence, told)
        return "\n".join(lines)

    # ── measuring ─────────────────────────────────────────────────────────────────────────────

    @Slot()
    def _on_measure(self) -> None:
        self._work.begin_story(self._model)
        self._show_work()
        self.status.setText(self.tr("Waiting for the measurement to begin…"))

    @Slot()
    def _on_stop(self) -> None:
        self._work.stop()
        self.stop_button.setEnabled(False)

    @Slot(object)
    def _on_heard(self, what: Notice) -> None:
        self.status.setText(words.heard(what) or what.words)

    @Slot(bool)
    def _on_ended(self, whole: bool) -> None:
        self._show_work()
        if whole:
            self.measured.emit()

    def _show_work(self) -> None:
        at_work = self._work.at_work
        self.progress.setRange(0, 0 if at_work else 1)
        self.progress.setVisible(at_work)
        self.stop_button.setVisible(at_work)
        self.stop_button.setEnabled(at_work)
        self.measure_button.setVisible(not at_work)
        self.measure_button.setEnabled(bool(self._model))
        self.status.setText(
            self.tr(
                "Measuring runs the texts' own code, in an environment that is made for it once: "
                "some 70 MB to download and 120 MB on the disk. It takes some minutes, and needs "
                "TensorFlow."
            )
        )
