"""The voice chooser: what is listed, chosen, sampled, loaded, saved and liked."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox, QFileDialog
from pytestqt.qtbot import QtBot

from engine.api import Take, VoiceFacts
from gui.speak.voices import VoiceChooser
from gui.studio.context import Context
from gui.widgets.voice_names import language_name, parse
from tests.fake import SteppedEngine, tone
from tests.gui.fake_backend import FakeBackend


@pytest.fixture
def voices(qtbot: QtBot, studio: Context) -> VoiceChooser:
    voices = VoiceChooser(studio)
    qtbot.addWidget(voices)
    voices.show()
    studio.start()
    qtbot.waitUntil(lambda: studio.facts is not None)
    return voices


@pytest.fixture
def said(studio: Context) -> list[str]:
    sentences: list[str] = []
    studio.said.connect(lambda sentence, kind: sentences.append(sentence))
    return sentences


def items(box: QComboBox) -> list[str]:
    return [box.itemText(i) for i in range(box.count())]


def choose(box: QComboBox, text: str) -> None:
    """What a click on an entry does."""
    box.setCurrentIndex(items(box).index(text))
    box.activated.emit(box.currentIndex())


def a_take() -> Take:
    tokens = np.zeros((2, 10), dtype=np.int32)
    return Take(
        row=0,
        audio=tone(),
        sample_rate=24_000,
        semantic=tokens[0],
        coarse=tokens,
        fine=tokens,
        ended=True,
    )


@pytest.mark.parametrize(
    ("name", "language", "number", "version"),
    [
        ("v2/en_speaker_6", "en", 6, "v2"),
        ("zh_speaker_10", "zh", 10, ""),
        ("announcer", "", -1, ""),
        ("v2/en_speaker_x", "", -1, ""),
    ],
)
def test_names_are_understood(name: str, language: str, number: int, version: str) -> None:
    assert parse(name) == (name, language, number, version, "")


def test_languages_stand_in_their_own_words() -> None:
    assert [language_name(code) for code in ("en", "ja", "xx")] == ["English", "日本語", "xx"]


def test_voices_are_browsed_by_language_and_number(voices: VoiceChooser) -> None:
    assert items(voices.group) == ["Made-up voice", "English", "日本語", "Other voices"]
    assert voices.value() is None
    assert voices.voice.isHidden()
    choose(voices.group, "English")
    assert items(voices.voice) == ["Speaker 0", "Speaker 6"]
    assert voices.value() == "v2/en_speaker_0"
    choose(voices.voice, "Speaker 6")
    assert voices.value() == "v2/en_speaker_6"
    choose(voices.group, "Other voices")
    assert voices.value() == "announcer"
    choose(voices.group, "Made-up voice")
    assert voices.value() is None


def test_a_voice_of_another_model_is_let_go(
    qtbot: QtBot, voices: VoiceChooser, studio: Context, backend: FakeBackend
) -> None:
    voices.set_value("v2/en_speaker_6")
    other = backend.model_facts.__class__(
        voices=(), sample_rate=24_000, max_tokens=9, max_seconds=9.0, sound_tags=False
    )
    backend.model_facts = other
    backend.download("suno/bark-small", lambda done, total: None)
    studio.set_model("suno/bark-small")
    qtbot.waitUntil(lambda: studio.facts == other)
    assert voices.value() is None
    assert items(voices.group) == ["Made-up voice"]


@pytest.fixture
def named(backend: FakeBackend) -> FakeBackend:
    """Its model says of its voices what they are, and who stands in for one that it had."""
    backend.model_facts = dataclasses.replace(
        backend.model_facts,
        voices=("zoe", "ben", "aki", "other"),
        about={
            "zoe": VoiceFacts(languages=("en", "ja"), kind="woman"),
            "ben": VoiceFacts(languages=("en",), kind="man"),
            "aki": VoiceFacts(languages=("ja",)),
            "joe": VoiceFacts(instead="ben"),
        },
    )
    return backend


def test_voices_with_names_show_language_and_kind(
    named: FakeBackend, voices: VoiceChooser, qtbot: QtBot, engine: SteppedEngine
) -> None:
    assert items(voices.group) == ["Made-up voice", "English", "日本語", "Other voices"]
    choose(voices.group, "English")
    assert items(voices.voice) == ["zoe (woman)", "ben (man)"]
    assert voices.value() == "zoe"
    voices.favourite.click()
    choose(voices.group, "Favourites")
    assert items(voices.voice) == ["English, zoe (woman)"]
    choose(voices.group, "日本語")
    assert items(voices.voice) == ["aki"]
    engine.step()
    with qtbot.waitSignal(voices.sampled):
        voices.sample.click()
    assert "こんにちは" in engine.requests[0].rows[0].text  # in its own language


def test_voices_with_names_in_japanese(
    japanese: None, named: FakeBackend, voices: VoiceChooser
) -> None:
    voices.set_value("ben")
    assert voices.group.currentText() == "English"  # languages in their own words
    assert items(voices.voice) == ["zoe（女性）", "ben（男性）"]


def test_a_voice_of_an_earlier_edition_has_a_stand_in_and_that_is_said(
    named: FakeBackend, qtbot: QtBot, studio: Context, said: list[str]
) -> None:
    voices = VoiceChooser(studio)
    qtbot.addWidget(voices)
    voices.set_value("joe")  # as it was kept
    studio.start()
    qtbot.waitUntil(lambda: studio.facts is not None)
    assert voices.value() == "ben"
    assert said == [
        "The voice joe is of an earlier edition of this model: ben is chosen in its place."
    ]


def test_favourites_come_first_and_are_remembered(
    qtbot: QtBot, voices: VoiceChooser, studio: Context
) -> None:
    voices.set_value("v2/ja_speaker_2")
    voices.favourite.click()
    assert items(voices.group)[1] == "Favourites"
    later = VoiceChooser(studio)
    qtbot.addWidget(later)
    choose(later.group, "Favourites")
    assert items(later.voice) == ["日本語, Speaker 2"]
    assert later.favourite.isChecked()
    later.favourite.click()
    assert "Favourites" not in items(later.group)
    assert later.value() == "v2/ja_speaker_2"


def test_a_sample_is_made_once_and_played(
    qtbot: QtBot, voices: VoiceChooser, engine: SteppedEngine
) -> None:
    voices.set_value("v2/ja_speaker_2")
    engine.step()
    for _ in range(2):
        with qtbot.waitSignal(voices.sampled) as sampled:
            voices.sample.click()
        assert "Speaker 2" in sampled.args[0]
        assert isinstance(sampled.args[1], Take)
    assert len(engine.requests) == 1
    row = engine.requests[0].rows[0]
    assert row.voice == "v2/ja_speaker_2"
    assert "こんにちは" in row.text


def test_a_sample_that_is_being_made_can_be_stopped(
    qtbot: QtBot, voices: VoiceChooser, engine: SteppedEngine, studio: Context
) -> None:
    voices.set_value("v2/en_speaker_0")
    voices.sample.click()
    qtbot.waitUntil(engine.began.is_set)
    voices.sample.click()
    qtbot.waitUntil(lambda: studio.worker.running == 0)
    engine.step()
    with qtbot.waitSignal(voices.sampled):
        voices.sample.click()


def test_a_voice_file_is_loaded_and_listed_at_the_next_start(
    qtbot: QtBot, voices: VoiceChooser, studio: Context, tmp_path: Path
) -> None:
    path = tmp_path / "my voice.npz"
    np.savez(path, semantic_prompt=np.zeros(3, dtype=np.int32))
    with qtbot.waitSignal(voices.changed):
        voices.load(path)
    assert voices.value() == str(path)
    assert voices.voice.currentText() == "my voice"
    later = VoiceChooser(studio)
    qtbot.addWidget(later)
    assert "My voice files" in items(later.group)


def test_a_file_that_is_no_voice_changes_nothing(
    qtbot: QtBot, voices: VoiceChooser, said: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "none.npz"
    path.write_bytes(b"PK\x03\x04 but no zip")
    voices.set_value("v2/en_speaker_0")
    voices.load(path)
    qtbot.waitUntil(lambda: bool(said))
    assert "no voice file" in said[0]
    assert voices.value() == "v2/en_speaker_0"


def test_the_last_clip_is_saved_as_a_voice(
    qtbot: QtBot,
    voices: VoiceChooser,
    backend: FakeBackend,
    said: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not voices.keep.isEnabled()
    voices.set_last(a_take(), "starter")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    voices.keep.click()
    qtbot.waitUntil(lambda: bool(said))
    assert backend.saved == [tmp_path / "mine.npz"]
    choose(voices.group, "My voice files")
    assert voices.value() == str(tmp_path / "mine.npz")


def test_the_file_dialog_asks_about_the_name_that_the_voice_will_have(
    qtbot: QtBot,
    voices: VoiceChooser,
    backend: FakeBackend,
    tmp_path: Path,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    voices.set_last(a_take(), "starter")
    (tmp_path / "mine.npz").write_bytes(b"another voice")
    answers = [(str(tmp_path / "mine"), ""), (str(tmp_path / "other"), "")]
    shown: list[str] = []

    def ask(parent: object, title: str, start: str, kinds: str) -> tuple[str, str]:
        shown.append(Path(start).name)
        return answers.pop(0)

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    voices.keep.click()
    qtbot.waitUntil(lambda: bool(said))
    assert shown == ["voice.npz", "mine.npz"]
    assert backend.saved == [tmp_path / "other.npz"]


def test_lists_of_rubbish_are_empty_ones(qtbot: QtBot, studio: Context) -> None:
    studio.state.set("voices.files", [1, None, {"a": 1}])
    studio.state.set("voices.favourites", [[], 2])
    voices = VoiceChooser(studio)
    qtbot.addWidget(voices)
    assert items(voices.group) == ["Made-up voice"]
