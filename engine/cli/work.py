"""One request through an engine, which Ctrl-C stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.cli.progress import ctrl_c_cancels

if TYPE_CHECKING:
    from engine.api import Speech, SpeechRequest
    from engine.engines import Engines
    from engine.job import Update


def speak(engines: Engines, request: SpeechRequest, publish: Callable[[Update], None]) -> Speech:
    """The speech of a request; publish gets what happens meanwhile. Main thread only. Raises what
    went wrong, and KeyboardInterrupt where it was stopped."""
    from engine.job import Done, Failed, Job

    job = Job(request)
    with ctrl_c_cancels(job):
        last = job.run(engines.engine_for, publish)
    if isinstance(last, Failed):
        raise last.error
    if not isinstance(last, Done):
        raise KeyboardInterrupt
    speech: Speech = last.result
    return speech
