"""How a script is spoken: by what, takes of a row, what it hears of the row before, sampling, seed,
and words that are spoken otherwise than they are written."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from engine.script.pronunciation import Pronunciation
from engine.script.selection import Recipe
from gui.look.plain import Plain
from gui.look.theme import padded
from gui.script.listening import ListenPanel
from gui.script.pin import PinPanel
from gui.script.work import ScriptWork
from gui.widgets.sampling import SamplingBox, SeedBox
from gui.widgets.sentences import sentence
from gui.widgets.side import field_grid


class HowPanel(QWidget):
    """The recipe of the project."""

    def __init__(self, work: ScriptWork) -> None:
        super().__init__()
        self._work = work
        self._shown: Recipe | None = None
        self.takes = padded(QSpinBox())
        self.takes.setRange(1, 100)
        self.takes.setToolTip(self.tr("A row that fails its check is spoken again, so many times"))
        self.history = QComboBox()
        self.history.addItem(self.tr("The same voice throughout"), "constant")
        self.history.addItem(self.tr("Go on from the row before"), "continue")
        self.history.setToolTip(
            self.tr(
                "Going on sounds more connected, drifts in time, and makes rows one after another "
                "instead of together"
            )
        )
        self.anchor = padded(QSpinBox())
        self.anchor.setRange(0, 1000)
        self.anchor.setSpecialValueText(self.tr("never"))
        self.anchor.setToolTip(self.tr("Every so many rows start from the speaker's voice again"))
        self.seed = SeedBox()
        self.seed.lock.hide()  # a project keeps its seed
        self.sampling = SamplingBox()
        self.replacements = QPlainTextEdit()
        self.replacements.setTabChangesFocus(True)
        self.replacements.setPlaceholderText("SQL==sequel\n/(\\d+)km/==\\1 kilometres")
        self.replacements.setFixedHeight(92)
        self.replacements.setAccessibleName(self.tr("Pronunciation"))
        self.replacements.setToolTip(
            self.tr("What is spoken instead: from==to, or /pattern/==to, a line each")
        )
        self.numbers = QCheckBox(self.tr("Numbers and abbreviations in words"))
        self.numbers.setToolTip(
            self.tr(
                "$3.50 in 1999 is spoken as three dollars fifty in nineteen ninety-nine; rows that "
                "hold such are spoken anew when this changes"
            )
        )
        self.problem = Plain()
        self.problem.setProperty("look", "error")
        self.problem.setWordWrap(True)
        self.problem.hide()
        grid = field_grid(
            (
                (self.tr("Takes at most"), self.takes),
                (self.tr("Voice"), self.history),
                (self.tr("Anew every"), self.anchor),
            )
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.pin = PinPanel(work)
        column.addWidget(self.pin)
        column.addLayout(grid)
        column.addWidget(self.seed)
        column.addWidget(self.sampling)
        self.listening = ListenPanel(work)
        column.addWidget(self.listening)
        column.addWidget(self.numbers)
        column.addWidget(QLabel(self.tr("Pronunciation")))
        column.addWidget(self.replacements)
        column.addWidget(self.problem)
        work.opened.connect(self.show_recipe)
        self._later = QTimer(self)  # a wheel turns through many values
        self._later.setSingleShot(True)
        self._later.setInterval(300)
        self._later.timeout.connect(self._on_changed)
        for changed in (
            self.takes.valueChanged,
            self.anchor.valueChanged,
            self.history.activated,
            self.sampling.changed,
            self.seed.edit.textChanged,
            self.replacements.textChanged,
            self.numbers.toggled,
            self.listening.changed,
        ):
            changed.connect(self._soon)

    @Slot()
    def show_recipe(self) -> None:
        """Show what the project says."""
        if self._work.project is None:
            return
        recipe = self._work.project.recipe
        self._shown = None  # showing is no change
        self.takes.setValue(recipe.takes)
        self.history.setCurrentIndex(self.history.findData(recipe.history))
        self.anchor.setValue(recipe.anchor)
        self.anchor.setEnabled(recipe.history == "continue")
        self.seed.set_value(recipe.seed, locked=True)
        self.sampling.set_value(recipe.sampling)
        self.replacements.setPlainText(recipe.replacements)
        self.numbers.setChecked(recipe.numbers)
        self.listening.show_recipe(recipe)
        self._shown = recipe

    @Slot()
    def _soon(self) -> None:
        self._later.start()

    @Slot()
    def _on_changed(self) -> None:
        """Keep what the boxes say, where that is another recipe."""
        history = self.history.currentData()
        self.anchor.setEnabled(history == "continue")
        if self._shown is None or not self._can_be_read(self.replacements.toPlainText()):
            return
        recipe = dataclasses.replace(
            self._shown,
            takes=self.takes.value(),
            history=history,
            anchor=self.anchor.value() if history == "continue" else 0,
            seed=self.seed.value(),
            sampling=self.sampling.value(),
            replacements=self.replacements.toPlainText(),
            numbers=self.numbers.isChecked(),
            **self.listening.fields(),
        )
        if recipe != self._shown:
            self._shown = recipe
            self._work.set_recipe(recipe)

    def _can_be_read(self, replacements: str) -> bool:
        problem = ""
        try:
            Pronunciation.parse(replacements)
        except UserError as error:
            problem = sentence(str(error))
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        return not problem
