"""The Script view as a person has it, with a backend that can be stopped anywhere."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.script.view import ScriptView
from gui.studio.context import Context


@pytest.fixture
def view(qtbot: QtBot, studio: Context) -> ScriptView:
    studio.start()
    qtbot.waitUntil(lambda: studio.facts is not None)
    view = ScriptView(studio)
    qtbot.addWidget(view)
    view.resize(1200, 700)
    view.show()
    return view


@pytest.fixture
def said(studio: Context) -> list[str]:
    """The sentences that the user has read."""
    sentences: list[str] = []
    studio.said.connect(lambda sentence, kind: sentences.append(sentence))
    studio.crashed.connect(lambda error: sentences.append(f"crash: {error!r}"))
    return sentences
