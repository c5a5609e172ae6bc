"""Engines: built on first use, one in memory at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.api import SpeechRequest, SpeechRow, TextRequest
from engine.engines import Engines
from engine.errors import UserError
from engine.settings import Settings
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
    engines.engine_for("another kind")
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
