"""What was made is kept, exported as the player shows it, and there after a restart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.history.export import ExportDialog
from gui.speak.view import SpeakView
from gui.studio.context import Context
from tests.fake import SAMPLE_RATE, SteppedEngine
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer

PAUSE = round(0.35 * SAMPLE_RATE)  # after a sentence
THREE = "The first sentence is here. The second one follows it now. And this is the third."


def exported(view: SpeakView) -> NDArray[np.float32]:
    """What Export would write: float32 (samples,)."""
    view.result.export_button.click()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ExportDialog)
    (clip,) = dialog._clips
    dialog.reject()
    return clip.audio


def shown(view: SpeakView) -> NDArray[np.float32]:
    track = view.result.track
    assert track is not None
    return track.read(0, len(track))


def test_what_was_heard_before_stop_is_a_take_marked_as_partial(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, player: FakePlayer, studio: Context
) -> None:
    view.text_box.take(THREE)
    view.speak_button.click()
    engine.step(2)
    qtbot.waitUntil(lambda: bool(player.heard) and len(player.heard[0]) == 24_000 + PAUSE)
    view.stop_button.click()
    qtbot.waitUntil(lambda: studio.history.rowCount() == 1)
    (record,) = studio.history.records()
    assert record.partial
    assert record.text == THREE
    assert record.seconds == 1.35
    assert studio.history.facts(record).startswith("partial")
    kept = studio.history.history.load(record)
    np.testing.assert_array_equal(kept.audio, player.heard[0])
    assert len(kept.semantic) == 50  # a model can go on from it
    np.testing.assert_array_equal(exported(view), kept.audio)
    (read,) = list(studio.history.history.scan())
    assert read.partial
    assert view.strip._summary.text() == "Stopped."


def test_pieces_of_a_first_sentence_are_kept_too(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, studio: Context
) -> None:
    """Streamed, and stopped in the middle: the sound is there before its tokens are."""
    view.text_box.take(THREE)
    view.speak_button.click()
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    making = next(iter(view._jobs.values()))
    from engine.api import Progress

    piece = np.full(600, 0.25, dtype=np.float32)
    making.note(Progress(stage="codec", done=1, total=3, row=0, sound=piece, sample_rate=24_000))
    view.stop()
    qtbot.waitUntil(lambda: studio.history.rowCount() == 1)
    (record,) = studio.history.records()
    kept = studio.history.history.load(record).audio
    assert len(kept) == 600
    np.testing.assert_array_equal(kept[240:], piece[240:])  # it is faded in for 10 ms


def test_stop_before_anything_was_heard_keeps_nothing(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, studio: Context
) -> None:
    view.text_box.take(THREE)
    view.speak_button.click()
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    view.stop()
    qtbot.waitUntil(lambda: studio.worker.running == 0)
    assert studio.history.rowCount() == 0


def test_export_writes_what_the_player_shows(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, player: FakePlayer, studio: Context
) -> None:
    view.text_box.take("The first text is here.")
    view.speak_button.click()
    engine.step()
    qtbot.waitUntil(lambda: studio.history.rowCount() == 1)
    first = shown(view)
    player.end()
    view.text_box.take(THREE)  # while this one comes, what has come is written
    view.speak_button.click()
    engine.step()
    qtbot.waitUntil(lambda: len(player.heard) == 2 and len(player.heard[1]) > 0)
    np.testing.assert_array_equal(exported(view), shown(view))
    assert not view.result.voice_button.isEnabled()  # of what is not whole yet
    view.inspector.takes.play_requested.emit(studio.history.records()[0])  # an earlier one
    qtbot.waitUntil(lambda: len(player.tracks) == 3)
    engine.step(2)
    qtbot.waitUntil(lambda: studio.history.rowCount() == 2)  # and not the one that is made since
    np.testing.assert_array_equal(exported(view), first)


def test_a_take_that_waits_to_be_heard_is_not_what_is_exported(
    qtbot: QtBot, view: SpeakView, engine: SteppedEngine, player: FakePlayer, studio: Context
) -> None:
    for text in ("The first text is here.", THREE):
        view.text_box.take(text)
        view.speak_button.click()
    engine.step(4)
    qtbot.waitUntil(lambda: studio.history.rowCount() == 2)
    assert len(exported(view)) == 12_000
    player.end()  # the second one's turn
    qtbot.waitUntil(lambda: len(player.tracks) == 2)
    assert len(exported(view)) == 36_000 + 2 * PAUSE
    assert view.result.voice_button.isEnabled()


def test_the_last_sound_is_there_after_a_restart(
    qtbot: QtBot,
    view: SpeakView,
    engine: SteppedEngine,
    player: FakePlayer,
    studio: Context,
    backend: FakeBackend,
    tmp_path: Path,
) -> None:
    view.text_box.take(THREE)
    view.speak_button.click()
    engine.step(3)
    qtbot.waitUntil(lambda: studio.history.rowCount() == 1)
    later = Context(backend, tmp_path / "window.json", tmp_path / "takes")
    again = SpeakView(later)
    qtbot.addWidget(again)
    later.start()
    qtbot.waitUntil(lambda: again.result.track is not None)
    np.testing.assert_array_equal(shown(again), player.heard[0])
    assert later.player.state == "stopped"
    np.testing.assert_array_equal(exported(again), player.heard[0])
    assert later.close()
