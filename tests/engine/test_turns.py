"""Requests of many threads take turns, and whoever is interrupted stops his own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.api import Cancelled, Progress, SpeechRequest, SpeechRow
from engine.engines import Engines
from engine.errors import UserError
from engine.settings import Settings
from engine.turns import Turns
from tests.fake import BUG, FOREVER, REFUSED, FakeEngine


@pytest.fixture
def turns(fake_engine: FakeEngine) -> Iterator[Turns]:
    turns = Turns(Engines(Settings(), Path("model")))
    yield turns
    turns.close()


def ask_for(text: str) -> SpeechRequest:
    return SpeechRequest(rows=(SpeechRow(text=text),))


def test_all_are_answered_on_one_thread_each_with_his_own(turns: Turns) -> None:
    threads: set[int] = set()
    lengths: dict[int, int] = {}

    def ask(count: int) -> None:
        request = SpeechRequest(rows=(SpeechRow(text="x"),) * count)
        speech = turns.ask(request, lambda progress: threads.add(threading.get_ident()))
        lengths[count] = len(speech.takes)

    askers = [threading.Thread(target=ask, args=(count,)) for count in range(1, 9)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert lengths == {count: count for count in range(1, 9)}
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_what_the_engine_raises_comes_back_and_the_next_is_not_disturbed(turns: Turns) -> None:
    with pytest.raises(UserError):
        turns.ask(ask_for(REFUSED))
    with pytest.raises(RuntimeError):
        turns.ask(ask_for(BUG))
    assert turns.ask(ask_for("good")).takes


def test_who_is_interrupted_while_he_waits_stops_his_request(
    turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Ctrl-C does it: in the middle of waiting."""
    started = threading.Event()
    from concurrent.futures import Future

    result = Future.result
    calls = []

    def interrupted(self: Future[object], timeout: float | None = None) -> object:
        calls.append(self)
        if len(calls) == 1:
            assert started.wait(30)
            raise KeyboardInterrupt
        return result(self, timeout)

    monkeypatch.setattr(Future, "result", interrupted)
    with pytest.raises(KeyboardInterrupt):
        turns.ask(ask_for(FOREVER), lambda progress: started.set())
    assert turns.ask(ask_for("good")).takes  # the thread is free again


def test_a_report_that_has_enough_ends_the_request(turns: Turns) -> None:
    def report(progress: Progress) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        turns.ask(ask_for(FOREVER), report)


def test_what_is_closed_says_so_and_gave_the_memory_back(
    turns: Turns, fake_engine: FakeEngine
) -> None:
    turns.ask(ask_for("good"))
    turns.close()
    turns.close()
    assert fake_engine.closed
    with pytest.raises(UserError, match="closed"):
        turns.ask(ask_for("late"))
