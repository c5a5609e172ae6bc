"""A deck plays a track: seek, loop, speed and volume, on a thread of its own, gapless.

The caller's thread only leaves orders. The deck's thread opens and closes devices, which can take
seconds, and makes about a second of sound ahead; PortAudio's thread copies it out.
"""

from __future__ import annotations

import queue
import threading
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.audio.device import Fifo, NoDevice, NoPortAudio, Output, output_devices
from engine.audio.resample import Resampler
from engine.audio.speed import Stretcher
from engine.errors import UserError

Loop = tuple[float, float | None]  # seconds; None is the end of the track

_AHEAD = 1.0  # seconds of sound made before they are heard
_BLOCK = 0.1  # seconds of the track made at once
_KEPT = 0.1  # seconds already made that are still heard when loop or speed change
_LOOK = 0.02  # seconds between two looks at what is playing
_GONE = 150  # a device that asks for nothing during so many looks has gone: 3 seconds


class Track:
    """Sound that may still be growing: float32 (samples,) at `rate` Hz. Any thread."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.complete = False  # nothing will be appended
        self._pieces: list[NDArray[np.float32]] = []
        self._starts = [0]  # sample at which each piece begins, and the next one will

    def append(self, samples: NDArray[np.float32]) -> None:
        """Add samples, which must not be changed afterwards; they are not copied."""
        self._pieces.append(samples)
        self._starts.append(self._starts[-1] + len(samples))  # last: readers look at this one

    def __len__(self) -> int:
        return self._starts[-1]

    @property
    def seconds(self) -> float:
        """Its length up to now."""
        return len(self) / self.rate

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Samples start … stop − 1, or as many of them as are there."""
        stop = min(stop, len(self))
        found = []
        while start < stop:
            number = bisect_right(self._starts, start) - 1
            begin = self._starts[number]
            piece = self._pieces[number][start - begin : stop - begin]
            found.append(piece)
            start += len(piece)
        return found[0] if len(found) == 1 else np.concatenate([*found, _NOTHING])


_NOTHING = np.zeros(0, dtype=np.float32)


@dataclass(frozen=True)
class Ended:
    """The track `ticket` has been heard to its end."""

    ticket: int


@dataclass(frozen=True)
class Refused:
    """Nothing can be played; the deck stands still. at: seconds into the track."""

    ticket: int
    error: UserError
    at: float


@dataclass(frozen=True)
class Moved:
    """The device has gone; the sound goes on on the default one."""

    lost: str | None  # its name; None: the default device of before


@dataclass(frozen=True)
class Devices:
    """What can play. error: why nothing can."""

    names: tuple[str, ...]
    error: UserError | None


Report = Callable[[Ended | Refused | Moved | Devices], None]


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

    def __init__(self, report: Report) -> None:
        self._report = report
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._fifo = Fifo()
        self._output: Output | None = None
        self._track = Track(1)
        self._ticket = 0
        self._segments: list[_Segment] = []
        self._next = 0  # sample of the track to be made next
        self._stretcher: Stretcher | None = None
        self._resampler: Resampler | None = None
        self._closed = False
        self._looked = False  # which devices there are
        self._asks = 0  # times that the device has asked for sound
        self._asks_seen = 0
        self._looks = 0  # since then
        self._gain = 1.0  # of the sample played last
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
        self._orders.put(self._close_output)

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
            self._close_output()
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
            self._cut(self._fifo.keep(0), at)
        if self.paused:
            self._gain = 0.0

    def _begin(self) -> int:
        """On an output just opened: silence, and the sample after it."""
        assert self._output is not None
        lead = self._output.lead()
        self._fifo.push(lead)
        return len(lead)

    def _open(self) -> None:
        """Raises UserError where neither the chosen device nor the default one opens."""
        self._asks = self._asks_seen = self._looks = 0
        self._gain = 0.0 if self.paused else self.volume
        self._fifo = fifo = Fifo()

        def finished() -> None:
            self._orders.put(lambda: self._finished(fifo))

        for device in dict.fromkeys([self._device, None]):
            try:
                output = Output(self._track.rate, self._fill, finished, device)
                break
            except NoDevice:
                if device is None:
                    raise
                self._report(Moved(device))
                self._device = None
        self._output = output

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
                raise NoDevice("the sound output opens and plays nothing: choose another")
            self._look()
            self._open()
        except UserError as error:
            self._report(Refused(self._ticket, error, at))
            return
        self._cut(self._begin(), at)
        self._report(Moved(lost))

    def _change(self, loop: Loop | None, speed: float) -> None:
        self._loop, self._speed = loop, speed
        if self._output is not None:
            rate = self._output.rate
            out = self._fifo.keep(round(_KEPT * rate))
            self._cut(out, self._at(self._segments, out, rate))

    def _choose(self, name: str | None) -> None:
        if name == self._device:
            return
        at, playing = self.position()[1], self._output is not None
        self._close_output()
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
        self._close_output()

    # ── making sound ──────────────────────────────────────────────────────────────────────────

    def _cut(self, out: int, at: float) -> None:
        """From sample `out` of the output on, make the track from second `at` on."""
        assert self._output is not None
        track = self._track
        segment = _Segment(out, at, self._speed, self._loop)
        earlier = [old for old in self._segments[-1:] if old.out < out]
        self._segments = [*earlier, segment]
        self._next = min(round(at * track.rate), len(track))
        self._stretcher = Stretcher(track.rate, self._speed) if self._speed != 1 else None
        rates = track.rate, self._output.rate
        self._resampler = Resampler(*rates) if rates[0] != rates[1] else None
        self._make(self._output)

    def _make(self, output: Output) -> None:
        """Keep the queue filled."""
        track, loop = self._track, self._loop
        first, last = len(track) if loop is None else round(loop[0] * track.rate), len(track)
        if loop is not None and loop[1] is not None:
            last = min(last, round(loop[1] * track.rate))
        looping = first < last and self._next <= last and (track.complete or last < len(track))
        while self._fifo.waiting < _AHEAD * output.rate:
            stop = last if looping else len(track)
            if self._next >= stop:
                if looping:
                    self._next = first
                    continue
                if track.complete and not self._fifo.ended:
                    self._fifo.push(*self._rest(), output.tail(), end=True)
                return
            samples = track.read(self._next, min(stop, self._next + round(_BLOCK * track.rate)))
            self._next += len(samples)
            if self._stretcher is not None:
                samples = self._stretcher.push(samples)
            if self._resampler is not None:
                samples = self._resampler.push(samples)
            self._fifo.push(np.clip(samples, -1.0, 1.0))

    def _rest(self) -> list[NDArray[np.float32]]:
        rest = _NOTHING if self._stretcher is None else self._stretcher.flush()
        if self._resampler is None:
            return [rest]
        return [self._resampler.push(rest), self._resampler.flush()]

    def _at(self, segments: list[_Segment], out: float, rate: int) -> float:
        chosen = next((old for old in reversed(segments) if old.out <= out), segments[0])
        return chosen.at(out, rate, self._track.seconds)

    # ── PortAudio's thread ────────────────────────────────────────────────────────────────────

    def _fill(self, out: NDArray[np.float32]) -> bool:
        self._asks += 1
        fifo = self._fifo
        target = 0.0 if self.paused else self.volume
        filled = 0 if self.paused and self._gain == 0 else fifo.read(out)
        out[filled:] = 0
        if filled and (self._gain, target) != (1.0, 1.0):  # a step in level would click
            out[:filled] *= np.linspace(self._gain, target, filled, dtype=np.float32)
        self._gain = target
        return not fifo.finished
