"""Nothing moves by itself: neither the keyboard nor what is on the screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.studio.context import Context
from gui.window import Window
from tests.fake import SteppedEngine
from tests.gui.fake_player import FakePlayer

TWO = "The first sentence is here. The second one follows it now."


@pytest.fixture
def window(qtbot: QtBot, studio: Context) -> Window:
    window = Window(studio)
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    studio.start()
    qtbot.waitUntil(lambda: studio.facts is not None)
    return window


def places(view: QWidget, window: Window) -> dict[str, QRect]:
    """Where everything stands that has a name of its own."""
    found = {}
    for name, widget in vars(view).items():
        if isinstance(widget, QWidget) and widget.isVisible():
            found[name] = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    return found


def test_the_text_has_the_keyboard_at_the_start(window: Window) -> None:
    assert QApplication.focusWidget() is window.speak.text_box.editor


def test_another_view_gives_the_keyboard_to_what_it_is_for(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is window.view("write").prompt  # type: ignore[attr-defined]
    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is window.view("models")


def test_after_stop_space_does_not_mute(
    qtbot: QtBot, window: Window, engine: SteppedEngine, player: FakePlayer
) -> None:
    view = window.speak
    view.text_box.take(TWO)
    view.speak_button.click()
    engine.step()
    qtbot.waitUntil(lambda: player.state == "playing")
    view.stop_button.setFocus()
    qtbot.keyClick(view.stop_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is view.speak_button)
    assert not view.result.mute_button.isChecked()


def test_nothing_moves_when_work_begins_or_ends_or_a_message_comes(
    qtbot: QtBot, window: Window, engine: SteppedEngine, studio: Context, player: FakePlayer
) -> None:
    view = window.speak
    view.text_box.take(TWO)
    qtbot.waitUntil(lambda: view.text_box.figures is not None)
    before = places(view, window)
    parts = (view.result, view.text_box)
    inside = [places(part, window) for part in parts]

    def nothing_moved(when: str) -> None:
        window.layout().activate()  # type: ignore[union-attr]
        now = places(view, window)
        assert {name: now[name] for name in before} == before, when
        for part, then in zip(parts, inside, strict=True):
            now = places(part, window)
            for name in then.keys() & now.keys():  # a hint gives way to the waveform
                assert now[name] == then[name], (when, name)

    view.speak_button.click()
    engine.step()
    qtbot.waitUntil(lambda: player.state == "playing")
    qtbot.waitUntil(lambda: "Sentence 2" in view.strip._summary.text())
    nothing_moved("work")
    engine.step()
    qtbot.waitUntil(lambda: not view.busy)
    nothing_moved("the end")
    view.speak_button.click()
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    view.stop()
    nothing_moved("Stop")
    studio.say("The disk is full. " * 30, "error")
    nothing_moved("a message")
    player.device_lost.emit("The sound output has gone.")
    nothing_moved("a lost device")
