"""The first double click: the set-up in a window, in a terminal, or with a log; never unseen."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.setup import setup_window
from tests.conftest import ROOT
from tests.sound import wait_until

_NO_TK = importlib.util.find_spec("_tkinter") is None
_NO_SCREEN = "no xvfb-run here: apt install xvfb xauth"
_WHY = "Python: was built without tkinter" if _NO_TK else _NO_SCREEN
screen = pytest.mark.skipif(_NO_TK or not shutil.which("xvfb-run"), reason=_WHY)

_WATCH = """
import sys, tkinter
from pathlib import Path
from engine.setup import setup_window

log, button, *command = sys.argv[1:]
window = setup_window._Window(tkinter, command, Path(log))

def look():
    if window._button["text"] == button and window._line["text"].strip():
        print(window._line["text"])
        window._button.invoke()
    else:
        window.root.after(20, look)

window.root.after(20, look)
print("code", window.run())
"""


def on_screen(code: str, *arguments: str | Path) -> str:
    """What a program prints that has a screen of its own, in English."""
    done = subprocess.run(
        ["xvfb-run", "-a", sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@screen
def test_a_set_up_that_works_closes_its_window(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from engine.setup import setup_window\n"
        "command = [sys.executable, '-c', 'print(\"Collecting torch\")']\n"
        "print(setup_window.set_up(command, Path(sys.argv[1])))"
    )
    assert on_screen(code, tmp_path / "new" / "log") == "0\n"
    assert (tmp_path / "new" / "log").read_text() == "Collecting torch\n"


@screen
def test_a_set_up_that_fails_says_why_and_waits(tmp_path: Path) -> None:
    code = "print('one', flush=True); raise SystemExit('there is no network')"
    command = (sys.executable, "-c", code)
    shown = on_screen(_WATCH, tmp_path / "log", "Close", *command)
    assert shown == "The set-up failed.\nthere is no network\ncode 1\n"


@screen
def test_cancel_ends_the_set_up_and_what_it_started(tmp_path: Path) -> None:
    started = tmp_path / "started"
    child = f"import os, time; open({str(started)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    parent = (
        "import os, subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        f"while not (os.path.exists({str(started)!r}) and os.path.getsize({str(started)!r})):\n"
        "    time.sleep(0.01)\n"
        "print('Collecting', flush=True); time.sleep(600)"
    )
    shown = on_screen(_WATCH, tmp_path / "log", "Cancel", sys.executable, "-c", parent)
    assert shown.startswith("Collecting\ncode ")
    assert "code 0" not in shown
    state = Path("/proc") / started.read_text() / "stat"

    def ended() -> bool:
        try:
            return state.read_text().split()[2] == "Z"
        except OSError:
            return True

    wait_until(ended)  # it was told to, and may be at it


@pytest.fixture
def no_window(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A Python without tkinter; the folder of the only programs that there are."""
    monkeypatch.setitem(sys.modules, "tkinter", None)
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    return programs


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_without_tkinter_a_terminal_shows_it(no_window: Path, tmp_path: Path) -> None:
    program(no_window, "xterm", 'shift; exec "$@"')
    command = [sys.executable, "-c", "raise SystemExit(7)"]
    assert setup_window.set_up(command, tmp_path / "log") == 7


def test_without_a_terminal_a_notification_names_the_log(no_window: Path, tmp_path: Path) -> None:
    program(no_window, "notify-send", f'echo "$@" > {tmp_path}/told')
    command = [sys.executable, "-c", "print('Collecting torch')"]
    assert setup_window.set_up(command, tmp_path / "log") == 0
    assert str(tmp_path / "log") in (tmp_path / "told").read_text()
    assert (tmp_path / "log").read_text() == "Collecting torch\n"
    setup_window.show("there is no network")
    assert "there is no network" in (tmp_path / "told").read_text()


def test_a_double_click_is_a_screen_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        def __init__(self, terminal: bool) -> None:
            self.isatty = lambda: terminal

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(sys, "stdin", Stream(False))
    monkeypatch.setattr(sys, "stderr", Stream(False))
    assert setup_window.is_double_click()
    monkeypatch.setattr(sys, "stderr", None)  # as with pythonw.exe
    assert setup_window.is_double_click()
    monkeypatch.setattr(sys, "stderr", Stream(True))
    assert not setup_window.is_double_click()
    monkeypatch.setattr(sys, "stderr", Stream(False))
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert setup_window.is_double_click() == (sys.platform in ("win32", "darwin"))


@pytest.mark.parametrize(("language", "word"), [("ja_JP", "キャンセル"), ("de_DE", "Cancel")])
def test_it_speaks_the_users_language(
    monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    monkeypatch.setattr("locale.getlocale", lambda: (language, "UTF-8"))
    assert setup_window._say("stop") == word


def test_main_shows_the_set_up_before_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    import main

    called: list[list[str]] = []

    def set_up(command: list[str], log: Path) -> int:
        called.append(command)
        return 130

    monkeypatch.setattr(setup_window, "is_double_click", lambda: True)
    monkeypatch.setattr(setup_window, "set_up", set_up)
    monkeypatch.setattr(main, "_needs_set_up", lambda: True)
    assert main.run(["open", "text.txt"]) == 130
    assert [command[-1] for command in called] == ["set-up"]
