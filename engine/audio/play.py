"""The command line's player: sound in order, while it is still being made if need be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from engine.audio.device import Fifo, NoDevice, NoPortAudio, Output, output_devices
from engine.errors import UserError

_PIECE = 16_384  # samples queued at once
_GONE = 100  # a device that asks for nothing during so many looks has gone: 10 seconds


class Player:
    """One channel of sound on the default output device.

    `feed` may be called from any thread and returns at once; sound starts with the first samples,
    and there is silence where the next ones are late. Used as a context manager, leaving the block
    stops at once: call `finish` first to hear everything.
    """

    def __init__(self, sample_rate: int) -> None:
        """Open the device. Raises UserError without PortAudio or without an output device."""
        self._fifo = Fifo()
        self._silent = threading.Event()  # the stream has ended
        self._asks = 0  # times that the device has asked for sound
        with _or_a_file():
            self._output = Output(sample_rate, self._fill, self._silent.set)
        self._fifo.push(self._output.lead())

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Queue float32 (samples,), −1 … 1."""
        resampler = self._output.resampler
        for start in range(0, len(samples), _PIECE):
            piece = samples[start : start + _PIECE]
            if resampler is not None:
                piece = resampler.push(piece)
            self._fifo.push(np.clip(piece, -1.0, 1.0))

    def finish(self) -> None:
        """Wait until everything fed has been heard. Ctrl-C interrupts the wait at once.

        Raises UserError where the device goes before that.
        """
        resampler = self._output.resampler
        rest = [] if resampler is None else [resampler.flush()]
        self._fifo.push(*rest, self._output.tail(), end=True)
        asks, looks = self._asks, 0
        while not self._silent.wait(0.1):  # a wait without end hears no Ctrl-C on Windows
            asks, looks = self._asks, looks + 1 if self._asks == asks else 0
            if looks >= _GONE:
                break
        if not self._fifo.finished:
            with _or_a_file():
                raise NoDevice("the sound output has gone: connect a device")

    def stop(self) -> None:
        """Silence now. The player is not used afterwards."""
        self._output.close()

    def __enter__(self) -> Player:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _fill(self, out: NDArray[np.float32]) -> bool:
        self._asks += 1
        out[self._fifo.read(out) :] = 0
        return not self._fifo.finished


def play(audio: NDArray[np.float32], sample_rate: int) -> None:
    """Play float32 (samples,), −1 … 1, to the end. Ctrl-C stops at once.

    Raises UserError without PortAudio or without an output device.
    """
    with Player(sample_rate) as player:
        player.feed(audio)
        player.finish()


def check() -> None:
    """Raise UserError now, not after minutes of work, where `play` could not play."""
    with _or_a_file():
        if not output_devices():
            raise NoDevice("this machine has no sound output: connect a device")


@contextmanager
def _or_a_file() -> Iterator[None]:
    """Name the command line's other way out as well."""
    try:
        yield
    except (NoPortAudio, NoDevice) as error:
        raise UserError(f"{error}; or write a file with -o") from error
