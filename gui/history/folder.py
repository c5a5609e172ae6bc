"""The folder that was typed into a dialog."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from engine.errors import UserError


def typed_folder(text: str) -> Path:
    """The folder of a field, with ~ filled in. A window has no current folder that anybody sees:
    raises UserError where nothing is typed, or no whole path."""
    translate = QCoreApplication.translate
    if not text.strip():
        raise UserError(translate("Folder", "Choose the folder that the files go into."))
    try:
        folder = Path(text.strip()).expanduser()
    except RuntimeError:  # ~somebody, whom this machine does not know
        folder = Path()
    if not folder.is_absolute():
        raise UserError(
            translate("Folder", "{0} is no whole path: choose the folder with the button.").format(
                text.strip()
            )
        )
    return folder
