"""Playing in the window: one Player, whose signals all come on the GUI thread."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.audio.deck import Deck
from engine.audio.device import NoDevice, NoPortAudio
from engine.audio.reports import Devices, Ended, Moved, Report
from engine.audio.speed import FASTEST, SLOWEST
from engine.audio.track import Track
from engine.errors import UserError

_TICK = 33  # milliseconds between positions
_SEARCH = 3000  # milliseconds between two looks for a device, where there is none


def _clip(audio: NDArray[np.float32], rate: int) -> Track:
    track = Track(rate)
    track.append(audio)
    track.complete = True
    return track


class Player(QObject):
    """Plays one clip, or a stream of sentences without gaps. GUI thread; every method returns at
    once, also where a device takes seconds to open.

    state_changed: "stopped", "playing" or "paused". position_changed: the second that is heard.
    device_lost: a sentence for the user; the sound goes on on the default device, or, where there
    is none, waits ("paused") or does not start ("stopped"). ended: heard to the end.
    devices_changed: devices() and why_silent() know more; it comes before device_lost. While there
    is no device, the player looks for one.
    """

    state_changed = Signal(str)
    position_changed = Signal(float)
    device_lost = Signal(str)
    ended = Signal()
    devices_changed = Signal()
    _reported = Signal(object)  # from the deck's thread

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reported.connect(self._on_reported, Qt.ConnectionType.QueuedConnection)
        self._deck: Deck | None = None
        self._track: Track | None = None
        self._state = "stopped"
        self._position = 0.0
        self._alive = False  # the deck has this track on a device
        self._ticket = 0  # of the last start; reports about earlier ones come too late
        self._volume = 1.0
        self._speed = 1.0
        self._loop: tuple[float, float | None] | None = None
        self._device: str | None = None
        self._devices: tuple[str, ...] = ()
        self._silent = ""
        self._missing = False  # that is so because there is no device, and one may come
        self._search = QTimer(self)
        self._search.setSingleShot(True)
        self._search.setInterval(_SEARCH)
        self._search.timeout.connect(self.refresh)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self._tell_position)

    # ── what is played ────────────────────────────────────────────────────────────────────────

    def play(self, audio: NDArray[np.float32], rate: int, start: float = 0.0) -> None:
        """Play float32 (samples,), −1 … 1, from second `start` on. The array is kept, not
        copied; the loop is forgotten."""
        self.play_track(_clip(audio, rate), start)

    def open_stream(self, rate: int) -> None:
        """Begin a track that grows by `feed`; what is late is silence. `finish` ends it."""
        self.play_track(Track(rate))

    def play_track(self, track: Track, start: float = 0.0) -> None:
        """Play a track, which may still be growing, from second `start` on."""
        self._track = track
        self._forget_loop()
        self._start(start)

    def load_track(self, track: Track) -> None:
        """Have a track ready that `resume` plays; silence until then."""
        self._track = track
        self._forget_loop()
        self.stop()

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Append float32 (samples,) to the stream, without a gap. Not copied."""
        if self._track is not None and not self._track.complete:
            self._track.append(samples)
            self._wake()

    def finish(self) -> None:
        """Nothing more will be fed: `ended` comes when everything has been heard."""
        if self._track is not None:
            self._track.complete = True
            self._wake()

    def pause(self) -> None:
        """Hold; the device stays open."""
        if self._state == "playing" and self._deck is not None:
            self._deck.paused = True
            self._set_state("paused")

    def resume(self) -> None:
        """Go on after pause, or play the clip again after its end."""
        if self._track is None or self._state == "playing":
            return
        if self._state == "paused" and self._alive and self._deck is not None:
            self._deck.paused = False
            self._set_state("playing")
            return
        whole = self._track.complete and self._position >= self._track.seconds
        self._start(0.0 if whole else self._position)

    def stop(self) -> None:
        """Silence now. The clip stays, at its beginning."""
        self._ticket += 1
        self._alive = False
        if self._deck is not None:
            self._deck.stop()
        self._set_state("stopped")
        self._move_to(0.0)

    def seek(self, seconds: float) -> None:
        """Go to a second of the clip; what was playing plays on from there."""
        if self._track is None:
            return
        seconds = min(max(0.0, seconds), self._track.seconds)
        if self._state == "stopped":
            self._move_to(seconds)
        else:
            self._start(seconds, paused=self._state == "paused")

    # ── how ───────────────────────────────────────────────────────────────────────────────────

    def set_loop(self, start: float | None, end: float | None = None) -> None:
        """Repeat seconds start … end (None: the end of the clip); start None ends repeating."""
        self._loop = None if start is None else (start, end)
        if self._deck is not None:
            self._deck.set_loop(self._loop)
        if self._loop is not None and self._track is not None:
            last = self._track.seconds if end is None else end
            if not self._loop[0] <= self.position < last:
                self.seek(self._loop[0])

    def set_volume(self, volume: float) -> None:
        """0 … 1 of the amplitude."""
        self._volume = min(max(0.0, volume), 1.0)
        if self._deck is not None:
            self._deck.volume = self._volume

    def set_speed(self, speed: float) -> None:
        """0.5 … 2, at the same pitch. Raises ValueError for any other."""
        if not SLOWEST <= speed <= FASTEST:
            raise ValueError(f"speed lies between {SLOWEST} and {FASTEST}, not at {speed}")
        self._speed = speed
        if self._deck is not None:
            self._deck.set_speed(speed)

    def set_device(self, name: str | None) -> None:
        """One of devices(); None is the system's default."""
        self._device = name
        if self._deck is not None:
            self._deck.set_device(name)

    # ── what is known ─────────────────────────────────────────────────────────────────────────

    @property
    def track(self) -> Track | None:
        """What is played, or would be: whoever plays something else replaces it."""
        return self._track

    @property
    def state(self) -> str:
        """ "stopped", "playing" or "paused"."""
        return self._state

    @property
    def position(self) -> float:
        """The second that is heard, as told last."""
        return self._position

    @property
    def seconds(self) -> float:
        """Length of the clip, or of what has come of it yet."""
        return 0.0 if self._track is None else self._track.seconds

    @property
    def device(self) -> str | None:
        """The chosen device; None is the default one."""
        return self._device

    def devices(self) -> list[str]:
        """Names of the devices that can play, as far as known: `refresh` looks."""
        return list(self._devices)

    def refresh(self) -> None:
        """Look which devices there are; devices_changed follows."""
        self._the_deck().refresh()

    def why_silent(self) -> str:
        """Why nothing can be played, for the user; "" while nothing speaks against it."""
        return self._silent

    def close(self) -> None:
        """Silence, and give the device back. Waits for it a second at most."""
        self._timer.stop()
        self._search.stop()
        self._set_state("stopped")
        if self._deck is not None:
            self._deck.close()
            self._deck = None

    # ── inside ────────────────────────────────────────────────────────────────────────────────

    def _the_deck(self) -> Deck:
        if self._deck is None:
            self._deck = Deck(self._report)
            self._deck.volume = self._volume
            self._deck.set_speed(self._speed)
            self._deck.set_device(self._device)
            self._deck.set_loop(self._loop)
        return self._deck

    def _report(self, report: Report) -> None:
        with suppress(RuntimeError):  # deck's thread: the window may be gone already
            self._reported.emit(report)

    def _start(self, seconds: float, *, paused: bool = False) -> None:
        assert self._track is not None
        deck = self._the_deck()
        self._ticket += 1
        self._set_silent(None)
        deck.paused = paused
        deck.start(self._track, seconds, self._ticket)
        self._alive = True
        self._move_to(seconds)
        self._set_state("paused" if paused else "playing")

    def _forget_loop(self) -> None:
        if self._loop is not None:
            self.set_loop(None)

    def _wake(self) -> None:
        if self._deck is not None:
            self._deck.wake()

    def _set_state(self, state: str) -> None:
        if state == self._state:
            return
        self._state = state
        if state == "playing":
            self._timer.start()
        else:
            self._timer.stop()
        self.state_changed.emit(state)

    def _move_to(self, seconds: float) -> None:
        self._position = seconds
        self.position_changed.emit(seconds)

    def _tell_position(self) -> None:
        if self._deck is not None:
            ticket, seconds = self._deck.position()
            if ticket == self._ticket and seconds != self._position:
                self._move_to(seconds)

    def _on_reported(self, report: Report) -> None:
        if isinstance(report, Devices):
            self._devices = report.names
            # A device that is there and did not open says why until it is tried again.
            if self._missing or not self._silent:
                self._set_silent(report.error)
            self.devices_changed.emit()
        elif isinstance(report, Moved):
            self._device = None
            self.devices_changed.emit()
            self.device_lost.emit(self._moved(report))
        elif report.ticket != self._ticket:
            return
        elif isinstance(report, Ended):
            self._alive = False
            self._set_state("stopped")
            self._move_to(self.seconds)
            self.ended.emit()
        else:
            self._alive = False
            self._set_silent(report.error)
            started = self._position > 0
            self._set_state("paused" if started else "stopped")
            self._move_to(report.at)
            self.devices_changed.emit()
            self.device_lost.emit(self._silent)

    def _set_silent(self, error: UserError | None) -> None:
        """Keep why nothing can be played; None: nothing speaks against it."""
        self._silent = "" if error is None else self._sentence(error)
        self._missing = isinstance(error, NoDevice) and error.reason == NoDevice.NONE
        if self._missing:
            self._search.start()
        else:
            self._search.stop()

    def _moved(self, report: Moved) -> str:
        if report.lost is None:
            return self.tr("The sound output has gone. The sound goes on on the default one.")
        if report.why is None:
            sentence = self.tr("{0} has gone. The sound goes on on the default output.")
        elif report.why.reason == NoDevice.BUSY:
            sentence = self.tr(
                "Another program holds {0}. The sound goes on on the default output."
            )
        else:
            sentence = self.tr("{0} does not open. The sound goes on on the default output.")
        return sentence.format(report.lost)

    def _sentence(self, error: UserError) -> str:
        if isinstance(error, NoPortAudio):
            command = str(error).partition(": ")[2]
            return self.tr(
                "Nothing can be heard without PortAudio ({0}). Takes are made all the same, and "
                "can be exported."
            ).format(command)
        if isinstance(error, NoDevice) and error.reason == NoDevice.BUSY:
            return self.tr(
                "Another program holds the sound output. End its sound and press play, or choose "
                "another output; takes are made all the same, and can be exported."
            )
        if isinstance(error, NoDevice) and error.reason == NoDevice.MUTE:
            return self.tr(
                "The sound output opens and plays nothing. Choose another one and press play; "
                "takes are made all the same, and can be exported."
            )
        if isinstance(error, NoDevice) and error.reason == NoDevice.REFUSED:
            return self.tr(
                "The sound output does not open ({0}). Choose another one and press play; takes "
                "are made all the same, and can be exported."
            ).format(error.detail)
        return self.tr(
            "There is no sound output. Connect one and press play; takes are made all the same, "
            "and can be exported."
        )
