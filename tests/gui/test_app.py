"""The application in a process of its own: it starts, is told to end, and survives a hard crash."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

_BEGIN = """
import signal, sys
for name in {"SIGHUP"} & set(dir(signal)):  # the tests may run under nohup, and this shall not
    signal.signal(getattr(signal, name), signal.SIG_DFL)
from pathlib import Path
from PySide6.QtCore import QTimer
import gui.app
from tests.gui.fake_backend import FakeBackend

class Window(gui.app.Window):
    shown = False
    def showEvent(self, event):
        super().showEvent(event)
        if not Window.shown:
            Window.shown = True
            QTimer.singleShot(0, lambda: act(self))

gui.app.Window = Window

def when(true, then):
    QTimer.singleShot(10, then if true() else lambda: when(true, then))
"""
_END = "\nsys.exit(gui.app.run(FakeBackend(), [Path(name) for name in sys.argv[1:]]))\n"


def start(tmp_path: Path, act: str, *files: Path) -> subprocess.Popen[str]:
    """The program with a fake backend; `act` is done when the window is there."""
    code = f"{_BEGIN}\ndef act(window):\n    {act}\n{_END}"
    folders = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data")}
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, files)],
        env={**os.environ, **folders, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ends(program: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    with program:
        try:
            out, errors = program.communicate(timeout=120)
        finally:
            program.kill()
    return program.returncode, out, errors


def test_it_shows_the_window_and_remembers_it_when_it_is_closed(tmp_path: Path) -> None:
    code, _, errors = ends(start(tmp_path, "window.speak.text_box.take('Mine.'); window.close()"))
    assert (code, "Traceback" in errors) == (0, False), errors
    (state,) = (tmp_path / "config").rglob("window.json")
    assert json.loads(state.read_text())["speak.text"] == "Mine."


def test_a_file_on_the_command_line_is_opened(tmp_path: Path) -> None:
    text = tmp_path / "a text.txt"
    text.write_text("Hello there. How are you?")
    act = "print(window.view('script').isVisible()); window.close()"
    code, out, errors = ends(start(tmp_path, act, text))
    assert (code, out) == (0, "True\n"), errors


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="system: a pipe of Windows was not tried")
def test_a_second_start_brings_the_first_window_forward_with_its_files(tmp_path: Path) -> None:
    text = tmp_path / "a text.txt"
    text.write_text("Hello there. How are you?")
    act = (
        "window.showMinimized(); print('here', flush=True); "
        "when(lambda: 'script' in window._views and window.view('script').isVisible(), lambda: "
        "(print(window.isMinimized()), window.close()))"
    )
    first = start(tmp_path, act)
    assert first.stdout is not None
    assert first.stdout.readline() == "here\n"
    code, out, errors = ends(start(tmp_path, "print('a second window')", text))
    assert (code, out.startswith("Bark Studio is open already"), errors) == (0, True, "")
    code, out, errors = ends(first)
    assert (code, out) == (0, "False\n"), errors


_CIRCLE = """
import threading, weakref
from PySide6.QtCore import QObject

class Circle(QObject):
    pass

def drop_circles(window):
    ended = []
    for number in range(1000):  # so many that Python looks for garbage
        circle = Circle()
        circle.myself = circle
        weakref.finalize(circle, lambda: ended.append(threading.current_thread().name))
    del circle
    busy = threading.Thread(target=lambda: [[number] for number in range(100_000)], name="busy")
    busy.start()
    busy.join()
    when(lambda: len(ended) == 1000, lambda: (print(set(ended)), window.close()))
"""


def test_garbage_ends_on_the_thread_of_the_window(tmp_path: Path) -> None:
    act = f"exec({_CIRCLE!r}, globals()); drop_circles(window)"
    code, out, errors = ends(start(tmp_path, act))
    assert (code, out) == (0, "{'MainThread'}\n"), errors


@pytest.mark.skipif(sys.platform == "win32", reason="system: Windows has no such signal")
def test_ctrl_c_closes_it(tmp_path: Path) -> None:
    program = start(tmp_path, "print('here', flush=True)")
    assert program.stdout is not None
    assert program.stdout.readline() == "here\n"
    program.send_signal(signal.SIGINT)
    code, _, errors = ends(program)
    assert (code, "Traceback" in errors) == (0, False), errors


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.skipif(sys.platform == "win32", reason="system: Windows has no such signal")
def test_the_end_of_the_session_saves_and_asks_nothing(tmp_path: Path, name: str) -> None:
    act = (
        "window.resize(911, 613); window.speak.text_box.editor.insertPlainText('Typed just now.'); "
        "window._may_stop = lambda: print('asked'); "
        "QTimer.singleShot(0, lambda: print('here', flush=True)); "
        "__import__('PySide6.QtWidgets').QtWidgets.QMessageBox.question(window, 'A', 'question')"
    )
    program = start(tmp_path, act)
    assert program.stdout is not None
    assert program.stdout.readline() == "here\n"
    program.send_signal(getattr(signal, name))
    code, out, errors = ends(program)
    assert (code, out, "Traceback" in errors) == (0, "", False), errors
    (state,) = (tmp_path / "config").rglob("window.json")
    kept = json.loads(state.read_text())
    assert kept["speak.text"] == "Typed just now."
    assert kept["window.geometry"]


def test_what_ended_it_without_a_word_is_shown_at_the_next_start(tmp_path: Path) -> None:
    code, _, _ = ends(start(tmp_path, "import os; os.abort()"))
    assert code != 0
    show = (
        "when(lambda: window.crash.dialog, lambda: "
        "(print(window.crash.dialog.text.toPlainText()), window.close()))"
    )
    code, out, errors = ends(start(tmp_path, show))
    assert code == 0, errors
    assert "Fatal Python error: Aborted" in out
    code, out, errors = ends(start(tmp_path, "print(window.crash.dialog); window.close()"))
    assert (code, out) == (0, "None\n"), errors


def test_an_exception_in_a_slot_is_a_dialog_and_the_program_goes_on(tmp_path: Path) -> None:
    act = (
        "when(lambda: window.crash.dialog, lambda: "
        "(print('mistake' in window.crash.dialog.text.toPlainText()), window.close())); "
        "raise RuntimeError('a mistake in a slot')"
    )
    code, out, errors = ends(start(tmp_path, act))
    assert (code, out) == (0, "True\n"), errors
