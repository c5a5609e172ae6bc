"""Playing sound through PortAudio, while it is still being made if need be."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.audio.resample import Resampler
from engine.environment import system_command
from engine.errors import UserError

_OR_A_FILE = "; or write a file with -o"
_TAIL = 0.2  # seconds of silence at the end, beyond the latency that PortAudio knows of
_PIECE = 16_384  # samples resampled at once: the weights take 32 times as much memory


class Player:
    """One channel of sound on the default output device.

    `feed` may be called from any thread and returns at once; sound starts with the first samples,
    and there is silence where the next ones are late. Used as a context manager, leaving the block
    stops at once: call `finish` first to hear everything.
    """

    def __init__(self, sample_rate: int) -> None:
        """Open the device. Raises UserError without PortAudio or without an output device."""
        self._sounddevice = _load()
        self._waiting: deque[NDArray[np.float32]] = deque()
        self._lock = threading.Lock()
        self._ended = False  # no more samples will be fed
        self._silent = threading.Event()  # the last sample has been played
        try:
            with _quiet():
                rate = _accepted_rate(self._sounddevice, sample_rate)
                self._stream = self._sounddevice.OutputStream(
                    samplerate=rate,
                    channels=1,
                    dtype="float32",
                    latency="high",  # no drop-outs while the processor is busy speaking
                    callback=self._fill,
                    finished_callback=self._silent.set,
                )
                self._stream.start()
        except self._sounddevice.PortAudioError as error:
            raise UserError(
                f"no sound can be played ({error}): connect an output device{_OR_A_FILE}"
            ) from error
        self._resampler = Resampler(sample_rate, rate) if rate != sample_rate else None

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Queue float32 (samples,), −1 … 1."""
        for start in range(0, len(samples), _PIECE):
            piece = samples[start : start + _PIECE]
            if self._resampler is not None:
                piece = self._resampler.push(piece)
            with self._lock:
                self._waiting.append(np.clip(piece, -1.0, 1.0))

    def finish(self) -> None:
        """Wait until everything fed has been heard. Ctrl-C interrupts the wait at once."""
        rest = [] if self._resampler is None else [self._resampler.flush()]
        # Sound servers drop what they still hold when a stream ends: let that be silence.
        seconds = self._stream.latency + _TAIL
        silence = np.zeros(round(seconds * self._stream.samplerate), dtype=np.float32)
        with self._lock:
            self._waiting.extend([*rest, silence])
            self._ended = True
        while not self._silent.wait(0.1):  # a wait without end hears no Ctrl-C on Windows
            pass

    def stop(self) -> None:
        """Silence now. The player is not used afterwards."""
        self._stream.abort()
        self._stream.close()

    def __enter__(self) -> Player:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _fill(self, out: NDArray[np.float32], frames: int, time: Any, status: Any) -> None:
        """PortAudio's callback, on its own thread: fill out, float32 (frames, 1)."""
        filled = 0
        with self._lock:
            while filled < frames and self._waiting:
                piece = self._waiting.popleft()
                taken = piece[: frames - filled]
                out[filled : filled + len(taken), 0] = taken
                filled += len(taken)
                if len(taken) < len(piece):
                    self._waiting.appendleft(piece[len(taken) :])
            ended = self._ended and not self._waiting
        out[filled:] = 0
        if ended:
            raise self._sounddevice.CallbackStop


def play(audio: NDArray[np.float32], sample_rate: int) -> None:
    """Play float32 (samples,), −1 … 1, to the end. Ctrl-C stops at once.

    Raises UserError without PortAudio or without an output device.
    """
    with Player(sample_rate) as player:
        player.feed(audio)
        player.finish()


def check() -> None:
    """Raise UserError now, not after minutes of work, where `play` could not play."""
    if not output_devices():
        raise UserError(f"this machine has no sound output: connect a device{_OR_A_FILE}")


def output_devices() -> list[str]:
    """Names of the devices that can play. Raises UserError without PortAudio."""
    sounddevice = _load()
    with _quiet():
        devices = sounddevice.query_devices()
    return [str(device["name"]) for device in devices if device["max_output_channels"] > 0]


def _load() -> Any:
    try:
        with _quiet():
            import sounddevice
    except OSError as error:  # the package is there, the library is not
        raise UserError(
            f"no sound can be played without PortAudio: {system_command('portaudio')}{_OR_A_FILE}"
        ) from error
    return sounddevice


def _accepted_rate(sounddevice: Any, wanted: int) -> int:
    """The wanted rate if the device takes it, else the device's own."""
    device = sounddevice.query_devices(kind="output")
    try:
        sounddevice.check_output_settings(channels=1, dtype="float32", samplerate=wanted)
    except sounddevice.PortAudioError:
        return int(device["default_samplerate"])
    return wanted


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide what ALSA and JACK print to standard error while they look for devices: dozens of
    lines about cards that are not there, over which the user's one sentence would be lost."""
    try:
        saved = os.dup(2)
    except OSError:  # no standard error at all, as in a windowed program
        yield
        return
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 2)
        os.close(nothing)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
