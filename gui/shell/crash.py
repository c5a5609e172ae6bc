"""Crash reports: a bug ends in a window with a text to copy, never in a vanished one."""

from __future__ import annotations

import platform
import sys
import threading
import traceback
from types import TracebackType

import PySide6
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from gui.look.enter import primary

_MOST = 20  # reports in one dialog: a mistake while drawing comes back at every frame


class CrashHook(QObject):
    """Catches what nobody caught, on any thread, and shows it in one dialog. Made on the GUI
    thread; `install` makes it Python's hook, `remove` gives the earlier ones back."""

    _found = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._window = parent
        self.dialog: CrashDialog | None = None
        self._earlier = sys.excepthook, threading.excepthook
        self._found.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Catch from now on."""
        sys.excepthook = self._on_exception
        threading.excepthook = lambda args: self._on_exception(
            args.exc_type, args.exc_value, args.exc_traceback
        )

    def remove(self) -> None:
        """Catch nothing more."""
        sys.excepthook, threading.excepthook = self._earlier

    def report(self, error: BaseException) -> None:
        """Show the report of an exception that was caught. Any thread."""
        self._found.emit(report(error))

    def show_text(self, text: str) -> None:
        """Show the report of an earlier run. Any thread."""
        self._found.emit(text)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._earlier[0](kind, error or kind(), trace)  # the terminal gets it too
        if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
            return
        self._found.emit(report(error))

    @Slot(str)
    def _show(self, text: str) -> None:
        if self.dialog is None:
            self.dialog = CrashDialog(self._window)
            self.dialog.finished.connect(self._on_finished)
            self.dialog.show()
        self.dialog.add(text)

    @Slot()
    def _on_finished(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None


def report(error: BaseException) -> str:
    """What whoever mends it must know: versions and the traceback, none of the user's texts."""
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return f"{machine()}\n\n{''.join(lines)}"


def machine() -> str:
    """The versions in one line."""
    return (
        f"Bark Studio · Python {platform.python_version()} · PySide6 {PySide6.__version__} · "
        f"{platform.platform()}"
    )


class CrashDialog(QDialog):
    """The reports of this run, as one text to copy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Something went wrong"))
        self.resize(720, 440)
        self._count = 0
        words = QLabel(
            self.tr(
                "This is a mistake in the program, not yours. What you typed is still in the "
                "window and you can go on. With this text the mistake can be found:"
            )
        )
        words.setWordWrap(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Crash report"))
        buttons = QDialogButtonBox()
        copy = buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self.copy)
        go_on = buttons.addButton(self.tr("Go on"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        for widget in (words, self.text, buttons):
            column.addWidget(widget)
        primary(self, go_on)

    def add(self, text: str) -> None:
        """Append a report."""
        self._count += 1
        if self._count <= _MOST:
            self.text.appendPlainText(text)

    @Slot()
    def copy(self) -> None:
        """Put everything on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())
