"""The real window with a fake engine: views, files, messages, memory, and the end."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QSize, Qt, QUrl
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.audio.device import NoDevice
from gui.shell import files
from gui.shell.about import MachineDialog
from gui.studio.context import Context
from gui.window import Window
from tests import fake
from tests.engine.test_imports import third_party
from tests.fake import SteppedEngine
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer

Asked = list[str]


def drop(widget: QWidget, *paths: Path) -> None:
    """Files from a file manager, by an address with the name of this machine in it."""
    data = QMimeData()
    data.setUrls([QUrl(f"file://localhost{quote(str(path))}") for path in paths])
    target = widget.viewport() if isinstance(widget, QPlainTextEdit) else widget
    where, action = target.rect().center(), Qt.DropAction.CopyAction
    keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(where, action, data, *keys))
    QApplication.sendEvent(target, QDropEvent(where, action, data, *keys))


@pytest.fixture
def window(qtbot: QtBot, studio: Context) -> Window:
    window = Window(studio)
    qtbot.addWidget(window)
    window.show()
    studio.start()
    qtbot.waitUntil(lambda: studio.facts is not None)
    return window


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], Asked]:
    """Answer the question before closing; returns the questions that were asked."""

    def set_answer(close: bool) -> Asked:
        asked: Asked = []
        buttons = QMessageBox.StandardButton

        def question(parent: QWidget, title: str, text: str, *more: object) -> object:
            asked.append(text)
            return buttons.Close if close else buttons.Cancel

        monkeypatch.setattr(QMessageBox, "question", question)
        return asked

    return set_answer


def speak(qtbot: QtBot, window: Window, engine: SteppedEngine, text: str) -> None:
    """Speak one sentence to its end."""
    window.speak.text_box.take(text)
    window.speak.speak_button.click()
    engine.step()
    qtbot.waitUntil(lambda: not window.speak.busy)


# ── what it brings in ─────────────────────────────────────────────────────────────────────────


def test_the_window_brings_in_no_framework_and_nothing_heavy() -> None:
    light = {"PySide6", "shiboken6", "shibokensupport", "signature_bootstrap", "gui"}
    assert third_party("import gui.app, engine.backend") - light == {"numpy", "psutil"}


# ── views ─────────────────────────────────────────────────────────────────────────────────────


def test_every_view_can_be_shown_by_its_key_and_is_there_at_the_next_start(
    qtbot: QtBot, window: Window, studio: Context
) -> None:
    for action in window.menuBar().actions()[1].menu().actions():  # type: ignore[union-attr]
        action.trigger()
        assert window.view(action.data()).isVisible()
        assert action.isChecked()
    last = studio.state.get("window.view", "")
    assert last != "speak"
    later = Window(studio)
    qtbot.addWidget(later)
    later.show()
    assert later.view(last).isVisible()


@pytest.mark.parametrize("name", ["speak", "script", "write", "models", "benchmark"])
def test_every_control_says_what_it_is(window: Window, name: str) -> None:
    window.show_view(name)
    kinds = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QPlainTextEdit)
    controls = [
        w for kind in (*kinds, QAbstractSlider) for w in window.view(name).findChildren(kind)
    ]
    nameless = [
        f"{type(w).__name__} in {type(w.parent()).__name__}: {w.toolTip()}"
        for w in controls
        if not w.objectName().startswith("qt_")  # Qt's own parts of a control
        and not QAccessible.queryAccessibleInterface(w).text(QAccessible.Text.Name)
        and not isinstance(w.parent(), QComboBox | QAbstractSpinBox | QLineEdit)
        and not isinstance(w, QScrollBar)
    ]
    assert nameless == []
    assert len(controls) > 5


def test_a_view_asks_for_another(window: Window, studio: Context) -> None:
    studio.show_requested.emit("models")
    assert window.view("models").isVisible()
    studio.speak_requested.emit("Speak this.")
    assert window.speak.isVisible()
    assert window.speak.text_box.text() == "Speak this."
    assert window.speak.busy  # it says speak, and it speaks
    window.speak.stop()
    studio.show_requested.emit("of the future")
    assert window.speak.isVisible()


def test_it_fits_into_a_small_screen_at_double_size(window: Window) -> None:
    smallest = window.minimumSizeHint().expandedTo(window.minimumSize())
    assert smallest.width() <= 1366
    assert smallest.height() <= 720
    window.resize(QSize(980, 560))
    assert window.size() == QSize(980, 560)


# ── files ─────────────────────────────────────────────────────────────────────────────────────


def test_a_text_goes_to_the_script_and_a_voice_to_speak(
    qtbot: QtBot, window: Window, studio: Context, tmp_path: Path
) -> None:
    text, voice = tmp_path / "a.txt", tmp_path / "v.npz"
    text.write_text("Hello.")
    np.savez(voice, semantic_prompt=np.zeros(3, dtype=np.int32))
    window.open_file(text)
    assert window.view("script").isVisible()
    window.open_file(voice)
    assert window.speak.isVisible()
    qtbot.waitUntil(lambda: window.speak.voices.value() == str(voice))
    assert files.recent(studio) == [voice, text]


def test_recent_files_are_in_the_menu_newest_first(
    window: Window, studio: Context, tmp_path: Path
) -> None:
    for number in range(12):
        files.remember(studio, tmp_path / f"{number} & more.txt")
    files.remember(studio, tmp_path / "5 & more.txt")
    window.recent.aboutToShow.emit()
    names = [action.data().name for action in window.recent.actions()]
    assert names == [f"{n} & more.txt" for n in (5, 11, 10, 9, 8, 7, 6, 4)]


def test_a_short_text_is_dropped_into_the_box_and_a_long_one_opens_as_a_script(
    qtbot: QtBot, window: Window, studio: Context, tmp_path: Path
) -> None:
    short, long = tmp_path / "short.txt", tmp_path / "long.txt"
    short.write_text("Short.")
    long.write_text("Long. " * 100_000)
    drop(window.speak.text_box.editor, short)
    qtbot.waitUntil(lambda: window.speak.text_box.text() == "Short.")
    with qtbot.waitSignal(studio.open_requested):
        drop(window.speak.text_box.editor, long)
    assert window.view("script").isVisible()


def test_of_several_files_dropped_at_once_none_is_lost(
    qtbot: QtBot, window: Window, studio: Context, tmp_path: Path
) -> None:
    texts = [tmp_path / f"{name}.txt" for name in ("first", "second", "third")]
    for path in texts:
        path.write_text(f"The {path.stem} text.\n")
    drop(window.speak.text_box.editor, *texts[:2], texts[0])
    together = "The first text.\n\nThe second text."
    qtbot.waitUntil(lambda: window.speak.text_box.text() == together)
    voices = [tmp_path / f"{name}.npz" for name in "ab"]
    for path in voices:
        np.savez(path, semantic_prompt=np.zeros(3, dtype=np.int32))
    drop(window.speak.text_box.editor, voices[0], texts[2], voices[1])
    qtbot.waitUntil(lambda: window.speak.text_box.text() == "The third text.")
    qtbot.waitUntil(lambda: files.recent(studio) == voices[::-1])
    assert set(window.speak.voices._files()) == set(map(str, voices))
    window.show_view("script")
    drop(window.view("script"), *texts)
    qtbot.waitUntil(lambda: "second.txt, third.txt" in window.message.sentence)
    assert files.recent(studio)[0] == texts[0]


def test_what_could_not_be_opened_is_no_recent_file(
    qtbot: QtBot, window: Window, studio: Context, tmp_path: Path
) -> None:
    (tmp_path / "none.npz").write_text("no voice")
    (tmp_path / "empty.txt").touch()
    nameless = tmp_path / ("語" * 86 + ".txt")  # longer than 255 bytes: nobody can look
    wrong = tmp_path / "a.xyz", nameless.with_suffix(".xyz"), tmp_path / "none.npz"
    for path in (*wrong, tmp_path / "empty.txt", nameless):
        said = len(told := [])
        studio.said.connect(lambda _, kind, __, told=told: told.append(kind))
        window.open_file(path)
        qtbot.waitUntil(lambda told=told, said=said: len(told) > said)
        assert told == ["error"]
    assert window.crash.dialog is None
    assert files.recent(studio) == []


def test_a_voice_that_is_none_is_a_sentence(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    path = tmp_path / "no voice.npz"
    path.write_text("nothing of the kind")
    window.open_file(path)
    qtbot.waitUntil(lambda: "no voice file" in window.message.sentence)
    assert window.speak.voices.value() is None


# ── messages and mistakes ─────────────────────────────────────────────────────────────────────


def test_a_bug_is_a_report_to_copy_and_the_window_stays(
    qtbot: QtBot, window: Window, backend: FakeBackend
) -> None:
    backend.engine = fake.FakeEngine()
    window.speak.text_box.take(fake.BUG)
    window.speak.speak_button.click()
    qtbot.waitUntil(lambda: window.crash.dialog is not None)
    dialog = window.crash.dialog
    assert dialog is not None
    assert "a mistake of ours" in dialog.text.toPlainText()
    assert "fake.py" in dialog.text.toPlainText()
    dialog.accept()
    assert window.isVisible()
    assert window.speak.text_box.text() == fake.BUG


def test_a_device_that_goes_is_a_sentence_once(window: Window, player: FakePlayer) -> None:
    def shown() -> list[str]:
        labels = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
        return [text for text in labels if "has gone" in text]

    window.show_view("speak")
    player.device_lost.emit("The sound output has gone.")
    assert shown() == ["The sound output has gone."]
    window.show_view("script")
    player.device_lost.emit("The sound output has gone.")
    assert window.message.sentence == "The sound output has gone."
    assert len(shown()) == 1


def test_a_banner_of_silence_goes_when_sound_returns(window: Window, player: FakePlayer) -> None:
    none = NoDevice("no sound output is there")
    window.show_view("script")
    player._set_silent(none)
    player.devices_changed.emit()
    player.device_lost.emit(player.why_silent())
    assert window.message.sentence.startswith("There is no sound output.")
    player.devices_changed.emit()  # looked, and still none
    assert window.message.sentence
    window.show_view("models")
    player._set_silent(None)
    player.devices_changed.emit()
    window.show_view("script")
    assert window.message.sentence == ""


def test_a_note_quotes_no_markup(window: Window, studio: Context) -> None:
    studio.say("<b>bold</b>.txt is no text", "error")
    assert window.message.sentence == "<b>bold</b>.txt is no text"


# ── the end ───────────────────────────────────────────────────────────────────────────────────


def test_closing_while_running_asks_once_and_stays_if_told_so(
    qtbot: QtBot,
    window: Window,
    engine: SteppedEngine,
    studio: Context,
    answer: Callable[[bool], Asked],
) -> None:
    window.speak.text_box.take("Hello there, everyone.")
    window.speak.speak_button.click()
    qtbot.waitUntil(engine.began.is_set)
    asked = answer(False)
    assert not window.close()
    assert len(asked) == 1
    assert window.isVisible()
    engine.step()
    qtbot.waitUntil(lambda: not window.speak.busy)
    assert studio.history.rowCount() <= 1


def test_closing_while_running_stops_the_work_and_its_threads(
    qtbot: QtBot,
    window: Window,
    engine: SteppedEngine,
    studio: Context,
    backend: FakeBackend,
    answer: Callable[[bool], Asked],
) -> None:
    window.speak.text_box.take("Hello there, everyone.")
    window.speak.speak_button.click()
    window.speak.speak_button.click()
    qtbot.waitUntil(lambda: engine.began.is_set() and studio.worker.running == 2)
    asked = answer(True)
    assert window.close()
    assert len(asked) == 1
    assert "Finished rows and takes stay" in asked[0]
    assert backend.released.count("speech") == 1  # at the very end of the engine thread
    assert len(engine.requests) == 1


def test_closing_at_rest_asks_nothing_and_neither_does_one_who_wants_no_question(
    qtbot: QtBot, window: Window, studio: Context, answer: Callable[[bool], Asked]
) -> None:
    asked = answer(False)
    studio.state.set("close.ask", False)
    window.speak.text_box.take("Hello there, everyone.")
    window.speak.speak_button.click()
    qtbot.waitUntil(lambda: studio.worker.running == 1)
    assert window.close()
    assert asked == []


def test_what_is_typed_is_on_the_disk_soon(qtbot: QtBot, window: Window, studio: Context) -> None:
    studio.state._later.setInterval(1)
    qtbot.keyClicks(window.speak.text_box.editor, "Kept.")
    path = studio.state.path
    qtbot.waitUntil(lambda: path.exists() and '"speak.text": "Kept."' in path.read_text())


def test_geometry_and_text_are_there_at_the_next_start(
    qtbot: QtBot, window: Window, studio: Context, backend: FakeBackend, tmp_path: Path
) -> None:
    window.resize(780, 607)
    window.speak.text_box.take("Remember me.")
    assert window.close()
    again = Context(backend, studio.state.path, tmp_path / "takes")
    later = Window(again)
    qtbot.addWidget(later)
    assert later.size() == QSize(780, 607)
    assert later.speak.text_box.text() == "Remember me."
    assert again.close()


def test_the_screen_outlives_a_window(qtbot: QtBot, studio: Context) -> None:
    """What Python holds of a screen must not belong to what it holds of the window."""
    window = Window(studio)
    screen = QGuiApplication.primaryScreen()
    shiboken6.delete(window)
    gc.collect()
    assert shiboken6.isValid(screen)
    qtbot.addWidget(Window(studio))


@pytest.mark.parametrize("rubbish", ["", "!", "AAAA", "日本"])
def test_a_geometry_of_rubbish_is_none(qtbot: QtBot, studio: Context, rubbish: str) -> None:
    studio.state.set("window.geometry", rubbish)
    window = Window(studio)
    qtbot.addWidget(window)
    room = QGuiApplication.primaryScreen().availableGeometry().size()
    assert window.width() in range(room.width() - 100, min(room.width(), 1240))
    assert window.height() in range(room.height() - 100, min(room.height(), 840))


def test_a_dialog_opens_as_large_as_it_was_left(
    qtbot: QtBot, window: Window, studio: Context
) -> None:
    window._on_machine()
    dialog = window.findChild(MachineDialog)
    assert dialog is not None
    room = QGuiApplication.primaryScreen().availableGeometry().size()
    assert dialog.width() < room.width()  # its usual size is larger than this screen
    dialog.resize(611, 322)
    dialog.close()
    window._on_machine()
    again = window.findChildren(MachineDialog)[-1]
    assert again.size() == QSize(611, 322)
    again.close()


# ── takes ─────────────────────────────────────────────────────────────────────────────────────


def test_a_take_is_kept_and_restored_with_all_its_settings(
    qtbot: QtBot, window: Window, studio: Context, engine: SteppedEngine
) -> None:
    view = window.speak
    view.voices.set_value("v2/en_speaker_6")
    view.sampling.temperature[1].setValue(0.4)
    view.options.precision.choose("int8")
    speak(qtbot, window, engine, "The first text is here.")
    qtbot.waitUntil(lambda: studio.history.rowCount() == 1)
    record = studio.history.records()[0]
    view.text_box.take("Something else.")
    view.voices.set_value(None)
    view.sampling.temperature[1].setValue(1.0)
    view.options.precision.choose("int8")
    view.seed.set_value(1, locked=False)
    view.inspector.takes.restore_requested.emit(record)
    assert view.text_box.text() == "The first text is here."
    assert view.voices.value() == "v2/en_speaker_6"
    assert view.sampling.value() == record.sampling
    assert studio.settings.precision == "int8"
    assert (view.seed.value(), view.seed.lock.isChecked()) == (record.seed, False)
    speak(qtbot, window, engine, view.text_box.text())
    first, second = engine.requests
    assert first == second


def test_a_take_of_the_history_is_played_and_the_work_goes_on_unheard(
    qtbot: QtBot, window: Window, studio: Context, engine: SteppedEngine, player: FakePlayer
) -> None:
    speak(qtbot, window, engine, "The first text is here.")
    qtbot.waitUntil(lambda: studio.history.rowCount() == 1)
    player.end()
    window.speak.text_box.take("The second text is here.")
    window.speak.speak_button.click()
    window.speak.inspector.takes.play_requested.emit(studio.history.records()[0])
    qtbot.waitUntil(lambda: len(player.tracks) == 2)
    engine.step()
    qtbot.waitUntil(lambda: studio.history.rowCount() == 2)
    assert len(player.tracks) == 2
    np.testing.assert_array_equal(player.heard[1], player.heard[0])


def test_two_takes_with_other_settings_are_compared(
    qtbot: QtBot, window: Window, engine: SteppedEngine
) -> None:
    speak(qtbot, window, engine, "The first text is here.")
    assert window.speak.compared.isHidden()
    window.speak.options.precision.choose("int8")
    speak(qtbot, window, engine, "The first text is here.")
    assert "int8" in window.speak.verdict
    assert window.speak.status.text() == window.speak.verdict
    speak(qtbot, window, engine, "The first text is here.")
    assert window.speak.compared.isHidden()


def test_a_text_that_is_being_written_is_spoken_along_and_shows_nothing_else(
    qtbot: QtBot, window: Window, engine: SteppedEngine, studio: Context
) -> None:
    window.show_view("write")
    window.speak.text_box.take("What stands there.")
    for sentence in ("Hello there, everyone.", "The sea is calm."):
        studio.speak_along.emit(sentence)
    qtbot.waitUntil(lambda: studio.worker.running == 2)
    engine.step(2)
    qtbot.waitUntil(lambda: not studio.worker.running)
    assert [request.rows[0].text for request in engine.requests] == [
        "Hello there, everyone.",
        "The sea is calm.",
    ]
    assert window.speak.text_box.text() == "What stands there."
    assert window.view("write").isVisible()
    studio.speak_along.emit("Nobody will hear this.")
    qtbot.waitUntil(lambda: studio.worker.running == 1)
    studio.silence_requested.emit()
    qtbot.waitUntil(lambda: not studio.worker.running)
