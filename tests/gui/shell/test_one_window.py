"""A second start is ended in favour of the window that is open, whatever state that is in."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from pytestqt.qtbot import QtBot

from gui.shell import one_window
from gui.shell.one_window import OneWindow, socket_name

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="system: the sockets of these tests are Unix's"
)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path / "window.json"


@pytest.fixture
def first(qtbot: QtBot, state: Path) -> Iterator[OneWindow]:
    one = OneWindow(state)
    assert not one.is_elsewhere([])
    assert one.problem() == ""
    yield one
    one.close()


def hand_over(qtbot: QtBot, state: Path, *files: Path) -> bool:
    """A second start, while the first window turns its event loop: whether it was ended."""
    answers: list[bool] = []
    thread = Thread(target=lambda: answers.append(OneWindow(state)._hand_over(files)))
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive())
    return answers == [True]


@pytest.fixture
def second(qtbot: QtBot, state: Path) -> Iterator[OneWindow]:
    one = OneWindow(state)
    yield one
    one.close()


def test_the_first_window_gets_the_files_whatever_their_names(
    qtbot: QtBot, state: Path, first: OneWindow
) -> None:
    asked: list[list[Path]] = []
    first.asked.connect(asked.append)
    files = (Path("/home/mira/灯台 no.1.txt"), Path(os.fsdecode(b"/home/mira/\xff.md")))
    assert hand_over(qtbot, state, *files)
    assert hand_over(qtbot, state)
    assert asked == [list(files), []]


def test_another_home_is_another_window(qtbot: QtBot, state: Path, first: OneWindow) -> None:
    other = OneWindow(state.with_name("other.json"))
    assert not other.is_elsewhere([])
    other.close()


def test_after_the_end_the_next_start_is_the_first(first: OneWindow, second: OneWindow) -> None:
    first.close()
    assert not second.is_elsewhere([])
    assert second.problem() == ""


def test_a_socket_that_a_killed_window_left_is_taken(qtbot: QtBot, state: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(socket_name(state))
    one = OneWindow(state)
    assert not one.is_elsewhere([])
    assert hand_over(qtbot, state)
    one.close()


def test_a_window_that_hangs_is_named_and_keeps_its_socket(
    state: Path, second: OneWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_window, "_ANSWERS", 50)
    with socket.socket(socket.AF_UNIX) as hanging:
        hanging.bind(socket_name(state))
        hanging.listen()
        assert not second.is_elsewhere([])
    assert "does not answer" in second.problem()
    assert Path(socket_name(state)).exists()


def test_a_window_that_is_closing_is_handed_nothing(state: Path, second: OneWindow) -> None:
    with socket.socket(socket.AF_UNIX) as closing:
        closing.bind(socket_name(state))
        closing.listen()
        Thread(target=lambda: closing.accept()[0].close()).start()
        assert not second.is_elsewhere([])
    assert second.problem() == ""


@pytest.mark.parametrize("rubbish", [b"\n", b"[]\n", b'{"files": [1]}\n', b"\xff\xfe\n"])
def test_rubbish_opens_nothing(qtbot: QtBot, state: Path, first: OneWindow, rubbish: bytes) -> None:
    asked: list[list[Path]] = []
    first.asked.connect(asked.append)
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(socket_name(state))
        stranger.send(rubbish)
        stranger.setblocking(False)

        def ended() -> bool:
            try:
                return stranger.recv(10) == b""
            except BlockingIOError:
                return False

        qtbot.waitUntil(ended)
    assert asked == []
    assert hand_over(qtbot, state)
