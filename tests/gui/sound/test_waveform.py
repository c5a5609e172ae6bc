"""The waveform: every sample counts in its envelope, and what the mouse and the keys ask for."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.audio.track import Track
from gui.look.words import clock, size
from gui.sound.waveform import Envelope, Waveform, _tick
from tests.fake import SAMPLE_RATE, tone


def track_of(*pieces: np.ndarray, rate: int = SAMPLE_RATE) -> Track:
    track = Track(rate)
    for piece in pieces:
        track.append(piece)
    return track


def whole_envelope(track: Track) -> Envelope:
    envelope = Envelope(track)
    while envelope.grow():
        pass
    return envelope


def noise(samples: int) -> np.ndarray:
    return np.random.default_rng(1).uniform(-1, 1, samples).astype(np.float32)


@pytest.mark.parametrize("count", [1, 7, 50])
def test_columns_hold_the_extremes_of_their_samples(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.sound.waveform._SLICE", 1000)  # many turns, whose seams must not show
    sound = noise(64 * 700)
    columns = whole_envelope(track_of(*np.split(sound, [100, 7777]))).columns(0, len(sound), count)
    if 700 % count == 0:  # where bins and columns meet, the two are the same
        parts = sound.reshape(count, -1)
        assert np.array_equal(columns, np.stack([parts.min(1), parts.max(1)], 1))
    assert columns.min() == sound.min()
    assert columns.max() == sound.max()


def test_a_single_click_in_an_hour_is_seen() -> None:
    sound = np.zeros(8000 * 3600, dtype=np.float32)
    sound[12_345_678] = 0.9
    columns = whole_envelope(track_of(sound, rate=8000)).columns(0, len(sound), 1000)
    assert np.flatnonzero(columns[:, 1] > 0.5).tolist() == [12_345_678 * 1000 // len(sound)]


def test_near_by_the_samples_themselves_are_drawn() -> None:
    sound = noise(10_000)
    columns = whole_envelope(track_of(sound)).columns(5000, 5020, 20)
    assert np.array_equal(columns[:, 1], sound[5000:5020])


def test_outside_the_sound_there_is_silence() -> None:
    columns = whole_envelope(track_of(np.ones(6400, dtype=np.float32))).columns(-6400, 12_800, 30)
    assert not columns[:10].any()
    assert (columns[10:20] == 1).all()
    assert not columns[20:].any()


def test_a_growing_track_is_looked_at_once() -> None:
    track = track_of(noise(1000))
    envelope = Envelope(track)
    assert not envelope.grow()
    track.append(0.5 * noise(5000))
    assert not envelope.grow()
    columns = envelope.columns(0, 5952, 1)  # what fills whole bins
    assert columns[0, 1] == track.read(0, 5952).max()


@pytest.fixture
def waveform(qtbot: QtBot) -> Waveform:
    waveform = Waveform()
    qtbot.addWidget(waveform)
    waveform.resize(600, 200)
    waveform.show()
    waveform.set_track(track_of(tone(4.0)))
    waveform.activateWindow()
    waveform.setFocus()
    qtbot.waitUntil(lambda: not waveform._growing.isActive() and waveform.hasFocus())
    return waveform


def place(waveform: Waveform, seconds: float) -> QPoint:
    return QPoint(round(waveform.x_of(seconds)), 60)


def drag(waveform: Waveform, qtbot: QtBot, *seconds: float) -> None:
    qtbot.mousePress(waveform, Qt.MouseButton.LeftButton, pos=place(waveform, seconds[0]))
    for time in seconds[1:]:
        qtbot.mouseMove(waveform, place(waveform, time))
    qtbot.mouseRelease(waveform, Qt.MouseButton.LeftButton, pos=place(waveform, seconds[-1]))


def turn(waveform: Waveform, seconds: float, notches: int, sideways: bool = False) -> None:
    where = QPointF(place(waveform, seconds))
    QApplication.sendEvent(
        waveform,
        QWheelEvent(
            where,
            QPointF(waveform.mapToGlobal(where)),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ShiftModifier if sideways else Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def test_a_click_seeks(waveform: Waveform, qtbot: QtBot) -> None:
    with qtbot.waitSignal(waveform.seek_requested) as asked:
        qtbot.mouseClick(waveform, Qt.MouseButton.LeftButton, pos=place(waveform, 1.5))
    assert asked.args[0] == pytest.approx(1.5, abs=0.02)


def test_a_drag_chooses_a_part_and_moves_one_of_its_ends(waveform: Waveform, qtbot: QtBot) -> None:
    with (
        qtbot.assertNotEmitted(waveform.seek_requested),
        qtbot.waitSignal(waveform.loop_requested) as asked,
    ):
        drag(waveform, qtbot, 3.0, 2.5, 2.0, 1.0)
    assert asked.args[0] == pytest.approx((1.0, 3.0), abs=0.02)
    assert waveform.loop == asked.args[0]
    with qtbot.waitSignal(waveform.loop_requested) as asked:
        drag(waveform, qtbot, 3.0, 3.2, 3.5)
    assert asked.args[0] == pytest.approx((1.0, 3.5), abs=0.02)
    with qtbot.waitSignal(waveform.loop_requested) as asked:
        drag(waveform, qtbot, 1.0, 3.8)  # past the other end
    assert asked.args[0] == pytest.approx((3.5, 3.8), abs=0.02)
    with (
        qtbot.assertNotEmitted(waveform.seek_requested, wait=0),
        qtbot.waitSignal(waveform.loop_requested) as asked,
    ):
        qtbot.mouseDClick(waveform, Qt.MouseButton.LeftButton, pos=place(waveform, 2.0))
    assert asked.args == [None]


def test_the_wheel_zooms_where_the_mouse_is_and_moves_the_view(
    waveform: Waveform, qtbot: QtBot
) -> None:
    turn(waveform, 3.0, 1)
    assert waveform.view.length == pytest.approx(3.0)
    assert waveform.x_of(3.0) == pytest.approx(450)  # as it was in the whole: 600 pixels for 4 s
    turn(waveform, 2.0, -100, sideways=True)
    assert waveform.view == pytest.approx((1.0, 4.0))  # the end is the end
    turn(waveform, 2.0, 1, sideways=True)
    assert waveform.view == pytest.approx((0.55, 3.55))
    turn(waveform, 2.0, 100)
    assert waveform.view.length == pytest.approx(0.005)
    turn(waveform, 2.0, -100)
    assert waveform.view == (0.0, 4.0)


def test_the_right_button_moves_the_view(waveform: Waveform, qtbot: QtBot) -> None:
    waveform.show_span(1.0, 3.0)
    qtbot.mousePress(waveform, Qt.MouseButton.RightButton, pos=QPoint(300, 60))
    qtbot.mouseMove(waveform, QPoint(450, 60))
    qtbot.mouseRelease(waveform, Qt.MouseButton.RightButton, pos=QPoint(450, 60))
    assert waveform.view == pytest.approx((0.5, 2.5))
    qtbot.mouseMove(waveform, QPoint(100, 60))
    assert waveform.view == pytest.approx((0.5, 2.5))  # let go


@pytest.mark.parametrize(
    ("least", "tick"),
    [(0.0011, 0.002), (0.3, 0.5), (0.7, 1), (1, 1), (7, 10), (61, 120), (9e3, 10800)],
)
def test_times_on_the_axis_are_round(least: float, tick: float) -> None:
    assert _tick(least) == pytest.approx(tick)


@pytest.mark.parametrize("seconds", [3.0, 70.0, 4000.0])
def test_times_on_the_axis_keep_apart_in_large_letters(waveform: Waveform, seconds: float) -> None:
    font = waveform.font()
    font.setPointSizeF(2 * font.pointSizeF())
    waveform.setFont(font)
    waveform.set_track(track_of(np.zeros(round(seconds * 100), np.float32), rate=100))
    step = waveform._step()
    words = clock(seconds, 0 if step >= 1 else 1)
    assert waveform.x_of(step) > waveform.fontMetrics().horizontalAdvance(words) + 4


def test_keys_seek_and_set_the_ends_of_a_part(waveform: Waveform, qtbot: QtBot) -> None:
    waveform.set_position(2.5)
    for key, seconds in (
        (Qt.Key.Key_Left, 1.5),
        (Qt.Key.Key_Right, 3.5),
        (Qt.Key.Key_Home, 0.0),
        (Qt.Key.Key_End, 4.0),
    ):
        with qtbot.waitSignal(waveform.seek_requested) as asked:
            qtbot.keyClick(waveform, key)
        assert asked.args == [seconds]
    with qtbot.waitSignal(waveform.loop_requested) as asked:
        qtbot.keyClick(waveform, Qt.Key.Key_BracketLeft)
    assert asked.args == [(2.5, 4.0)]
    with qtbot.waitSignal(waveform.loop_requested) as asked:
        qtbot.keyClick(waveform, Qt.Key.Key_BracketRight)
    assert asked.args == [(0.0, 2.5)]
    waveform.set_loop((1.0, 2.0))
    with qtbot.waitSignal(waveform.loop_requested) as asked:
        qtbot.keyClick(waveform, Qt.Key.Key_Escape)
    assert asked.args == [None]


def test_the_view_follows_the_play_head(waveform: Waveform) -> None:
    waveform.show_span(0, 1)
    waveform.set_position(2.25)
    assert waveform.view.start <= 2.25 <= waveform.view.end
    assert waveform.view.length == pytest.approx(1)


def test_the_part_and_the_play_head_stand_where_they_are(waveform: Waveform) -> None:
    accent = waveform.palette().color(QPalette.ColorRole.Highlight)
    waveform.set_position(3.0)
    waveform.set_loop((1.0, 2.0))
    row = [waveform.grab().toImage().pixelColor(x, 2) for x in range(600)]  # above the sound
    assert [x for x in range(600) if row[x] == accent] == [150, 300, 449, 450]
    assert row[200] == row[250] != row[400] == row[100]


def test_the_sound_is_drawn_as_high_as_it_is_loud(waveform: Waveform) -> None:
    waveform.set_track(track_of(tone(2.0), 0.5 * tone(2.0)))
    waveform.set_position(4.0)
    image = waveform.grab().toImage()
    page = image.pixelColor(1, 1)
    filled = [sum(image.pixelColor(x, y) != page for y in range(160)) for x in (100, 400)]
    assert filled[1] == pytest.approx(filled[0] / 2, abs=3)


@pytest.mark.parametrize(("base", "text"), [("#ffffff", "#202020"), ("#202020", "#f0f0f0")])
def test_it_takes_the_colours_of_the_palette(waveform: Waveform, base: str, text: str) -> None:
    palette = QPalette(waveform.palette())
    palette.setColor(QPalette.ColorRole.Button, QColor(base))
    palette.setColor(QPalette.ColorRole.Text, QColor(text))
    waveform.setPalette(palette)
    image = waveform.grab().toImage()
    assert image.pixelColor(300, 3).name() == base
    middle = [image.pixelColor(x, 90).lightness() for x in range(100, 500)]
    assert abs(np.median(middle) - QColor(text).lightness()) < 100


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00.0"), (65.25, "1:05.2"), (59.97, "1:00.0"), (3661.5, "1:01:01.5"), (-1, "0:00.0")],
)
def test_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_size() -> None:
    assert (size(1_260_000_000), size(133_400_000)) == ("1.3 GB", "133 MB")
