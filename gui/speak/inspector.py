"""The inspector: everything that can be chosen for a take, the takes so far, and the memory."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.system.shown import shown
from gui.history.list import HistoryList
from gui.look.spoken_name import name_box
from gui.speak.advice import AdviceCard
from gui.speak.options import Options
from gui.speak.voices import VoiceChooser
from gui.studio.context import Context
from gui.widgets.meter import Meter
from gui.widgets.narrow import narrow
from gui.widgets.sampling import SamplingBox, SeedBox
from gui.widgets.section import Section
from gui.widgets.side import SidePanel, stacked


class Inspector(QWidget):
    """Two pages, Settings and Takes, above the meter of memory."""

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self._studio = studio
        self.model = narrow(QComboBox())
        name_box(self.model, self.tr("Model"))
        self.voices = VoiceChooser(studio)
        self.numbers = QCheckBox(self.tr("Numbers and abbreviations in words"))
        self.numbers.setChecked(True)
        self.numbers.setToolTip(
            self.tr("$3.50 in 1999 is spoken as three dollars fifty in nineteen ninety-nine")
        )
        self.options = Options(studio)
        self.advice = AdviceCard(studio)
        self.advice.measured.connect(self.options.look)
        self.sampling = SamplingBox()
        self.seed = SeedBox()
        self.takes = HistoryList(studio.history)
        self.meter = Meter(studio.backend.device_memory)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._settings_page())
        self._pages.addWidget(self.takes)
        meter = QFrame()
        meter.setProperty("look", "card")
        QVBoxLayout(meter).addWidget(self.meter)
        meter.layout().setContentsMargins(14, 10, 14, 10)  # type: ignore[union-attr]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self._switch())
        column.addWidget(self._pages, 1)
        column.addWidget(meter)
        self.model.activated.connect(self._on_model)
        studio.models_changed.connect(self._list_models)
        studio.model_changed.connect(self._list_models)
        self._list_models()

    def show_page(self, number: int) -> None:
        """0: settings, 1: takes."""
        self._group.button(number).setChecked(True)
        self._pages.setCurrentIndex(number)

    def _switch(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        for number, (title, look) in enumerate(
            ((self.tr("Settings"), "tab-left"), (self.tr("Takes"), "tab-right"))
        ):
            button = QPushButton(title)
            button.setCheckable(True)
            button.setProperty("look", look)
            self._group.addButton(button, number)
            row.addWidget(button, 1)
        self._group.idClicked.connect(self.show_page)
        self._group.button(0).setChecked(True)
        return row

    def _settings_page(self) -> QWidget:
        chosen = stacked((self.model, self.voices, self.numbers))
        sampling = QWidget()
        boxes = QVBoxLayout(sampling)
        boxes.setContentsMargins(0, 0, 0, 0)
        boxes.setSpacing(10)
        boxes.addWidget(self.seed)
        boxes.addWidget(self.sampling)
        state = self._studio.state
        return SidePanel(
            (
                Section("voice", self.tr("Model and voice"), chosen, state),
                Section("speed", self.tr("Speed and memory"), self.options, state),
                Section("advice", self.tr("Advice"), self.advice, state),
                Section("sampling", self.tr("Sampling and seed"), sampling, state, is_open=False),
            )
        )

    @Slot()
    def _list_models(self) -> None:
        self.model.clear()
        for model in self._studio.backend.models():
            if model.kind == "speech" and model.state == "here":
                self.model.addItem(shown(model.id), model.id)
        self.model.addItem(self.tr("Get a model…"), "")
        self.model.setCurrentIndex(max(0, self.model.findData(self._studio.model)))

    @Slot(int)
    def _on_model(self, index: int) -> None:
        model = self.model.itemData(index)
        if model:
            self._studio.set_model(model)
        else:
            self.model.setCurrentIndex(max(0, self.model.findData(self._studio.model)))
            self._studio.show_requested.emit("models")
