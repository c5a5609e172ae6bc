"""One request through one engine, on the calling thread, and the updates that travel back."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.api import Cancelled, Engine, Progress, SpeechRow

More = Callable[[int], Sequence[SpeechRow]]  # at most so many further rows of a request, now
EngineFor = Callable[[Any], Engine[Any, Any]]  # request → the engine that does it


@dataclass(frozen=True, slots=True)
class Running:
    """The job made a step."""

    job_id: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class Done:
    """The job finished; result is the engine's (Speech, Text)."""

    job_id: int
    result: Any


@dataclass(frozen=True, slots=True)
class Stopped:
    """The job was cancelled and has given its memory back."""

    job_id: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The job raised. A UserError is for the user to read; anything else is a bug."""

    job_id: int
    error: Exception


Update = Running | Done | Stopped | Failed
Publish = Callable[[Update], None]

_ids = itertools.count(1)


class Job:
    """A request on its way. `cancel` may be called from any thread, also before `run`."""

    def __init__(self, request: Any) -> None:
        self.id = next(_ids)
        self.request = request
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Stop the job at its next report. Thread-safe."""
        self._cancelled.set()

    def run(self, engine_for: EngineFor, publish: Publish) -> Update:
        """Run to the end on this thread; publish every update and return the last one.

        An exception of the engine becomes Failed, and so does one that `publish` raises while the
        engine works.
        """

        def report(progress: Progress) -> None:
            if self._cancelled.is_set():
                raise Cancelled
            publish(Running(self.id, progress))

        last: Update
        try:
            if self._cancelled.is_set():
                raise Cancelled
            last = Done(self.id, engine_for(self.request).generate(self.request, report))
        except Cancelled:
            last = Stopped(self.id)
        except Exception as error:
            last = Failed(self.id, error)
        publish(last)
        return last
