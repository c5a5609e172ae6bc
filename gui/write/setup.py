"""WriteSetup: what writing needs and this environment lacks, and the button that fetches it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from gui.look import words
from gui.look.plain import Plain
from gui.studio.context import Context
from gui.studio.worker import Errand


class WriteSetup(QFrame):
    """Installs the packages of writing when clicked. ready(): they are there. GUI thread."""

    ready = Signal()
    _said = Signal(str)

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self._studio = studio
        self._errand: Errand | None = None
        self._line = ""  # what pip said last
        self.setProperty("look", "card")
        title = QLabel(self.tr("Writing needs TensorFlow"))
        title.setProperty("look", "title")
        about = QLabel(
            self.tr(
                "The text generator is compiled by TensorFlow, which is not installed yet. "
                "It is fetched from the Python package index (about 600 MB, 2 GB on the disk) and "
                "put where Bark Studio's other packages are. Speaking does not need it."
            )
        )
        about.setWordWrap(True)
        self.install = QPushButton(self.tr("Install"))
        self.install.setProperty("look", "primary")
        self.install.setAccessibleName(self.tr("Install TensorFlow"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setAccessibleName(self.tr("Cancel the installation"))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(self.tr("Installation"))
        self.facts = Plain()
        self.facts.setProperty("look", "muted")
        self.facts.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.install)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 18)
        column.setSpacing(10)
        for widget in (title, about):
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addWidget(self.bar)
        column.addWidget(self.facts)
        column.addStretch(1)
        self.install.clicked.connect(self._on_install)
        self.cancel.clicked.connect(self._on_cancel)
        self._said.connect(self._on_said)
        self._show(False)

    def _show(self, at_work: bool) -> None:
        self.install.setEnabled(not at_work)
        for widget in (self.cancel, self.bar, self.facts):
            widget.setVisible(at_work)

    @Slot()
    def _on_install(self) -> None:
        self._show(True)
        self._line = self.tr("Installing …")
        self._on_told(0, 0)
        backend = self._studio.backend
        errand = self._studio.downloads.ask_telling(backend.install_writing, self._said.emit)
        errand.told.connect(self._on_told)
        errand.done.connect(self._on_done)
        errand.failed.connect(self._on_failed)
        errand.stopped.connect(self._on_stopped)
        self._errand = errand

    @Slot()
    def _on_cancel(self) -> None:
        if self._errand is not None:
            self._errand.cancel()

    @Slot(str)
    def _on_said(self, line: str) -> None:
        self._line = line
        self.facts.setText(line)

    @Slot(object, object)
    def _on_told(self, done: int, total: int) -> None:
        self.bar.setRange(0, 1000 if total else 0)
        if total:
            self.bar.setValue(round(1000 * done / total))
            fetched = self.tr("{0} of {1}").format(words.size(done), words.size(total))
            self.facts.setText(f"{self._line} · {fetched}")
        else:
            self.facts.setText(self._line)

    @Slot()
    def _on_done(self) -> None:
        self._errand = None
        self._show(False)
        self.ready.emit()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._errand = None
        self._show(False)
        self._studio.explain(error)

    @Slot()
    def _on_stopped(self) -> None:
        self._errand = None
        self._show(False)
