"""The language of the text chooses the voice, and a Japanese window begins with a sentence."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from engine.api import VoiceFacts
from gui.speak.text_box import TextBox
from gui.speak.text_language import FIRST_TEXT, TextLanguage
from gui.speak.voices import VoiceChooser
from gui.studio.context import Context
from tests.gui.fake_backend import FakeBackend

ENGLISH, JAPANESE = "Good morning to you all.", "おはようございます。"


@pytest.fixture
def parts(qtbot: QtBot, studio: Context) -> tuple[TextBox, VoiceChooser, TextLanguage]:
    box, voices = TextBox(studio), VoiceChooser(studio)
    qtbot.addWidget(box)
    qtbot.addWidget(voices)
    box.voice = voices.value
    return box, voices, TextLanguage(studio, box, voices)


@pytest.fixture
def said(studio: Context) -> list[str]:
    sentences: list[str] = []
    studio.said.connect(lambda sentence, kind: sentences.append(sentence))
    return sentences


@pytest.fixture
def japanese_window() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.Japanese))
    yield
    QLocale.setDefault(before)


def start(qtbot: QtBot, studio: Context) -> None:
    studio.start()
    qtbot.waitUntil(lambda: studio.facts is not None)


def type_(qtbot: QtBot, box: TextBox, text: str) -> None:
    with qtbot.waitSignal(box.counted):
        box.take(text)


def test_a_voice_of_the_texts_language_is_chosen_and_named(
    qtbot: QtBot,
    studio: Context,
    parts: tuple[TextBox, VoiceChooser, TextLanguage],
    said: list[str],
) -> None:
    box, voices, _ = parts
    start(qtbot, studio)
    voices.set_value("v2/en_speaker_6")
    type_(qtbot, box, ENGLISH)
    type_(qtbot, box, JAPANESE)
    assert voices.value() == "v2/ja_speaker_2"
    assert said == ["The text is in 日本語: the voice v2/ja_speaker_2 speaks it."]
    voices.set_value("v2/en_speaker_0")  # whoever wants another one keeps it
    type_(qtbot, box, JAPANESE * 2)
    assert voices.value() == "v2/en_speaker_0"


def test_the_voice_that_was_there_comes_back_with_its_language(
    qtbot: QtBot, studio: Context, parts: tuple[TextBox, VoiceChooser, TextLanguage]
) -> None:
    box, voices, _ = parts
    start(qtbot, studio)
    voices.set_value("v2/en_speaker_6")
    for text, voice in ((ENGLISH, 6), (JAPANESE, None), (ENGLISH, 6)):
        type_(qtbot, box, text)
        assert voices.value() == (f"v2/en_speaker_{voice}" if voice else "v2/ja_speaker_2")


@pytest.mark.parametrize("voice", [None, "announcer", "/somewhere/own.npz"])
def test_a_voice_that_may_speak_it_stays(
    qtbot: QtBot,
    studio: Context,
    parts: tuple[TextBox, VoiceChooser, TextLanguage],
    said: list[str],
    voice: str | None,
) -> None:
    box, voices, _ = parts
    start(qtbot, studio)
    voices.set_value(voice)
    type_(qtbot, box, ENGLISH)
    type_(qtbot, box, JAPANESE)
    assert voices.value() == voice
    assert not said


def test_a_voice_of_two_languages_stays_and_speaks_both(
    qtbot: QtBot,
    studio: Context,
    backend: FakeBackend,
    parts: tuple[TextBox, VoiceChooser, TextLanguage],
) -> None:
    about = {"announcer": VoiceFacts(languages=("en", "ja"), kind="man")}
    backend.model_facts = dataclasses.replace(backend.model_facts, about=about)
    box, voices, _ = parts
    start(qtbot, studio)
    voices.set_value("announcer")
    type_(qtbot, box, ENGLISH)
    type_(qtbot, box, JAPANESE)
    assert voices.value() == "announcer"
    assert "日本語, voice 日本語" in box.counter.text()


@pytest.mark.parametrize(("moras", "text"), [(True, FIRST_TEXT), (False, "")])
def test_a_japanese_window_begins_with_a_sentence_that_can_be_spoken(
    qtbot: QtBot,
    studio: Context,
    backend: FakeBackend,
    japanese_window: None,
    parts: tuple[TextBox, VoiceChooser, TextLanguage],
    moras: bool,
    text: str,
) -> None:
    backend.model_facts = dataclasses.replace(backend.model_facts, moras=moras)
    start(qtbot, studio)
    assert parts[0].text() == text


def test_any_other_window_begins_empty(
    qtbot: QtBot,
    studio: Context,
    backend: FakeBackend,
    parts: tuple[TextBox, VoiceChooser, TextLanguage],
) -> None:
    backend.model_facts = dataclasses.replace(backend.model_facts, moras=True)
    start(qtbot, studio)
    assert parts[0].text() == ""


def test_a_second_start_brings_no_sentence(
    qtbot: QtBot, studio: Context, backend: FakeBackend, japanese_window: None
) -> None:
    backend.model_facts = dataclasses.replace(backend.model_facts, moras=True)
    studio.state.set("speak.text", "")
    box, voices = TextBox(studio), VoiceChooser(studio)
    qtbot.addWidget(box)
    qtbot.addWidget(voices)
    TextLanguage(studio, box, voices)
    start(qtbot, studio)
    assert box.text() == ""
