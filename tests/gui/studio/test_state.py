"""What is remembered, and what damage does to it."""

from __future__ import annotations

import errno
import threading
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gui.studio.context import Context
from gui.studio.state import State
from tests.failing_disk import FailingDisk
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer


@pytest.fixture
def state(studio: Context) -> State:
    return studio.state


def again(state: State, studio: Context) -> State:
    """The state as the next start reads it."""
    return State(state.path, studio.errands)


def test_values_come_back(state: State, studio: Context) -> None:
    values: dict[str, Any] = {"a": True, "b": 3, "c": 0.5, "d": "日本", "e": [1, 2], "f": {"x": 1}}
    for name, value in values.items():
        state.set(name, value)
    state.save()
    later = again(state, studio)
    assert {name: later.get(name, type(value)()) for name, value in values.items()} == values


def test_a_change_is_written_without_being_asked(
    qtbot: QtBot, state: State, studio: Context
) -> None:
    state.set("a", 1)
    state._later.setInterval(1)
    qtbot.waitUntil(lambda: state.path.exists() and again(state, studio).get("a", 0) == 1)
    state._later.setInterval(200)
    state.set("a", 2)
    left = state._later.remainingTime()
    state.set("a", 3)  # who goes on and on is not put off
    assert state._later.remainingTime() <= left


@pytest.mark.parametrize(
    "rubbish", [b"", b"{", b"\xff\xfe", b"[1]", b"null", b"[" * 100_000, b'{"a": "text"}']
)
def test_rubbish_counts_as_nothing(studio: Context, tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "rubbish.json"
    path.write_bytes(rubbish)
    state = State(path, studio.errands)
    assert state.get("a", 7) == 7
    state.set("a", 8)
    state.save()
    assert State(path, studio.errands).get("a", 7) == 8


@pytest.mark.parametrize("rubbish", [b"", b"{", b"\xff\xfe", b"[1]", b"null", b"[" * 100_000])
def test_rubbish_is_set_aside_and_told(studio: Context, tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "rubbish.json"
    for aside in ("rubbish.json.damaged", "rubbish.json.damaged-2"):
        path.write_bytes(rubbish)
        state = State(path, studio.errands)
        assert aside in state.problem
        assert (tmp_path / aside).read_bytes() == rubbish
        state.set("a", 8)
        state.save()
        assert State(path, studio.errands).problem == ""


@pytest.mark.parametrize("code", [errno.EIO, errno.EMFILE, errno.EACCES])
def test_what_cannot_be_read_now_is_not_written_over(
    code: int, studio: Context, tmp_path: Path
) -> None:
    path = tmp_path / "kept" / "window.json"
    path.parent.mkdir()
    path.write_text('{"a": 1}')
    left = path.with_name(".window.json.abcd1234.part")  # by a killed process
    left.touch()
    State(path, studio.errands)
    assert not left.exists()
    for call in range(2):  # open, read
        with FailingDisk(path.parent).failing(call, code):
            state = State(path, studio.errands)
        assert "cannot be read" in state.problem
        assert state.get("a", 7) == 7
        state.set("a", 8)
        state.save()
        assert path.read_text() == '{"a": 1}'


def test_what_was_wrong_with_it_is_said_in_the_window(
    qtbot: QtBot, backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.studio.context.Player", FakePlayer)
    (tmp_path / "window.json").write_text("{")
    context = Context(backend, tmp_path / "window.json", tmp_path / "takes")
    with qtbot.waitSignal(context.said) as told:
        context.start()
    assert "were damaged" in told.args[0]
    assert context.close()


def test_a_number_is_no_switch_and_a_switch_no_number(state: State) -> None:
    state.set("n", 1)
    state.set("b", True)
    assert state.get("n", False) is False
    assert state.get("b", 5) == 5
    assert state.get("n", 0.5) == 1.0


def test_names_of_another_version_are_kept(state: State, studio: Context) -> None:
    state.set("of the future", {"x": [1]})
    state.save()
    later = again(state, studio)
    later.set("a", 1)
    later.save()
    assert again(later, studio).get("of the future", {}) == {"x": [1]}


def test_what_is_on_its_way_to_a_slow_disk_is_not_lost_at_the_end(
    state: State, studio: Context
) -> None:
    go_on = threading.Event()
    studio.errands.ask(go_on.wait, 20)
    state.set("a", 1)
    state._save_later()  # waits behind that
    state.save()
    go_on.set()
    assert again(state, studio).get("a", 0) == 1


def test_a_reset_forgets_all_but_what_is_named_and_leaves_what_another_window_changed(
    state: State, studio: Context
) -> None:
    told: list[int] = []
    state.was_reset.connect(lambda: told.append(state.get("a", 0)))
    state.set("a", 1)
    state.set("text", "Mine.")
    state.save()
    other = again(state, studio)
    state.reset({"text"})
    state.set("b", 2)
    other.set("c", 3)
    other.save()
    state.save()
    later = again(state, studio)
    assert told == [0]
    assert [later.get(name, 0) for name in "abc"] == [0, 2, 3]
    assert later.get("text", "") == "Mine."


def test_two_windows_keep_what_each_of_them_changed(state: State, studio: Context) -> None:
    for name in ("theme", "language", "same"):
        state.set(name, "first")
    state.save()
    other = again(state, studio)
    other.set("theme", "of the other")
    other.set("new", ["of the other"])
    state.set("language", "of this one")
    state.set("same", "first")
    other.save()
    state.save()
    later = again(state, studio)
    found = [later.get(name, "") for name in ("theme", "language", "same")]
    assert found == ["of the other", "of this one", "first"]
    assert later.get("new", [""]) == ["of the other"]
    other.save()  # nothing of its own to say any more
    assert again(state, studio).get("language", "") == "of this one"


def test_a_disk_that_refuses_stops_nothing(studio: Context, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where a folder is needed")
    state = State(tmp_path / "file" / "window.json", studio.errands)
    state.set("a", 1)
    state.save()
    assert state.get("a", 0) == 1


def test_settings_of_another_version_are_taken_as_far_as_they_go(studio: Context) -> None:
    studio.state.set(
        "settings", {"precision": "int8", "attention": "of the future", "batch_size": 0, "new": 1}
    )
    studio.state.save()
    later = Context(FakeBackend(), studio.state.path, studio.state.path.with_name("takes"))
    assert later.settings.precision == "int8"
    assert later.settings.attention == "fused"
    assert later.settings.batch_size == 1
    assert later.close()


def test_a_file_of_the_users_behind_a_link_stays_as_it_is(studio: Context, tmp_path: Path) -> None:
    theirs, link = tmp_path / "theirs.txt", tmp_path / "linked" / "window.json"
    link.parent.mkdir()
    for words in ("a letter", None):
        if words is None:
            theirs.unlink()  # a link that leads nowhere
        else:
            theirs.write_text(words)
        link.unlink(missing_ok=True)
        link.symlink_to(theirs)
        later = Context(FakeBackend(), link, tmp_path / "takes")
        later.state.set("a", 1)
        later.state.save()
        assert (theirs.read_text() if words else theirs.exists()) == (words or False)
        assert link.is_file()
        assert not link.is_symlink()
        assert later.close()
