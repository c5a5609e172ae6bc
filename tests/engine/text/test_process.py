"""The text engine in a process of its own: the same answers, Stop, errors, and a clean end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from engine.api import BeamSearch, Cancelled, Progress, Sampling, TextRequest
from engine.errors import UserError
from engine.text.engine import TextEngine
from engine.text.process import TextProcess


@pytest.fixture(scope="module")
def process(folder_of: Callable[[str], Path]) -> Iterator[TextProcess]:
    process = TextProcess(folder_of("llama"), device="cpu", cache=None, batch_size=4)
    yield process
    process.close()


def children() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # it has just ended; a zombie is such a one
            if "engine.text.process" in process.cmdline():
                found.append(process)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("search", [Sampling(sequences=2, seed=(4, 5)), BeamSearch(sequences=2)])
def test_it_writes_what_the_engine_writes(
    search: Any, process: TextProcess, engine_of: Callable[..., TextEngine]
) -> None:
    request = TextRequest(prompts=("the path", "é 日本"), search=search, max_new_tokens=12)
    pieces: dict[int, str] = {}

    def report(progress: Progress) -> None:
        pieces[progress.row] = pieces.get(progress.row, "") + progress.text

    ours, theirs = process.generate(request, report), engine_of().generate(request)
    assert ours.texts == theirs.texts
    assert tuple(pieces[row] for row in range(4)) == ours.texts
    assert all(np.array_equal(a, b) for a, b in zip(ours.tokens, theirs.tokens, strict=True))
    assert ours.endings == theirs.endings
    assert ours.scores == pytest.approx(theirs.scores, abs=1e-5)
    assert {"prefill", "decode"} <= ours.metrics.stages.keys()


def test_stop_is_answered_and_the_next_request_is_not_disturbed(process: TextProcess) -> None:
    request = TextRequest(prompts=("the path",), max_new_tokens=60, full_length=True)
    expected = process.generate(request).texts

    def stop(progress: Progress) -> None:
        if progress.stage == "decode":
            raise Cancelled

    for _ in range(3):
        with pytest.raises(Cancelled):
            process.generate(request, stop)
    assert process.generate(request).texts == expected
    assert len(children()) == 1


def test_what_the_user_can_mend_arrives_as_a_sentence(process: TextProcess) -> None:
    with pytest.raises(UserError, match="shorten it"):
        process.generate(TextRequest(prompts=("a" * 500,)))
    assert process.generate(TextRequest(prompts=("a",), max_new_tokens=2)).texts


def test_only_compiling_writes_nothing(process: TextProcess) -> None:
    request = TextRequest(prompts=("b",), max_new_tokens=300, only_compile=True)
    text = process.generate(request)
    assert text.texts == ()
    assert text.compiled.misses + text.compiled.hits == 2
    assert process.generate(request).compiled.hits == 2


@pytest.mark.slow
def test_a_killed_process_is_explained_and_replaced(process: TextProcess) -> None:
    request = TextRequest(prompts=("the path",), max_new_tokens=40, full_length=True)

    def kill(progress: Progress) -> None:  # already at the first report, before it can be done
        for child in children():
            child.kill()

    with pytest.raises(UserError, match="memory"):
        process.generate(request, kill)
    assert process.generate(request).texts


@pytest.mark.slow
def test_closing_ends_the_process(folder_of: Callable[[str], Path]) -> None:
    before = len(children())
    process = TextProcess(folder_of("llama"), device="cpu", cache=None, batch_size=4)
    with pytest.raises(Cancelled):  # in the midst of loading
        process.generate(TextRequest(prompts=("a",)), stop_at_once())
    assert len(children()) == before + 1
    process.close()
    assert len(children()) == before


def stop_at_once() -> Callable[[Progress], None]:
    reports = iter([None, None])

    def report(_: Progress) -> None:
        if next(reports, "over") == "over":
            raise Cancelled

    return report
