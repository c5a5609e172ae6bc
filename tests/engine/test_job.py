"""Job: the order of its updates, Stop, and failures."""

from __future__ import annotations

from typing import Any

import pytest

from engine.api import Progress, Report, Speech, SpeechRequest, SpeechRow
from engine.job import Done, Failed, Job, Running, Stopped, Update
from tests import fake
from tests.fake import FakeEngine


def request(text: str = "Hello.") -> SpeechRequest:
    return SpeechRequest(rows=(SpeechRow(text=text),))


def test_updates_come_in_order_and_the_last_one_is_returned() -> None:
    engine, updates = FakeEngine(), list[Update]()
    job = Job(request())
    last = job.run(lambda _: engine, updates.append)
    assert isinstance(last, Done)
    assert updates[-1] is last
    steps = [(u.progress.stage, u.progress.done) for u in updates[:-1] if isinstance(u, Running)]
    assert steps == [(s, n) for s in ("semantic", "coarse", "fine") for n in (1, 2, 3)]
    assert {update.job_id for update in updates} == {job.id}
    assert isinstance(last.result, Speech)


def test_jobs_have_ids_of_their_own() -> None:
    assert Job(request()).id != Job(request()).id


def test_the_engine_is_chosen_by_the_request() -> None:
    asked: list[Any] = []
    mine = request()

    def engine_for(wanted: Any) -> FakeEngine:
        asked.append(wanted)
        return FakeEngine()

    Job(mine).run(engine_for, lambda _: None)
    assert asked == [mine]


def test_a_job_cancelled_before_it_runs_builds_no_engine() -> None:
    job, updates = Job(request()), list[Update]()
    job.cancel()

    def engine_for(_: Any) -> FakeEngine:
        raise AssertionError("nobody wants this engine")

    assert job.run(engine_for, updates.append) == Stopped(job.id)
    assert updates == [Stopped(job.id)]


def test_cancel_stops_at_the_next_report() -> None:
    job, updates = Job(request(fake.FOREVER)), list[Update]()

    def publish(update: Update) -> None:
        updates.append(update)
        if len(updates) == 2:
            job.cancel()

    assert isinstance(job.run(lambda _: FakeEngine(), publish), Stopped)
    assert [type(update) for update in updates] == [Running, Running, Stopped]


def test_cancel_from_another_thread() -> None:
    import threading

    job, at_work = Job(request(fake.FOREVER)), threading.Event()
    ended: list[Update] = []
    thread = threading.Thread(
        target=lambda: ended.append(job.run(lambda _: FakeEngine(), lambda _: at_work.set()))
    )
    thread.start()
    assert at_work.wait(10)
    job.cancel()
    thread.join(10)
    assert ended == [Stopped(job.id)]


@pytest.mark.parametrize("text", [fake.REFUSED, fake.BUG])
def test_what_an_engine_raises_becomes_failed(text: str) -> None:
    updates: list[Update] = []
    last = Job(request(text)).run(lambda _: FakeEngine(), updates.append)
    assert isinstance(last, Failed)
    assert updates[-1] is last
    assert type(last.error).__name__ == {"refused": "UserError", "bug": "RuntimeError"}[text]


def test_an_engine_that_cannot_be_built_is_a_failure() -> None:
    def engine_for(_: Any) -> FakeEngine:
        raise OSError("no such checkpoint")

    last = Job(request()).run(engine_for, lambda _: None)
    assert isinstance(last, Failed)


def test_a_keyboard_interrupt_passes_through() -> None:
    class Interrupted(FakeEngine):
        def generate(self, request: SpeechRequest, report: Report = lambda _: None) -> Speech:
            report(Progress(stage="semantic", done=1, total=2))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Job(request()).run(lambda _: Interrupted(), lambda _: None)
