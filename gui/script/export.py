"""The export of a script: which files, in which format, how loud; written away from the window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.audio.formats import FORMATS
from engine.audio.targets import TARGETS
from engine.errors import UserError
from engine.recordings.filenames import KEYS, PER
from engine.recordings.ownership import Permission
from engine.recordings.plan import Delivery
from engine.recordings.recording import Recording
from engine.script.project import Project
from gui.history.folder import typed_folder
from gui.look.enter import primary
from gui.look.plain import Plain, plain
from gui.look.words import format_name
from gui.script.timing import TimingBox
from gui.script.writing import Planned, plan_export, write
from gui.studio.context import Context
from gui.studio.worker import Errand
from gui.widgets.elided import Elided
from gui.widgets.sentences import sentence

_TYPING = 250  # milliseconds without a key before the names are looked at
_NAMED = 3  # files that the preview names


class ScriptExport(QDialog):
    """Asks how, shows the names, and writes. GUI thread.

    written(list[Recording]): the recordings. It stays open where something could not be written.
    """

    written = Signal(object)

    def __init__(
        self, studio: Context, project: Project, missing: int, parent: QWidget | None = None
    ) -> None:
        """missing: rows without a take, which are left out."""
        super().__init__(parent)
        self._studio = studio
        self._project = project
        self._writing: Errand | None = None
        self._planning: Errand | None = None
        self._strangers: list[Path] = []  # that are there and not of this project
        self.setWindowTitle(self.tr("Export the script"))
        self._build(missing)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING)
        self._typing.timeout.connect(self._plan)
        self._restore()
        for box in self._boxes().values():
            box.currentIndexChanged.connect(self._plan_soon)
        for line in (self.name, self.author, self.folder):
            line.textChanged.connect(self._plan_soon)
        self.manifest.toggled.connect(self._plan_soon)
        self.timing.changed.connect(self._plan_soon)
        self.format.currentIndexChanged.connect(self._on_format)
        self.per.currentIndexChanged.connect(self._on_format)
        self._plan()

    def delivery(self) -> Delivery:
        """What is chosen. Raises UserError for what cannot be."""
        subtitles = self.subtitles.currentData()
        author = self.author.text().strip()
        return Delivery(
            out=typed_folder(self.folder.text()),
            format=self.format.currentData(),
            per=self.per.currentData(),
            name=self.name.text().strip() or None,
            loudness=self.loudness.currentData() or None,
            rate=self.rate.currentData() or None,
            channels=self.channels.currentData(),
            subtitles=tuple(subtitles.split()),
            manifest=self.manifest.isChecked(),
            tags={"artist": author} if author else {},
            timing=self.timing.value(),
        )

    # ── the names ─────────────────────────────────────────────────────────────────────────────

    @Slot()
    def _plan_soon(self) -> None:
        self.save_button.setEnabled(False)
        self._typing.start()

    @Slot()
    def _plan(self) -> None:
        self._typing.stop()
        if self._planning is not None:
            self._planning.cancel()
        self.save_button.setEnabled(False)
        try:
            delivery = self.delivery()
        except UserError as error:
            self._complain(str(error))
            return
        self._planning = self._studio.errands.ask(plan_export, self._project, delivery)
        self._planning.done.connect(self._on_planned)
        self._planning.failed.connect(self._on_not_planned)

    @Slot(object)
    def _on_planned(self, planned: Planned) -> None:
        self._planning = None
        files, self._strangers = planned.files, planned.strangers
        self.timing.show_overruns(planned.overruns)
        self.problem.hide()
        self.save_button.setEnabled(bool(files))
        shown = ", ".join(path.name for path in files[:_NAMED])
        if len(files) > _NAMED:
            shown = self.tr("{0} and {1} more").format(shown, len(files) - _NAMED)
        self.preview.setText(shown)

    @Slot(object)
    def _on_not_planned(self, error: Exception) -> None:
        self._planning = None
        self._tell(error)

    # ── writing ───────────────────────────────────────────────────────────────────────────────

    @Slot()
    def export(self) -> None:
        """Write; `written` follows, or a sentence in the dialog."""
        try:
            delivery = self.delivery()
        except UserError as error:
            self._complain(str(error))
            return
        if self._strangers and not self._may_replace(self._strangers):
            return
        self._remember()
        self.problem.hide()
        self._show_writing(True)
        asked = self._project, delivery, Permission(asked=frozenset(self._strangers))
        self._writing = self._studio.errands.ask_telling(write, *asked)
        self._writing.told.connect(self._on_told)
        self._writing.done.connect(self._on_written)
        self._writing.failed.connect(self._on_failed)
        self._writing.stopped.connect(self._on_stopped)

    def _may_replace(self, paths: list[Path]) -> bool:
        question = (
            self.tr("{0} is there already. Replace it?").format(paths[0].name)
            if len(paths) == 1
            else self.tr("{0} of these files are there already. Replace them?").format(len(paths))
        )
        answer = QMessageBox.question(self, self.windowTitle(), plain(question))
        return answer == QMessageBox.StandardButton.Yes

    def reject(self) -> None:
        """Cancel the writing, or close."""
        if self._writing is not None:
            self._writing.cancel()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Closing cancels the writing."""
        if self._writing is not None:
            self._writing.cancel()
            event.ignore()
        else:
            super().closeEvent(event)

    @Slot(object, object)
    def _on_told(self, done: int, total: int) -> None:
        self.progress.setMaximum(total)
        self.progress.setValue(done)

    @Slot(object)
    def _on_written(self, recordings: list[Recording]) -> None:
        self._writing = None
        self.accept()
        self.written.emit(recordings)

    @Slot()
    def _on_stopped(self) -> None:
        self._writing = None
        self._show_writing(False)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._writing = None
        self._show_writing(False)
        self._tell(error)

    def _tell(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._complain(str(error))
        else:
            self._studio.explain(error)

    def _show_writing(self, writing: bool) -> None:
        self.progress.setVisible(writing)
        self.progress.setMaximum(0)
        self._fields.setEnabled(not writing)
        self.save_button.setEnabled(not writing)

    def _complain(self, problem: str) -> None:
        self.preview.clear()
        self.timing.show_overruns([])
        self.problem.setText(sentence(problem))
        self.problem.show()

    # ── fields ────────────────────────────────────────────────────────────────────────────────

    def _build(self, missing: int) -> None:
        self.format = _box([(format_name(name), name) for name in FORMATS])
        self.per = _box(
            [
                (self.tr("One recording"), "file"),
                (self.tr("A recording for each chapter"), "chapter"),
                (self.tr("A recording for each row"), "row"),
            ]
        )
        self.loudness = _box(
            [
                (self.tr("−16 LUFS, podcast"), "-16"),
                (self.tr("−18 LUFS"), "-18"),
                (self.tr("−23 LUFS, broadcast"), "-23"),
                (self.tr("Audiobook, with its checks"), "audiobook"),
                (self.tr("As it was spoken"), ""),
            ]
        )
        assert {self.loudness.itemData(i) for i in range(5)} == {*TARGETS, ""}
        self.rate = _box([])
        self.channels = _box([(self.tr("Mono"), 1), (self.tr("Stereo"), 2)])
        self.subtitles = _box(
            [
                (self.tr("None"), ""),
                ("SRT", "srt"),
                ("WebVTT", "vtt"),
                (self.tr("Both"), "srt vtt"),
            ]
        )
        self.timing = TimingBox(self._project.script)
        self.manifest = QCheckBox(self.tr("A list of all rows, their takes and times (JSON)"))
        self.name = QLineEdit()
        self.name.setToolTip(
            self.tr("May hold {0}").format(", ".join(f"{{{key}}}" for key in sorted(KEYS)))
        )
        self.author = QLineEdit()
        self.folder = QLineEdit()
        browse = QPushButton(self.tr("Choose …"))
        browse.clicked.connect(self._on_browse)
        where = QHBoxLayout()
        where.addWidget(self.folder, 1)
        where.addWidget(browse)
        self._fields = QWidget()
        grid = QGridLayout(self._fields)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget], ...] = (
            (self.tr("&Files"), self.per),
            (self.tr("F&ormat"), self.format),
            (self.tr("&Loudness"), self.loudness),
            (self.tr("&Sample rate"), self.rate),
            (self.tr("&Channels"), self.channels),
            (self.tr("S&ubtitles"), self.subtitles),
            (self.tr("&Name"), self.name),
            (self.tr("&Author"), self.author),
            (self.tr("Fol&der"), self.folder),
        )
        for line, (title, widget) in enumerate(rows):
            label = QLabel(title)
            label.setBuddy(widget)
            widget.setAccessibleName(title.replace("&", ""))
            grid.addWidget(label, line, 0)
            if widget is self.folder:
                grid.addLayout(where, line, 1)
            else:
                grid.addWidget(widget, line, 1)
        grid.addWidget(self.timing, len(rows), 1)
        grid.addWidget(self.manifest, len(rows) + 1, 1)
        self.preview = Elided(mode=Qt.TextElideMode.ElideMiddle, lines=2)  # the end says more
        self.preview.setProperty("look", "muted")
        self.preview.setMinimumHeight(2 * self.preview.fontMetrics().lineSpacing())
        self.problem = Plain()
        self.problem.setProperty("look", "error")
        self.problem.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Writing the recordings"))
        for later in (self.problem, self.progress):
            later.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        accepts = QDialogButtonBox.ButtonRole.AcceptRole
        self.save_button = buttons.addButton(self.tr("Export"), accepts)
        self.save_button.setProperty("look", "primary")
        buttons.accepted.connect(self.export)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(self._fields)
        if missing:
            left_out = QLabel(self.tr("Rows without a take are left out: {}.").format(missing))
            left_out.setProperty("look", "warning")
            column.addWidget(left_out)
        for widget in (self.preview, self.problem, self.progress):
            column.addWidget(widget)
        column.addWidget(buttons, 1, Qt.AlignmentFlag.AlignBottom)
        primary(self, self.save_button)
        self.setMinimumWidth(520)

    def _restore(self) -> None:
        stored: dict[str, Any] = self._studio.state.get("script.export", {})
        standard = QStandardPaths.StandardLocation.MusicLocation
        music = QStandardPaths.writableLocation(standard) or str(Path.home())
        self._on_format()
        for name, box in self._boxes().items():
            box.setCurrentIndex(max(0, box.findData(stored.get(name, _USUAL.get(name)))))
        self.name.setText(str(stored.get("name", "")))
        self.author.setText(str(stored.get("author", "")))
        self.folder.setText(str(stored.get("folder", music)))
        self.manifest.setChecked(stored.get("manifest") is True)
        self.timing.restore(stored)
        self._on_format()

    def _remember(self) -> None:
        chosen: dict[str, Any] = {name: box.currentData() for name, box in self._boxes().items()}
        chosen |= {"name": self.name.text(), "author": self.author.text()}
        chosen |= {"folder": self.folder.text(), "manifest": self.manifest.isChecked()}
        chosen |= self.timing.stored()
        self._studio.state.set("script.export", chosen)

    def _boxes(self) -> dict[str, QComboBox]:
        return {
            "format": self.format,
            "per": self.per,
            "loudness": self.loudness,
            "rate": self.rate,
            "channels": self.channels,
            "subtitles": self.subtitles,
        }

    @Slot()
    def _on_format(self) -> None:
        wanted = self.rate.currentData()
        self.rate.clear()
        self.rate.addItem(self.tr("The model's own rate"), 0)
        for rate in FORMATS[self.format.currentData()].rates:
            self.rate.addItem(self.tr("{0} Hz").format(f"{rate:,}"), rate)
        self.rate.setCurrentIndex(max(0, self.rate.findData(wanted)))
        self.timing.set_per(self.per.currentData())
        self.name.setPlaceholderText(PER[self.per.currentData()] + ".{ext}")

    @Slot()
    def _on_browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder"), self.folder.text())
        if folder:
            self.folder.setText(folder)


_USUAL = {"format": "wav", "per": "file", "loudness": "-18", "channels": 1, "subtitles": ""}


def _box(items: list[tuple[str, Any]]) -> QComboBox:
    box = QComboBox()
    for title, value in items:
        box.addItem(title, value)
    return box
