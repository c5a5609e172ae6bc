"""ModelBox: the text models that are here, and the way to more of them."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox

from engine.system.shown import shown
from gui.look.spoken_name import name_box
from gui.studio.context import Context


class ModelBox(QComboBox):
    """currentData() is the id of the chosen model, "" where none is here."""

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self._studio = studio
        name_box(self, self.tr("Text model"))
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        studio.models_changed.connect(self._list)
        studio.state.was_reset.connect(self._on_reset)
        self.activated.connect(self._on_activated)
        self._list()

    @property
    def chosen(self) -> str:
        """The id of the chosen model, or ""."""
        return str(self.currentData() or "")

    @Slot()
    def _list(self) -> None:
        chosen = self.chosen or self._studio.state.get("write.model", "")
        self.clear()
        for model in self._studio.backend.models():
            if model.kind == "text" and model.state == "here":
                self.addItem(shown(model.id), model.id)
        self.addItem(self.tr("Get a model…"), "")
        self.setCurrentIndex(max(0, self.findData(chosen) if chosen else 0))

    @Slot()
    def _on_reset(self) -> None:
        self.setCurrentIndex(0)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        if not self.itemData(index):
            self.setCurrentIndex(0)
            self._studio.show_requested.emit("models")
