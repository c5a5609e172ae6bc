"""The door for those who write: whole texts, pieces as they come, an end when nobody reads on."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.api import Sampling
from engine.engines import Engines
from engine.errors import UserError
from engine.models import packaged
from engine.text_writer import TextWriter
from tests.fake import REFUSED, WritingEngine


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> WritingEngine:
    engine = WritingEngine()
    monkeypatch.setattr(Engines, "_build", lambda self, request: engine)
    monkeypatch.setattr(packaged, "find", lambda name: Path("model"))
    return engine


def test_a_text_comes_whole_or_in_pieces(engine: WritingEngine) -> None:
    engine.step(6)
    with TextWriter() as writer:
        text = writer.write("one two three", search=Sampling(sequences=2), stop=["."])
        assert text.texts == ("one two three",) * 2
        assert list(writer.stream("one two three")) == ["one ", "two ", "three "]
        with pytest.raises(UserError, match="too long"):
            list(writer.stream(REFUSED))
    assert engine.requests[0].stop == (".",)
    with pytest.raises(UserError, match="closed"):
        writer.write("one")


def test_who_reads_no_further_stops_the_work(engine: WritingEngine) -> None:
    engine.step()
    with TextWriter() as writer:
        pieces = writer.stream("one two three")  # for two of which nobody steps
        assert next(pieces) == "one "
        pieces.close()
        engine.step(2)  # the one that is being stopped may take one
        assert writer.write("one").texts == ("one",)
