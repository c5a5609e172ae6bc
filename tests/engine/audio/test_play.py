"""Playing: into a real sound server whose output is recorded, and the refusals of a device."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.audio import device as sound_device
from engine.audio import play
from engine.errors import UserError
from tests.conftest import ROOT
from tests.fake import tone
from tests.sound import (
    RATE,
    FakeDevice,
    SoundServer,
    heard_seconds,
    need_sound_server,
    peak_hertz,
    wait_until,
)


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[SoundServer]:
    need_sound_server()
    server = SoundServer(tmp_path)
    yield server
    server.close()


@pytest.mark.alone
@pytest.mark.slow
def test_a_tone_is_heard_at_its_pitch_and_length(sound_server: SoundServer) -> None:
    code = (
        "from engine.audio.play import play; from tests.fake import tone; play(tone(2.0), 24_000)"
    )
    sound = sound_server.record(sys.executable, "-c", code)
    assert peak_hertz(sound) == pytest.approx(440, abs=1)
    assert heard_seconds(sound) == pytest.approx(2.0, abs=0.05)
    assert np.abs(sound).max() == pytest.approx(0.5, abs=0.05)  # neither louder nor softer


@pytest.mark.alone
@pytest.mark.slow
def test_sound_fed_in_pieces_has_no_gap(sound_server: SoundServer) -> None:
    code = (
        "import numpy as np; from engine.audio.play import Player; from tests.fake import tone\n"
        "with Player(24_000) as player:\n"
        "    for piece in np.array_split(tone(1.0), 9): player.feed(piece)\n"
        "    player.finish()\n"
    )
    sound = sound_server.record(sys.executable, "-c", code)
    assert heard_seconds(sound) == pytest.approx(1.0, abs=0.05)
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    quiet_runs = np.diff(loud)  # a sine passes through zero for a few samples only
    assert quiet_runs.max() < RATE / 440


@pytest.mark.alone
@pytest.mark.slow
def test_say_plays_what_the_engine_spoke(sound_server: SoundServer) -> None:
    sound = sound_server.record(sys.executable, "-m", "tests.fake_main", "say", "Hello.")
    assert peak_hertz(sound) == pytest.approx(440, abs=2)
    assert heard_seconds(sound) == pytest.approx(0.5, abs=0.05)


@pytest.mark.alone
@pytest.mark.slow
def test_ctrl_c_silences_it_at_once(sound_server: SoundServer) -> None:
    code = (
        "import signal, threading\n"
        "from engine.audio.play import play; from tests.fake import tone\n"
        "threading.Timer(1.0, signal.raise_signal, [signal.SIGINT]).start()\n"
        "try: play(tone(30.0), 24_000)\n"
        "except KeyboardInterrupt: pass\n"
    )
    sound = sound_server.record(sys.executable, "-c", code)
    assert 0.2 < heard_seconds(sound) < 2.0


@pytest.mark.alone
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="system: a program can be stopped")
@pytest.mark.parametrize(
    "how",
    [
        pytest.param("SIGKILL", marks=pytest.mark.slow),  # the sound server dies
        pytest.param("SIGSTOP", marks=pytest.mark.long),  # it hangs, which takes ten seconds
    ],
)
def test_a_sound_server_that_goes_is_a_sentence(sound_server: SoundServer, how: str) -> None:
    code = (
        "from engine.audio.play import Player; from engine.errors import UserError\n"
        "from tests.fake import tone\n"
        "try:\n"
        "    with Player(24_000) as player:\n"
        "        print('open', flush=True)  # another sentence says that this did not succeed\n"
        "        player.feed(tone(60.0)); player.finish()\n"
        "except UserError as error: print(error)\n"
    )
    environment = sound_server.environment
    program = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert program.stdout is not None
        assert program.stdout.readline() == "open\n"
        wait_until(sound_server.plays)
        sound_server.send(getattr(signal, how))
        said, _ = program.communicate(timeout=120)
    finally:
        program.kill()
        program.wait()
    assert said == "the sound output has gone: connect a device; or write a file with -o\n"


# ── devices that refuse ───────────────────────────────────────────────────────────────────────


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> FakeDevice:
    device = FakeDevice()
    monkeypatch.setattr("engine.audio.device.LEAD", 0)
    monkeypatch.setitem(sys.modules, "sounddevice", device)  # type: ignore[arg-type]
    return device


def pull_all(device: FakeDevice, player: play.Player) -> None:
    def pull() -> None:
        wait_until(lambda: player._fifo.ended)  # else it would be faster than the resampling
        while device.pull():
            pass

    threading.Thread(target=pull).start()


def test_a_device_of_another_rate_gets_that_rate(device: FakeDevice) -> None:
    with play.Player(24_000) as player:
        player.feed(tone(1.0))
        pull_all(device, player)
        player.finish()
    loud = np.flatnonzero(device.heard)
    assert (loud[-1] - loud[0]) / device.rate == pytest.approx(1.0, abs=0.001)
    assert np.abs(device.heard[1000:40_000] - tone(1.0, 48_000)[1000:40_000]).max() < 1e-3


def test_late_sound_is_silence_before_it_and_not_noise(device: FakeDevice) -> None:
    with play.Player(device.rate) as player:
        assert device.pull(100)  # nothing was fed yet
        player.feed(np.full(150, 2.0, dtype=np.float32))  # too loud
        assert device.pull(100)
        assert device.pull(100)
    assert device.heard.tolist() == [0.0] * 100 + [1.0] * 150 + [0.0] * 50


def test_without_an_output_device_it_says_so(device: FakeDevice) -> None:
    device.names = []
    with pytest.raises(UserError, match="no sound output"):
        play.check()
    with pytest.raises(UserError, match="no sound output"):
        play.Player(24_000)


def test_output_devices_are_those_that_can_play(device: FakeDevice) -> None:
    device.names = ["speaker 0", "speaker 1"]
    assert sound_device.output_devices() == ["speaker 0", "speaker 1"]
    play.check()


def test_a_device_that_vanishes_while_it_plays_is_a_sentence(device: FakeDevice) -> None:
    with play.Player(device.rate) as player:
        player.feed(tone(1.0, device.rate))
        device.pull()
        device.vanish()
        with pytest.raises(UserError, match="has gone: connect a device; or write a file with -o"):
            player.finish()


def test_a_device_that_asks_for_nothing_more_is_not_waited_for(
    device: FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play, "_GONE", 2)
    with play.Player(device.rate) as player:
        player.feed(tone(1.0, device.rate))
        device.pull()
        with pytest.raises(UserError, match="has gone"):
            player.finish()


def test_a_device_that_keeps_asking_is_waited_for(
    device: FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Waits(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return not device.pull()

    monkeypatch.setattr(play, "_GONE", 1)
    with play.Player(device.rate) as player:
        player._silent = Waits()
        player.feed(tone(0.2, device.rate))
        player.finish()
    assert np.array_equal(device.heard[:9600], tone(0.2, device.rate))


def test_a_device_that_does_not_close_is_left(
    device: FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound_device, "_PATIENCE", 0.05)
    monkeypatch.setattr(device, "_exit_handler", lambda: None, raising=False)
    hangs, closed = threading.Event(), threading.Event()
    player = play.Player(device.rate)
    assert device.stream is not None
    device.stream.abort = hangs.wait
    device.stream.close = closed.set
    player.stop()
    assert not closed.is_set()
    hangs.set()
    assert closed.wait(20)


def test_play_asks_for_the_sounds_own_rate(device: FakeDevice) -> None:
    device.rate = 16_000

    over = threading.Event()

    def pull() -> None:
        wait_until(lambda: device.stream)
        while not over.is_set() and device.pull():
            pass

    thread = threading.Thread(target=pull)
    thread.start()
    try:
        play.play(tone(0.5, 16_000), 16_000)
    finally:
        over.set()
        thread.join()
    sound = tone(0.5, 16_000)
    assert np.array_equal(device.heard[device.heard != 0], sound[sound != 0])


def test_looking_for_devices_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    with sound_device.quiet():
        os.write(2, b"ALSA lib confmisc.c:855: cannot find card '0'\n")
    os.write(2, b"ours\n")
    assert capfd.readouterr().err == "ours\n"
