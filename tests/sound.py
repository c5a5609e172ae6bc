"""Sound in tests: a private sound server whose output is recorded, and a device made of Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.signal import correlate

from tests.conftest import ROOT

RATE = 24_000


class SoundServer:
    """A private PulseAudio that plays into nothing; what it plays can be recorded."""

    def __init__(self, folder: Path, sink: str = "rate=48000") -> None:
        """sink: what it plays into, as PulseAudio writes it."""
        self.folder = folder
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)  # of the server before, perhaps
        # PortAudio speaks ALSA, and ALSA's default device is this server.
        (folder / ".asoundrc").write_text(
            "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
        )
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("PULSE_")},
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(runtime),
        }
        modules = ("module-native-protocol-unix", f"module-null-sink sink_name=nul {sink}")
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"]
        command += [word for module in modules for word in ("-L", module)]
        self._process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_until(lambda: subprocess.run(["pactl", "info"], **self._silent()).returncode == 0)
        except BaseException:
            self.close()
            raise

    def record(self, *command: str) -> np.ndarray:
        """Run the command; what was heard meanwhile, float32 (samples,) at RATE."""
        raw = self.folder / "heard.raw"
        with recorded("nul", raw, self.environment):
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=self.environment,
                capture_output=True,
                text=True,
                timeout=240,
            )
        assert done.returncode == 0, done.stderr
        return read_recorded(raw)

    def plays(self) -> bool:
        """Whether a program is being heard."""
        command = ["pactl", "list", "short", "sink-inputs"]
        return bool(subprocess.run(command, **self._silent()).stdout)

    def send(self, number: int) -> None:
        """A signal, to the server itself."""
        self._process.send_signal(number)

    def close(self) -> None:
        self._process.kill()  # with nothing to save, and deaf to SIGTERM if a test has stopped it
        self._process.wait()

    def _silent(self) -> dict[str, Any]:
        return {"env": self.environment, "capture_output": True, "timeout": 20}


@contextmanager
def recorded(sink: str, raw: Path, environment: dict[str, str] | None = None) -> Iterator[None]:
    """What a sink plays until half a second after the end goes into a file for read_recorded."""
    with raw.open("wb") as file:
        parec = ["parec", "-d", f"{sink}.monitor", "--format=s16le", f"--rate={RATE}"]
        recorder = subprocess.Popen(
            [*parec, "--channels=1", "--latency-msec=20"], stdout=file, env=environment
        )
        try:
            wait_until(lambda: raw.stat().st_size > 0)
            yield
            ended = raw.stat().st_size
            wait_until(lambda: raw.stat().st_size > ended + RATE)
        finally:  # it never ends by itself, whatever went wrong
            recorder.kill()
            recorder.wait()


def read_recorded(raw: Path) -> np.ndarray:
    """float32 (samples,) at RATE."""
    return np.fromfile(raw, dtype="<i2").astype(np.float32) / 32767


def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)  # another program's start has no event to wait for


def need_sound_server() -> None:
    """Skip the test where there is none to start."""
    lacking = [name for name in ("pulseaudio", "parec", "pactl") if not shutil.which(name)]
    if lacking:
        pytest.skip(f"no {', '.join(lacking)} here: apt install pulseaudio pulseaudio-utils")


def found_in(heard: np.ndarray, sound: np.ndarray) -> tuple[float, np.ndarray]:
    """The part of a sound, 0 … 1, that is heard in order and at its level, and what else is heard.

    A sound server that was late puts silence into a sound or loses some of it. So the sound is
    looked for in pieces, and in ever smaller ones where a piece is torn. Both at RATE.
    """
    rest, at, found = heard.copy(), 0, 0
    waiting = [(0, len(sound))]
    while waiting:
        start, end = waiting.pop()
        piece, window = sound[start:end], heard[at:]
        place = _place(window, piece) if len(piece) <= len(window) else None
        if place is not None:
            at += place
            rest[at : at + len(piece)] = 0
            at, found = at + len(piece), found + len(piece)
        elif len(piece) > RATE // 50:
            middle = (start + end) // 2
            waiting += [(middle, end), (start, middle)]  # the first half comes first
    return found / len(sound), rest


def _place(window: np.ndarray, piece: np.ndarray) -> int | None:
    """Where the window holds the piece; None where what is most like it is another sound."""
    scores = correlate(window, piece, "valid", "fft")
    energies = np.concatenate([[0.0], np.cumsum(window.astype(np.float64) ** 2)])
    energies = energies[len(piece) :] - energies[: -len(piece)]
    power = float((piece.astype(np.float64) ** 2).sum())
    if power < len(piece) * 1e-6:  # silence is everywhere
        return 0
    # How far what is there is from the piece, of the piece's own energy: 0 is the same.
    distances = (energies - 2 * scores + power) / power
    place = int(np.argmin(distances))
    return place if distances[place] < 0.05 else None


def heard_seconds(sound: np.ndarray) -> float:
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    return float(loud[-1] - loud[0]) / RATE if len(loud) else 0.0


def peak_hertz(sound: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * RATE / len(sound))


class FakeDevice:
    """Stands for the sounddevice module: devices of one rate, whose callback the test drives.

    heard: everything that was played, float32 (samples,).
    """

    class PortAudioError(Exception):
        pass

    class CallbackStop(Exception):
        pass

    def __init__(self, rate: int = 48_000, devices: int = 1) -> None:
        self.rate = rate
        self.names = [f"speaker {number}" for number in range(devices)]
        self.opened: list[str] = []  # names of the devices, in order
        self.stream: SimpleNamespace | None = None
        self.heard = np.zeros(0, dtype=np.float32)
        self.default = SimpleNamespace(hostapi=0)
        self.looked = 0  # times that PortAudio was started again
        self._callback: Any = None
        self._finished: Any = None

    def query_devices(self, number: int | None = None, kind: str | None = None) -> Any:
        if kind is None:
            names = [("microphone", 0, 0), *((name, 2, 0) for name in self.names)]
            names += [(name, 2, 1) for name in self.names]  # the same ones, by another interface
            return [
                {"name": name, "max_output_channels": count, "hostapi": interface}
                for name, count, interface in names
            ]
        if not self.names:
            raise self.PortAudioError("Error querying device -1")
        return {"default_samplerate": float(self.rate)}

    def check_output_settings(self, *, samplerate: int, **_: object) -> None:
        if samplerate != self.rate:
            raise self.PortAudioError("Invalid sample rate")

    def OutputStream(self, *, samplerate: int, device: Any, **how: Any) -> SimpleNamespace:  # noqa: N802
        assert samplerate == self.rate
        assert self.stream is None, "one stream at a time"
        if not self.names:
            raise self.PortAudioError("Error opening OutputStream: no device")
        self._callback, self._finished = how["callback"], how["finished_callback"]
        self.opened.append(self.names[0 if device is None else device - 1])
        self.stream = SimpleNamespace(
            start=lambda: None,
            abort=lambda: None,
            close=self._close,
            latency=0.1,
            samplerate=float(samplerate),
        )
        return self.stream

    def _close(self) -> None:
        if self.stream is not None:
            self.stream = None
            self._finished()  # as PortAudio does, whatever the reason

    def _terminate(self) -> None:
        assert self.stream is None, "PortAudio was ended under an open stream"

    def _initialize(self) -> None:
        self.looked += 1

    def pull(self, frames: int = 512) -> bool:
        """What PortAudio's thread does: ask for frames. False when the sound has ended."""
        out = np.full((frames, 1), np.nan, dtype=np.float32)
        more = True
        try:
            self._callback(out, frames, None, None)
        except self.CallbackStop:
            more = False
        self.heard = np.concatenate([self.heard, out[:, 0]])
        if not more:
            self._finished()
        return more

    def vanish(self) -> None:
        """The first device is unplugged."""
        del self.names[0]
        self._finished()
