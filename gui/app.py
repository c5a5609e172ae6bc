"""The application: what is there before the first window and after the last."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTimer, QTranslator
from PySide6.QtGui import QFont, QFontDatabase, QIcon
from PySide6.QtWidgets import QApplication

from engine.system.outside import TEXT_BYTES, Unfit, read_outside
from engine.system.presence import is_there
from engine.system.responsiveness import searched_here, undisturbed
from gui.look.resources import RESOURCES
from gui.look.theme import Theme
from gui.shell.crash import CrashHook, machine
from gui.shell.one_window import OneWindow
from gui.studio.backend import Backend
from gui.studio.context import Context
from gui.studio.state import state_path, takes_path
from gui.window import Window

_SWITCH = 0.001  # seconds until a thread that computes lets another go on; Python's own 5 ms add up
# while a table is drawn, which asks a thousand times
_TRANSLATIONS = RESOURCES / "translations"


_JAPANESE_FONTS = (
    "Yu Gothic UI",
    "Meiryo UI",
    "Hiragino Sans",
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "IPAexGothic",
)


def run(backend: Backend, files: Sequence[Path] = ()) -> int:
    """Show the window and stay until it is closed; the exit code. files: absolute, texts to open.

    Where this user has a window already, that one comes forward and opens them.
    """
    with searched_here() as look_for_garbage:
        return _run(backend, files, look_for_garbage)


def _run(backend: Backend, files: Sequence[Path], look_for_garbage: Callable[[], None]) -> int:
    app = application()
    one = OneWindow(state_path())
    if one.is_elsewhere(files):
        print("Bark Studio is open already: its window has been brought forward.")
        return 0
    with undisturbed(stays=True):  # nothing of this ends before the window
        studio = Context(backend, state_path(), takes_path())
        theme = Theme(app, studio.state.get("theme", "system"))
        app.setProperty("theme", theme)
        app.setWindowIcon(QIcon("icons:bark-studio.svg"))
        translate(app, studio.state.get("language", "system"))
        window = Window(studio)
        window.crash.install()
        log = _log_of_hard_crashes(state_path().with_name("crash.log"), window.crash)
        window.show()
    window.open_files(list(files))
    one.asked.connect(window.come_forward)
    QTimer.singleShot(0, studio.start)
    # In the next turn of the event loop: Python is interrupted in the middle of anything.
    signal.signal(signal.SIGINT, lambda number, frame: QTimer.singleShot(0, window.close))
    for name in ("SIGTERM", "SIGHUP"):  # the session ends, or the terminal; Windows has no SIGHUP
        end = getattr(signal, name, None)
        if end is not None and signal.getsignal(end) is not signal.SIG_IGN:  # as nohup wants it
            signal.signal(end, lambda number, frame: QTimer.singleShot(0, window.leave))
    app.commitDataRequest.connect(lambda manager: window.remember())  # log out
    pulse = QTimer()  # Python hears of Ctrl-C only when it is called, not while Qt waits
    pulse.timeout.connect(look_for_garbage)
    pulse.start(250)
    if problem := one.problem():
        QTimer.singleShot(0, lambda: studio.say(problem, "warning"))
    code = app.exec()
    one.close()
    ended = studio.close()
    window.crash.remove()
    if log is not None:
        faulthandler.disable()
        log.close()
    if not ended:  # a thread that waits for a network cannot be stopped, and nothing is lost
        os._exit(code)
    return code


def application() -> QApplication:
    """The one QApplication, with its names set before anything asks for a folder."""
    QApplication.setApplicationName("bark-studio")
    QApplication.setApplicationDisplayName("Bark Studio")
    QApplication.setDesktopFileName("bark-studio")
    sys.setswitchinterval(_SWITCH)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    return app


def translate(app: QObject, language: str) -> None:
    """Load our words and Qt's. language: "system" or a code such as "ja"."""
    locale = QLocale() if language == "system" else QLocale(language)
    QLocale.setDefault(locale)
    qt_words = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in (("qtbase", qt_words), ("bark-studio", str(_TRANSLATIONS))):
        translator = QTranslator(app)
        if translator.load(locale, name, "_", folder):
            QApplication.installTranslator(translator)
    if locale.language() == QLocale.Language.Japanese:
        QApplication.setFont(_japanese(QApplication.font()))


def _japanese(font: QFont) -> QFont:
    """A font with Japanese letters: else the letters of one word would come from several."""
    japanese = QFontDatabase.WritingSystem.Japanese
    families = QFontDatabase.families(japanese)
    if font.family() not in families:
        known = [family for family in _JAPANESE_FONTS if family in families]
        font.setFamilies([*known[:1], font.family()])
    return font


def _log_of_hard_crashes(path: Path, crash: CrashHook) -> IO[str] | None:
    """Show what ended the program last time without a chance to say so, and watch out for it.

    None where nothing can be written.
    """
    with suppress(OSError, Unfit):
        data = read_outside(path, TEXT_BYTES) if is_there(path) else b""
        last = data.decode("utf-8", "replace")
        path.parent.mkdir(parents=True, exist_ok=True)
        log = path.open("w", encoding="utf-8")
        faulthandler.enable(log)
        if last.strip():
            crash.show_text(f"{machine()}\n\n{last}")
        return log
    return None
