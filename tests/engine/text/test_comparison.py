"""A text as each precision reads it, against the textbook; Stop, and what cannot be had."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.api import Cancelled, Progress, TextRequest
from engine.errors import UserError
from engine.readings import Comparison, ComparisonRequest
from engine.text.checkpoint.load import open_source
from engine.text.engine import TextEngine
from engine.text.native import library
from tests.engine.text.checkpoint.test_load import write_gguf
from tests.engine.text.native_models import logits_of
from tests.engine.text.tiny import CONTEXT

TEXT = "The lighthouse keeper counted the ships, one by one. " * 5
NATIVE = library.find().library is not None


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("compared") / "tiny.gguf", "gpt2", "Q8_0")


@pytest.fixture(scope="module")
def engine(place: Path) -> Iterator[TextEngine]:
    engine = TextEngine(place, device="cpu")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def found(engine: TextEngine) -> Comparison:
    return engine.generate(ComparisonRequest(text=TEXT, tokens=CONTEXT + 60))


def test_float32_is_the_textbook_window_by_window(
    found: Comparison, engine: TextEngine, place: Path
) -> None:
    tokens, source = engine.tokenizer.encode(TEXT), open_source(place)
    gains = []
    for window in (tokens[:CONTEXT], tokens[CONTEXT : CONTEXT + 60]):
        logits = logits_of(source, window)[:-1]
        chances = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        gains.append(chances[np.arange(len(chances)), window[1:]])
    exact = found.rows[0]
    assert (exact.precision, exact.differ, exact.why) == ("float32", 0, "")
    assert exact.perplexity == pytest.approx(np.exp(-np.concatenate(gains).mean()), rel=1e-4)
    assert found.tokens == CONTEXT + 60 - 2  # nothing foretells the first one of a window
    assert found.left_out == len(tokens) - CONTEXT - 60


@pytest.mark.skipif(not NATIVE, reason=f"no step in C: {library.find().note}")
def test_the_other_precisions_are_read_with_their_own_numbers(found: Comparison) -> None:
    exact, *others = found.rows
    assert [(row.precision, row.key_values) for row in others] == [
        ("Q8_0", "float16"),
        ("Q8_0", "int8"),
    ]
    for row in others:
        assert row.perplexity == pytest.approx(exact.perplexity, rel=0.1)
        assert row.perplexity != exact.perplexity
        assert row.differ < found.tokens / 4
        assert row.step_bytes < exact.step_bytes / 3
    assert others[0].perplexity != others[1].perplexity


def test_stop_is_heard_and_what_is_written_next_is_as_ever(engine: TextEngine) -> None:
    request = TextRequest(prompts=(TEXT[:40],), max_new_tokens=8, full_length=True)
    expected = engine.generate(request).texts
    seen: list[Progress] = []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        if progress.stage == "prefill" and progress.done > progress.total / 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.generate(ComparisonRequest(text=TEXT), stop)
    assert seen[-1].done < seen[-1].total
    assert engine.generate(request).texts == expected


def test_what_cannot_be_had_is_a_sentence(
    folder_of: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "find", lambda: library.Found(None, "it needs a C compiler: x"))
    engine = TextEngine(folder_of("llama"), device="cpu")
    rows = engine.generate(ComparisonRequest(text="a few words")).rows
    assert [row.precision for row in rows] == ["float32", "int8", "int8"]
    assert rows[1].why == "int8 cannot be had: it needs a C compiler: x; choose float32"
    with pytest.raises(UserError, match="too little text"):
        engine.generate(ComparisonRequest(text="a"))
    engine.close()
