"""What the tests of the window share: the context of the views, with a fake Backend."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.system.responsiveness import searched_here
from gui.studio.context import Context
from tests.fake import SteppedEngine
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer


@pytest.fixture(autouse=True, scope="package")
def nothing_of_the_window_stays() -> Iterator[None]:
    """The tests after these have threads too."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def garbage() -> Iterator[None]:
    """As in the window: what one test leaves must not end on a thread of the next."""
    with searched_here() as look:
        yield
        look()


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
