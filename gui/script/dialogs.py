"""Questions that the Script view asks: which file, where to, how to export, read again?"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engine.documents.read import SUFFIXES, look_at_table
from engine.documents.reading import USUAL, Reading
from engine.documents.table import Look
from engine.recordings.recording import Recording
from engine.system.shown import shown
from gui.look.words import clock
from gui.script.columns import ColumnsDialog
from gui.script.export import ScriptExport
from gui.script.files import Opened
from gui.script.questions import Questions
from gui.script.reading import ReadingPanel
from gui.script.work import ScriptWork
from gui.studio.context import Context
from gui.widgets.kept_geometry import keep_geometry
from gui.widgets.sentences import ended, translated

_NOTES = 3  # sentences on what was written that the line of the window shows


class ScriptDialogs(QObject):
    """chosen(Path): a text or the folder of a project is to be opened. GUI thread."""

    chosen = Signal(object)

    def __init__(
        self, studio: Context, work: ScriptWork, reading: ReadingPanel, view: QWidget
    ) -> None:
        super().__init__(view)
        self.studio = studio
        self._work = work
        self._view = view
        self._reading = reading
        self._questions = Questions(studio, self)
        self._path = Path()  # of the table whose columns are asked for
        work.text_changed.connect(self._on_text_changed)
        work.table_unclear.connect(self._ask_for_columns)
        reading.columns_wanted.connect(self._ask_for_other_columns)

    @Slot()
    def ask_for_file(self) -> None:
        """Let the user choose a text."""
        patterns = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        path, _ = QFileDialog.getOpenFileName(
            self._view,
            self.tr("Open a script"),
            self.studio.state.get("open.folder", ""),
            self.tr("Texts, tables, subtitles, books")
            + f" ({patterns});;"
            + self.tr("All files")
            + " (*)",
        )
        if path:
            self.studio.state.set("open.folder", str(Path(path).parent))
            self.chosen.emit(Path(path))

    @Slot()
    def ask_for_project(self) -> None:
        """Let the user choose the folder of a project."""
        folder = QFileDialog.getExistingDirectory(
            self._view, self.tr("Open a project"), self.studio.state.get("script.folder", "")
        )
        if folder:
            self.studio.state.set("script.folder", str(Path(folder).parent))
            self.chosen.emit(Path(folder))

    @Slot()
    def ask_for_copy(self) -> None:
        """Let the user say where the project is to be copied."""
        if self._work.project is None:
            return
        folder = self.studio.state.get("script.folder", str(Path.home()))
        name = self._work.project.folder.name
        path, _ = QFileDialog.getSaveFileName(
            self._view, self.tr("Copy the project to a new folder"), str(Path(folder) / name)
        )
        if path:
            self.studio.state.set("script.folder", str(Path(path).parent))
            self._work.copy_to(Path(path))

    @Slot()
    def show_folder(self) -> None:
        """Show the project in the file manager."""
        if self._work.project is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._work.project.folder)))

    @Slot()
    def export(self) -> None:
        """Ask how, and write the recordings."""
        model = self._work.model
        project, states = self._work.project, [model.state(row.id) for row in model.rows]
        missing = sum(state is None or state.key is None for state in states)
        if project is None:
            return
        if missing == len(states):
            self.studio.say(self.tr("There is nothing to export yet: render the rows first."))
            return
        self._work.save()
        dialog = ScriptExport(self.studio, project, missing, self._view)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.written.connect(self._on_written)
        keep_geometry(dialog, "export script", self.studio.state)
        dialog.open()

    @Slot(object)
    def _on_written(self, recordings: list[Recording]) -> None:
        seconds = clock(sum(recording.seconds for recording in recordings), 0)
        notes = [
            f"{recording.path.name}: {ended(translated(note))}"
            for recording in recordings
            for note in recording.notes
        ]
        if len(recordings) == 1:
            words = self.tr("{0} is written, {1}.").format(recordings[0].path, seconds)
        else:
            words = self.tr("{0} recordings are written to {1}, together {2}.").format(
                len(recordings), recordings[0].path.parent, seconds
            )
        self.studio.say(" ".join([words, *notes[:_NOTES]]), "warning" if notes else "note")
        if len(notes) > _NOTES:
            self._list_notes(notes)

    def _list_notes(self, notes: list[str]) -> None:
        """More than the line of the window can hold."""
        words = self.tr("{} sentences on what was written").format(len(notes))
        box = QMessageBox(QMessageBox.Icon.Warning, self.tr("Export"), words, parent=self._view)
        box.setDetailedText(shown("\n".join(notes)))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    @Slot(object)
    def _on_text_changed(self, opened: Opened) -> None:
        answer = QMessageBox.question(
            self._view,
            self.tr("The text has changed"),
            self.tr(
                "The file has changed since the table was made from it. Read it again? Edits in "
                "the table are lost; takes of rows that stay the same are kept."
            ),
        )
        if answer == QMessageBox.StandardButton.Yes:
            self._reading.take(opened)

    # ── columns ───────────────────────────────────────────────────────────────────────────────

    @Slot(object)
    def _ask_for_columns(self, path: Path, reading: Reading = USUAL) -> None:
        """Show the first rows of a table, and let the user say what its columns are."""
        self._path = path
        self._questions.ask(look_at_table, self._on_looked_at, path, reading)

    @Slot()
    def _ask_for_other_columns(self) -> None:
        text = self._work.text
        if text.path is not None:
            self._ask_for_columns(text.path, text.reading)

    @Slot(object)
    def _on_looked_at(self, look: Look) -> None:
        dialog = ColumnsDialog(look, self._path.name, self._view)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._on_columns)
        keep_geometry(dialog, "columns", self.studio.state)
        dialog.open()

    @Slot(dict)
    def _on_columns(self, columns: dict[str, str]) -> None:
        if self._work.project is not None and self._work.text.path == self._path:
            self._reading.read_otherwise(columns=columns)
        else:
            self._work.open(self._path, Reading(columns=columns))
