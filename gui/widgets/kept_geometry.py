"""Where windows stand: no larger than the screen at first, and later as they were left."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget

from gui.studio.state import State

_FRAME = QSize(16, 56)  # pixels of a usual window's frame and title, which nobody knows before


def fit(window: QWidget, usual: QSize) -> None:
    """Give a window its first size, its frame included no larger than the screen."""
    # Not window.screen(): its wrapper would belong to the window's, and Qt's screen end with it.
    place = (window.parentWidget() or window).frameGeometry().center()
    screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
    window.resize(usual.boundedTo(screen.availableGeometry().size() - _FRAME))


def as_text(window: QWidget) -> str:
    """A window's place and size, for the state."""
    return bytes(window.saveGeometry().toBase64().data()).decode()


def restore(window: QWidget, text: str) -> None:
    """Put it where it was, as far as that is on a screen; rubbish changes nothing."""
    window.restoreGeometry(QByteArray.fromBase64(text.encode("ascii", "replace")))


def keep_geometry(dialog: QDialog, name: str, state: State) -> None:
    """Open a dialog as large as it was left, and keep that. name: of the kind of dialog."""
    key = f"geometry.{name}"
    fit(dialog, dialog.size())
    restore(dialog, state.get(key, ""))
    dialog.finished.connect(lambda: state.set(key, as_text(dialog)))
