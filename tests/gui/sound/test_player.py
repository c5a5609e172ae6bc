"""The player: its signals, and that no device, however slow or gone, holds the window up."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from engine.audio.fade import FADE
from gui.sound.player import Player
from tests.conftest import ROOT
from tests.fake import tone
from tests.sound import RATE, FakeDevice, SoundServer, need_sound_server


class Tape:
    """What a player's signals said, in order, and that they said it on the GUI thread."""

    def __init__(self, player: Player) -> None:
        self.states: list[str] = []
        self.sentences: list[str] = []
        self.positions: list[float] = []
        self.ended = 0
        self.threads: set[QThread] = set()
        player.state_changed.connect(lambda state: self._note(self.states, state))
        player.device_lost.connect(lambda sentence: self._note(self.sentences, sentence))
        player.position_changed.connect(lambda position: self._note(self.positions, position))
        player.ended.connect(self._on_ended)

    def _note(self, where: list[Any], what: Any) -> None:
        self.threads.add(QThread.currentThread())
        where.append(what)

    def _on_ended(self) -> None:
        self.ended += 1


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> FakeDevice:
    device = FakeDevice(RATE, devices=2)
    monkeypatch.setattr("engine.audio.device.LEAD", 0)
    monkeypatch.setattr("engine.audio.deck._GONE", 3000)  # the test may be slow to ask
    monkeypatch.setattr("engine.audio.deck._DEAF", 0.01)  # and does not ask at the end
    monkeypatch.setitem(sys.modules, "sounddevice", device)  # type: ignore[arg-type]
    return device


@pytest.fixture
def player(qtbot: QtBot) -> Iterator[Player]:
    player = Player()
    yield player
    player.close()


@pytest.fixture
def tape(player: Player) -> Tape:
    return Tape(player)


def pull(qtbot: QtBot, player: Player, device: FakeDevice, seconds: float) -> None:
    """The device asks for so much sound, once it is made."""
    for _ in range(round(seconds * RATE / 480)):
        qtbot.waitUntil(lambda: _made(player, 480))
        if not device.pull(480):
            return


def _made(player: Player, samples: int) -> bool:
    fifo = player._the_deck()._fifo
    return fifo.waiting >= samples or fifo.ended


def test_a_clip_is_played_to_its_end(
    qtbot: QtBot, player: Player, device: FakeDevice, tape: Tape
) -> None:
    with qtbot.waitSignal(player.ended):
        player.play(tone(0.5), RATE)
        pull(qtbot, player, device, 9)
    assert np.array_equal(device.heard[: RATE // 2], tone(0.5))
    assert tape.states == ["playing", "stopped"]
    assert tape.positions[-1] == player.position == 0.5
    assert tape.threads == {player.thread()}
    player.resume()  # again, from the beginning
    qtbot.waitUntil(lambda: device.stream is not None)
    pull(qtbot, player, device, 0.1)
    assert np.array_equal(device.heard[-480:], tone(0.5)[1920:2400])


def test_positions_are_told_while_it_plays(
    qtbot: QtBot, player: Player, device: FakeDevice, tape: Tape
) -> None:
    player.play(tone(3.0), RATE)
    pull(qtbot, player, device, 1.1)
    qtbot.waitUntil(lambda: bool(tape.positions) and tape.positions[-1] == pytest.approx(1.0))


def test_a_stream_is_gapless_and_ends_after_finish(
    qtbot: QtBot, player: Player, device: FakeDevice, tape: Tape
) -> None:
    sound = np.linspace(0.1, 0.9, 3 * RATE, dtype=np.float32)
    player.open_stream(RATE)
    for piece in np.split(sound, [RATE, 2 * RATE + 7]):
        player.feed(piece)
        pull(qtbot, player, device, 0.8)
    assert tape.ended == 0
    with qtbot.waitSignal(player.ended):
        player.finish()
        pull(qtbot, player, device, 9)
    assert np.array_equal(device.heard[: len(sound)], sound)


def test_pause_seek_resume(qtbot: QtBot, player: Player, device: FakeDevice, tape: Tape) -> None:
    sound = np.linspace(0.1, 0.9, 3 * RATE, dtype=np.float32)
    player.play(sound, RATE)
    pull(qtbot, player, device, 0.2)
    player.pause()
    player.seek(2.0)
    assert (player.state, player.position) == ("paused", 2.0)
    deck = player._the_deck()
    qtbot.waitUntil(lambda: deck.position()[0] == player._ticket)
    device.pull(4800)
    assert not device.heard[-4800:].any()
    player.resume()
    pull(qtbot, player, device, 0.04)  # the first block fades in
    assert device.heard[-480:] == pytest.approx(sound[2 * RATE + 480 : 2 * RATE + 960], abs=1e-6)
    assert tape.states == ["playing", "paused", "playing"]


def test_a_loop_set_elsewhere_is_gone_to(
    qtbot: QtBot, player: Player, device: FakeDevice, tape: Tape
) -> None:
    sound = np.linspace(0.1, 0.9, 3 * RATE, dtype=np.float32)
    player.play(sound, RATE)
    player.set_loop(1.0, 1.5)
    qtbot.waitUntil(lambda: player._the_deck().position()[0] == player._ticket)
    pull(qtbot, player, device, 1.2)
    fade = round(FADE * RATE)
    part = sound[RATE : RATE * 3 // 2][fade:]
    assert np.array_equal(device.heard[-round(1.2 * RATE) :][fade : RATE // 2], part)
    assert tape.ended == 0


def test_stop_is_silent_and_late_reports_of_it_change_nothing(
    qtbot: QtBot, player: Player, device: FakeDevice, tape: Tape
) -> None:
    player.play(tone(0.2), RATE)
    pull(qtbot, player, device, 9)  # the end is reported, and not yet looked at
    player.stop()
    player.play(tone(2.0), RATE)
    qtbot.waitUntil(lambda: device.stream is not None)
    pull(qtbot, player, device, 0.5)
    assert tape.ended == 0
    assert player.state == "playing"


def test_a_vanished_device_is_named_and_the_sound_goes_on(
    qtbot: QtBot, player: Player, device: FakeDevice, tape: Tape
) -> None:
    player.set_device("speaker 0")
    player.play(tone(2.0), RATE)
    pull(qtbot, player, device, 0.5)
    order: list[str] = []
    player.devices_changed.connect(lambda: order.append("changed"))
    player.device_lost.connect(lambda _: order.append("lost"))
    device.vanish()
    qtbot.waitUntil(lambda: "lost" in order)
    assert "speaker 0 has gone" in tape.sentences[-1]
    assert player.state == "playing"
    assert player.device is None
    assert player.devices() == ["speaker 1"]
    qtbot.waitUntil(lambda: device.stream is not None)
    with qtbot.waitSignal(player.ended):
        pull(qtbot, player, device, 9)
    assert order[-2:] == ["changed", "lost"]  # nothing hides what has happened


def test_without_a_device_it_waits_where_it_was_and_says_so(
    qtbot: QtBot, player: Player, device: FakeDevice, tape: Tape
) -> None:
    player._search.setInterval(1)
    device.names = ["speaker"]
    player.play(tone(2.0), RATE)
    pull(qtbot, player, device, 0.6)
    qtbot.waitUntil(lambda: player.position > 0)
    with qtbot.waitSignal(player.device_lost):
        device.vanish()
    assert player.state == "paused"
    assert player.position == pytest.approx(0.5)
    assert "export" in player.why_silent()
    device.names = ["a new one"]  # which it finds by itself
    qtbot.waitUntil(lambda: player.why_silent() == "")
    assert player.devices() == ["a new one"]
    player.resume()
    qtbot.waitUntil(lambda: device.stream is not None)
    pull(qtbot, player, device, 0.1)
    fade = round(FADE * RATE)
    assert np.array_equal(device.heard[-2400 + fade :], tone(2.0)[12_000 + fade : 14_400])


def test_why_a_device_does_not_open_is_said_until_it_is_tried_again(
    qtbot: QtBot, player: Player, device: FakeDevice, tape: Tape, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens, code = device.OutputStream, -9985

    def stream(**how: Any) -> Any:
        if code:
            raise device.PortAudioError("Device unavailable" if code == -9985 else "Odd", code)
        return opens(**how)

    monkeypatch.setattr(device, "OutputStream", stream)
    player.play(tone(), RATE)
    qtbot.waitUntil(lambda: "Another program holds" in player.why_silent())
    assert not player._search.isActive()
    with qtbot.waitSignal(player.devices_changed):  # it is there, and that changes nothing
        player.refresh()
    assert tape.sentences == [player.why_silent()]
    code = -9993
    player.play(tone(), RATE)
    qtbot.waitUntil(lambda: "does not open (" in player.why_silent())
    code = 0
    player.play(tone(), RATE)
    assert player.why_silent() == ""
    qtbot.waitUntil(lambda: device.stream is not None)


def test_no_device_at_all_is_a_sentence(
    qtbot: QtBot, player: Player, device: FakeDevice, tape: Tape
) -> None:
    device.names = []
    with qtbot.waitSignal(player.device_lost):
        player.play(tone(), RATE)
    assert player.state == "stopped"
    assert tape.states == ["playing", "stopped"]
    assert tape.sentences == [player.why_silent()]


def test_a_device_that_takes_its_time_holds_nothing_up(
    qtbot: QtBot, player: Player, device: FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, go = threading.Event(), threading.Event()
    real = device.OutputStream

    def slow(**how: Any) -> Any:
        opened.set()
        assert go.wait(60)
        return real(**how)

    monkeypatch.setattr(device, "OutputStream", slow)
    player.play(tone(1.0), RATE)  # returns, though nobody has let the device open
    assert opened.wait(60)
    player.pause()
    player.seek(0.5)
    player.resume()
    go.set()
    qtbot.waitUntil(lambda: player._the_deck().position()[0] == player._ticket)
    pull(qtbot, player, device, 0.02)
    assert np.abs(device.heard[-480:] - tone(1.0)[12_000:12_480]).max() < 1e-6


@pytest.mark.alone
@pytest.mark.slow
def test_what_is_heard_is_what_was_fed(tmp_path: Path) -> None:
    """Two sentences through a real sound server: recorded, and compared with what was fed."""
    need_sound_server()
    server = SoundServer(tmp_path)
    sound = _speechlike()
    np.save(tmp_path / "sound.npy", sound)
    code = (
        "import sys, numpy as np\n"
        "from PySide6.QtCore import QCoreApplication, QTimer\n"
        "from gui.sound.player import Player\n"
        f"first, second = np.split(np.load({str(tmp_path / 'sound.npy')!r}), [30_011])\n"
        "app = QCoreApplication([]); player = Player()\n"
        "player.ended.connect(app.quit); player.device_lost.connect(sys.exit)\n"
        "player.open_stream(24_000); player.feed(first)\n"
        "def later(): player.feed(second); player.finish()\n"
        "QTimer.singleShot(700, later)\n"  # while the first is heard
        "app.exec(); player.close()\n"
    )
    try:
        heard = server.record(sys.executable, "-c", code)
    finally:
        server.close()
    loud = np.flatnonzero(np.abs(heard) > 0.02)
    wanted = np.flatnonzero(np.abs(sound) > 0.02)
    assert loud[-1] - loud[0] == pytest.approx(wanted[-1] - wanted[0], abs=0.02 * RATE)
    lags = np.correlate(heard, sound[:4000], "valid")  # where it begins
    start = int(np.argmax(np.abs(lags)))
    played = heard[start : start + len(sound)]
    assert np.corrcoef(played, sound)[0, 1] >= 0.98


@pytest.mark.alone
@pytest.mark.slow
def test_a_sound_server_that_dies_is_survived(tmp_path: Path) -> None:
    """The real PortAudio, in the middle of a clip."""
    need_sound_server()
    server = SoundServer(tmp_path)
    code = (
        "from PySide6.QtCore import QCoreApplication\n"
        "from gui.sound.player import Player\n"
        "from tests.fake import tone\n"
        "app = QCoreApplication([]); player = Player()\n"
        "told = lambda seconds: seconds > 0.2 and print('playing', flush=True)\n"
        "player.position_changed.connect(told)\n"
        "player.device_lost.connect(app.quit); player.ended.connect(app.quit)\n"
        "player.play(tone(60.0), 24_000); app.exec()\n"
        "print('lost', player.state, player.position, player.why_silent()); player.close()\n"
    )
    command = [sys.executable, "-c", code]
    program = subprocess.Popen(
        command, cwd=ROOT, env=server.environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout is not None
        assert program.stdout.readline() == "playing\n"
        server.close()
        rest, _ = program.communicate(timeout=60)
    finally:
        program.kill()
    words = rest.splitlines()[-1].split()
    assert words[:2] == ["lost", "paused"]
    assert 0.2 < float(words[2]) < 30  # it knows where it was
    assert "no sound output" in rest
    assert program.returncode == 0


def _speechlike(seconds: float = 3.0) -> np.ndarray:
    """Noise in syllables: a gap, a doubled or a lost piece anywhere would show. Below 1.5 kHz, so
    that half a sample of delay in the sound server does not."""
    noise = np.random.default_rng(5).standard_normal(round(seconds * RATE))
    spectrum = np.fft.rfft(noise)
    spectrum[round(1500 * seconds) :] = 0
    low = np.fft.irfft(spectrum, len(noise))
    t = np.arange(len(noise)) / RATE
    sound = low / np.abs(low).max() * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * t))
    return (0.8 * sound).astype(np.float32)
