"""Takes that are heard while the engine speaks on: several at once, which takes less time than one
after the other, and changes nothing of what is heard."""

from __future__ import annotations

import threading
import time
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.listening.heard import Recogniser
from engine.listening.windows import for_ears
from engine.script.hearings import Hearing
from engine.script.project import Project
from engine.script.states import RowState
from engine.script.store import DamagedTake

_AHEAD = 24  # rows that may wait
_ENOUGH, _AT_ONCE = 4, 8  # takes for which no further is waited; that are heard at once
_USUAL = 1.0  # seconds that hearing takes, before that is known


@dataclass(frozen=True, kw_only=True)
class Listener:
    """Who hears. by: the hash of the recogniser. turn: held by the rendering that is being heard;
    others may be spoken side by side with it, and wait."""

    by: str
    recogniser: Recogniser
    turn: AbstractContextManager[object] = field(default_factory=threading.Lock, compare=False)


@dataclass(frozen=True, eq=False)
class _Asked:
    index: int  # of the row
    key: str
    text: str  # as it was spoken


class EarsOfRun:
    """What one rendering hears. Called by one thread; the listening is on another.

    why: it ended early, or "". heard: takes. seconds: that listening took.
    """

    def __init__(self, project: Project, listener: Listener) -> None:
        self._project, self._listener = project, listener
        self._language = project.language_of_numbers
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ears")
        self._waiting: list[_Asked] = []
        self._work: Future[None] | None = None
        self._at_work: list[_Asked] = []
        self._since = 0.0  # when the first of those began to wait
        self._times = 0  # that it listened
        self._silent = False  # it cannot hear any more
        self._over = False  # nothing is begun any more
        self.why = ""
        self.heard = 0
        self.seconds = 0.0

    @property
    def busy(self) -> bool:
        """Whether somebody waits to be heard."""
        return bool(self._waiting or self._at_work)

    @property
    def behind(self) -> bool:
        """Whether the engine should wait."""
        return len(self._waiting) > _AHEAD

    def wants(self, state: RowState) -> bool:
        """Whether the take of a row that needs nothing else is still to be heard."""
        if self._silent or state.key is None or not state.settled:
            return False
        return self._project.hearings.of(state.key, self._listener.by) is None

    def ask(self, index: int, key: str, text: str) -> None:
        """Have a take heard, with others that come meanwhile. text: as it was spoken."""
        if not self._waiting:
            self._since = time.perf_counter()
        self._waiting.append(_Asked(index, key, text))

    def ready(self, seconds: float) -> bool:
        """Whether `poll` has something to tell; waits so long for it. Nothing else is to be done
        now, so whoever waits is heard."""
        if self._work is None:
            self._begin()
        return self._work is None or bool(futures.wait([self._work], seconds).done)

    def poll(self) -> list[int]:
        """The rows whose takes have been heard, or will not be. Raises what keeping it raises."""
        done: list[int] = []
        if self._work is not None and self._work.done():
            work, self._work = self._work, None
            done, self._at_work = [asked.index for asked in self._at_work], []
            work.result()
            if self._silent:
                done += [asked.index for asked in self._waiting]
                self._waiting.clear()
        if self._work is None and self._is_time():
            self._begin()
        return done

    def close(self) -> None:
        """Wait for what is being heard; what still waits is heard by a later rendering."""
        self._over = True
        self._thread.shutdown()

    def _is_time(self) -> bool:
        """Whether those who wait are heard without waiting for more, as long as that is worth."""
        usual = self.seconds / self._times if self._times else _USUAL
        return len(self._waiting) >= _ENOUGH or time.perf_counter() - self._since >= usual

    def _begin(self) -> None:
        """The first ones of those who wait."""
        if not self._waiting:
            return
        self._at_work, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
        self._since = time.perf_counter()
        self._work = self._thread.submit(self._hear, tuple(self._at_work))

    # ── on its own thread ─────────────────────────────────────────────────────────────────────

    def _hear(self, asked: tuple[_Asked, ...]) -> None:
        found = [(one, sound) for one in asked if (sound := self._sound(one)) is not None]
        with self._listener.turn:
            if self._over:
                return
            started = time.perf_counter()
            try:
                hearings = self._listen([one for one, _ in found], [sound for _, sound in found])
            except UserError as error:
                self._silent = True
                self.why = str(error)
                return
            finally:
                self.seconds += time.perf_counter() - started
                self._times += 1
        for (one, _), hearing in zip(found, hearings, strict=True):
            self._project.hearings.put(one.key, self._listener.by, hearing)
            self.heard += 1

    def _listen(self, asked: list[_Asked], sounds: list[NDArray[np.float32]]) -> list[Hearing]:
        if not asked:
            return []
        hear = self._listener.recogniser.hear
        heard = hear(sounds, self._language, [one.text for one in asked])
        return [Hearing.of(a.text, h) for a, h in zip(asked, heard, strict=True)]

    def _sound(self, asked: _Asked) -> NDArray[np.float32] | None:
        """A take as a recogniser wants it; None for one that is damaged: it is made anew."""
        try:
            audio, rate = self._project.store.audio(asked.key)
        except DamagedTake:
            return None
        return for_ears(audio, rate)
