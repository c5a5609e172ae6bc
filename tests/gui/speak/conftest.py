"""What the tests of the Speak view share."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.speak.view import SpeakView
from gui.studio.context import Context


@pytest.fixture
def view(qtbot: QtBot, studio: Context) -> SpeakView:
    """The view, which knows its model."""
    view = SpeakView(studio)
    qtbot.addWidget(view)
    view.show()
    studio.start()
    qtbot.waitUntil(lambda: studio.facts is not None)
    return view
