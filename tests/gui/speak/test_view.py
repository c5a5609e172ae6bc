"""The Speak view with a fake engine: speak, hear, stop, queue, bad input, restore."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.audio.join import trim
from gui.speak.compare import changes
from gui.speak.view import SpeakView
from gui.studio.context import Context
from tests import fake
from tests.fake import SteppedEngine
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer

THREE = "The first sentence is here. The second one follows it now. And this is the third."


@pytest.fixture
def said(studio: Context) -> list[tuple[str, str]]:
    """The sentences the user was told, and their kinds."""
    sentences: list[tuple[str, str]] = []
    studio.said.connect(lambda sentence, kind: sentences.append((sentence, kind)))
    return sentences


def test_the_first_sentence_is_heard_while_the_second_is_made(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, player: FakePlayer, studio: Context
) -> None:
    view.text_box.take(THREE)
    view.speak_button.click()
    assert view.stop_button.isEnabled()
    engine.step()
    qtbot.waitUntil(lambda: len(player.heard) == 1 and len(player.heard[0]) > 0)
    first = len(player.heard[0])
    assert view.busy
    engine.step(2)
    qtbot.waitUntil(lambda: not view.busy)
    assert len(player.heard) == 1
    qtbot.waitUntil(lambda: studio.history.rowCount() == 1)
    (record,) = studio.history.records()
    told = view.strip._summary.text()
    assert told.endswith(f" {record.real_time_factor:.2f}")  # the list and the strip count alike
    assert studio.history.facts(record).startswith("2.2 s · RTF 0.36")
    pause = round(0.35 * fake.SAMPLE_RATE)  # after a sentence
    assert len(player.heard[0]) == 3 * first + 2 * pause
    assert not player.heard[0][first : first + pause].any()
    assert [row.text for row in engine.requests[0].rows] == [
        "The first sentence is here.",
        "The second one follows it now.",
        "And this is the third.",
    ]


def test_what_is_chosen_reaches_the_engine(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, backend: FakeBackend
) -> None:
    view.text_box.take("Hello there, everyone.")
    view.voices.set_value("v2/en_speaker_6")
    view.seed.set_value(77, locked=True)
    view.sampling.temperature[0].setValue(0.3)
    view.sampling.min_eos_p.setValue(0.2)
    view.options.precision.choose("int8")
    view.speak_button.click()
    engine.step()
    qtbot.waitUntil(lambda: not view.busy)
    request = engine.requests[0]
    assert (request.rows[0].voice, request.rows[0].seed) == ("v2/en_speaker_6", 77)
    assert request.sampling.semantic.temperature == 0.3
    assert request.sampling.coarse.temperature is None
    assert request.sampling.min_eos_p == 0.2
    assert backend.asked[0][0].precision == "int8"


def test_an_unlocked_seed_is_another_for_each_take_and_a_locked_one_stays(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine
) -> None:
    view.text_box.take("Hello there, everyone.")
    for _ in range(3):
        view.speak_button.click()
        engine.step()
        qtbot.waitUntil(lambda: not view.busy)
    assert not view.lock_button.isVisible()
    view.seed.lock.setChecked(True)
    assert view.lock_button.isVisible()  # it decides what Speak gives
    view.speak_button.click()
    engine.step()
    qtbot.waitUntil(lambda: not view.busy)
    seeds = [request.rows[0].seed for request in engine.requests]
    assert len(set(seeds[:3])) == 3
    assert seeds[3] == seeds[2]
    view.lock_button.click()
    assert not view.seed.lock.isChecked()


def test_stop_silences_and_ends_the_work(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, player: FakePlayer, studio: Context
) -> None:
    view.text_box.take(THREE)
    view.speak_button.click()
    engine.step()
    qtbot.waitUntil(lambda: player.state == "playing")
    view.stop_button.click()
    assert player.state == "stopped"
    assert not view.busy
    qtbot.waitUntil(lambda: studio.worker.running == 0)
    assert len(player.heard) == 1


def test_stop_before_the_work_began(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, studio: Context
) -> None:
    view.text_box.take(THREE)
    view.speak_button.click()
    view.stop_button.click()
    qtbot.waitUntil(lambda: not view.busy)
    assert studio.worker.running == 0
    assert not engine.requests


def test_speak_while_speaking_queues(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, player: FakePlayer, studio: Context
) -> None:
    for text in ("The first text is here.", "The second text is here."):
        view.text_box.take(text)
        view.speak_button.click()
    qtbot.waitUntil(lambda: studio.worker.running == 2)
    assert "1 more" in view.status.text()
    engine.step(2)
    qtbot.waitUntil(lambda: not view.busy)
    assert [request.rows[0].text for request in engine.requests] == [
        "The first text is here.",
        "The second text is here.",
    ]


@pytest.mark.parametrize("keys", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_ctrl_enter_speaks_and_escape_stops(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, keys: Qt.Key
) -> None:
    view.text_box.take("Hello there, everyone.")
    view.text_box.editor.setFocus()
    qtbot.keyClick(view.text_box.editor, keys, Qt.KeyboardModifier.ControlModifier)
    assert view.busy
    assert view.text_box.text() == "Hello there, everyone."
    qtbot.keyClick(view.text_box.editor, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not view.busy)


def test_space_types_in_the_text_and_plays_elsewhere(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, player: FakePlayer
) -> None:
    view.text_box.take("Hello there, everyone.")
    view.speak_button.click()
    engine.step()
    qtbot.waitUntil(lambda: player.state == "playing")
    qtbot.keyClick(view.text_box.editor, Qt.Key.Key_Space)
    assert player.state == "playing"
    assert view.text_box.text() == "Hello there, everyone. "
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert player.state == "paused"
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert player.state == "playing"


def test_no_text_no_work(
    qtbot: QtBot, view: SpeakView, said: list[tuple[str, str]], studio: Context
) -> None:
    view.text_box.take(" \n ")
    view.speak_button.click()
    assert "no text" in said[0][0]
    assert not view.busy


def test_no_model_no_work(
    qtbot: QtBot, view: SpeakView, said: list[tuple[str, str]], backend: FakeBackend
) -> None:
    backend.remove("starter")
    view.text_box.take("Hello there, everyone.")
    view.speak_button.click()
    assert "Models" in said[0][0]
    assert not view.busy


def test_what_the_user_can_mend_is_a_sentence_and_a_bug_is_a_report(
    qtbot: QtBot,
    view: SpeakView,
    said: list[tuple[str, str]],
    backend: FakeBackend,
    studio: Context,
) -> None:
    backend.engine = fake.FakeEngine()
    crashes: list[Exception] = []
    studio.crashed.connect(crashes.append)
    for text in (fake.REFUSED, fake.BUG):
        view.text_box.take(text)
        view.speak_button.click()
        qtbot.waitUntil(lambda: not view.busy)
    assert said == [("this cannot be spoken: say something else", "error")]
    assert [str(error) for error in crashes] == ["a mistake of ours"]


@pytest.mark.parametrize(
    ("text", "words"), [(fake.CUT, "probably cut"), (fake.NOTHING, "said nothing")]
)
def test_a_take_that_is_none_is_said(
    qtbot: QtBot,
    view: SpeakView,
    said: list[tuple[str, str]],
    backend: FakeBackend,
    text: str,
    words: str,
) -> None:
    backend.engine = fake.FakeEngine()
    view.text_box.take(text)
    view.speak_button.click()
    qtbot.waitUntil(lambda: not view.busy)
    assert words in said[0][0]


def test_everything_chosen_is_there_at_the_next_start(
    qtbot: QtBot, view: SpeakView, studio: Context
) -> None:
    view.text_box.take("Remember me, ありがとう.")
    view.voices.set_value("v2/ja_speaker_2")
    view.seed.set_value(5, locked=True)
    view.sampling.top_k[1].setValue(50)
    view.sampling.temperature[2].setValue(0.0)
    chosen = view.sampling.value()
    view.remember()
    later = SpeakView(studio)
    qtbot.addWidget(later)
    assert later.text_box.text() == "Remember me, ありがとう."
    assert later.voices.value() == "v2/ja_speaker_2"
    assert (later.seed.value(), later.seed.lock.isChecked()) == (5, True)
    assert later.sampling.value() == chosen


def test_early_pieces_are_heard_once(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, player: FakePlayer, studio: Context
) -> None:
    engine.pieces = 2
    view.text_box.take(THREE)
    view.speak_button.click()
    engine.step(3)
    qtbot.waitUntil(lambda: not view.busy)
    pause = np.zeros(round(0.35 * fake.SAMPLE_RATE), dtype=np.float32)
    tones = [fake.tone(engine.row_seconds, hertz=440.0 + 110 * row) for row in range(3)]
    first, second, third = (trim(tone, fake.SAMPLE_RATE) for tone in tones)
    np.testing.assert_array_equal(
        player.heard[0], np.concatenate([first, pause, second, pause, third])
    )
    qtbot.waitUntil(lambda: bool(studio.history.records()))
    kept = studio.history.history.load(studio.history.records()[0])
    np.testing.assert_array_equal(kept.audio, player.heard[0])


def test_numbers_are_said_in_words_and_the_choice_goes_with_the_take(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, studio: Context
) -> None:
    view.text_box.take("She paid $3.50 in 1999.")
    for in_words in (True, False):
        view.inspector.numbers.setChecked(in_words)
        view.speak_button.click()
        engine.step()
        qtbot.waitUntil(lambda: not view.busy)
    spoken = [request.rows[0].text for request in engine.requests]
    assert spoken == [
        "She paid three dollars fifty in nineteen ninety-nine.", "She paid $3.50 in 1999."
    ]  # fmt: skip
    qtbot.waitUntil(lambda: len(studio.history.records()) == 2)
    later, earlier = studio.history.records()
    assert (earlier.numbers, later.numbers) == (True, False)
    assert earlier.text == later.text == "She paid $3.50 in 1999."
    assert changes(later, earlier) == ["numbers in words"]
    again = SpeakView(studio)
    qtbot.addWidget(again)
    assert not again.inspector.numbers.isChecked()
    again.restore(earlier)
    assert again.inspector.numbers.isChecked()
