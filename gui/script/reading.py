"""How the text of a script was read: what was guessed and left out, and reading it otherwise."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QVBoxLayout, QWidget

from engine.documents.read import is_table, is_text
from engine.script.project import Project
from engine.script.rows import LeftOut, Script
from gui.look.plain import Plain, plain
from gui.script.chosen import first_voice
from gui.script.files import Opened
from gui.script.questions import Questions
from gui.script.source import Source, read_otherwise, write_source
from gui.script.told import examples_of, told_in_words
from gui.script.work import ScriptWork
from gui.widgets.side import field_grid

_ENCODINGS = (
    "utf-8", "utf-16", "cp932", "euc-jp", "iso-2022-jp", "cp949", "gb18030", "big5", "cp1252",
    "cp850", "mac-roman", "cp1250", "iso-8859-2", "cp1251", "koi8-r", "cp866", "cp1253", "cp1254",
    "cp1255", "cp1256", "cp1257", "cp874",
)  # fmt: skip


class ReadingPanel(QWidget):
    """GUI thread. columns_wanted(): the user wants to choose the columns of the table."""

    columns_wanted = Signal()

    def __init__(self, work: ScriptWork) -> None:
        super().__init__()
        self._work = work
        self._questions = Questions(work.studio, self)
        self._shown: tuple[tuple[str, ...], tuple[LeftOut, ...]] | None = None
        self._asked_of: Project | None = None  # whose text is being read
        self.words = Plain()
        self.words.setWordWrap(True)
        self.words.setProperty("look", "muted")
        self.speakers = QCheckBox(self.tr("Names before a colon are speakers"))
        self.notes = QCheckBox(self.tr("Speak footnotes after their chapter"))
        self.encoding = QComboBox()
        self.encoding.addItem(self.tr("found by itself"), None)
        for name in _ENCODINGS:
            self.encoding.addItem(name, name)
        self.encoding.setToolTip(self.tr("Choose another one where letters look wrong"))
        self.columns = QPushButton(self.tr("Columns…"))
        self.columns.setToolTip(self.tr("Say which column of the table is what"))
        self._encoding_row = QWidget()
        grid = field_grid(((self.tr("Encoding"), self.encoding),))
        grid.setContentsMargins(0, 0, 0, 0)
        self._encoding_row.setLayout(grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.words, self.speakers, self.notes, self._encoding_row, self.columns):
            column.addWidget(widget)
        self.speakers.clicked.connect(self._on_changed)
        self.notes.clicked.connect(self._on_changed)
        self.encoding.activated.connect(self._on_changed)
        self.columns.clicked.connect(self.columns_wanted)
        work.opened.connect(self.show_text)
        work.edited.connect(self._on_edited)

    @property
    def idle(self) -> bool:
        """Whether no text is being read."""
        return not self._questions.open

    @Slot()
    def show_text(self) -> None:
        """Show how the text of the open project was read."""
        script, source = self._work.model.script, self._work.text
        self._shown = script.notes, script.left_out
        sentences = told_in_words(script)
        self.words.setText("\n".join(sentences) or self.tr("All of the text is in the rows."))
        self.words.setToolTip(plain(examples_of(script)))
        path, reading = source.path, source.reading
        self.speakers.setChecked(reading.speakers)
        self.notes.setChecked(reading.notes)
        self.encoding.setCurrentIndex(max(0, self.encoding.findData(reading.encoding)))
        self.speakers.setVisible(path is not None)
        self.notes.setVisible(path is not None and script.kind == "text")
        self._encoding_row.setVisible(path is not None and is_text(path))
        self.columns.setVisible(path is not None and is_table(path))

    def read_otherwise(self, **changes: Any) -> None:
        """Read the text again, in another way. Edits in the table go, and can be had back."""
        reading = dataclasses.replace(self._work.text.reading, **changes)
        if self._work.project is None or reading == self._work.text.reading:
            return
        if not self._work.may_change():
            self.show_text()
            return
        self._asked_of = self._work.project
        errand = self._questions.ask(
            read_otherwise, self._on_read, self._work.project, reading,
            first_voice(self._work.studio), self._work.speaker(),
        )  # fmt: skip
        errand.failed.connect(self._on_not_read)

    def take(self, opened: Opened) -> None:
        """Take what the file says now; edits in the table go, takes of equal rows stay."""
        if opened.newer is None or opened.source is None:
            return
        if self._work.project is opened.project and self._work.may_change():
            self._apply(opened.newer, opened.source)

    @Slot()
    def _on_changed(self) -> None:
        self.read_otherwise(
            speakers=self.speakers.isChecked(),
            notes=self.notes.isChecked(),
            encoding=self.encoding.currentData(),
        )

    @Slot(object)
    def _on_read(self, found: tuple[Script, Source]) -> None:
        if self._work.project is self._asked_of and self._work.may_change():
            self._apply(*found)
        self.show_text()

    @Slot(object)
    def _on_not_read(self, error: Exception) -> None:
        self.show_text()  # as it was

    def _apply(self, script: Script, source: Source) -> None:
        self._work.text = source
        self._work.edits.apply(script)
        self._work.decide(write_source, source)

    @Slot()
    def _on_edited(self) -> None:
        """An edit that was taken back may be a text that was read otherwise."""
        script = self._work.model.script
        if (script.notes, script.left_out) != self._shown and self._work.project is not None:
            self.show_text()
