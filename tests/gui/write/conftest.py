"""The Write view with an engine that writes when the test says so."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gui.studio.context import Context
from gui.write.view import WriteView
from tests.fake import WritingEngine
from tests.gui.fake_backend import FakeBackend

PROMPT = "Once upon a time"


@pytest.fixture
def writer() -> WritingEngine:
    return WritingEngine()


@pytest.fixture
def backend(writer: WritingEngine) -> FakeBackend:
    backend: Any = FakeBackend()
    backend.engine = writer
    return backend


@pytest.fixture
def view(qtbot: QtBot, studio: Context) -> WriteView:
    view = WriteView(studio)
    qtbot.addWidget(view)
    view.show()
    view.prompt.setPlainText(PROMPT)
    return view


@pytest.fixture
def said(studio: Context) -> list[str]:
    sentences: list[str] = []
    studio.said.connect(lambda sentence, kind: sentences.append(sentence))
    return sentences
