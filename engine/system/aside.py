"""Work that cannot be stopped at every moment, on a thread of its own: the calling one can be."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
_PACE = 0.05  # seconds between two looks at Stop

_at_work: set[threading.Thread] = set()


class Left(Exception):
    """Nobody waits for the work any more."""


def aside(work: Callable[[Callable[[], None]], Result], tick: Callable[[], None]) -> Result:
    """What `work` returns; what it raises is raised here.

    tick: called on this thread at the beginning, at the end, and twenty times a second in between.
    What it raises, such as Cancelled, is raised at once; the work then goes on alone, until it
    calls what it was given, which raises Left, and nobody hears what became of it.
    """
    results: list[Result] = []
    errors: list[BaseException] = []
    left, done = threading.Event(), threading.Event()

    def go_on() -> None:
        if left.is_set():
            raise Left

    def run() -> None:
        try:
            results.append(work(go_on))
        except BaseException as error:  # raised again by who waits
            errors.append(error)
        finally:
            _at_work.discard(thread)
            done.set()

    thread = threading.Thread(target=run, name="aside", daemon=True)
    _at_work.add(thread)
    thread.start()
    try:
        tick()
        while not done.wait(_PACE):
            tick()
        tick()
    except BaseException:
        left.set()
        raise
    if errors:
        raise errors[0]
    return results[0]


def left_alone() -> bool:
    """Whether work goes on that nobody waits for. A program that ends now must not wait for it
    either, as the end of a process does for a library that is being loaded."""
    return bool(_at_work)
