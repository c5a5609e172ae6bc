"""The acts of docs/walkthrough.md in the Speak view, on the real window with the starter voice."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QWidget

from engine.audio.wav import to_pcm16
from engine.backend import Backend
from gui.history.export import ExportDialog
from gui.history.list import HistoryList
from gui.history.model import RECORD
from gui.shell.preferences import Preferences
from gui.speak.compare import CompareView
from gui.studio.context import USUAL
from tests.gui.shown import Shown
from tests.gui.walkthrough.desk import Desk

pytestmark = pytest.mark.slow

TWO = "The lamp was lit early that night. Nobody in the village knew why."
HOUSES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "last")
MANY = " ".join(
    f"In the {number} house a lamp was lit that night, and nobody in the village knew the reason."
    for number in HOUSES
)


def test_01_the_window_opens(desk: Desk, tmp_path: Path) -> None:
    with closing(Shown(tmp_path, Backend())) as fresh:
        speak = fresh.window.speak
        fresh.studio.start()
        fresh.until(lambda: fresh.studio.facts is not None)
        assert fresh.window.focusWidget() is speak.text_box.editor
        assert speak.inspector.model.currentText() == "starter-voice"
        assert words(speak.result) >= {"The sound appears here."}
        assert words(speak.inspector.takes) >= {"What you speak is kept here."}
        assert speak.speak_button.isEnabled()
        assert not speak.stop_button.isEnabled()
        assert not speak.result.play_button.isEnabled()


def test_02_a_text_is_counted(desk: Desk) -> None:
    box = desk.window.speak.text_box
    desk.window.show_view("speak")
    box.take("")
    QTest.keyClicks(box.editor, TWO)
    desk.until(lambda: box.figures is not None)
    counted = box.counter.text()
    assert counted.startswith(f"{len(TWO)} characters")
    assert " tokens" in counted
    assert "2 parts" in counted
    assert "≈ " in counted


def test_03_letters_that_the_voice_cannot_read_are_marked(desk: Desk) -> None:
    box = desk.window.speak.text_box
    desk.window.show_view("speak")
    box.take("The маяк was lit.")
    desk.until(lambda: box.figures is not None)
    marked = [selection.cursor.selectedText() for selection in box.editor.extraSelections()]
    assert marked == ["маяк"]
    assert box.counter.text().startswith("starter-voice cannot read what is marked (маяк)")
    box.take("The light was lit.")
    desk.until(lambda: box.figures is not None)
    assert box.editor.extraSelections() == []


def test_04_a_text_is_spoken(desk: Desk) -> None:
    speak = desk.window.speak
    record = desk.speak(TWO)
    assert record.text == speak.result.title == TWO
    assert not record.partial
    assert 2 < record.seconds < 10
    assert desk.player.state == "playing"
    told = speak.strip._summary.text()
    words, _, factor = told.rpartition(" ")
    assert words.endswith("real-time factor")
    assert factor == f"{record.real_time_factor:.2f}"
    for stage in ("Semantic", "Coarse", "Fine", "Codec"):
        assert stage in speak.strip._shares.toolTip()


def test_05_the_first_sentence_is_heard_before_the_last_is_made(desk: Desk) -> None:
    speak = desk.window.speak
    heard: list[tuple[bool, float]] = []

    def begins() -> None:
        desk.until(lambda: desk.player.state == "playing")
        heard.append((speak.busy, desk.player.seconds))

    record = desk.speak(MANY, while_it_works=begins)
    assert heard[0][0]
    assert heard[0][1] < record.seconds / 2


def test_06_esc_stops_and_keeps_what_was_made(desk: Desk) -> None:
    speak = desk.window.speak

    def stop() -> None:
        desk.until(lambda: desk.player.state == "playing")
        desk.key(speak.text_box.editor, Qt.Key.Key_Escape)
        assert desk.player.state == "stopped"
        assert not speak.busy

    record = desk.speak(MANY, while_it_works=stop)
    assert speak.strip._summary.text() == "Stopped."
    assert record.partial
    assert "partial: stopped" in desk.studio.history.facts(record)
    assert 0 < record.seconds == pytest.approx(len(speak.result.track) / 16_000)


def test_07_a_take_is_played_held_and_jumped_in(desk: Desk) -> None:
    result = desk.window.speak.result
    record = desk.speak(TWO)
    desk.press(result.play_button)
    assert desk.player.state == "paused"
    middle = QPoint(result.waveform.width() // 2, result.waveform.height() // 2)
    QTest.mouseClick(result.waveform, Qt.MouseButton.LeftButton, pos=middle)
    assert desk.player.position == pytest.approx(record.seconds / 2, rel=0.05)
    desk.key(desk.window.speak, Qt.Key.Key_Space)
    assert desk.player.state == "playing"
    desk.press(result.stop_button)
    assert (desk.player.state, desk.player.position) == ("stopped", 0)


def test_08_a_kept_seed_gives_the_same_sound(desk: Desk) -> None:
    speak = desk.window.speak
    desk.window.show_view("speak")
    desk.open("Sampling and seed")
    speak.seed.edit.setText("7")
    desk.press(speak.seed.lock)
    assert speak.lock_button.isVisible()
    first, second = desk.speak(TWO), desk.speak(TWO)
    assert first.seed == second.seed == 7
    history = desk.studio.history.history
    np.testing.assert_array_equal(history.load(first).audio, history.load(second).audio)
    desk.press(speak.lock_button)
    assert not speak.lock_button.isVisible()
    assert desk.speak(TWO).seed != 7


def test_09_another_voice_speaks(desk: Desk) -> None:
    voices = desk.window.speak.voices
    desk.window.show_view("speak")
    assert desk.studio.facts is not None
    about = desk.studio.facts.about
    speaks = [v for v in desk.studio.facts.voices if v not in about or "en" in about[v].languages]
    name, *others = speaks
    desk.choose(voices.group, voices._group_of(name))
    listed = [voices.voice.itemData(number) for number in range(voices.voice.count())]
    assert listed == [name, *others]
    desk.choose(voices.voice, name)
    record = desk.speak(TWO)
    assert record.voice == name
    assert name in desk.studio.history.facts(record)


def test_10_two_precisions_are_compared(desk: Desk) -> None:
    speak = desk.window.speak
    desk.speak(TWO)
    speak.options.precision.choose("int8")
    assert "8 bits" in speak.options.precision.box.currentText()
    desk.speak(TWO)
    assert "int8" in speak.status.text()
    desk.press(speak.compared)
    shown = desk.window.findChild(CompareView)
    assert shown is not None
    desk.until(lambda: {"float32", "int8"} <= words(shown))
    desk.press(speak.options.reset)
    assert desk.studio.settings == USUAL
    assert "32 bits" in speak.options.precision.box.currentText()


def test_11_a_take_is_found_by_its_words(desk: Desk) -> None:
    takes = desk.window.speak.inspector.takes
    record = desk.speak("A heron stood in the shallow water.")
    show_takes(desk)
    QTest.keyClicks(takes.search, "heron")
    assert listed(takes) == [record.text]
    QTest.keyClicks(takes.search, " submarine")
    assert listed(takes) == []
    assert words(takes) >= {"Nothing found."}
    takes.search.clear()
    assert len(listed(takes)) == desk.studio.history.rowCount()


def test_12_a_favourite_is_found_again(desk: Desk) -> None:
    takes = desk.window.speak.inspector.takes
    first = desk.speak("This one is to be kept.")
    desk.speak("This one is not so good.")
    show_takes(desk)
    takes.view.setCurrentIndex(takes.view.model().index(1, 0))
    action(takes, "Favourite").trigger()
    desk.press(takes.stars)
    assert first.text in listed(takes)
    assert "This one is not so good." not in listed(takes)
    desk.press(takes.stars)


def test_13_a_take_is_restored_with_all_its_settings(desk: Desk) -> None:
    speak = desk.window.speak
    takes = speak.inspector.takes
    speak.options.precision.choose("int8")
    assert desk.studio.facts is not None
    voice = desk.studio.facts.voices[0]
    speak.voices.set_value(voice)
    record = desk.speak("The ferry comes at seven.")
    speak.options.precision.choose("float32")
    speak.voices.set_value(None)
    speak.text_box.take("Something else.")
    show_takes(desk)
    takes.view.setCurrentIndex(takes.view.model().index(0, 0))
    action(takes, "Restore with all its settings").trigger()
    assert speak.text_box.text() == record.text
    assert speak.voices.value() == voice
    assert desk.studio.settings.precision == "int8"
    again = desk.speak(record.text)
    history = desk.studio.history.history
    np.testing.assert_array_equal(history.load(again).audio, history.load(record).audio)
    assert desk.speak(record.text).seed != record.seed  # its seed counted once


def test_14_a_deleted_take_comes_back(desk: Desk) -> None:
    takes = desk.window.speak.inspector.takes
    record = desk.speak("This one was deleted by mistake.")
    show_takes(desk)
    takes.view.setCurrentIndex(takes.view.model().index(0, 0))
    desk.key(takes.view, Qt.Key.Key_Delete)
    assert record.text not in listed(takes)
    assert words(takes) >= {"Take deleted."}
    desk.press(desk.button(takes, "Undo"))
    assert listed(takes)[0] == record.text


def test_15_a_take_is_exported(desk: Desk, tmp_path: Path) -> None:
    import soundfile

    result = desk.window.speak.result
    desk.speak(TWO)
    desk.press(result.export_button)
    dialog = desk.dialog(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    dialog.choose("flac", folder=tmp_path / "new")  # which is made
    dialog.name.setText("lamp")
    desk.press(dialog._save)
    desk.until(lambda: any(said.startswith("Written: lamp.flac") for said in desk.said), desk.said)
    samples, rate = soundfile.read(tmp_path / "new" / "lamp.flac", dtype="int16")
    track = result.track
    assert track is not None
    assert rate == track.rate
    np.testing.assert_array_equal(samples, to_pcm16(track.read(0, len(track))))


def test_16_a_take_becomes_a_voice(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak = desk.window.speak
    file = tmp_path / "mine.npz"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    desk.speak(TWO)
    desk.press(speak.result.voice_button)
    desk.until(lambda: "The voice is saved; it stands under My voice files." in desk.said)
    desk.choose(speak.voices.group, "files")
    assert speak.voices.voice.currentText() == "mine"
    assert desk.speak("It is the same voice again.").voice == str(file)


def test_17_preferences_count_at_once(desk: Desk) -> None:
    desk.menu("&Preferences…")
    dialog = desk.dialog(Preferences)
    assert isinstance(dialog, Preferences)
    lightness = []
    for theme in ("dark", "light"):
        desk.choose(dialog.theme, theme)
        lightness.append(desk.app.palette().color(QPalette.ColorRole.Window).lightness())
    assert lightness[0] < 100 < 200 < lightness[1]
    desk.choose(dialog.language, "ja")
    assert "The language changes when the program is started again." in words(dialog)
    assert desk.studio.state.get("language", "") == "ja"
    for box in (dialog.theme, dialog.language):
        desk.choose(box, "system")


def words(shown: QWidget) -> set[str]:
    """What the labels of a part of the window say."""
    return {label.text() for label in shown.findChildren(QLabel) if not label.isHidden()}


def listed(takes: HistoryList) -> list[str]:
    """The texts of the takes that are shown."""
    model = takes.view.model()
    return [model.index(row, 0).data(RECORD).text for row in range(model.rowCount())]


def action(takes: HistoryList, text: str) -> QAction:
    """Of the menu of a take."""
    return next(found for found in takes.view.actions() if found.text() == text)


def show_takes(desk: Desk) -> None:
    inspector = desk.window.speak.inspector
    (tab,) = (b for b in inspector.findChildren(QPushButton) if b.text() == "Takes")
    desk.press(tab)
