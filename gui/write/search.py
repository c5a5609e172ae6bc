"""SearchBox: how the next token is chosen, and where a text ends."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.api import SEED_LIMIT, BeamSearch, Greedy, Sampling
from gui.look.spoken_name import name_box
from gui.look.theme import padded
from gui.studio.state import State
from gui.widgets.sampling import SeedBox

_USUAL = QSizePolicy.Policy.Preferred

_TOKENS = 128  # of a text, at the first time

Search = Greedy | Sampling | BeamSearch


class SearchBox(QWidget):
    """Greedy, sampling or beam search, each with its own controls."""

    def __init__(self) -> None:
        super().__init__()
        self.kind = QComboBox()
        name_box(self.kind, self.tr("Search"))
        for title, about in (
            (self.tr("Greedy"), self.tr("Always the likeliest token: one prompt, one text")),
            (self.tr("Sampling"), self.tr("Draws each token: another seed, another text")),
            (self.tr("Beam search"), self.tr("Follows several texts and keeps the likeliest")),
        ):
            self.kind.addItem(title)
            self.kind.setItemData(self.kind.count() - 1, about, Qt.ItemDataRole.ToolTipRole)
        self.penalty = _decimal(0.1, 10.0, 1.0)
        self.temperature = _decimal(0.0, 10.0, 1.0)
        self.top_k = _whole(0, 10_000, 0, self.tr("all"))
        self.top_p = _decimal(0.01, 1.0, 1.0)
        self.sampled_penalty = _decimal(0.1, 10.0, 1.0)
        self.sampled = _whole(1, 64, 1)
        self.seed = SeedBox()
        self.beams = _whole(1, 64, 4)
        self.length_penalty = _decimal(-10.0, 10.0, 1.0)
        self.returned = _whole(1, 64, 1)
        penalty_tip = self.tr("Above 1, what was said already becomes less likely")
        forms: tuple[list[tuple[str, QSpinBox | QDoubleSpinBox, str]], ...] = (
            [(self.tr("Repetition penalty"), self.penalty, penalty_tip)],
            [
                (
                    self.tr("Temperature"),
                    self.temperature,
                    self.tr("Higher is livelier; 0 is always the likeliest token"),
                ),
                (self.tr("Top-k"), self.top_k, self.tr("Choose among the k likeliest tokens")),
                (
                    self.tr("Top-p"),
                    self.top_p,
                    self.tr("Choose among the likeliest tokens that sum to this probability"),
                ),
                (self.tr("Repetition penalty"), self.sampled_penalty, penalty_tip),
                (self.tr("Texts"), self.sampled, self.tr("How many texts to write")),
            ],
            [
                (self.tr("Beams"), self.beams, self.tr("How many texts are followed at once")),
                (
                    self.tr("Length penalty"),
                    self.length_penalty,
                    self.tr("Above 0, long texts are preferred"),
                ),
                (self.tr("Texts"), self.returned, self.tr("How many of the best are shown")),
            ],
        )
        self._pages = QStackedWidget()
        for number, rows in enumerate(forms):
            page = QWidget()
            grid = _grid(page)
            for name, box, tip in rows:
                box.setAccessibleName(name)
                box.setToolTip(tip)
                _add(grid, name, box)
            if number == 1:
                grid.addWidget(self.seed, grid.rowCount(), 0, 1, 2)
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.kind)
        column.addWidget(self._pages)
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.beams.valueChanged.connect(self.returned.setMaximum)
        self.returned.setMaximum(self.beams.value())
        self._on_kind(0)
        self._at_first = self.to_plain()

    def value(self, *, draw: bool = False) -> Search:
        """The search that is shown; draw: with a fresh seed, unless it is locked."""
        kind = self.kind.currentIndex()
        if kind == 0:
            return Greedy(repetition_penalty=round(self.penalty.value(), 4))
        if kind == 2:
            return BeamSearch(
                beams=self.beams.value(),
                length_penalty=round(self.length_penalty.value(), 4),
                sequences=self.returned.value(),
            )
        return Sampling(
            temperature=round(self.temperature.value(), 4),
            top_k=self.top_k.value(),
            top_p=round(self.top_p.value(), 4),
            repetition_penalty=round(self.sampled_penalty.value(), 4),
            sequences=self.sampled.value(),
            seed=(self.seed.next() if draw else self.seed.value(), 0),
        )

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        boxes = {name: box.value() for name, box in self._boxes().items()}
        seed = {"seed": self.seed.value(), "locked": self.seed.lock.isChecked()}
        return {"kind": self.kind.currentIndex(), **boxes, **seed}

    def from_plain(self, stored: dict[str, Any]) -> None:
        """Show what `to_plain` made; what is missing is as at first, what does not fit stays."""
        stored = {**self._at_first, **stored}
        for name, box in self._boxes().items():
            value = stored.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool):
                box.setValue(value if isinstance(box, QDoubleSpinBox) else int(value))
        kind, seed = stored.get("kind"), stored.get("seed")
        if isinstance(kind, int) and 0 <= kind < self.kind.count():
            self.kind.setCurrentIndex(kind)
        if isinstance(seed, int) and 0 <= seed < SEED_LIMIT:
            self.seed.set_value(seed, locked=stored.get("locked") is True)

    def _boxes(self) -> dict[str, Any]:
        return {
            name: box
            for name, box in vars(self).items()
            if isinstance(box, QAbstractSpinBox) and hasattr(box, "value")
        }

    @Slot(int)
    def _on_kind(self, kind: int) -> None:
        self._pages.setCurrentIndex(kind)
        self.kind.setToolTip(self.kind.itemData(kind, Qt.ItemDataRole.ToolTipRole))
        for number in range(self._pages.count()):  # as high as the page that is shown
            page = self._pages.widget(number)
            assert page is not None
            page.setSizePolicy(_USUAL, _USUAL if number == kind else QSizePolicy.Policy.Ignored)
        self._pages.adjustSize()
        self._pages.updateGeometry()


class EndBox(QWidget):
    """Where a text ends: after so many tokens, or before a string."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self.tokens = _whole(1, 4096, _TOKENS)
        self.tokens.setAccessibleName(self.tr("New tokens at most"))
        self.stop = QLineEdit()
        self.stop.setPlaceholderText(self.tr("a string, or several | between bars"))
        self.stop.setAccessibleName(self.tr("Stop before"))
        self.stop.setToolTip(
            self.tr("The text ends before the first of these strings; \\n is a new line")
        )
        self.stop.setMaxLength(1000)
        grid = _grid(self)
        _add(grid, self.tr("New tokens"), self.tokens)
        _add(grid, self.tr("Stop before"), self.stop)
        state.was_reset.connect(self._restore)
        self._restore()

    @Slot()
    def _restore(self) -> None:
        self.tokens.setValue(self._state.get("write.tokens", _TOKENS))
        self.stop.setText(self._state.get("write.stop", ""))

    def strings(self) -> tuple[str, ...]:
        """The stop strings."""
        parts = self.stop.text().replace("\\n", "\n").split("|")
        return tuple(part for part in parts if part)

    def remember(self) -> None:
        """Keep both for the next start."""
        self._state.set("write.tokens", self.tokens.value())
        self._state.set("write.stop", self.stop.text())


def _grid(widget: QWidget) -> QGridLayout:
    """Names on the left, controls on the right."""
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    return grid


def _add(grid: QGridLayout, name: str, control: QWidget) -> None:
    label = QLabel(name)
    label.setBuddy(control)
    row = grid.rowCount()
    grid.addWidget(label, row, 0)
    grid.addWidget(control, row, 1)


def _decimal(lowest: float, highest: float, value: float) -> QDoubleSpinBox:
    box = padded(QDoubleSpinBox())
    box.setDecimals(2)
    box.setSingleStep(0.05)
    box.setRange(lowest, highest)
    box.setValue(value)
    box.setMinimumWidth(64)
    return box


def _whole(lowest: int, highest: int, value: int, unset: str = "") -> QSpinBox:
    box = padded(QSpinBox())
    box.setRange(lowest, highest)
    box.setSpecialValueText(unset)
    box.setValue(value)
    box.setMinimumWidth(64)
    return box
