"""SchemaBox: a JSON schema that texts and answers follow."""

from __future__ import annotations

import dataclasses
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLabel, QPushButton, QToolButton, QWidget

from engine.api import BeamSearch, TextRequest
from engine.errors import UserError
from engine.system.untrusted_schema import read_schema
from gui.look.icons import icon
from gui.studio.context import Context
from gui.widgets.elided import Elided

_PATH = "write.schema"


class SchemaBox(QWidget):
    """The file that was chosen, if any: it is read anew for each text. GUI thread."""

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self._studio = studio
        self.path = studio.state.get(_PATH, "")
        self.name = Elided(mode=Qt.TextElideMode.ElideMiddle)
        self.choose_button = QPushButton(self.tr("Choose a schema…"))
        self.choose_button.setToolTip(
            self.tr(
                "Texts and answers become JSON that follows the schema in a file, by the step in "
                "C; the schema {} is any JSON"
            )
        )
        self.clear_button = QToolButton()
        self.clear_button.setIcon(icon("close"))
        self.clear_button.setAccessibleName(self.tr("Without a schema"))
        self.clear_button.setToolTip(self.tr("Write without a schema again"))
        self.lacking = QLabel(
            self.tr(
                "This needs the package llguidance, which is not installed: pip install "
                "'bark-studio[json]'"
            )
        )
        self.lacking.setProperty("look", "muted")
        self.lacking.setWordWrap(True)
        self.lacking.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.name, 0, 0)
        grid.addWidget(self.clear_button, 0, 1)
        grid.addWidget(self.choose_button, 1, 0, 1, 2)
        grid.addWidget(self.lacking, 2, 0, 1, 2)
        self.choose_button.clicked.connect(self.choose)
        self.clear_button.clicked.connect(self.clear)
        studio.state.was_reset.connect(self._on_reset)
        self._show()

    def into(self, request: TextRequest) -> TextRequest | None:
        """The request with the schema; None, and a word on it, where it cannot be had."""
        if not self.path:
            return request
        if isinstance(request.search, BeamSearch):
            self._studio.say(
                self.tr("No beams follow a schema: choose another search, or no schema."), "warning"
            )
            return None
        try:
            return dataclasses.replace(request, schema=read_schema(Path(self.path)))
        except UserError as error:
            self._studio.explain(error, "write")
            return None

    def remember(self) -> None:
        """Keep the choice for the next start."""
        self._studio.state.set(_PATH, self.path)

    @Slot()
    def choose(self) -> None:
        """Let the user choose a file."""
        path, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Choose a JSON schema"),
            str(Path(self.path).parent) if self.path else "",
            "JSON (*.json);;" + self.tr("All files") + " (*)",
        )
        if path:
            self.path = path
            self._show()

    @Slot()
    def clear(self) -> None:
        """Write without a schema again."""
        self.path = ""
        self._show()
        self.choose_button.setFocus()  # the button that was pressed has gone

    @Slot()
    def _on_reset(self) -> None:
        self.path = ""
        self._show()

    def _show(self) -> None:
        self.name.setText(Path(self.path).name)
        for widget in (self.name, self.clear_button):
            widget.setVisible(bool(self.path))
        self.lacking.setVisible(bool(self.path) and find_spec("llguidance") is None)
