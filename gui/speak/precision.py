"""Precision: which numbers the model computes with, one of four."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from engine.settings import Settings
from gui.look.plain import Plain, plain
from gui.widgets.sentences import translated


class PrecisionBox(QWidget):
    """chosen(str): a value of Settings.precision. The first of a choice that this machine can do is
    taken."""

    chosen = Signal(str)

    def __init__(self, help: str) -> None:
        super().__init__()
        self._choices: tuple[tuple[tuple[str, ...], str, str], ...] = (
            (("float32",), self.tr("32 bits (float32)"), self.tr("The reference: exact, slowest.")),
            (
                ("bfloat16", "float16"),
                self.tr("16 bits (half)"),
                self.tr(
                    "Half the memory, about twice as fast. Misheard words of the starter voice: "
                    "11.6 → 10.6 %, no difference that can be told."
                ),
            ),
            (
                ("int8",),
                self.tr("8 bits (int8)"),
                self.tr(
                    "The fastest on a processor, with a third of the memory. Misheard words of "
                    "the starter voice: 11.6 → 10.3 %, no difference that can be told."
                ),
            ),
            (
                ("int8-weights",),
                self.tr("8 bits, weights only"),
                self.tr(
                    "Rounds less than int8, and is slower with many rows. Slightly different sound."
                ),
            ),
        )
        self.box = QComboBox()
        self.box.setToolTip(help)
        self.box.setAccessibleName(self.tr("Precision"))
        for values, title, _ in self._choices:
            self.box.addItem(title, values[0])
        self.about = Plain()
        self.about.setWordWrap(True)
        label = QLabel(self.tr("Precision"))
        label.setBuddy(self.box)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self.box, 0, 1)
        grid.addWidget(self.about, 1, 0, 1, 2)
        self.brought = QLabel()
        self.brought.setProperty("look", "muted")
        self.brought.setWordWrap(True)
        grid.addWidget(self.brought, 2, 0, 1, 2)
        self.box.activated.connect(self._on_activated)

    def choose(self, value: str) -> None:
        """What a click on this precision does."""
        index = next(i for i, (values, _, _) in enumerate(self._choices) if value in values)
        self.box.setCurrentIndex(index)
        self.box.activated.emit(index)

    def show_settings(
        self, settings: Settings, limits: dict[tuple[str, Any], str], conflict: str
    ) -> None:
        """Show the choice; grey what this machine cannot. conflict: why the choice does not go
        with another one, or ""."""
        model = self.box.model()
        assert isinstance(model, QStandardItemModel)
        shown, words = -1, ""
        for index, (values, _, about) in enumerate(self._choices):
            reasons = [translated(limits.get(("precision", value), "")) for value in values]
            able = [v for v, reason in zip(values, reasons, strict=True) if not reason]
            self.box.setItemData(index, (able or values)[0])
            why = "" if able else plain(reasons[0])
            self.box.setItemData(index, why, Qt.ItemDataRole.ToolTipRole)
            model.item(index).setEnabled(bool(able))
            if settings.precision in values:
                shown, words = index, about if able else reasons[0]
        self.box.setCurrentIndex(shown)
        self.box.setPlaceholderText(settings.precision)  # "auto", which the window does not offer
        self.about.setText(conflict or words)
        self.about.setProperty("look", "warning" if conflict else "muted")
        self.about.style().unpolish(self.about)
        self.about.style().polish(self.about)
        self.box.setAccessibleDescription(self.about.text())

    def show_brought(self, words: str) -> None:
        """What the choice brought here; nothing for the reference, which is what it is held to."""
        self.brought.setText(words)
        self.brought.setVisible(self.box.currentIndex() > 0)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        self.chosen.emit(self.box.itemData(index))
