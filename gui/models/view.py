"""The Models view: what is on this machine and what can be had. A click fetches, nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.models.info import ModelInfo
from engine.system.presence import is_folder
from gui.look import words
from gui.look.plain import Plain
from gui.models.card import ModelCard
from gui.studio.context import Context
from gui.widgets.open_folder import open_folder


class ModelsView(QWidget):
    """A card for each model, under its kind; at the top where they are, at the end one's own."""

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self.studio = studio
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.cards: dict[str, ModelCard] = {}
        self.offline = QCheckBox(self.tr("Offline"))
        self.offline.setToolTip(
            self.tr("Nothing is fetched from the network, not even a voice of a model")
        )
        self.offline.setChecked(studio.backend.offline())
        self.offline.toggled.connect(self._on_offline)
        studio.state.was_reset.connect(self._on_reset)
        self._place = Plain()
        self._place.setProperty("look", "muted")
        self._place.setWordWrap(True)
        self.folder_button = QPushButton(self.tr("Open folder"))
        self.folder_button.setAccessibleName(self.tr("Open the folder of downloaded models"))
        self.folder_button.clicked.connect(self._on_open_folder)
        self._lists = {kind: QVBoxLayout() for kind in ("speech", "text", "listening")}
        self.listening_hint = QLabel(
            self.tr(
                "Listening needs other packages: install them with `pip install faster-whisper`."
            )
        )
        self.listening_hint.setProperty("look", "muted")
        self.listening_hint.setWordWrap(True)
        self.id = QLineEdit()
        self.id.setPlaceholderText(self.tr("owner/model"))
        self.id.setAccessibleName(self.tr("Id of another Bark model on the Hugging Face Hub"))
        self.id.setMaxLength(200)
        self.id.textChanged.connect(self._on_id_changed)
        self.id.returnPressed.connect(self._on_get)
        self.get = QPushButton(self.tr("Download"))
        self.get.setAccessibleName(self.tr("Download the model with this id"))
        self.get.clicked.connect(self._on_get)
        self._lay_out()
        studio.models_changed.connect(self.refresh)
        studio.model_changed.connect(self.refresh)
        self.refresh()

    @property
    def home(self) -> QWidget:
        """What takes the keyboard from a button that has gone: nothing that a key would press."""
        return self

    @Slot()
    def refresh(self) -> None:
        """Show what is here now."""
        known = {model.id: model for model in self.studio.backend.models()}
        for name in [name for name in self.cards if name not in known]:
            if not self.cards[name].busy:
                self.cards.pop(name).deleteLater()
        for model in known.values():
            if model.id not in self.cards:
                self.cards[model.id] = ModelCard(self.studio, model)
                self._lists[model.kind].addWidget(self.cards[model.id])
            self.cards[model.id].show_model(model)
        self.listening_hint.setVisible(not self.studio.backend.listening.has_packages())
        folder = self.studio.backend.models_folder()
        self._place.setText(
            self.tr("Downloaded models are kept in {folder} · {free} free").format(
                folder=folder, free=words.size(_free(folder))
            )
        )
        self._on_id_changed()

    def _lay_out(self) -> None:
        top = _card()
        row = QHBoxLayout(top)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(12)
        row.addWidget(self._place, 1)
        row.addWidget(self.folder_button)
        row.addWidget(self.offline)
        other = _card()
        row = QHBoxLayout(other)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(12)
        label = QLabel(self.tr("Another Bark model of the Hugging Face Hub"))
        label.setBuddy(self.id)
        row.addWidget(label)
        row.addWidget(self.id, 1)
        row.addWidget(self.get)
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(top)
        for kind, title in (
            ("speech", self.tr("Speech")),
            ("text", self.tr("Text")),
            ("listening", self.tr("Listening")),
        ):
            head = QLabel(title)
            head.setProperty("look", "title")
            column.addSpacing(4)
            column.addWidget(head)
            if kind == "listening":
                column.addWidget(self.listening_hint)
            self._lists[kind].setSpacing(10)
            column.addLayout(self._lists[kind])
            if kind == "speech":
                column.addWidget(other)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keyboard
        scroll.setWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    @Slot(bool)
    def _on_offline(self, offline: bool) -> None:
        self.studio.backend.set_offline(offline)
        self.studio.state.set("offline", offline)
        self.refresh()

    @Slot()
    def _on_reset(self) -> None:
        self.offline.setChecked(False)

    @Slot()
    def _on_open_folder(self) -> None:
        open_folder(self.studio.backend.models_folder())

    @Slot()
    def _on_id_changed(self) -> None:
        owner, slash, name = self.id.text().strip().partition("/")
        complete = bool(owner and slash and name) and "/" not in name
        self.get.setEnabled(complete and not self.studio.backend.offline())

    @Slot()
    def _on_get(self) -> None:
        if self.get.isEnabled():
            name = self.id.text().strip()
            self.id.clear()
            if name not in self.cards:
                model = ModelInfo(
                    id=name, kind="speech", state="absent", source=f"huggingface.co/{name}"
                )
                self.cards[name] = ModelCard(self.studio, model)
                self._lists["speech"].addWidget(self.cards[name])
            self.cards[name].download()


def _free(folder: Path) -> int:
    while not is_folder(folder) and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _card() -> QFrame:
    card = QFrame()
    card.setProperty("look", "card")
    return card
