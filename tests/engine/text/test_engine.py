"""Buckets, compile counts, streaming, Stop, stop strings and the context's end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.api import (
    BeamSearch,
    Cancelled,
    Greedy,
    Progress,
    Sampling,
    Text,
    TextRequest,
    WrittenText,
)
from engine.errors import UserError
from engine.job import Done, Job, Stopped
from engine.text.engine import TextEngine
from engine.text.generation import Bucket
from tests.engine.text.tiny import CONTEXT

EngineOf = Callable[..., TextEngine]


def write(engine: TextEngine, *prompts: str, new: int = 20, **options: Any) -> Text:
    return engine.generate(TextRequest(prompts=prompts, max_new_tokens=new, **options))


# ── buckets ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rows", "longest", "new", "bucket"),
    [
        (1, 1, 1, (1, 16, 256)),
        (3, 17, 200, (4, 32, 256)),
        (8, 64, 192, (8, 64, 256)),
        (1, 64, 193, (1, 64, 512)),
        (1, 129, 1, (1, 64, 256)),
        (1, 1000, 24, (1, 64, 2048)),
    ],
)
def test_buckets_hold_prompt_and_text(
    rows: int, longest: int, new: int, bucket: tuple[int, int, int]
) -> None:
    assert Bucket.of(rows, longest, new, most=512) == Bucket(*bucket)


@pytest.mark.parametrize(("rows", "chunk"), [(1, 64), (2, 64), (3, 32), (8, 16), (200, 4)])
def test_many_rows_are_read_in_small_chunks(rows: int, chunk: int) -> None:
    assert Bucket.of(rows, 64, 192, most=128).chunk == chunk


def test_new_options_and_texts_in_a_bucket_compile_nothing(engine_of: EngineOf) -> None:
    engine = engine_of()
    write(engine, "the path", search=Sampling())
    for search, options in [
        (Sampling(temperature=0.3), {}),
        (Sampling(seed=(9, 9)), {}),
        (Sampling(top_k=7), {}),
        (Sampling(top_p=0.5), {}),
        (Sampling(repetition_penalty=1.5), {}),
        (Sampling(), {"stop": ("x",)}),
        (Sampling(), {"full_length": True}),
        (Sampling(), {"new": 33}),
    ]:
        result = write(engine, "another text", search=search, **options)
        assert (result.compiled.misses, result.compiled.hits) == (0, 2), search
        assert result.compiled.compile == result.compiled.trace == 0


def test_a_bucket_is_compiled_once_and_its_cost_told(folder_of: Callable[[str], Path]) -> None:
    engine = TextEngine(folder_of("llama"), device="cpu")
    cost = engine.warm(TextRequest(prompts=("x",)))
    assert cost.misses == 2
    assert cost.trace > 0
    assert cost.compile > 0
    assert write(engine, "y").compiled.misses == 0
    assert write(engine, "y" * 17).compiled.misses == 1  # a longer chunk, the same cache
    assert write(engine, "y", "z").compiled.misses == 2
    engine.close()


@pytest.mark.slow  # it compiles: some seconds
def test_an_engine_that_failed_or_was_closed_can_be_used_again(
    folder_of: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.text.compiler import Compiler

    engine = TextEngine(folder_of("llama"), device="cpu")
    with monkeypatch.context() as broken:
        broken.setattr(Compiler, "_compile", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write(engine, "the path")
    first = write(engine, "the path").texts  # its compilation is tried again
    assert first[0]
    engine.close()
    assert write(engine, "the path").texts == first
    engine.close()


@pytest.mark.slow
def test_a_row_alone_equals_the_row_in_a_batch(engine_of: EngineOf) -> None:
    prompts = ("a", "the path of " * 4, "xyz", "to", "be", "or")
    together = write(engine_of(), *prompts)  # six rows in batches of four
    assert together.texts == tuple(write(engine_of(), prompt).texts[0] for prompt in prompts)


@pytest.mark.slow  # it compiles: some seconds
def test_a_drawn_text_does_not_depend_on_its_neighbours(engine_of: EngineOf) -> None:
    def drawn(*prompts: str) -> tuple[str, ...]:
        search = Sampling(seed=(4, 2), sequences=2)
        request = TextRequest(prompts=prompts, search=search, max_new_tokens=12)
        return engine_of().generate(request).texts

    prompts = ("a", "the path of", "xyz")
    together = drawn(*prompts)  # six rows in batches of four
    assert together == tuple(text for prompt in prompts for text in drawn(prompt))
    assert len(set(together)) > 3


@pytest.mark.slow
def test_a_text_that_has_ended_is_told_at_once_and_as_the_result_has_it(
    engine_of: EngineOf,
) -> None:
    for search in (Greedy(), Sampling(sequences=2), BeamSearch(beams=2, sequences=2)):
        told: dict[int, WrittenText] = {}

        def report(progress: Progress, told: dict[int, WrittenText] = told) -> None:
            if progress.written is not None:
                assert progress.row not in told
                told[progress.row] = progress.written

        request = TextRequest(prompts=("the path", "b"), search=search, max_new_tokens=8)
        result = engine_of().generate(request, report)
        for row, text in enumerate(result.texts):
            assert (told[row].text, told[row].ending) == (text, result.endings[row])
            assert told[row].score == result.scores[row]
            assert list(told[row].tokens) == result.tokens[row].tolist()


# ── streaming and Stop ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("search", [Greedy(), Sampling(sequences=3), BeamSearch(sequences=2)])
def test_streamed_pieces_make_the_texts(search: Any, engine_of: EngineOf) -> None:
    request = TextRequest(prompts=("the path", "b"), search=search, max_new_tokens=20)
    pieces: dict[int, str] = {}

    def report(progress: Progress) -> None:
        assert progress.done <= progress.total
        if progress.text:
            pieces[progress.row] = pieces.get(progress.row, "") + progress.text

    result = engine_of().generate(request, report)
    assert tuple(pieces[row] for row in sorted(pieces)) == result.texts


def test_stop_between_blocks_leaves_a_usable_engine(engine_of: EngineOf) -> None:
    engine = engine_of()
    expected = write(engine, "the path", new=60)
    seen = []

    def stop_in_the_middle(progress: Progress) -> None:
        seen.append(progress)
        if progress.stage == "decode" and progress.done > 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.generate(TextRequest(prompts=("the path",), max_new_tokens=60), stop_in_the_middle)
    assert seen[-1].done < 60
    assert write(engine, "the path", new=60).texts == expected.texts


def test_stop_during_a_compilation_leaves_a_usable_engine(
    folder_of: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The compilation is held until the stop has been seen, so that it is in its midst."""
    from engine.text.compiler import Compiler

    compile_, go_on = Compiler._compile, threading.Event()

    def held(*arguments: Any) -> Any:
        go_on.wait(30)
        return compile_(*arguments)

    monkeypatch.setattr(Compiler, "_compile", held)
    engine = TextEngine(folder_of("llama"), device="cpu")
    job = Job(TextRequest(prompts=("the path",), max_new_tokens=20))

    def publish(update: Any) -> None:
        if getattr(getattr(update, "progress", None), "stage", "") == "compile":
            job.cancel()

    assert isinstance(job.run(lambda _: engine, publish), Stopped)
    go_on.set()
    again = Job(TextRequest(prompts=("the path",), max_new_tokens=20))
    done = again.run(lambda _: engine, lambda _: None)
    assert isinstance(done, Done)
    assert done.result.compiled.misses == 0  # the stopped job's compilation was not lost
    engine.close()


def test_stop_between_chunks_of_a_prompt(
    folder_of: Callable[[str], Path], engine_of: EngineOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight rows of a large model are read a few tokens at a time, with the same result."""
    from engine.text import generation

    prompts = tuple("the path of " * number for number in range(1, 9))
    expected = write(engine_of(), *prompts, new=3).texts  # in batches of four
    engine = TextEngine(folder_of("llama"), device="cpu")
    monkeypatch.setattr(generation, "READ_WORK", 64 * engine.model.checkpoint.bytes / 4)
    seen = []

    def report(progress: Progress) -> None:
        if progress.stage == "prefill":
            seen.append(progress.done)
            if len(seen) == 3:
                raise Cancelled

    with pytest.raises(Cancelled):
        engine.generate(TextRequest(prompts=prompts, max_new_tokens=3), report)
    assert seen == [0, 8, 16]
    assert write(engine, *prompts, new=3).texts == expected
    engine.close()


# ── where a text ends ─────────────────────────────────────────────────────────────────────────


def test_a_stop_string_ends_one_row_and_not_the_others(engine_of: EngineOf) -> None:
    prompts = ("the path", "to be")
    free = write(engine_of(), *prompts, new=40)
    stop = free.texts[0][10:13]
    result = write(engine_of(), *prompts, new=40, stop=(stop,))
    assert result.endings[0] == "stop"
    for text, ended in zip(free.texts, result.texts, strict=True):
        assert ended == text.split(stop)[0]


@pytest.mark.parametrize("search", [Sampling(seed=(1, 1)), BeamSearch(beams=3)])
def test_stop_strings_work_in_every_search(search: Any, engine_of: EngineOf) -> None:
    free = write(engine_of(), "the path", new=40, search=search)
    stop = free.texts[0][5:7]
    result = write(engine_of(), "the path", new=40, search=search, stop=(stop,))
    assert stop not in result.texts[0]
    # Among beams, a longer text without the string may have the better score.
    assert isinstance(search, BeamSearch) or result.endings == ("stop",)


def test_a_full_context_cuts_the_text_and_says_so(engine_of: EngineOf) -> None:
    result = write(engine_of(), "a" * (CONTEXT - 10), "a", new=15)
    assert result.endings == ("context", "length")
    assert [len(tokens) for tokens in result.tokens] == [10, 15]


def test_a_prompt_longer_than_the_context_is_refused(engine_of: EngineOf) -> None:
    with pytest.raises(UserError, match=f"{CONTEXT} tokens.*shorten it"):
        write(engine_of(), "a" * CONTEXT)
    assert write(engine_of(), "a" * (CONTEXT - 1)).endings == ("context",)


@pytest.mark.parametrize(
    "broken",
    [
        lambda: TextRequest(prompts=()),
        lambda: TextRequest(prompts=("a", " ")),
        lambda: TextRequest(prompts=("a",), max_new_tokens=0),
        lambda: TextRequest(prompts=("a",), stop=("",)),
        lambda: Sampling(temperature=-1),
        lambda: Sampling(top_p=0),
        lambda: Sampling(top_k=-1),
        lambda: Sampling(seed=(1, -1)),
        lambda: Sampling(sequences=0),
        lambda: Greedy(repetition_penalty=0),
        lambda: BeamSearch(beams=2, sequences=3),
        lambda: BeamSearch(beams=0),
    ],
)
def test_requests_are_valid_by_construction(broken: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"\w \w"):  # a sentence
        broken()
