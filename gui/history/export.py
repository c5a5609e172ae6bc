"""The export dialog: format, sample rate, name, and the writing itself away from the window."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.audio.formats import FORMATS
from engine.audio.join import cut
from engine.audio.writer import write
from engine.errors import UserError, reason_of
from engine.system.presence import is_there
from gui.history.folder import typed_folder
from gui.look.enter import primary
from gui.look.plain import Plain, plain
from gui.look.words import clock, format_name

_SHOWN = ("wav", "wav24", "wav-float", "flac", "ogg", "mp3", "opus")  # m4b is for whole books


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    """Something to export. name: of its file, without an ending. audio: float32 (samples,)."""

    name: str
    audio: NDArray[np.float32]
    sample_rate: int
    text: str = ""
    voice: str = ""


class ExportDialog(QDialog):
    """Asks where and how, and writes one clip or several. GUI thread; the writing has its own.

    written: the files. It stays open, with a sentence, where something could not be written.
    """

    written = Signal(list)
    _ended = Signal(list, str)  # from the writing thread: files, what went wrong

    def __init__(
        self,
        clips: Sequence[Clip],
        parent: QWidget | None = None,
        in_words: Callable[[str], str] = str,
        marked: tuple[float, float] | None = None,
    ) -> None:
        """in_words: a sentence of the engine in the language of the window. marked: seconds of a
        single clip that alone may be wanted."""
        super().__init__(parent)
        self._clips = list(clips)
        self._in_words = in_words
        self.setWindowTitle(
            self.tr("Export") if len(clips) == 1 else self.tr("Export {0} takes").format(len(clips))
        )
        self.format = QComboBox()
        for name in _SHOWN:
            self.format.addItem(format_name(name), name)
        self.rate = QComboBox()
        music = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MusicLocation)
        self.folder = QLineEdit(music or str(Path.home()))
        self.name = QLineEdit(self._clips[0].name)
        self.name.setVisible(len(clips) == 1)
        self._marked = marked
        self.only_marked = QCheckBox()
        self.only_marked.setVisible(marked is not None)
        self.only_marked.setChecked(marked is not None)
        if marked is not None:
            first, last = map(clock, marked)
            words = self.tr("Only what is marked, {0} to {1}")
            self.only_marked.setText(words.format(first, last))
        self._problem = Plain()
        self._problem.setWordWrap(True)
        self._problem.hide()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._save = self._buttons.addButton(
            self.tr("Export"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        browse = QPushButton(self.tr("Choose …"))
        browse.clicked.connect(self._on_browse)
        where = QHBoxLayout()
        where.addWidget(self.folder, 1)
        where.addWidget(browse)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow(self.tr("&Format"), self.format)
        form.addRow(self.tr("&Sample rate"), self.rate)
        label = QLabel(self.tr("F&older"))
        label.setBuddy(self.folder)
        form.addRow(label, where)
        if len(clips) == 1:
            form.addRow(self.tr("&Name"), self.name)
        if marked is not None:
            form.addRow(self.only_marked)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self._problem)
        layout.addStretch(1)
        layout.addWidget(self._buttons)
        primary(self, self._save)
        self.resize(480, self.sizeHint().height())
        for widget, spoken in (
            (self.format, self.tr("Format")),
            (self.rate, self.tr("Sample rate")),
            (self.folder, self.tr("Folder")),
            (self.name, self.tr("Name")),
        ):
            widget.setAccessibleName(spoken)
        self._buttons.accepted.connect(self.export)
        self._buttons.rejected.connect(self.reject)
        self.format.currentIndexChanged.connect(self._on_format)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        self._on_format()

    def choose(self, format: str, rate: int = 0, folder: Path | None = None) -> None:
        """Preset what was chosen the last time; rate 0 is the take's own."""
        self.format.setCurrentIndex(max(0, self.format.findData(format)))
        self.rate.setCurrentIndex(max(0, self.rate.findData(rate)))
        if folder is not None:
            self.folder.setText(str(folder))

    @property
    def chosen(self) -> tuple[str, int, Path]:
        """Format, rate (0: the take's own), folder: what `choose` takes. Raises UserError where no
        folder is typed."""
        return self.format.currentData(), self.rate.currentData(), typed_folder(self.folder.text())

    def paths(self) -> list[Path]:
        """The files that will be written: no two of one name. Raises UserError as `chosen`."""
        format, _, folder = self.chosen
        suffix = FORMATS[format].suffix
        names = [clip.name for clip in self._clips]
        if len(names) == 1:
            name = self.name.text().strip()
            names = [name[: -len(suffix)] if name.lower().endswith(suffix) else name]
        taken: set[str] = set()
        paths = []
        for name in names:
            number, unique = 2, name
            while unique.casefold() in taken:
                unique, number = f"{name}-{number}", number + 1
            taken.add(unique.casefold())
            paths.append(folder / f"{unique}{suffix}")
        return paths

    def export(self) -> None:
        """Write, into a new folder if need be; `written` follows, or a sentence in the dialog."""
        name = self.name.text().strip()
        if not name.strip(".") or Path(name).name != name or "\\" in name:
            self._complain(self.tr("Give the file a name without / and \\."))
            return
        try:
            paths = self.paths()
        except UserError as error:
            self._complain(str(error))
            return
        here = [path for path in paths if is_there(path)]
        if here and not self._may_replace(here):
            return
        self._save.setEnabled(False)
        self._problem.hide()
        format, rate, _ = self.chosen
        clips = self._clips
        if self._marked is not None and self.only_marked.isChecked():
            audio = cut(clips[0].audio, clips[0].sample_rate, *self._marked)
            clips = [dataclasses.replace(clips[0], audio=audio)]
        arguments = clips, paths, format, rate
        threading.Thread(target=self._write, args=arguments, daemon=True).start()

    def _may_replace(self, paths: list[Path]) -> bool:
        question = (
            self.tr("{0} is there already. Replace it?").format(paths[0].name)
            if len(paths) == 1
            else self.tr("{0} of these files are there already. Replace them?").format(len(paths))
        )
        answer = QMessageBox.question(self, self.windowTitle(), plain(question))
        return answer == QMessageBox.StandardButton.Yes

    def _write(self, clips: list[Clip], paths: list[Path], format: str, rate: int) -> None:
        written: list[Path] = []
        problem = ""
        try:
            for clip, path in zip(clips, paths, strict=True):
                _make(path.parent)
                tags = {"title": clip.text[:120], "artist": clip.voice, "genre": "Speech"}
                write(
                    path,
                    clip.audio,
                    clip.sample_rate,
                    format=format,
                    tags=tags,
                    rate=rate or None,
                )
                written.append(path)
        except UserError as error:
            problem = str(error)
        except Exception as error:  # a thread has nobody else to tell
            problem = f"{type(error).__name__}: {error}"
        self._ended.emit(written, problem)

    def _on_ended(self, written: list[Path], problem: str) -> None:
        self._save.setEnabled(True)
        if problem:
            self._complain(problem)
        else:
            self.accept()
            self.written.emit(written)

    def _complain(self, problem: str) -> None:
        problem = self._in_words(problem)
        self._problem.setText(problem[:1].upper() + problem[1:])
        self._problem.show()

    def _on_browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder"), self.folder.text())
        if folder:
            self.folder.setText(folder)

    def _on_format(self) -> None:
        wanted = self.rate.currentData()
        self.rate.clear()
        self.rate.addItem(self.tr("As it is ({0} Hz)").format(self._clips[0].sample_rate), 0)
        for rate in FORMATS[self.format.currentData()].rates:
            self.rate.addItem(self.tr("{0} Hz").format(rate), rate)
        self.rate.setCurrentIndex(max(0, self.rate.findData(wanted)))


def _make(folder: Path) -> None:
    """Make a folder, if it is not there. Raises UserError where the disk refuses."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make {folder}: {reason_of(error)}") from error
