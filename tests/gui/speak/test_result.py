"""The result panel: it drives the player, and the waveform follows."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QSlider, QWidget
from pytestqt.qtbot import QtBot

from gui.sound.player import Player
from gui.speak.result import SPEEDS, ResultPanel
from tests.fake import SAMPLE_RATE, tone
from tests.sound import FakeDevice


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> FakeDevice:
    device = FakeDevice(SAMPLE_RATE, devices=2)
    monkeypatch.setattr("engine.audio.device.LEAD", 0)
    monkeypatch.setattr("engine.audio.deck._GONE", 3000)  # the test may be slow to ask
    monkeypatch.setattr("engine.audio.deck._DEAF", 0.01)  # and does not ask at the end
    monkeypatch.setitem(sys.modules, "sounddevice", device)  # type: ignore[arg-type]
    return device


@pytest.fixture
def panel(qtbot: QtBot, device: FakeDevice) -> Iterator[ResultPanel]:
    player = Player()
    panel = ResultPanel(player)
    qtbot.addWidget(panel)
    panel.resize(800, 300)
    panel.show()
    yield panel
    player.close()


def playing(panel: ResultPanel, device: FakeDevice, qtbot: QtBot) -> None:
    """The device has the sound, and some of it was heard."""
    deck = panel.player._the_deck()
    qtbot.waitUntil(lambda: deck.position()[0] == panel.player._ticket)
    qtbot.waitUntil(lambda: deck._fifo.waiting > 4800)
    for _ in range(8):
        device.pull(480)


def test_a_take_waits_until_play_is_pressed(
    panel: ResultPanel, device: FakeDevice, qtbot: QtBot
) -> None:
    assert not panel.play_button.isEnabled()
    panel.show_take("Hello.", tone(2.0), SAMPLE_RATE)
    assert panel._time.text() == "0:00.0 / 0:02.0"
    assert device.stream is None
    qtbot.mouseClick(panel.play_button, Qt.MouseButton.LeftButton)
    playing(panel, device, qtbot)
    assert panel.play_button.accessibleName() == "Pause"
    qtbot.waitUntil(lambda: panel._time.text().startswith("0:00.1"))
    qtbot.mouseClick(panel.play_button, Qt.MouseButton.LeftButton)
    assert panel.player.state == "paused"
    assert panel.play_button.accessibleName() == "Play"
    qtbot.mouseClick(panel.stop_button, Qt.MouseButton.LeftButton)
    assert panel.player.state == "stopped"
    assert panel._time.text() == "0:00.0 / 0:02.0"


def test_a_stream_grows_in_the_waveform(
    panel: ResultPanel, device: FakeDevice, qtbot: QtBot
) -> None:
    panel.open_stream("Two sentences.", SAMPLE_RATE)
    panel.feed(tone(1.0))
    playing(panel, device, qtbot)
    panel.feed(tone(2.0))
    panel.finish()
    assert panel.player._track is not None
    assert panel.player._track.complete
    assert panel._time.text().endswith("/ 0:03.0")
    assert panel.waveform.view.end == pytest.approx(3.0)
    assert np.array_equal(device.heard, tone(1.0)[: len(device.heard)])


def test_the_waveform_seeks_and_repeats(
    panel: ResultPanel, device: FakeDevice, qtbot: QtBot
) -> None:
    panel.show_take("Hello.", tone(2.0), SAMPLE_RATE)
    panel.waveform.seek_requested.emit(1.25)
    assert panel.player.position == 1.25
    assert panel.waveform.position == 1.25
    panel.waveform.loop_requested.emit((0.5, 1.0))
    assert panel.loop_button.isChecked()
    assert panel.player.position == 0.5  # it was outside
    qtbot.mouseClick(panel.loop_button, Qt.MouseButton.LeftButton)
    assert panel.waveform.loop is None
    qtbot.mouseClick(panel.loop_button, Qt.MouseButton.LeftButton)
    assert panel._loop == (0.0, 2.0)
    panel.show_take("Another.", tone(1.0), SAMPLE_RATE)
    assert not panel.loop_button.isChecked()


def test_volume_speed_and_device_reach_the_player(
    panel: ResultPanel, device: FakeDevice, qtbot: QtBot
) -> None:
    panel.volume.setValue(50)
    panel.speed.setCurrentIndex(SPEEDS.index(1.5))
    panel.show_take("Hello.", tone(2.0), SAMPLE_RATE, play=True)
    playing(panel, device, qtbot)
    deck = panel.player._the_deck()
    assert deck.volume == pytest.approx(0.125)
    assert deck._speed == 1.5
    qtbot.mouseClick(panel.mute_button, Qt.MouseButton.LeftButton)
    assert deck.volume == 0
    qtbot.waitUntil(lambda: len(panel.devices.actions()) == 3)  # the default one, and two by name
    panel.devices.actions()[2].trigger()
    assert "speaker 1" in panel.device_button.toolTip()
    qtbot.waitUntil(lambda: device.opened[-1] == "speaker 1")


def test_no_sound_is_said_where_the_sound_would_be(
    panel: ResultPanel, device: FakeDevice, qtbot: QtBot
) -> None:
    device.names = []
    with qtbot.waitSignal(panel.player.device_lost):
        panel.show_take("Hello.", tone(), SAMPLE_RATE, play=True)
    assert "no sound output" in panel._notice.text()
    assert panel.export_button.isEnabled()
    device.names = ["a new one"]
    panel.devices.aboutToShow.emit()
    qtbot.waitUntil(lambda: not panel._notice.text())
    assert panel.devices.actions()[1].text() == "a new one"


def test_every_control_has_a_name_and_the_keyboard_reaches_it(panel: ResultPanel) -> None:
    controls = [w for w in panel.findChildren(QWidget) if _control(w)]
    assert len(controls) >= 9
    for widget in controls:
        assert widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text())
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus


def _control(widget: QWidget) -> bool:
    return isinstance(widget, (QAbstractButton, QComboBox, QSlider))


def test_the_window_loads_nothing_heavy() -> None:
    import subprocess

    from tests.conftest import ROOT

    code = (
        "import sys, gui.speak.result, gui.speak.compare, gui.history.list, gui.history.export\n"
        "import gui.widgets.stages, gui.widgets.meter\n"
        "heavy = {'sounddevice', 'av', 'soundfile', 'scipy', 'torch', 'tensorflow'}\n"
        "print(*sorted(heavy & {name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.split() == []


def test_that_a_device_has_gone_stays_to_be_read_until_the_next_play(
    panel: ResultPanel, device: FakeDevice, qtbot: QtBot
) -> None:
    panel.show_take("Hello.", tone(2.0), SAMPLE_RATE, play=True)
    playing(panel, device, qtbot)
    with qtbot.waitSignal(panel.player.device_lost):
        device.vanish()
    with qtbot.waitSignal(panel.player.devices_changed):
        panel.player.refresh()
    assert "has gone" in panel._notice.text()
    assert panel._notice.isVisible()
    panel.player.stop()
    panel.toggle()
    assert panel._notice.text() == ""
