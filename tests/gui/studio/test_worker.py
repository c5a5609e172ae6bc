"""Jobs and errands: their order, their threads, Stop, and the end."""

from __future__ import annotations

import threading
import weakref

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from engine.api import Progress, Report, Speech, SpeechRequest, SpeechRow, silent
from engine.errors import UserError
from engine.job import Done, Failed, Running, Stopped, Update
from engine.models.info import Tell
from gui.studio.context import Context
from gui.studio.worker import Errand, Errands
from tests import fake
from tests.fake import SteppedEngine
from tests.gui.fake_backend import FakeBackend


def request(*texts: str) -> SpeechRequest:
    return SpeechRequest(rows=tuple(SpeechRow(text=text) for text in texts or ("Hello.",)))


@pytest.fixture
def updates(studio: Context) -> list[Update]:
    """Everything the worker says, and the thread it says it on must be ours."""
    said: list[Update] = []
    here = QThread.currentThread()

    def note(update: Update) -> None:
        assert QThread.currentThread() is here
        said.append(update)

    studio.worker.updated.connect(note)
    return said


def lasts(updates: list[Update]) -> list[tuple[type, int]]:
    return [(type(u), u.job_id) for u in updates if not isinstance(u, Running)]


def test_a_job_runs_on_the_engine_thread_with_the_settings_of_its_submission(
    qtbot: QtBot,
    studio: Context,
    backend: FakeBackend,
    engine: SteppedEngine,
    updates: list[Update],
) -> None:
    chosen = studio.settings.replace(precision="int8")
    studio.set_settings(chosen)
    job = studio.submit(request())
    studio.set_settings(chosen.replace(precision="bfloat16"))
    engine.step()
    qtbot.waitUntil(lambda: lasts(updates) == [(Done, job.id)])
    assert backend.asked == [(chosen, "starter")]
    assert backend.threads == {"engine"}


def test_jobs_run_one_after_another(
    qtbot: QtBot, studio: Context, engine: SteppedEngine, updates: list[Update]
) -> None:
    jobs = [studio.submit(request(text)) for text in ("One.", "Two.", "Three.")]
    assert studio.worker.running == 3
    engine.step(3)
    qtbot.waitUntil(lambda: lasts(updates) == [(Done, job.id) for job in jobs])
    assert [r.rows[0].text for r in engine.requests] == ["One.", "Two.", "Three."]
    assert studio.worker.running == 0


def test_stop_ends_the_job_that_runs_and_the_next_one_begins(
    qtbot: QtBot, studio: Context, engine: SteppedEngine, updates: list[Update]
) -> None:
    first, second = studio.submit(request("One.")), studio.submit(request("Two."))
    qtbot.waitUntil(engine.began.is_set)
    first.cancel()
    qtbot.waitUntil(lambda: lasts(updates) == [(Stopped, first.id)])
    engine.step()
    qtbot.waitUntil(lambda: lasts(updates)[1:] == [(Done, second.id)])


def test_a_waiting_job_that_is_cancelled_never_reaches_the_engine(
    qtbot: QtBot, studio: Context, engine: SteppedEngine, updates: list[Update]
) -> None:
    first, second = studio.submit(request("One.")), studio.submit(request("Two."))
    second.cancel()
    engine.step()
    qtbot.waitUntil(lambda: lasts(updates) == [(Done, first.id), (Stopped, second.id)])
    assert len(engine.requests) == 1


def test_a_failure_is_brought_back(
    qtbot: QtBot, studio: Context, backend: FakeBackend, updates: list[Update]
) -> None:
    backend.engine = fake.FakeEngine()
    studio.submit(request(fake.REFUSED))
    studio.submit(request(fake.BUG))
    qtbot.waitUntil(lambda: len(lasts(updates)) == 2)
    errors = [u.error for u in updates if isinstance(u, Failed)]
    assert [type(error) for error in errors] == [UserError, RuntimeError]


def test_a_flood_of_reports_is_thinned_and_no_take_is_lost(
    qtbot: QtBot, studio: Context, backend: FakeBackend, updates: list[Update]
) -> None:
    class Flood(SteppedEngine):
        def generate(self, request: SpeechRequest, report: Report = silent) -> Speech:
            for done in range(20_000):
                report(Progress(stage="semantic", done=done, total=20_000))
            self.step(len(request.rows))
            return super().generate(request, report)

    backend.engine = Flood()
    studio.submit(request("One.", "Two.", "Three."))
    qtbot.waitUntil(lambda: len(lasts(updates)) == 1)
    running = [u.progress for u in updates if isinstance(u, Running)]
    assert [p.take.row for p in running if p.take is not None] == [0, 1, 2]
    assert len(running) < 1000


def test_the_engine_gives_its_memory_back_after_the_jobs_before_it_and_at_the_end(
    qtbot: QtBot, studio: Context, backend: FakeBackend, engine: SteppedEngine
) -> None:
    studio.submit(request())
    studio.worker.release()
    qtbot.waitUntil(engine.began.is_set)
    assert backend.released.count("speech") == 0
    engine.step()
    qtbot.waitUntil(lambda: backend.released.count("speech") == 1)
    assert studio.worker.close()
    assert backend.released.count("speech") == 2


def test_closing_stops_a_job_that_would_run_forever(
    qtbot: QtBot, studio: Context, backend: FakeBackend
) -> None:
    backend.engine = fake.FakeEngine()
    studio.submit(request(fake.FOREVER))
    qtbot.waitUntil(lambda: bool(backend.engine.requests))
    assert studio.worker.close()


# ── errands ───────────────────────────────────────────────────────────────────────────────────


def ends(errand: Errand) -> list[object]:
    """What an errand ends with, once it has."""
    seen: list[object] = []
    errand.done.connect(seen.append)
    errand.failed.connect(seen.append)
    errand.stopped.connect(lambda: seen.append("stopped"))
    return seen


def test_an_errand_answers_from_its_own_thread(qtbot: QtBot, studio: Context) -> None:
    def where() -> str:
        return QThread.currentThread().objectName()

    answers = ends(studio.errands.ask(where)), ends(studio.downloads.ask(where))
    qtbot.waitUntil(lambda: answers == (["errands"], ["downloads"]))


def test_an_errand_brings_its_error_back_and_the_next_one_is_run(
    qtbot: QtBot, studio: Context
) -> None:
    first = ends(studio.errands.ask(studio.backend.facts, fake.REFUSED))
    second = ends(studio.errands.ask(studio.backend.facts, "starter"))
    qtbot.waitUntil(lambda: bool(second))
    assert isinstance(first[0], UserError)


def test_an_errand_tells_how_far_it_is_and_can_be_stopped(qtbot: QtBot, studio: Context) -> None:
    def endless(tell: Tell) -> None:
        while True:
            tell(3_000_000_000, 4_000_000_000)

    errand = studio.downloads.ask_telling(endless)
    seen = ends(errand)
    with qtbot.waitSignal(errand.told) as told:
        pass
    assert told.args == [3_000_000_000, 4_000_000_000]
    errand.cancel()
    qtbot.waitUntil(lambda: seen == ["stopped"])


def test_an_errand_cancelled_while_it_waits_is_not_run(qtbot: QtBot, studio: Context) -> None:
    go, ran = threading.Event(), list[str]()
    blocking = ends(studio.errands.ask(go.wait))
    waiting = studio.errands.ask(ran.append, "ran")
    seen = ends(waiting)
    waiting.cancel()
    go.set()
    qtbot.waitUntil(lambda: seen == ["stopped"])
    assert blocking == [True]
    assert not ran


def test_closing_stops_errands(qtbot: QtBot) -> None:
    errands = Errands("short")

    def endless(tell: Tell) -> None:
        while True:
            tell(1, 2)

    errand = errands.ask_telling(endless)
    with qtbot.waitSignal(errand.told):
        pass
    assert errands.close()


def test_nothing_of_an_errand_is_left_after_closing(qtbot: QtBot) -> None:
    errands, answered = Errands("short"), threading.Event()
    errand = errands.ask(answered.set)
    seen, gone = ends(errand), weakref.ref(errand)
    del errand
    assert answered.wait(60)
    assert errands.close()  # the answer is under way
    assert gone() is None
    qtbot.wait(1)
    assert seen == []
