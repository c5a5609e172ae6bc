"""Work on a thread of its own, and Stop meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from engine.api import Cancelled
from engine.system.aside import Left, aside, left_alone


class Stuck:
    """Work that goes on only when it may."""

    def __init__(self) -> None:
        self.begun, self.may_go_on = threading.Event(), threading.Event()
        self.ended, self.left = threading.Event(), False

    def __call__(self, go_on: Callable[[], None]) -> str:
        self.begun.set()
        assert self.may_go_on.wait(60)
        try:
            go_on()
        except Left:
            self.left = True
        self.ended.set()
        return "done"


def test_what_work_returns_and_raises_comes_here() -> None:
    def broken(go_on: Callable[[], None]) -> str:
        raise KeyError("of the work")

    here = threading.get_ident()
    assert aside(lambda _: threading.get_ident() != here, lambda: None)
    with pytest.raises(KeyError, match="of the work"):
        aside(broken, lambda: None)
    assert not left_alone()


def test_stop_is_answered_while_the_work_is_stuck() -> None:
    """As in the import of torch, which took 3.9 s: it goes on, and ends where it can."""
    work = Stuck()

    def tick() -> None:
        if work.begun.is_set():
            raise Cancelled

    with pytest.raises(Cancelled):
        aside(work, tick)
    assert not work.ended.is_set()
    assert left_alone()
    (thread,) = (t for t in threading.enumerate() if t.name == "aside")
    work.may_go_on.set()
    thread.join(60)
    assert work.left
    assert not left_alone()


@pytest.mark.parametrize("call", [1, 2])
def test_stop_is_heard_also_of_work_that_takes_no_time(call: int) -> None:
    calls: list[None] = []

    def tick() -> None:
        calls.append(None)
        if len(calls) == call:
            raise Cancelled

    with pytest.raises(Cancelled):
        aside(lambda _: None, tick)
