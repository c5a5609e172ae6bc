"""Playing: into a real sound server whose output is recorded, and the refusals of a device."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.audio import play
from engine.errors import UserError
from tests.conftest import ROOT
from tests.fake import tone

RATE = 24_000


class SoundServer:
    """A private PulseAudio that plays into nothing; what it plays can be recorded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        # PortAudio speaks ALSA, and ALSA's default device is this server.
        (folder / ".asoundrc").write_text(
            "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
        )
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("PULSE_")},
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(runtime),
        }
        modules = ("module-native-protocol-unix", "module-null-sink sink_name=nul rate=48000")
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"]
        command += [word for module in modules for word in ("-L", module)]
        self._process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(lambda: subprocess.run(["pactl", "info"], **self._silent()).returncode == 0)

    def record(self, *command: str) -> np.ndarray:
        """Run the command; what was heard meanwhile, float32 (samples,) at RATE."""
        raw = self.folder / "heard.raw"
        with raw.open("wb") as file:
            parec = ["parec", "-d", "nul.monitor", "--format=s16le", f"--rate={RATE}"]
            with subprocess.Popen(
                [*parec, "--channels=1", "--latency-msec=20"], stdout=file, env=self.environment
            ) as recorder:
                wait_until(lambda: raw.stat().st_size > 0)
                done = subprocess.run(
                    command, cwd=ROOT, env=self.environment, capture_output=True, text=True
                )
                ended = raw.stat().st_size
                wait_until(lambda: raw.stat().st_size > ended + RATE)  # half a second more
                recorder.terminate()
        assert done.returncode == 0, done.stderr
        return np.fromfile(raw, dtype="<i2").astype(np.float32) / 32767

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)

    def _silent(self) -> dict[str, Any]:
        return {"env": self.environment, "capture_output": True}


def wait_until(condition: Any, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the sound server does not answer"
        time.sleep(0.02)  # another program's start has no event to wait for


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[SoundServer]:
    lacking = [name for name in ("pulseaudio", "parec", "pactl") if not shutil.which(name)]
    if lacking and not os.environ.get("CI"):
        pytest.skip(f"no {', '.join(lacking)} here: apt install pulseaudio pulseaudio-utils")
    server = SoundServer(tmp_path)
    yield server
    server.close()


def heard_seconds(sound: np.ndarray) -> float:
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    return float(loud[-1] - loud[0]) / RATE if len(loud) else 0.0


def peak_hertz(sound: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * RATE / len(sound))


def test_a_tone_is_heard_at_its_pitch_and_length(sound_server: SoundServer) -> None:
    code = (
        "from engine.audio.play import play; from tests.fake import tone; play(tone(2.0), 24_000)"
    )
    sound = sound_server.record(sys.executable, "-c", code)
    assert peak_hertz(sound) == pytest.approx(440, abs=1)
    assert heard_seconds(sound) == pytest.approx(2.0, abs=0.05)
    assert np.abs(sound).max() == pytest.approx(0.5, abs=0.05)  # neither louder nor softer


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


def test_say_plays_what_the_engine_spoke(sound_server: SoundServer) -> None:
    sound = sound_server.record(sys.executable, "-m", "tests.fake_main", "say", "Hello.")
    assert peak_hertz(sound) == pytest.approx(440, abs=2)
    assert heard_seconds(sound) == pytest.approx(0.5, abs=0.05)


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


# ── devices that refuse ───────────────────────────────────────────────────────────────────────


class FakeDevice:
    """Stands for the sounddevice module: a device of one rate, whose callback the test drives."""

    class PortAudioError(Exception):
        pass

    class CallbackStop(Exception):
        pass

    def __init__(self, rate: int = 48_000, devices: int = 1) -> None:
        self.rate = rate
        self.devices = devices
        self.heard = np.zeros(0, dtype=np.float32)

    def query_devices(self, kind: str | None = None) -> Any:
        if kind is None:
            names = [
                {"name": f"speaker {i}", "max_output_channels": 2} for i in range(self.devices)
            ]
            return [{"name": "microphone", "max_output_channels": 0}, *names]
        if not self.devices:
            raise self.PortAudioError("Error querying device -1")
        return {"default_samplerate": float(self.rate)}

    def check_output_settings(self, *, samplerate: int, **_: object) -> None:
        if samplerate != self.rate:
            raise self.PortAudioError("Invalid sample rate")

    def OutputStream(self, *, samplerate: int, **how: Any) -> SimpleNamespace:  # noqa: N802
        assert samplerate == self.rate
        self.callback, self.finished = how["callback"], how["finished_callback"]
        nothing = lambda: None  # noqa: E731
        return SimpleNamespace(
            start=nothing, abort=nothing, close=nothing, latency=0.1, samplerate=float(samplerate)
        )

    def pull(self, frames: int = 512) -> bool:
        """What PortAudio's thread does: ask for frames. False when the sound has ended."""
        out = np.full((frames, 1), np.nan, dtype=np.float32)
        more = True
        try:
            self.callback(out, frames, None, None)
        except self.CallbackStop:
            more = False
        self.heard = np.concatenate([self.heard, out[:, 0]])
        if not more:
            self.finished()
        return more


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> FakeDevice:
    device = FakeDevice()
    monkeypatch.setitem(sys.modules, "sounddevice", device)  # type: ignore[arg-type]
    return device


def pull_all(device: FakeDevice) -> None:
    import threading

    def pull() -> None:
        while device.pull():
            pass

    threading.Thread(target=pull).start()


def test_a_device_of_another_rate_gets_that_rate(device: FakeDevice) -> None:
    with play.Player(24_000) as player:
        player.feed(tone(1.0))
        pull_all(device)
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
    device.devices = 0
    with pytest.raises(UserError, match="no sound output"):
        play.check()
    with pytest.raises(UserError, match="Error querying device -1"):
        play.Player(24_000)


def test_output_devices_are_those_that_can_play(device: FakeDevice) -> None:
    device.devices = 2
    assert play.output_devices() == ["speaker 0", "speaker 1"]
    play.check()


def test_looking_for_devices_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    with play._quiet():
        os.write(2, b"ALSA lib confmisc.c:855: cannot find card '0'\n")
    os.write(2, b"ours\n")
    assert capfd.readouterr().err == "ours\n"
