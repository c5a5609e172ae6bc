"""One window for all acts of the walkthrough: the engine is loaded once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from tests.gui.fake_player import FakePlayer
from tests.gui.walkthrough.desk import Desk


@pytest.fixture(scope="package")
def open_desk(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gui.studio.context.Player", FakePlayer)
        patch.setenv("HF_HUB_OFFLINE", "1")
        desk = Desk(tmp_path_factory.mktemp("desk"))
        yield desk
        desk.close()


@pytest.fixture
def desk(open_desk: Desk) -> Iterator[Desk]:
    """The window, with nothing at work and nothing chosen."""
    yield open_desk
    open_desk.rest()
