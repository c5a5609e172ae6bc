"""Where the keyboard goes: never, by itself, to a neighbour that the next key would press.

A button that is greyed or hidden while it has the focus hands it on to the next one in Qt's order:
after Stop, Space muted the sound; after Pause it stood on a download.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

_MANY = 500  # widgets one after another that cannot have the focus


class FocusKeeper(QObject):
    """Watches one window. Every page may have `home`, a widget that takes what is left alone; else
    the page itself does. GUI thread."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._handed: list[tuple[QWidget, QWidget]] = []  # from, to
        self._later = QTimer(self)  # it is greyed only after its focus has gone
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._look)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_changed)

    @Slot(QWidget, QWidget)
    def _on_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        both = (old, new, self._window)
        if old is None or new is None or not all(map(isValid, both)):
            return
        if self._window.isAncestorOf(old) and _next_to(old) is new:
            self._handed.append((old, new))
            self._later.start()

    @Slot()
    def _look(self) -> None:
        handed, self._handed = self._handed, []
        for old, new in handed:
            if not isValid(old) or not isValid(new) or not new.hasFocus():
                continue
            page: QWidget | None = old.parentWidget()
            while page is not None and not hasattr(page, "home"):
                page = page.parentWidget()
            usable = old.isEnabled() and old.isVisible()
            if usable or page is None or not page.isVisible():
                continue
            home: QWidget = page.home
            (home if home.isEnabled() and home.isVisible() else page).setFocus()


def _next_to(widget: QWidget) -> QWidget | None:
    """To which widget Qt hands the focus of one that cannot have it any more."""
    after = widget
    for _ in range(_MANY):
        follower = after.nextInFocusChain()
        if follower is None or follower == widget:
            return None
        after = follower
        tab = after.focusPolicy() & Qt.FocusPolicy.TabFocus
        if tab == Qt.FocusPolicy.TabFocus and after.isEnabled() and after.isVisible():
            return after
    return None
