"""A deck plays a track: seek, loop, speed and volume, on a thread of its own, gapless.

The caller's thread only leaves orders. The deck's thread opens and closes devices, which can take
seconds, and makes about a second of sound ahead; PortAudio's thread copies it out.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.audio.device import Fifo, NoDevice, NoPortAudio, Output, output_devices
from engine.audio.fade import FADE
from engine.audio.reports import Devices, Ended, Moved, Refused, Report
from engine.audio.source import Loop, Source
from engine.audio.track import Track
from engine.errors import UserError

_AHEAD = 1.0  # seconds of sound made before they are heard
_HELD = 0.05  # seconds that a sound server holds beyond the latency that PortAudio knows of
_DEAF = 0.2  # seconds in which a device that plays asks for sound
_KEPT = 0.1  # seconds already made that are still heard when loop or speed change
_LOOK = 0.02  # seconds between two looks at what is playing
_GONE = 150  # a device that asks for nothing during so many looks has gone: 3 seconds


@dataclass(frozen=True)
class _Segment:
    """From sample `out` of the output on, the track is heard from second `source` on."""

    out: int
    source: float
    speed: float
    loop: Loop | None

    def at(self, out: float, rate: int, seconds: float) -> float:
        """The second of the track that sample `out` holds; the track has `seconds`."""
        place = self.source + max(0.0, out - self.out) / rate * self.speed
        if self.loop is not None:
            first, last = self.loop[0], seconds if self.loop[1] is None else self.loop[1]
            if self.source <= last <= place and first < last:
                place = first + (place - last) % (last - first)
        return min(place, seconds)


class Deck:
    """All methods may be called from any thread and return at once; `report` is called on the
    deck's own thread. One track at a time."""

    def __init__(self, report: Callable[[Report], None]) -> None:
        self._report = report
        self._orders: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._fifo = Fifo()
        self._output: Output | None = None
        self._track = Track(1)
        self._ticket = 0
        self._segments: list[_Segment] = []
        self._source = Source(self._track, 0.0, 1)
        self._closed = False
        self._looked = False  # which devices there are
        self._asks = 0  # times that the device has asked for sound
        self._asks_seen = 0
        self._looks = 0  # since then
        self._gain = 1.0  # of the sample played last
        self._leaving = False  # the sound fades out, and stays silent
        self._unheard = 0  # samples of that silence that are still to be played
        self._left = threading.Event()  # they have been
        self._loop: Loop | None = None
        self._speed = 1.0
        self._device: str | None = None
        self.volume = 1.0  # 0 … 1, of the amplitude
        self.paused = False
        self._thread = threading.Thread(target=self._run, name="deck", daemon=True)
        self._thread.start()

    # ── orders ────────────────────────────────────────────────────────────────────────────────

    def start(self, track: Track, at: float, ticket: int) -> None:
        """Play a track from second `at` on. ticket: a number that comes back in reports."""
        self._orders.put(lambda: self._start(track, at, ticket))

    def stop(self) -> None:
        """Silence now; the device is given back."""
        self._orders.put(self._leave)

    def set_loop(self, loop: Loop | None) -> None:
        """Repeat this part of the track, or go on to the end."""
        self._orders.put(lambda: self._change(loop, self._speed))

    def set_speed(self, speed: float) -> None:
        """Faster or slower at the same pitch: engine.audio.speed.SLOWEST … FASTEST."""
        self._orders.put(lambda: self._change(self._loop, speed))

    def set_device(self, name: str | None) -> None:
        """Play on another device; None is the default one."""
        self._orders.put(lambda: self._choose(name))

    def refresh(self) -> None:
        """Look which devices there are; Devices is reported."""
        self._orders.put(self._look)

    def wake(self) -> None:
        """The track has grown, or is complete now."""
        self._orders.put(None)

    def close(self, timeout: float = 1.0) -> None:
        """Silence, and the thread ends; waits for it so many seconds at most."""
        self._orders.put(self._end)
        self._thread.join(timeout)

    def position(self) -> tuple[int, float]:
        """The ticket of the track, and the second of it that is heard now."""
        output, segments = self._output, self._segments
        if output is None or not segments:
            return 0, 0.0
        heard = self._fifo.taken - output.latency * output.rate
        return self._ticket, self._at(segments, heard, output.rate)

    # ── the deck's thread ─────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        while not self._closed:
            try:
                order = self._orders.get(timeout=None if self._output is None else _LOOK)
            except queue.Empty:
                self._watch()
            else:
                if order is not None:
                    order()
            if self._output is not None:
                self._make(self._output)

    def _watch(self) -> None:
        # Looks are counted and not seconds: an engine that holds Python up holds both up.
        asks, self._looks = self._asks, self._looks + 1
        if asks != self._asks_seen:
            self._asks_seen, self._looks = asks, 0
        if self._looks > _GONE:
            self._recover()

    def _start(self, track: Track, at: float, ticket: int) -> None:
        if self._output is not None and (self._track.rate != track.rate or self._fifo.finished):
            self._leave()
        self._track, self._ticket = track, ticket
        if self._output is None:
            try:
                self._open()
            except UserError as error:
                self._report(Refused(ticket, error, at))
                return
            self._cut(self._begin(), at)
            if not self._looked:
                self._look()
        else:
            self._segments = []
            self._cut(None, at)
        if self.paused:
            self._gain = 0.0

    def _begin(self) -> int:
        """On an output just opened: silence, and the sample after it."""
        assert self._output is not None
        lead = self._output.lead()
        self._fifo.push(lead)
        return len(lead)

    def _open(self, *, looked: bool = False) -> None:
        """Raises UserError where neither the chosen device nor the default one opens. looked: just
        now, which devices there are."""
        wanted = self._device
        try:
            self._output = self._opened(wanted)
        except NoDevice as refused:
            if not looked:
                self._look()  # PortAudio's list is as old as its start
            self._output = self._opened_anew(refused)
            if self._device != wanted:
                busy = refused.reason != NoDevice.NONE
                self._report(Moved(wanted, refused if busy else None))

    def _opened_anew(self, refused: NoDevice) -> Output:
        """The chosen device or the default one; refused: what was said the first time."""
        for device in dict.fromkeys([self._device, None]):
            try:
                output = self._opened(device)
            except NoDevice as error:
                if refused.reason == NoDevice.NONE:  # else the list leaves out what does not open
                    refused = error
            else:
                self._device = device
                return output
        raise refused

    def _opened(self, device: str | None) -> Output:
        self._asks = self._asks_seen = self._looks = 0
        self._gain = 0.0 if self.paused else self.volume
        self._fifo = fifo = Fifo()

        def finished() -> None:
            self._orders.put(lambda: self._finished(fifo))

        return Output(self._track.rate, self._fill, finished, device)

    def _leave(self) -> float:
        """Fade out, wait until that was heard, and close the output; the second of the track up to
        which it was heard."""
        output, heard = self._output, self.position()[1]
        if output is None:
            return heard
        self._unheard = round((output.latency + _HELD) * output.rate)
        self._left.clear()
        self._leaving, asks = True, -1
        while not self._left.wait(_DEAF) and asks != self._asks:
            asks = self._asks
        if self._left.is_set() and self._segments:
            heard = self._at(self._segments, self._fifo.taken, output.rate)
        self._close_output()
        self._leaving = False
        return heard

    def _close_output(self) -> None:
        output, self._output, self._segments = self._output, None, []
        self._fifo = Fifo()  # before the close: its finished() is not the track's end
        if output is not None:
            output.close()

    def _finished(self, fifo: Fifo) -> None:
        if fifo is not self._fifo:  # a stream that was closed on purpose
            return
        if fifo.finished:
            self._close_output()
            self._report(Ended(self._ticket))
        else:
            self._recover()

    def _recover(self) -> None:
        """The device has gone: go on on the default one, from what was heard last."""
        at, lost, worked = self.position()[1], self._device, self._asks > 0
        self._close_output()
        self._device = None
        try:
            if not worked:
                sentence = "the sound output opens and plays nothing: choose another"
                raise NoDevice(sentence, NoDevice.MUTE)
            self._look()
            self._open(looked=True)
        except UserError as error:
            self._report(Refused(self._ticket, error, at))
            return
        self._cut(self._begin(), at)
        self._report(Moved(lost))

    def _change(self, loop: Loop | None, speed: float) -> None:
        self._loop, self._speed = loop, speed
        if self._output is not None:
            rate = self._output.rate
            last = self._fifo.made - round(FADE * rate)  # what fades has to be made already
            out = max(self._fifo.taken, min(self._fifo.taken + round(_KEPT * rate), last))
            self._cut(out, self._at(self._segments, out, rate))

    def _choose(self, name: str | None) -> None:
        if name == self._device:
            return
        playing = self._output is not None
        at = self._leave()
        self._device = name
        if playing:
            self._start(self._track, at, self._ticket)

    def _look(self) -> None:
        names: tuple[str, ...] = ()
        error: UserError | None = None
        self._looked = True
        try:
            names = tuple(output_devices(again=self._output is None))
            if not names:
                error = NoDevice("this machine has no sound output: connect one")
        except NoPortAudio as missing:
            error = missing
        self._report(Devices(names, error))

    def _end(self) -> None:
        self._closed = True
        self._leave()

    # ── making sound ──────────────────────────────────────────────────────────────────────────

    def _cut(self, out: int | None, at: float) -> None:
        """From sample `out` of the output on, None is the next one, make the track from second `at`
        on; what waits there fades into it."""
        output = self._output
        assert output is not None
        fade = 0 if self._gain == 0 else round(FADE * output.rate)  # nobody hears it in a pause
        source = Source(self._track, at, output.rate, speed=self._speed, loop=self._loop)
        sound = source.read(least=max(1, fade))
        if source.ended:
            sound = np.concatenate([sound, output.tail()])
        out = self._fifo.splice(out, sound, fade, fade_in=at > 0, end=source.ended)
        segment = _Segment(out, at, self._speed, self._loop)
        earlier = [old for old in self._segments[-1:] if old.out < out]
        self._segments = [*earlier, segment]
        self._source = source
        self._make(output)

    def _make(self, output: Output) -> None:
        """Keep the queue filled."""
        while self._fifo.waiting < _AHEAD * output.rate and not self._source.ended:
            sound = self._source.read()
            if self._source.ended:
                self._fifo.push(sound, output.tail(), end=True)
            elif len(sound):
                self._fifo.push(sound)
            else:
                return

    def _at(self, segments: list[_Segment], out: float, rate: int) -> float:
        chosen = next((old for old in reversed(segments) if old.out <= out), segments[0])
        return chosen.at(out, rate, self._track.seconds)

    # ── PortAudio's thread ────────────────────────────────────────────────────────────────────

    def _fill(self, out: NDArray[np.float32]) -> bool:
        self._asks += 1
        fifo, output = self._fifo, self._output
        silent = self.paused or self._leaving
        target, gain = 0.0 if silent else self.volume, self._gain
        # A step in level would click; and of what nobody hears nothing is lost.
        steps = FADE * (output.rate if output is not None else self._track.rate)
        filled = fifo.read(out[: int(np.ceil(gain * steps))] if silent else out)
        out[filled:] = 0
        if filled and (gain, target) != (1.0, 1.0):
            change = np.arange(1, filled + 1, dtype=np.float32) / np.float32(steps)
            low, high = sorted((gain, target))
            levels = (gain + (change if gain < target else -change)).clip(low, high)
            out[:filled] *= levels
            self._gain = float(levels[-1])
        elif silent:
            self._gain = 0.0
        if self._leaving and self._gain == 0:
            self._unheard -= len(out) - filled
            if self._unheard <= 0:
                self._left.set()
        return not fifo.finished
