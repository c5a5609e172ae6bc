"""A folder shown in the system's own file manager."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from engine.system.presence import is_folder


def open_folder(folder: Path) -> None:
    """Show a folder, or the nearest that exists above it, in the system's file manager."""
    while not is_folder(folder) and folder != folder.parent:
        folder = folder.parent
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
