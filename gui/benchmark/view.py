"""The Benchmark view: choose what is measured, watch it, and see what each choice brings here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QPalette, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from engine.figures.difference import Difference, difference
from engine.figures.plan import Notice
from engine.figures.run import Run, Runs
from gui.benchmark import words
from gui.benchmark.export import ExportMenu
from gui.benchmark.model import Entry, ResultsModel
from gui.benchmark.plan import PlanPanel
from gui.benchmark.plots import Plots
from gui.benchmark.runs_bar import RunsBar
from gui.benchmark.story import StoryDialog
from gui.benchmark.table import ResultsTable
from gui.benchmark.work import Measuring
from gui.look.icons import icon
from gui.look.words import clock
from gui.studio.context import Context
from gui.studio.worker import Errand
from gui.widgets.drawer import Drawer
from gui.widgets.elided import Elided
from gui.widgets.sentences import sentence, translated

_BESIDE = 1200  # pixels from which on the plots stand beside the table, not below


class BenchmarkView(QWidget):
    """Runs, their table and their plots on the left, what is to be measured on the right."""

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self.studio = studio
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.runs = Runs([], [])
        self._told: set[str] = set()  # problems of files, each said once
        self._reading: Errand | None = None
        self._newest = False  # show the newest run when they are read
        self._warned = ""  # by the run that goes on
        self.work = Measuring(studio, self)
        self.plan = PlanPanel(studio)
        self.bar = RunsBar()
        self.model = ResultsModel(self)
        self.table = ResultsTable(self.model, studio.state)
        self.plots = Plots(studio)
        self.export = ExportMenu(studio, self.bar, self.plots)
        self.bar.export_button.setMenu(self.export)
        self.measure_button = QPushButton(self.tr("Measure"))
        self.measure_button.setProperty("look", "primary")
        self.measure_button.setIcon(icon("play", role=QPalette.ColorRole.HighlightedText))
        self.measure_button.setToolTip(
            self.tr("In the background (Ctrl+Enter); what else is done meanwhile is in the figures")
        )
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.setIcon(icon("stop"))
        self.stop_button.setToolTip(self.tr("Stop measuring (Esc); whole rounds are kept"))
        self.status = Elided(lines=2)
        self.status.setProperty("look", "muted")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Measuring"))
        place = self.progress.sizePolicy()
        place.setRetainSizeWhenHidden(True)  # nothing moves when it comes
        self.progress.setSizePolicy(place)
        self.about = Elided(lines=2)
        self.about.setProperty("look", "muted")
        self._lay_out()
        self._connect()
        self._show_work()
        self.read()

    @property
    def first(self) -> QWidget:
        """What has the keyboard when the view is shown."""
        return self.table

    @property
    def home(self) -> QWidget:
        """What takes the keyboard from a control that cannot be used any more."""
        return self.table

    def remember(self) -> None:
        """Keep what is chosen."""
        self.plan.remember()
        self.table.remember()

    # ── measuring ─────────────────────────────────────────────────────────────────────────────

    @Slot()
    def measure(self) -> None:
        """Measure what is chosen."""
        if not self.plan.is_ready or self.work.at_work:
            return
        self._warned = ""
        self.plan.remember()
        self.work.begin(self.plan.plan())
        self.status.setText(self.tr("Waiting for the measurement to begin…"))
        self._show_work()

    @Slot()
    def stop(self) -> None:
        """End the measurement; its whole rounds are kept."""
        if self.work.at_work:
            self.work.stop()
            self.stop_button.setEnabled(False)
            self.status.setText(self.tr("Stopping…"))

    @Slot(object)
    def _on_heard(self, what: Notice) -> None:
        if what.at == "warning":
            self._warned = translated(what.words)
        elif line := words.heard(what):
            self._line = line
            self._show_status()

    @Slot(object, object)
    def _on_told(self, done: int, total: int) -> None:
        """Tenths of seconds."""
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self._time = (
            self.tr("{0} of about {1}").format(clock(done / 10, 0), clock(total / 10, 0))
            if total
            else ""
        )
        self._show_status()

    @Slot(object)
    def _on_grew(self, run: Run) -> None:
        self.bar.show_live(run)

    @Slot(bool)
    def _on_ended(self, whole: bool) -> None:
        self._newest = True
        self.read()
        self._show_work()
        if not whole:
            self.status.setText(self.tr("Stopped. Whole rounds are kept."))

    def _show_work(self) -> None:
        at_work = self.work.at_work
        self._line = self._time = ""
        self.measure_button.setEnabled(self.plan.is_ready and not at_work)
        self.stop_button.setEnabled(at_work)
        self.progress.setRange(0, 0 if at_work else 1)
        self.progress.setVisible(at_work)
        self.plan.lock(at_work)
        if not at_work:
            self.status.setText(self.plan.in_words())

    def _show_status(self) -> None:
        if self.work.at_work and self.stop_button.isEnabled():
            parts = [self._line, self._time, self._warned]
            self.status.setText(" · ".join(part for part in parts if part))

    @Slot()
    def _on_plan(self) -> None:
        if not self.work.at_work:
            self._show_work()

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    @Slot()
    def read(self) -> None:
        """Read again what is kept."""
        if self._reading is None:
            self._reading = self.studio.errands.ask(self.studio.backend.bench.runs)
            self._reading.done.connect(self._on_read)
            self._reading.failed.connect(self._on_not_read)

    @Slot(object)
    def _on_read(self, runs: Runs) -> None:
        self._reading = None
        self.runs = runs
        newest, self._newest = self._newest, False
        here = [run for run in runs.runs if run.here]
        elsewhere = [run for run in runs.runs if not run.here]
        self.bar.show_runs([*here, *elsewhere], newest=newest)
        self.plan.ask()
        for problem in runs.problems:
            if problem not in self._told:
                self._told.add(problem)
                self.studio.say(problem, "warning", "benchmark")

    @Slot(object)
    def _on_not_read(self, error: Exception) -> None:
        self._reading = None
        self.studio.explain(error, "benchmark")

    @Slot()
    def _on_runs(self) -> None:
        shown, other = self.bar.shown, self.bar.other
        found = None
        if other is not None and shown:
            found = difference(other, shown[0])
        changes = found.changes if found is not None else {}
        entries = [
            Entry(run, result, changes.get(result.name)) for run in shown for result in run.results
        ]
        self.table.show_columns(change=found is not None, run=self.bar.all_shown)
        self.table.empty = self.tr(
            "Nothing was measured here yet. Choose on the right what to compare, and press Measure."
        )
        self.model.show(entries)
        self.plots.show_entries(self.model.entries)
        self.plots.mark(self.table.entry)
        self.about.setText(self._about(shown, other, found))

    def _about(self, shown: list[Run], other: Run | None, found: Difference | None) -> str:
        if not shown:
            return ""
        if len(shown) > 1:
            count = sum(len(run.results) for run in shown)
            return self.tr("Results of all runs: {0}").format(count)
        parts = []
        if found is not None and other is not None:
            parts.append(
                self.tr("Changed beyond noise: {0} of {1}").format(
                    len(found.seen), len(found.changes)
                )
            )
            if not found.same_machine:
                parts.append(self.tr("the runs are of two machines"))
            if not found.same_work:
                parts.append(self.tr("they did not do the same work"))
        if shown[0].warning:
            parts.append(sentence(shown[0].warning))
        return " · ".join([*parts, words.about(shown[0])])

    @Slot()
    def _on_sorted(self) -> None:
        self.plots.show_order(self.model.entries)
        self.plots.mark(self.table.entry)

    @Slot()
    def _on_story(self) -> None:
        dialog = StoryDialog(
            self.studio, self.runs.story, self.plan.model.currentData() or "", self
        )
        dialog.measured.connect(self.read)
        dialog.show()

    # ── inside ────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.measure_button)
        top.addWidget(self.stop_button)
        top.addWidget(self.status, 1)
        self.split = _Split(self.table, self.plots)
        main = QWidget()
        column = QVBoxLayout(main)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.progress)
        column.addWidget(self.bar)
        column.addWidget(self.about)
        column.addWidget(self.split, 1)
        self.drawer = Drawer("benchmark", main, self.plan, self.studio.state)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.drawer)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.about.setMinimumHeight(2 * self.about.fontMetrics().lineSpacing())

    def _connect(self) -> None:
        self.measure_button.clicked.connect(self.measure)
        self.stop_button.clicked.connect(self.stop)
        self.plan.changed.connect(self._on_plan)
        self.work.heard.connect(self._on_heard)
        self.work.told.connect(self._on_told)
        self.work.grew.connect(self._on_grew)
        self.work.ended.connect(self._on_ended)
        self.bar.changed.connect(self._on_runs)
        self.bar.story_button.clicked.connect(self._on_story)
        self.table.chosen.connect(self.plots.mark)
        self.model.layoutChanged.connect(self._on_sorted)
        self.plots.picked.connect(self.table.choose)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            start = QShortcut(QKeySequence(keys), self, self.measure)
            start.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        end = QShortcut(QKeySequence("Esc"), self, self.stop)
        end.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)


class _Split(QSplitter):
    """Half for each; beside each other where there is room."""

    def __init__(self, *parts: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(10)
        for number, part in enumerate(parts):
            self.addWidget(part)
            self.setStretchFactor(number, 1)
        self._halved = False

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        beside = event.size().width() >= _BESIDE
        orientation = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if orientation != self.orientation():
            self.setOrientation(orientation)
            self._halved = False
        if not self._halved:
            self._halved = self.isVisible()
            whole = event.size().width() if beside else event.size().height()
            self.setSizes([whole // 2, whole // 2])
        super().resizeEvent(event)
