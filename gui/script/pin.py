"""What a project is spoken by, and the two ways to have it spoken by something else."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMessageBox, QPushButton, QVBoxLayout, QWidget

from gui.look.plain import Plain, plain
from gui.script.files import MIX, REMAKE, begin
from gui.script.work import ScriptWork
from gui.widgets.sentences import sentence


class PinPanel(QWidget):
    """Model and arithmetic of the open project. Other settings in Speak change no finished script:
    the two buttons take them, after a question."""

    def __init__(self, work: ScriptWork) -> None:
        super().__init__()
        self._work = work
        self.words = Plain()
        self.words.setWordWrap(True)
        self.words.setProperty("look", "muted")
        self.anew = QPushButton(self.tr("Speak all rows anew…"))
        self.anew.setToolTip(
            self.tr("With the model and the settings of the page Speak; earlier takes stay")
        )
        self.missing = QPushButton(self.tr("Speak missing rows otherwise…"))
        self.missing.setToolTip(
            self.tr("With the model and the settings of the page Speak; finished rows stay")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.words, self.anew, self.missing):
            column.addWidget(widget)
        self.anew.clicked.connect(self._on_anew)
        self.missing.clicked.connect(self._on_missing)
        work.opened.connect(self.refresh)
        work.looked.connect(self.refresh)
        work.running_changed.connect(self.refresh)
        work.stuck.connect(self._on_stuck)
        work.studio.model_changed.connect(self.refresh)
        work.studio.settings_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Look at the project again."""
        project = self._work.project
        pinned = project is not None and project.is_known_pinned
        for button in (self.anew, self.missing):
            button.setVisible(pinned)
            button.setEnabled(pinned and not self._work.running)
        if project is None or not pinned or project.maker is None:
            self.words.setText(
                self.tr(
                    "The first take settles model and numbers, by what the page Speak says then; "
                    "now {}. All rows are spoken by them."
                ).format(self._now())
            )
            return
        words = self.tr("Spoken by {}.").format(project.maker.in_words())
        if project.earlier:
            others = "; ".join(way.maker.in_words() for way in project.earlier)
            words += " " + self.tr("Some rows are by {}.").format(others)
        self.words.setText(words)

    # ── questions ─────────────────────────────────────────────────────────────────────────────

    @Slot()
    def _on_anew(self) -> None:
        text = self.tr(
            "Speak all rows with {}? The takes of now do not count any more; they stay to be "
            "chosen from. Locked rows stay as they are."
        )
        if self._asks(self.tr("All rows anew"), text.format(self._now())):
            self._begin(REMAKE, None)

    @Slot()
    def _on_missing(self) -> None:
        text = self.tr(
            "Speak the rows that have no take yet with {}? The finished rows stay; the table says "
            "which are by something else."
        )
        if self._asks(self.tr("Missing rows otherwise"), text.format(self._now())):
            self._begin(MIX, None)

    @Slot(str, object)
    def _on_stuck(self, why: str, rows: frozenset[str] | None) -> None:
        """The project cannot go on as it was begun, and rows are to be spoken."""
        box = QMessageBox(self.window())
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Another voice or other numbers"))
        box.setText(plain(sentence(why)))
        box.setInformativeText(
            plain(
                self.tr("{} can speak instead: the missing rows, or all of them anew.").format(
                    self._now()
                )
            )
        )
        missing = box.addButton(self.tr("Missing rows"), QMessageBox.ButtonRole.AcceptRole)
        anew = box.addButton(self.tr("All rows anew"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        if box.clickedButton() is missing:
            self._begin(MIX, rows)
        elif box.clickedButton() is anew:
            self._begin(REMAKE, None)

    def _now(self) -> str:
        """What the page Speak has chosen."""
        studio = self._work.studio
        return f"{studio.model}, {studio.settings.precision}"

    def _asks(self, title: str, text: str) -> bool:
        answer = QMessageBox.question(self.window(), title, plain(text))
        return answer == QMessageBox.StandardButton.Yes

    def _begin(self, how: str, rows: frozenset[str] | None) -> None:
        work = self._work
        if work.running:
            return
        work.save()
        errand = work.decide(begin, work.speaker(), how)
        if errand is not None:
            errand.done.connect(lambda _: work.render(rows))
