"""The player and a real sound server: late, restarted, with new sinks, and in the middle of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.sound import RATE, SoundServer, found_in, need_sound_server, read_recorded

pytestmark = [pytest.mark.slow, pytest.mark.alone]

_BEGIN = """
import subprocess, sys, numpy as np
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from gui.sound.player import Player
from tests.fake import tone
app = QCoreApplication([]); player = Player()

def pactl(*words):
    subprocess.run(["pactl", *words], check=True, stdout=subprocess.DEVNULL)
"""

_NEW_SINKS = """
from contextlib import ExitStack
from pathlib import Path
from tests.sound import recorded

sinks = {"new1": "rate=44100", "new2": "rate=96000 channels=8"}
recording = ExitStack()

def next_sink():
    recording.close()
    if not sinks:
        app.quit()
        return
    sink, what = sinks.popitem()
    pactl("load-module", "module-null-sink", f"sink_name={sink}", *what.split())
    pactl("set-default-sink", sink)
    recording.enter_context(recorded(sink, Path(sys.argv[1]).with_name(sink)))
    player.play(np.load(sys.argv[1]), 24_000)

player.ended.connect(next_sink, Qt.ConnectionType.QueuedConnection)
player.device_lost.connect(sys.exit)
next_sink(); app.exec(); player.close()
"""

_COMES_BACK = """
player._search.setInterval(300)
player.device_lost.connect(lambda sentence: print("lost", player.state, flush=True))

def on_devices():
    if not player.why_silent() and player.state != "playing":
        print("found", flush=True)
        player.resume()

def on_position(seconds):
    if seconds - on_position.last > 0.2:
        on_position.last = seconds
        print("playing", flush=True)

on_position.last = 0.0
player.devices_changed.connect(on_devices)
player.position_changed.connect(on_position)
player.play(tone(60.0), 24_000); app.exec()
"""

_STOPS = """
def stop():
    player.stop()
    QTimer.singleShot(800, app.quit)

player.play(tone(9.0), 24_000)
QTimer.singleShot(1200, lambda: player.seek(4.00021))
QTimer.singleShot(1600, lambda: player.set_speed(1.25))
QTimer.singleShot(2100, stop)
app.exec(); player.close()
"""


@pytest.fixture
def server(tmp_path: Path) -> SoundServer:
    need_sound_server()
    return SoundServer(tmp_path)


def test_nothing_is_lost_of_the_beginning_on_a_new_sink(
    server: SoundServer, tmp_path: Path
) -> None:
    noise = np.random.default_rng(3).standard_normal(RATE // 2)
    spectrum = np.fft.rfft(noise)
    spectrum[750:] = 0  # below 1.5 kHz, where no resampler changes it
    sound = np.fft.irfft(spectrum, len(noise))
    sound = (0.5 * sound / np.abs(sound).max()).astype(np.float32)
    np.save(tmp_path / "sound.npy", sound)
    try:
        program = _BEGIN + _NEW_SINKS
        server.record(sys.executable, "-c", program, str(tmp_path / "sound.npy"))
    finally:
        server.close()
    for sink in ("new1", "new2"):  # the first 30 ms are there, each time
        heard = read_recorded(tmp_path / sink)
        start = np.flatnonzero(np.abs(heard) > 0.01)[0]
        part, _ = found_in(heard[max(0, start - RATE // 20) :], sound[: RATE // 33])
        assert part == 1


def test_the_sound_comes_back_with_the_server(tmp_path: Path) -> None:
    need_sound_server()
    server = SoundServer(tmp_path)
    environment = server.environment
    server.close()  # it starts too late
    program = subprocess.Popen(
        [sys.executable, "-c", _BEGIN + _COMES_BACK],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    try:
        assert program.stdout.readline() == "lost stopped\n"
        for state in ("lost paused\n", ""):
            server = SoundServer(tmp_path)
            assert program.stdout.readline() == "found\n"
            assert program.stdout.readline() == "playing\n"
            assert server.plays()
            server.close()
            while state and (line := program.stdout.readline()) != state:
                assert line == "playing\n"
    finally:
        program.kill()
        program.communicate()
        server.close()


def test_seek_speed_and_stop_do_not_click(server: SoundServer) -> None:
    try:
        heard = server.record(sys.executable, "-c", _BEGIN + _STOPS)
    finally:
        server.close()
    begin = int(np.flatnonzero(np.abs(heard) > 0.01)[0])
    kinks = np.abs(np.diff(heard[begin + RATE // 50 :], 2))  # a tone begins with one
    clean = np.abs(np.diff(0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE), 2)).max()
    assert np.abs(heard).max() > 0.4
    assert kinks.max() < 4 * clean
