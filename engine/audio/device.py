"""Sound devices: PortAudio found, its devices named, and a stream of one channel into one of them.

PortAudio is loaded when it is first needed: a program without it starts, explains and exports.
"""

from __future__ import annotations

import atexit
import os
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.audio.fade import faded
from engine.audio.resample import Resampler
from engine.errors import UserError
from engine.system.package_manager import system_command

# Seconds that the device holds: no drop-outs while the processor is busy speaking. PortAudio's own
# "high" is 35 ms on ALSA.
_LATENCY = 0.15
_UNAVAILABLE = -9985  # PortAudio's paDeviceUnavailable: for ALSA, EBUSY
_PATIENCE = 3.0  # seconds that a stream may take to close
# Seconds of silence first: sound servers swallow the beginning while they make a stream ready, some
# 20 ms at 48000 Hz, up to 80 where they resample or have many channels (measured).
LEAD = 0.12
TAIL = 0.2  # seconds of silence at the end, beyond the latency that PortAudio knows of


class NoPortAudio(UserError):
    """The library is missing; the sentence has the command that installs it."""


class NoDevice(UserError):
    """There is no output device, or it does not open.

    reason: NONE, BUSY (another program holds it), MUTE (it opens and asks for nothing) or REFUSED.
    detail: PortAudio's own words.
    """

    NONE, BUSY, MUTE, REFUSED = "none", "busy", "mute", "refused"

    def __init__(self, sentence: str, reason: str = NONE, detail: str = "") -> None:
        super().__init__(sentence)
        self.reason, self.detail = reason, detail


class Fifo:
    """Samples on their way to a device, in order. Any thread."""

    def __init__(self) -> None:
        self._pieces: deque[NDArray[np.float32]] = deque()
        self._lock = threading.Lock()
        self.ended = False  # nothing follows what waits
        self.taken = 0  # samples read since the beginning
        self.waiting = 0  # samples not yet read

    def push(self, *pieces: NDArray[np.float32], end: bool = False) -> None:
        """Append float32 (samples,). end: nothing follows."""
        with self._lock:
            self._pieces.extend(pieces)
            self.waiting += sum(len(piece) for piece in pieces)
            self.ended = end

    def read(self, out: NDArray[np.float32]) -> int:
        """Fill the beginning of out, float32 (frames,), with what there is; how many that were."""
        filled = 0
        with self._lock:
            while filled < len(out) and self._pieces:
                piece = self._pieces.popleft()
                taken = piece[: len(out) - filled]
                out[filled : filled + len(taken)] = taken
                filled += len(taken)
                if len(taken) < len(piece):
                    self._pieces.appendleft(piece[len(taken) :])
            self.taken += filled
            self.waiting -= filled
        return filled

    def splice(
        self,
        at: int | None,
        new: NDArray[np.float32],
        fade: int,
        *,
        fade_in: bool = False,
        end: bool = False,
    ) -> int:
        """Go on with `new` from sample `at` on, counted as `taken` is; None: from the next one on.

        What waited there is faded out, and `new` in, over `fade` samples; where nothing waited,
        only with fade_in. Nothing new is silence. end: nothing follows. Returns where the first of
        `new` stands; what is taken already is left out of it.
        """
        with self._lock:
            waiting = np.concatenate([np.zeros(0, dtype=np.float32), *self._pieces])
            keep = 0 if at is None else min(at - self.taken, len(waiting))
            late, keep = max(0, -keep), max(0, keep)
            old = waiting[keep : keep + fade]
            begin = self.taken + keep - late
            if len(old) or fade_in:
                if not len(new):
                    begin += fade
                new = np.pad(new[late:], (0, max(0, fade - len(new[late:]))))
                new = faded(np.pad(old, (0, fade - len(old))), new)
            else:
                new = new[late:]
            self._pieces = deque([waiting[:keep], new])
            self.waiting = keep + len(new)
            self.ended = end
            return begin

    @property
    def made(self) -> int:
        """Samples pushed since the beginning, as `taken` is counted."""
        with self._lock:
            return self.taken + self.waiting

    @property
    def finished(self) -> bool:
        """Everything has been read and nothing follows."""
        with self._lock:
            return self.ended and not self._pieces


class Output:
    """One channel of sound on an output device, which may take another rate than the wanted one.

    fill: PortAudio's callback, on its own thread: gets out, float32 (frames,), to be filled whole,
    and returns False when the sound has ended. finished: called on that thread when the stream has
    ended, for that reason or because the device has gone.
    """

    def __init__(
        self,
        sample_rate: int,
        fill: Callable[[NDArray[np.float32]], bool],
        finished: Callable[[], None],
        device: str | None = None,
    ) -> None:
        """Open and start; device None is the default one. May take seconds. Raises NoPortAudio,
        and NoDevice where there is none or it refuses."""
        sounddevice = load()

        def callback(out: NDArray[np.float32], frames: int, time: Any, status: Any) -> None:
            if not fill(out[:, 0]):
                raise sounddevice.CallbackStop

        try:
            with quiet():
                number = None if device is None else _number_of(sounddevice, device)
                self.rate = _accepted_rate(sounddevice, number, sample_rate)
                self._stream = sounddevice.OutputStream(
                    samplerate=self.rate,
                    device=number,
                    channels=1,
                    dtype="float32",
                    latency=_LATENCY,
                    callback=callback,
                    finished_callback=finished,
                )
                self._stream.start()
        except sounddevice.PortAudioError as error:
            raise _refusal(sounddevice, error) from error
        self.latency = float(self._stream.latency)  # seconds between fill and ear
        self.resampler = Resampler(sample_rate, self.rate) if self.rate != sample_rate else None

    def lead(self) -> NDArray[np.float32]:
        """Silence to begin with."""
        return np.zeros(round(LEAD * self.rate), dtype=np.float32)

    def tail(self) -> NDArray[np.float32]:
        """Silence to end with: sound servers drop what they still hold when a stream ends."""
        return np.zeros(round((self.latency + TAIL) * self.rate), dtype=np.float32)

    def close(self) -> None:
        """Silence now. The output is not used afterwards."""
        if os.name != "posix":  # Windows wants a stream closed by the thread that opened it
            self._close()
            return
        closing = threading.Thread(target=self._close, daemon=True)
        closing.start()
        closing.join(_PATIENCE)
        if closing.is_alive():  # a sound server that hangs, which the end would wait for as well
            atexit.unregister(load()._exit_handler)

    def _close(self) -> None:
        with suppress(load().PortAudioError):  # a device that has gone refuses even that
            self._stream.abort()
        with suppress(load().PortAudioError):
            self._stream.close()


def output_devices(*, again: bool = False) -> list[str]:
    """Names of the devices that can play, as the system's usual interface has them.

    again: look anew; PortAudio sees a device that came or went only after that, and no stream may
    be open meanwhile. Raises NoPortAudio.
    """
    sounddevice = load()
    try:
        with quiet():
            if again:  # the only way there is: PortAudio makes its list when it starts
                sounddevice._terminate()
                sounddevice._initialize()
            usual = sounddevice.default.hostapi  # Windows lists each device once per interface
            devices = sounddevice.query_devices()
    except sounddevice.PortAudioError:
        return []
    names = [
        str(device["name"])
        for device in devices
        if device["max_output_channels"] > 0 and device["hostapi"] == usual
    ]
    return list(dict.fromkeys(names))


def load() -> Any:
    """The sounddevice module. Raises NoPortAudio."""
    try:
        with quiet():
            import sounddevice
    except OSError as error:  # the package is there, the library is not
        raise NoPortAudio(
            f"no sound can be played without PortAudio: {system_command('portaudio')}"
        ) from error
    return sounddevice


def _refusal(sounddevice: Any, error: Exception) -> NoDevice:
    """What PortAudio's error means for the user."""
    if _UNAVAILABLE in error.args or re.search("busy|in use", str(error), re.IGNORECASE):
        return NoDevice(
            f"another program holds the sound output ({error}): end its sound, or connect another",
            NoDevice.BUSY,
            str(error),
        )
    if not any(device["max_output_channels"] > 0 for device in sounddevice.query_devices()):
        return NoDevice("this machine has no sound output: connect one")
    return NoDevice(
        f"no sound can be played ({error}): connect an output device", NoDevice.REFUSED, str(error)
    )


def _number_of(sounddevice: Any, name: str) -> int:
    for number, device in enumerate(sounddevice.query_devices()):
        if device["name"] == name and device["max_output_channels"] > 0:
            return number
    raise NoDevice(f"the sound output {name} is not there: connect it or choose another")


def _accepted_rate(sounddevice: Any, number: int | None, wanted: int) -> int:
    """The wanted rate if the device takes it, else the device's own."""
    device = sounddevice.query_devices(number, kind="output")
    try:
        sounddevice.check_output_settings(
            device=number, channels=1, dtype="float32", samplerate=wanted
        )
    except sounddevice.PortAudioError:
        return int(device["default_samplerate"])
    return wanted


@contextmanager
def quiet() -> Iterator[None]:
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
