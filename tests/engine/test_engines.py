"""Engines: built on first use, one in memory at a time."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from engine.api import SpeechRequest, SpeechRow, TextRequest
from engine.engines import Engines
from engine.errors import UserError
from engine.job import Job, Stopped, Update
from engine.settings import Settings
from engine.system.aside import left_alone
from tests.fake import FakeEngine


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[FakeEngine]:
    engines: list[FakeEngine] = []

    def build(self: Engines, request: Any) -> FakeEngine:
        engines.append(FakeEngine())
        return engines[-1]

    monkeypatch.setattr(Engines, "_build", build)
    return engines


REQUEST = SpeechRequest(rows=(SpeechRow(text="Hello."),))


def test_one_kind_of_request_keeps_its_engine(built: list[FakeEngine]) -> None:
    engines = Engines(Settings(), Path("model"))
    assert built == []
    assert engines.engine_for(REQUEST) is engines.engine_for(REQUEST)
    assert len(built) == 1


def test_another_kind_of_request_closes_the_engine_before_it_builds(
    built: list[FakeEngine],
) -> None:
    engines = Engines(Settings(), Path("model"))
    engines.engine_for(REQUEST)
    engines.engine_for(TextRequest(prompts=("the path",)))
    assert [engine.closed for engine in built] == [True, False]
    engines.close()
    assert [engine.closed for engine in built] == [True, True]
    engines.close()  # nothing is there any more


def test_a_speech_request_is_for_bark(tmp_path: Path) -> None:
    engines = Engines(Settings(), tmp_path)
    with pytest.raises(UserError):  # the folder holds no checkpoint, and Bark says so
        engines.engine_for(REQUEST).generate(REQUEST)


def test_a_text_request_is_for_the_text_model(tmp_path: Path) -> None:
    request = TextRequest(prompts=("Once",))
    engines = Engines(Settings(), tmp_path / "speech", tmp_path / "text")
    with pytest.raises(UserError, match="text"):  # the engine names the folder that is not there
        engines.engine_for(request).generate(request)
    engines.close()


def test_an_unknown_request_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="no engine does a str"):
        Engines(Settings(), tmp_path).engine_for("text")


def test_stop_is_answered_while_torch_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """3.9 s were seen. The import goes on, and what waited for it is gone."""
    begun, may_go_on = threading.Event(), threading.Event()

    def slow(package: str) -> None:
        begun.set()
        assert may_go_on.wait(60)

    def publish(update: Update) -> None:
        if begun.is_set():
            job.cancel()

    monkeypatch.setattr("engine.engines.import_gently", slow)
    monkeypatch.setattr("engine.bark.engine.BarkEngine", None)  # nothing is made of it
    job = Job(REQUEST)
    assert job.run(Engines(Settings(), Path("model")).engine_for, publish) == Stopped(job.id)
    assert not may_go_on.is_set()
    assert left_alone()
    (thread,) = (t for t in threading.enumerate() if t.name == "aside")
    may_go_on.set()
    thread.join(60)
    assert not left_alone()
