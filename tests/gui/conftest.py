"""What the tests of the window share: the context of the views, with a fake Backend."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.studio.context import Context
from tests.fake import SteppedEngine
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer


@pytest.fixture
def engine() -> SteppedEngine:
    """The engine of the backend: it makes a row when the test calls `step`."""
    return SteppedEngine()


@pytest.fixture
def backend(engine: SteppedEngine) -> FakeBackend:
    """The backend of the studio. Change its answers before you ask for the studio."""
    return FakeBackend(engine)


@pytest.fixture
def studio(
    qtbot: QtBot, backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Context]:
    """What every view is given. Its threads end with the test."""
    monkeypatch.setattr("gui.studio.context.Player", FakePlayer)
    context = Context(backend, tmp_path / "window.json", tmp_path / "takes")
    yield context
    assert context.close()


@pytest.fixture
def player(studio: Context) -> FakePlayer:
    """The player of the studio."""
    assert isinstance(studio.player, FakePlayer)
    return studio.player
