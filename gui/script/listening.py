"""Who hears the takes of a script, and how much of it may be heard otherwise."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QLabel, QSpinBox, QVBoxLayout, QWidget

from engine.script.recipe import Recipe
from engine.system.shown import shown
from gui.look.theme import padded
from gui.script.work import ScriptWork
from gui.studio.context import Context
from gui.widgets.narrow import narrow
from gui.widgets.side import field_grid


class ListenPanel(QWidget):
    """The fields of a recipe that say how takes are heard. GUI thread. changed(): others are
    chosen."""

    changed = Signal()

    def __init__(self, work: ScriptWork) -> None:
        super().__init__()
        self._studio: Context = work.studio
        self._contents: dict[str, str] = {}  # name → hash, of those that were looked at
        self._chosen = ("", "")  # hash and name
        self._recipe = Recipe()  # that is shown
        self.who = narrow(QComboBox())
        self.who.setToolTip(
            self.tr("Takes that are not heard as they were meant are spoken again, up to the most")
        )
        self.misheard = padded(QSpinBox())
        self.misheard.setRange(-1, 100)
        self.misheard.setSuffix(self.tr(" %"))
        self.misheard.setSpecialValueText(self.tr("as usual"))
        self.misheard.setToolTip(
            self.tr("How many of a row's words may be heard otherwise before it is spoken again")
        )
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setProperty("look", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(
            field_grid(((self.tr("Heard by"), self.who), (self.tr("Words amiss"), self.misheard)))
        )
        column.addWidget(self.hint)
        self.who.activated.connect(self._on_chosen)
        self.misheard.valueChanged.connect(self.changed)
        self._studio.models_changed.connect(self._list)
        self._list()

    def show_recipe(self, recipe: Recipe) -> None:
        """Show what a project says."""
        self._recipe, self._chosen = recipe, (recipe.listen, recipe.listener)
        share = -1 if recipe.misheard is None else round(100 * recipe.misheard)
        self.misheard.setValue(share)
        self._list()

    def fields(self) -> dict[str, Any]:
        """The fields of a Recipe."""
        share, pinned = self.misheard.value(), self._recipe
        same = self._chosen[0] == pinned.listen  # then what was heard counts as it did
        return {
            "listen": self._chosen[0],
            "listener": self._chosen[1],
            "probable": pinned.probable if same else bool(self._chosen[0]),
            "believed": pinned.believed if same else bool(self._chosen[0]),
            "misheard": None if share < 0 else share / 100,
        }

    @Slot()
    def _list(self) -> None:
        listening = self._studio.backend.listening
        here = listening.recognisers() if listening.has_packages() else ()
        self.who.clear()
        self.who.addItem(self.tr("Nobody"), "")
        for name in here:
            self.who.addItem(shown(name), name)
        content, name = self._chosen
        if content and name not in here:
            missing = self.tr("{} (not here)").format(name or content[:8])
            self.who.addItem(shown(missing), name or content)
        self.who.setCurrentIndex(self.who.count() - 1 if content and name not in here else
                                 max(0, self.who.findData(name)))  # fmt: skip
        self.who.setEnabled(bool(here or content))
        self.misheard.setEnabled(bool(content))
        hint = ""
        if not listening.has_packages():
            hint = self.tr(
                "Listening needs other packages: install them with `pip install faster-whisper`."
            )
        elif not here:
            hint = self.tr("Get a recogniser on the page Models, and every take can be heard.")
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))

    @Slot()
    def _on_chosen(self) -> None:
        name = self.who.currentData()
        if not name or name in self._contents:
            self._choose(name, self._contents.get(name, ""))
        elif name != self._chosen[1]:
            errand = self._studio.errands.ask(_named, self._studio.backend.listening, name)
            errand.done.connect(self._on_content)
            errand.failed.connect(self._on_failed)

    @Slot(object)
    def _on_content(self, found: tuple[str, str]) -> None:
        name, content = found
        self._contents[name] = content
        if self.who.currentData() == name:
            self._choose(name, content)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._list()
        self._studio.explain(error)

    def _choose(self, name: str, content: str) -> None:
        self._chosen = content, name
        self._list()
        self.changed.emit()


def _named(listening: Any, name: str) -> tuple[str, str]:
    """A recogniser with its hash. Errand thread."""
    return name, listening.content(name)
