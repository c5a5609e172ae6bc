"""Files that are opened in the window: asking for one, and those of last time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.studio.context import Context

_RECENT = 8  # in the menu
_FOLDER, _NAMES = "open.folder", "open.recent"


def ask(studio: Context, window: QWidget) -> Path | None:
    """Let the user choose a text, a table, a book or a voice; None where nothing was chosen."""
    from engine.documents.read import SUFFIXES

    translate = QCoreApplication.translate
    patterns = " ".join(f"*{suffix}" for suffix in (*SUFFIXES, ".npz"))
    kinds = translate("Files", "Texts, tables, subtitles, books, voices")
    everything = translate("Files", "All files")
    name, _ = QFileDialog.getOpenFileName(
        window,
        translate("Files", "Open a text or a voice"),
        studio.state.get(_FOLDER, ""),
        f"{kinds} ({patterns});;{everything} (*)",
    )
    if not name:
        return None
    studio.state.set(_FOLDER, str(Path(name).parent))
    return Path(name)


def remember(studio: Context, path: Path) -> None:
    """Put a file first among those of last time."""
    others = [str(other) for other in recent(studio) if other != path]
    studio.state.set(_NAMES, [str(path), *others][:_RECENT])


def recent(studio: Context) -> list[Path]:
    """The files that were opened last, newest first."""
    return [Path(name) for name in studio.state.get(_NAMES, []) if isinstance(name, str)]
