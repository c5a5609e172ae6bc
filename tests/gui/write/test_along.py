"""A text spoken while it is written: whole sentences, in order, beside the writing; and Stop."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from engine.api import SpeechRequest, SpeechRow
from gui.studio.context import Context
from gui.write.along import Along
from gui.write.view import WriteView
from tests.fake import WritingEngine
from tests.gui.fake_backend import FakeBackend
from tests.gui.write.test_view import finish

STORY = "Once there was a light. It was old and high. Nobody knew"


@pytest.fixture
def spoken(studio: Context) -> list[str]:
    sentences: list[str] = []
    studio.speak_along.connect(sentences.append)
    return sentences


def test_sentences_are_whole_and_nothing_is_lost() -> None:
    along, said = Along(), []
    for letter in STORY + "\n\nThe end":
        said.append(along.add(letter))
    said.append(along.end())
    assert [each for each in said if each] == [
        "Once there was a light.",
        "It was old and high.",
        "Nobody knew",
        "The end",
    ]
    assert along.end() == ""


def test_a_text_is_spoken_while_it_is_written(
    qtbot: QtBot, view: WriteView, writer: WritingEngine, spoken: list[str], studio: Context
) -> None:
    view.work.along.setChecked(True)
    assert studio.both
    view.prompt.setPlainText(STORY)
    view.write_button.click()
    words = STORY.split()
    writer.step(6)
    qtbot.waitUntil(lambda: spoken == ["Once there was a light."])
    assert not view.write_button.isEnabled()
    writer.step(len(words) - 6)
    finish(qtbot, view)
    assert " ".join(spoken) == STORY


def test_of_several_texts_the_first_is_spoken(
    qtbot: QtBot, view: WriteView, writer: WritingEngine, spoken: list[str]
) -> None:
    view.work.along.setChecked(True)
    view.search.kind.setCurrentIndex(1)
    view.search.sampled.setValue(2)
    view.write_button.click()
    writer.step(4)
    finish(qtbot, view)
    assert spoken == ["Once upon a time"]


def test_stop_is_silence_where_it_was_spoken(
    qtbot: QtBot, view: WriteView, writer: WritingEngine, spoken: list[str], studio: Context
) -> None:
    silenced: list[bool] = []
    studio.silence_requested.connect(lambda: silenced.append(True))
    view.write_button.click()
    writer.step(1)
    view.stop_button.click()
    finish(qtbot, view)
    assert silenced == []
    view.work.along.setChecked(True)
    view.prompt.setPlainText(STORY)
    view.write_button.click()
    writer.step(6)
    qtbot.waitUntil(lambda: bool(spoken))
    view.stop_button.click()
    finish(qtbot, view)
    assert silenced == [True]
    assert spoken == ["Once there was a light."]


def test_texts_have_a_thread_and_an_engine_of_their_own(
    qtbot: QtBot, view: WriteView, writer: WritingEngine, studio: Context, backend: FakeBackend
) -> None:
    speech = SpeechRequest(rows=(SpeechRow(text="Hello."),))
    studio.submit(speech)
    qtbot.waitUntil(lambda: not studio.running)
    view.write_button.click()
    writer.step(4)
    finish(qtbot, view)
    assert {"engine", "text"} <= backend.threads
    qtbot.waitUntil(lambda: backend.released == ["speech"])  # which nobody needs meanwhile
    view.work.along.setChecked(True)
    studio.submit(speech)
    qtbot.waitUntil(lambda: not studio.running)
    view.write_button.click()
    writer.step(4)
    finish(qtbot, view)
    assert backend.released == ["speech"]
