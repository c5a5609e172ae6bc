"""Preferences: what is chosen once for the whole program. Every choice counts at once and is kept;
only another language waits for the next start."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.system.shown import shown
from gui.look import words
from gui.look.enter import primary
from gui.look.plain import Plain, plain
from gui.look.theme import Theme
from gui.studio.context import Context
from gui.widgets.open_folder import open_folder


class Preferences(QDialog):
    """A dialog that can stay open while the window is used. Deletes itself when closed."""

    def __init__(self, studio: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Preferences"))
        self.setMinimumWidth(560)
        self.language = QComboBox()
        self.language.addItem(self.tr("As the system"), "system")
        self.language.addItem("English", "en")
        self.language.addItem("日本語", "ja")
        self._choose(self.language, "language")
        self.theme = QComboBox()
        self.theme.addItem(self.tr("As the system"), "system")
        self.theme.addItem(self.tr("Light"), "light")
        self.theme.addItem(self.tr("Dark"), "dark")
        self._choose(self.theme, "theme")
        self.device = QComboBox()
        self.models = _path(str(studio.backend.models_folder()))
        self.takes = _path(str(studio.history.history.folder))
        self.counted = QLabel(self.tr("Counting…"))
        self.counted.setProperty("look", "muted")
        self.clear = QPushButton(self.tr("Clear…"))
        self.clear.setAccessibleName(self.tr("Clear the history"))
        self.reset = QPushButton(self.tr("Reset all settings…"))
        self.ask = QCheckBox(self.tr("Ask before closing while work is being done"))
        self.ask.setChecked(studio.state.get("close.ask", True))
        self._lay_out()
        self._on_devices()
        self._count()
        self.language.activated.connect(self._on_language)
        self.theme.activated.connect(self._on_theme)
        self.device.activated.connect(self._on_device)
        self.clear.clicked.connect(self._on_clear)
        self.ask.toggled.connect(self._on_ask)
        self.reset.clicked.connect(self._on_reset)
        studio.player.devices_changed.connect(self._on_devices)
        studio.player.refresh()

    def _choose(self, box: QComboBox, name: str) -> None:
        box.setCurrentIndex(max(0, box.findData(self.studio.state.get(name, "system"))))

    def _lay_out(self) -> None:
        self._restart = QLabel(self.tr("The language changes when the program is started again."))
        self._restart.setProperty("look", "muted")
        self._restart.setWordWrap(True)
        self._restart.hide()
        more = QPushButton(self.tr("Models…"))
        more.setAccessibleName(self.tr("Show the models"))
        more.clicked.connect(self._on_models)
        show = QPushButton(self.tr("Open folder"))
        show.setAccessibleName(self.tr("Open the folder of the history"))
        show.clicked.connect(self._on_open)
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(1, 1)
        for text, field in (
            (self.tr("Language"), self.language),
            ("", self._restart),
            (self.tr("Appearance"), self.theme),
            (self.tr("Sound output"), self.device),
            (self.tr("Models"), self.models),
            ("", _beside(more)),
            (self.tr("History"), self.takes),
            ("", _beside(show, self.clear, self.counted)),
            ("", self.ask),
        ):
            row = grid.rowCount()
            if text:
                label = QLabel(text)
                label.setBuddy(field)
                field.setAccessibleName(text)
                middle = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                grid.addWidget(label, row, 0, middle)
            grid.addWidget(field, row, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.reset, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(18)
        column.addLayout(grid)
        column.addStretch(1)
        column.addWidget(buttons)
        primary(self, buttons.button(QDialogButtonBox.StandardButton.Close))

    # ── choices ───────────────────────────────────────────────────────────────────────────────

    @Slot()
    def _on_language(self) -> None:
        chosen = self.language.currentData()
        self._restart.setVisible(chosen != self.studio.state.get("language", "system"))
        self.studio.state.set("language", chosen)

    @Slot()
    def _on_theme(self) -> None:
        chosen = self.theme.currentData()
        self.studio.state.set("theme", chosen)
        self._show_theme(chosen)

    def _show_theme(self, chosen: str) -> None:
        app = QCoreApplication.instance()
        theme = app.property("theme") if app is not None else None
        if isinstance(theme, Theme):
            theme.choose(chosen)

    @Slot()
    def _on_device(self) -> None:
        player = self.studio.player
        player.set_device(self.device.currentData())
        player.devices_changed.emit()  # others show the choice too

    @Slot()
    def _on_devices(self) -> None:
        player = self.studio.player
        self.device.clear()
        self.device.addItem(self.tr("As the system"), None)
        for name in player.devices():
            self.device.addItem(shown(name), name)
        self.device.setCurrentIndex(max(0, self.device.findData(player.device)))
        self.device.setEnabled(not player.why_silent())
        self.device.setToolTip(player.why_silent())

    @Slot(bool)
    def _on_ask(self, ask: bool) -> None:
        self.studio.state.set("close.ask", ask)

    @Slot()
    def _on_reset(self) -> None:
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self,
            self.tr("Reset all settings?"),
            self.tr(
                "As at the first start again: language, appearance, sound output and volume, the "
                "chosen models, voice and seed, all that is set for speaking, writing, measuring "
                "and exporting, Offline, and the sizes of windows, panels and columns.\n\n"
                "What stays: texts, takes, scripts with how they are spoken, voice files, "
                "favourites, models, and what was measured."
            ),
            buttons.Reset | buttons.Cancel,
            buttons.Cancel,
        )
        if answer == buttons.Reset:
            language = self.studio.state.get("language", "system")
            self.studio.reset()
            self._restart.setVisible(language != "system")
            for box in (self.language, self.theme):
                box.setCurrentIndex(0)
            self._show_theme("system")
            self.ask.setChecked(True)

    @Slot()
    def _on_models(self) -> None:
        self.studio.show_requested.emit("models")
        self.close()

    # ── the history ───────────────────────────────────────────────────────────────────────────

    @Slot()
    def _on_open(self) -> None:
        open_folder(self.studio.history.history.folder)

    def _count(self) -> None:
        errand = self.studio.errands.ask(self.studio.history.history.size)
        errand.done.connect(self._on_counted)

    @Slot(object)
    def _on_counted(self, size: int) -> None:
        count = len(self.studio.history.records())
        text = self.tr("Takes: {count} · {size}")
        self.counted.setText(text.format(count=count, size=words.size(size)))
        self.clear.setEnabled(any(not take.favourite for take in self.studio.history.records()))

    @Slot()
    def _on_clear(self) -> None:
        doomed = [take for take in self.studio.history.records() if not take.favourite]
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self,
            self.tr("Clear the history?"),
            self.tr("Delete all takes but the favourites for good ({count})?").format(
                count=len(doomed)
            ),
            buttons.Yes | buttons.Cancel,
        )
        if answer == buttons.Yes:
            self.studio.history.remove(doomed)
            errand = self.studio.errands.ask(self.studio.history.history.purge)
            errand.done.connect(self._count)
            errand.failed.connect(self.studio.explain)


def _path(text: str) -> QLabel:
    """A folder that can be selected and copied; a long one is broken where it must be."""
    label = Plain(text.replace("/", "/\u200b").replace("\\", "\\\u200b"))
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    label.setToolTip(plain(text))
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return label


def _beside(*widgets: QWidget) -> QWidget:
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return whole
