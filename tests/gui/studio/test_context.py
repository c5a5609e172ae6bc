"""What the context remembers from one start to the next."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.studio.context import Context
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer


def test_offline_and_the_sound_output_are_those_of_last_time(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.studio.context.Player", FakePlayer)
    first = Context(FakeBackend(), tmp_path / "window.json", tmp_path / "takes")
    assert first.player.device is None
    first.player.set_device("Headphones")
    first.state.set("offline", True)
    assert first.close()
    backend = FakeBackend()
    second = Context(backend, tmp_path / "window.json", tmp_path / "takes")
    assert second.player.device == "Headphones"
    assert backend.is_offline
    assert second.close()


def test_a_home_that_cannot_be_written_is_named(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.studio.context.Player", FakePlayer)
    monkeypatch.setattr("os.access", lambda path, mode: not Path(path).is_relative_to(tmp_path))
    said: list[str] = []
    studio = Context(FakeBackend(), tmp_path / "new" / "window.json", tmp_path / "takes")
    studio.said.connect(lambda sentence, kind, view: said.append(sentence))
    studio.start()
    assert said == [
        f"{tmp_path / 'new'} cannot be written: what you choose is forgotten at the end, and takes "
        "are not kept. Export what you need."
    ]
    assert studio.close()
