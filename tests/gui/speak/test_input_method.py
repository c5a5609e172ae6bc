"""A real input method at the real window: ibus with Anthy, on an X server without a screen. The
facts that hold for every input method are tested in test_text_box.py, without one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

_SYSTEM = "/usr/bin:/bin"  # Anthy's engine is a script of the system's Python
_PROGRAMS = ("Xvfb", "dbus-daemon", "ibus", "ibus-daemon", "xdotool")
_LACKING = [name for name in _PROGRAMS if shutil.which(name, path=_SYSTEM) is None]
_ANTHY = Path("/usr/share/ibus/component/anthy.xml")
_PATIENCE = 90  # seconds until a fact that does not come is a failure: the machine may be busy
_ONCE = 5  # seconds that one question to a daemon which is still starting may take

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        bool(_LACKING) or not _ANTHY.is_file(),
        reason="install xvfb, dbus, ibus, ibus-anthy and xdotool: an input method is tried",
    ),
]

# The window says twenty times a second what is so.
_WINDOW = """
import json, os, sys
from pathlib import Path
from PySide6.QtCore import QTimer
import gui.studio.context
from tests.fake import FakeEngine
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer
from tests.gui.shown import Shown

os.environ["QT_QPA_PLATFORM"] = "xcb"  # other tests are seen on no screen
gui.studio.context.Player = FakePlayer
engine = FakeEngine()
shown = Shown(Path(sys.argv[1]), FakeBackend(engine))
box = shown.window.speak.text_box

def tell():
    composed = box.editor.textCursor().block().layout().preeditAreaText()
    facts = {
        "window": int(shown.window.winId()),
        "typing": shown.window.isActiveWindow() and box.editor.hasFocus(),
        "composed": composed,
        "text": box.text(),
        "committed": box.editor.toPlainText(),
        "hint": box.editor.placeholderText(),
        "spoken": [row.text for request in engine.requests for row in request.rows],
    }
    print(json.dumps(facts), flush=True)

timer = QTimer()
timer.timeout.connect(tell)
timer.start(50)
QTimer.singleShot(0, shown.studio.start)
shown.app.exec()
"""


class Typist:
    """Hands at the keyboard of an X server, and eyes on the window there."""

    def __init__(self, environment: dict[str, str], window: subprocess.Popen[str]) -> None:
        self._environment = environment
        self._window = window

    def until(self, happened: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """What the window says when something has happened."""
        end = time.monotonic() + _PATIENCE
        facts: dict[str, Any] = {}
        assert self._window.stdout is not None
        for line in self._window.stdout:
            facts = json.loads(line)
            if happened(facts):
                return facts
            assert time.monotonic() < end, facts
        raise AssertionError(f"the window has ended, after {facts}")

    def press(self, *keys: str) -> None:
        """Press keys one after the other, by the names that X has for them."""
        self.x("key", *keys)

    def x(self, *words: str) -> None:
        """A command of xdotool."""
        command = ["xdotool", *words]
        subprocess.run(command, env=self._environment, check=True, timeout=_PATIENCE)


@contextmanager
def running(*command: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A program that is ended with the block."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_ONCE)
            except subprocess.TimeoutExpired:
                process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    """What it says when it is ready."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def use_anthy(environment: dict[str, str]) -> None:
    """Ask for Anthy until the daemon, which takes its time to begin, says that it is used."""
    end = time.monotonic() + _PATIENCE
    told = ""
    while time.monotonic() < end:
        for command in (["ibus", "engine", "anthy"], ["ibus", "engine"]):
            try:
                asked = subprocess.run(
                    command, env=environment, capture_output=True, text=True, timeout=_ONCE
                )
            except subprocess.TimeoutExpired:
                break
            told = asked.stdout + asked.stderr
        if told.strip() == "anthy":
            return
        time.sleep(0.1)  # or the questions would hold up what they wait for
    raise AssertionError(f"ibus uses no Anthy: {told}")


@pytest.fixture
def typist(tmp_path: Path) -> Iterator[Typist]:
    """At the window, with the keyboard in its text box and Anthy between both."""
    folders = {
        name: str(tmp_path / name)
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
    }
    (tmp_path / "runtime").mkdir(mode=0o700)
    settings = tmp_path / "XDG_CONFIG_HOME" / "glib-2.0" / "settings"
    settings.mkdir(parents=True)
    # Anthy begins with Latin letters unless it is told to begin with hiragana.
    (settings / "keyfile").write_text(
        "[org/freedesktop/ibus/engine/anthy/common]\ninput-mode=0\n", encoding="utf-8"
    )
    system = {
        **folders,
        "PATH": _SYSTEM,
        "LANG": "C.UTF-8",
        "XDG_RUNTIME_DIR": str(tmp_path / "runtime"),
        "GSETTINGS_BACKEND": "keyfile",
    }
    with ExitStack() as stack:
        server = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
        screen = stack.enter_context(running(*server, env=system, stderr=subprocess.DEVNULL))
        system["DISPLAY"] = f":{first_line(screen)}"
        bus = stack.enter_context(
            running("dbus-daemon", "--session", "--nofork", "--print-address", env=system)
        )
        system["DBUS_SESSION_BUS_ADDRESS"] = first_line(bus)
        daemon = ("ibus-daemon", "--panel", "disable")
        stack.enter_context(running(*daemon, env=system, stderr=subprocess.DEVNULL))
        use_anthy(system)
        ours = {
            **{name: word for name, word in os.environ.items() if not name.startswith("QT_")},
            **{name: word for name, word in system.items() if name not in ("PATH", "HOME")},
            "QT_IM_MODULE": "ibus",
        }
        command = (sys.executable, "-c", _WINDOW, str(tmp_path))
        window = stack.enter_context(running(*command, env=ours, cwd=ROOT))
        hands = Typist(system, window)
        number = hands.until(lambda facts: True)["window"]
        hands.x("windowfocus", "--sync", str(number))
        hands.until(lambda facts: bool(facts["typing"]))
        yield hands


def test_a_word_that_is_being_composed_is_spoken_and_the_hint_is_not_under_it(
    typist: Typist,
) -> None:
    hint = typist.until(lambda facts: True)["hint"]
    assert hint
    typist.press(*"nihon")
    facts = typist.until(lambda facts: facts["composed"].startswith("にほ"))
    assert (facts["hint"], facts["committed"]) == ("", "")
    typist.press("space")  # converts it
    facts = typist.until(lambda facts: facts["composed"] not in ("", "にほn", "にほん"))
    word = facts["composed"]
    assert (facts["hint"], facts["text"], facts["committed"]) == ("", word, "")
    typist.press("ctrl+Return")
    facts = typist.until(lambda facts: bool(facts["spoken"]))
    assert facts["spoken"] == [word]
    typist.press("Return")  # takes the word
    facts = typist.until(lambda facts: facts["committed"] == word and not facts["composed"])
    assert (facts["text"], facts["hint"]) == (word, hint)
    typist.press(*"kane")  # behind what stands there
    typist.until(lambda facts: facts["text"] == f"{word}かね")
    typist.press("ctrl+Return")
    facts = typist.until(lambda facts: len(facts["spoken"]) > 1)
    assert facts["spoken"][1] == f"{word}かね"
