"""What was heard of a take in the Speak view: on wish, marked, to click, and never in the way."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.speak.view import SpeakView
from gui.studio.context import Context
from tests.fake import SteppedEngine
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer

TEXT = "The harbour was lit all night."


@pytest.fixture
def ears(backend: FakeBackend) -> FakeBackend:
    """A backend that can listen."""
    backend.listening.here = ("whisper-base",)
    backend.listening.mishears[TEXT] = "the hammer was lit all night"
    return backend


def speak(qtbot: QtBot, view: SpeakView, engine: SteppedEngine, text: str = TEXT) -> None:
    view.text_box.take(text)
    view.speak_button.click()
    engine.step()
    qtbot.waitUntil(lambda: not view.busy)


def test_a_take_is_heard_while_the_button_is_down(
    qtbot: QtBot,
    ears: FakeBackend,
    view: SpeakView,
    engine: SteppedEngine,
    player: FakePlayer,
    studio: Context,
) -> None:
    panel = view.heard.panel
    speak(qtbot, view, engine)
    assert ears.listening.asked == []
    assert not panel.isVisible()
    view.result.listen_button.click()
    qtbot.waitUntil(lambda: panel.words.isVisible())
    assert ears.listening.asked == [TEXT]  # what was there already, once
    assert ears.listening.threads == {"ears"}
    assert panel.verdict.text() == "1 of 6 words not heard: harbour"
    assert "line-through" in panel.words.text()
    assert studio.state.get("speak.listen", False)
    player.stop()
    panel.words.linkActivated.emit("1")
    assert player.state == "playing"
    assert player.position == panel.words.words[1].start > 0.1
    assert panel.words.sounding == 1
    speak(qtbot, view, engine, "It is as it was meant.")
    qtbot.waitUntil(lambda: panel.verdict.text() == "Heard as it was meant")
    assert not panel.again.isVisible()
    view.result.listen_button.click()
    assert not panel.isVisible()
    speak(qtbot, view, engine)
    assert len(ears.listening.asked) == 2


def test_a_word_is_where_the_sound_is_cut(
    qtbot: QtBot, ears: FakeBackend, view: SpeakView, engine: SteppedEngine
) -> None:
    def choose(word: int, action: int) -> None:
        words.menu_of(word).actions()[action].trigger()

    words, result = view.heard.panel.words, view.result
    view.result.listen_button.click()
    speak(qtbot, view, engine)
    qtbot.waitUntil(words.isVisible)
    assert result.track is not None
    harbour, night = words.words[1], words.words[5]
    choose(1, 0)
    assert result.marked == (pytest.approx(harbour.start, abs=0.031), result.track.seconds)
    choose(4, 1)
    assert result.marked is not None
    first, last = result.marked
    assert first <= harbour.start
    assert words.words[4].end <= last <= night.start + 0.031
    choose(5, 0)  # behind the cut, which goes
    assert result.marked == (pytest.approx(night.start, abs=0.031), result.track.seconds)
    choose(2, 2)
    assert result.marked is None


def test_one_click_makes_another_take(
    qtbot: QtBot, ears: FakeBackend, view: SpeakView, engine: SteppedEngine
) -> None:
    view.result.listen_button.click()
    view.seed.set_value(7, locked=True)
    speak(qtbot, view, engine)
    qtbot.waitUntil(lambda: view.heard.panel.again.isVisible())
    view.text_box.take("Something else by now.")
    view.heard.panel.again.click()
    engine.step()
    qtbot.waitUntil(lambda: len(ears.listening.asked) == 2 and not view.busy)
    (first,), (second,) = engine.requests[0].rows, engine.requests[1].rows
    assert second.text == first.text == TEXT
    assert first.seed == 7 != second.seed
    assert view.seed.value() == 7


def test_who_cannot_listen_says_how_to_get_it(
    qtbot: QtBot, view: SpeakView, backend: FakeBackend, engine: SteppedEngine, studio: Context
) -> None:
    said: list[str] = []
    studio.said.connect(lambda sentence: said.append(sentence))
    backend.listening.packages = False
    view.result.listen_button.click()
    assert "pip install faster-whisper" in said[-1]
    backend.listening.packages = True
    view.result.listen_button.click()
    assert "on the page Models" in said[-1]
    assert not view.heard.on
    backend.listening.here = ("whisper-base",)
    backend.listening.fails = "the recogniser was ended by the system"
    view.result.listen_button.click()
    speak(qtbot, view, engine)
    qtbot.waitUntil(lambda: said[-1] == "the recogniser was ended by the system")
    assert not view.heard.on
    assert not view.heard.panel.isVisible()


def test_what_was_wished_holds_when_a_recogniser_comes(
    view: SpeakView, backend: FakeBackend, studio: Context
) -> None:
    studio.state.set("speak.listen", True)
    assert not view.heard.on
    backend.listening.here = ("whisper-base",)
    studio.models_changed.emit()
    assert view.heard.on
    backend.listening.here = ()
    studio.models_changed.emit()
    assert not view.heard.on
    assert studio.state.get("speak.listen", False)
