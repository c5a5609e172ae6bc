"""Many rows: seeds, batches, progress, Stop, what is delivered when."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from engine.api import (
    Cancelled,
    Progress,
    SpeechRequest,
    SpeechRow,
    SpeechSampling,
    StageSampling,
    Take,
)
from engine.bark.batch import CausalStage
from engine.bark.checkpoint import Weights
from engine.bark.codec import Recurrent, UpConv
from engine.bark.engine import BarkEngine
from engine.bark.transformer import Block
from tests.engine.bark.reference import (
    GREEDY,
    Tiny,
    assert_legal,
    assert_same,
    request,
    same,
    say,
)
from tests.engine.bark.tiny import make_voice

LIVELY = StageSampling(temperature=0.7, top_k=60, top_p=0.95)
SAMPLED = SpeechSampling(semantic=LIVELY, coarse=LIVELY, fine=LIVELY)
ROWS = (
    SpeechRow(text="hello world", seed=1),
    SpeechRow(text="a b", seed=2, voice="v1/anna"),
    SpeechRow(text="hello world", seed=3),
    SpeechRow(text="two words", seed=1, take=1),
    SpeechRow(text="three", seed=5, voice="v1/anna"),
    SpeechRow(text="hello world", seed=1, take=1),
)


def speak(engine: BarkEngine, *rows: SpeechRow, sampling: SpeechSampling = SAMPLED) -> list[Take]:
    return list(engine.generate(SpeechRequest(rows=rows, sampling=sampling)).takes)


@pytest.fixture(scope="module")
def alone(ending: Tiny) -> list[Take]:
    """Each row by itself."""
    engine = ending.engine()
    takes = [speak(engine, row)[0] for row in ROWS]
    assert len({len(take.semantic) for take in takes}) > 2, "rows of several lengths were meant"
    assert sum(len(take.semantic) > 5 for take in takes) > 2, "and not only short ones"
    return takes


_SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "batch_size", [pytest.param(1, marks=_SLOW), 2, pytest.param(4, marks=_SLOW), 8]
)
@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (5, 3, 1, 4, 2, 0), (2, 4)])
def test_trap_15_a_row_is_the_same_in_any_batch(
    ending: Tiny, alone: list[Take], kernel: str, batch_size: int, order: tuple[int, ...]
) -> None:
    """Trap 15. Alone, beside others, in any order, with any batch size."""
    engine = ending.engine(kernel=kernel, batch_size=batch_size)
    for place, (index, take) in enumerate(
        zip(order, speak(engine, *(ROWS[i] for i in order)), strict=True)
    ):
        assert take.row == place
        assert take.ended == alone[index].ended
        assert_same(take, alone[index])


def test_trap_15_seeds_and_takes_differ(tiny: Tiny) -> None:
    """Trap 15. And nothing hangs on torch's global stream."""
    rows = [SpeechRow(text="hello", seed=s, take=t) for s in (0, 1) for t in (0, 1)]
    torch.manual_seed(0)
    first = speak(tiny.engine(), *rows)
    torch.manual_seed(1)
    second = speak(tiny.engine(), *rows)
    assert all(same(a, b) for a, b in zip(first, second, strict=True))
    for i, take in enumerate(first):
        assert not any(np.array_equal(take.semantic, other.semantic) for other in first[:i])


def test_trap_15_stages_have_their_own_numbers(tiny: Tiny) -> None:
    """Trap 15. Sampling one stage otherwise leaves the stages before it alone."""
    engine, row = tiny.engine(), ROWS[0]
    base = speak(engine, row)[0]
    other = StageSampling(temperature=2.0)
    coarse = speak(engine, row, sampling=SpeechSampling(semantic=LIVELY, coarse=other))[0]
    assert np.array_equal(coarse.semantic, base.semantic)
    assert not np.array_equal(coarse.coarse, base.coarse)
    sampling = SpeechSampling(semantic=LIVELY, coarse=LIVELY, fine=other)
    fine = speak(engine, row, sampling=sampling)[0]
    assert np.array_equal(fine.coarse, base.coarse)
    assert not np.array_equal(fine.fine, base.fine)


def test_a_length_limit_does_not_change_what_comes_before(tiny: Tiny) -> None:
    rows = (ROWS[0],)
    long = tiny.engine().generate(SpeechRequest(rows=rows, sampling=SAMPLED)).takes[0]
    cut = SpeechRequest(rows=rows, sampling=SAMPLED, max_seconds=1.0)
    short = tiny.engine().generate(cut).takes[0]
    assert np.array_equal(short.semantic, long.semantic[: len(short.semantic)])


def test_trap_7_semantic_tokens_stay_legal(ending: Tiny) -> None:
    """Trap 7. transformers' coarse stage overwrites the end in the tokens that it is given."""
    for take in speak(ending.engine(), *ROWS):
        assert_legal(take)


def test_a_voice_of_each_row(tiny: Tiny) -> None:
    """Trap 10: transformers takes one voice for a whole batch."""
    rows = (SpeechRow(text="hello"), SpeechRow(text="hello", voice="v1/anna"))
    for take, voice in zip(
        speak(tiny.engine(), *rows, sampling=GREEDY), (None, make_voice()), strict=True
    ):
        assert_same(take, tiny.reference("hello", voice))


# ── progress ──────────────────────────────────────────────────────────────────────────────────


def told(engine: BarkEngine, asked: SpeechRequest) -> list[Progress]:
    seen: list[Progress] = []
    engine.generate(asked, seen.append)
    return seen


@pytest.mark.parametrize("batch_size", [1, 2, 8])
def test_progress_grows_and_reaches_its_total(ending: Tiny, batch_size: int) -> None:
    """In each stage the finished part never shrinks and ends at the whole."""
    engine = ending.engine(batch_size=batch_size)
    seen = told(engine, SpeechRequest(rows=ROWS, sampling=SAMPLED))
    assert {step.stage for step in seen} == {"load", "semantic", "coarse", "fine", "codec", "rows"}
    for stage in ("semantic", "coarse", "rows"):
        steps = [step for step in seen if step.stage == stage]
        assert all(0 <= step.done <= step.total for step in steps)
        for before, after in pairwise(steps):
            assert before.done <= after.done, stage
            assert before.done / max(1, before.total) <= after.done / max(1, after.total), stage
        assert steps[-1].done == steps[-1].total
    for row in range(len(ROWS)):
        for stage in ("fine", "codec"):
            steps = [step for step in seen if (step.stage, step.row) == (stage, row)]
            assert [step.done for step in steps] == sorted(step.done for step in steps)
            assert all(step.done == step.total for step in steps[-1:])


def test_every_token_is_told(tiny: Tiny) -> None:
    seen = told(tiny.engine(), request("hello"))
    semantic = {step.done for step in seen if step.stage == "semantic"}
    coarse = {step.done for step in seen if step.stage == "coarse"}
    assert semantic == set(range(1, 61))
    assert coarse == set(range(1, 241))
    assert {step.row for step in seen if step.stage in ("semantic", "coarse")} == {0}


def test_takes_come_before_the_last_row_is_done(tiny: Tiny) -> None:
    """With more rows than places, the first take is delivered while others have not begun."""
    engine = tiny.engine(batch_size=2)
    seen = told(engine, request("one", "two", "three", "four", "five"))
    takes = [i for i, step in enumerate(seen) if step.take is not None]
    assert len(takes) == 5
    assert sorted(seen[i].row for i in takes) == [0, 1, 2, 3, 4]
    assert all(seen[i].take.row == seen[i].row for i in takes)  # type: ignore[union-attr]
    last_semantic = max(i for i, step in enumerate(seen) if step.stage == "semantic")
    assert takes[0] < last_semantic
    assert [seen[i].done for i in takes] == [1, 2, 3, 4, 5]


def test_takes_told_are_takes_returned(ending: Tiny) -> None:
    seen: dict[int, Take] = {}

    def report(step: Progress) -> None:
        if step.take is not None:
            seen[step.row] = step.take

    speech = ending.engine().generate(SpeechRequest(rows=ROWS, sampling=SAMPLED), report)
    assert [seen[i] for i in range(len(ROWS))] == list(speech.takes)


# ── early sound ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("voice", [None, "v1/anna"])
def test_early_sound(tiny: Tiny, kernel: str, voice: str | None) -> None:
    """Pieces are the beginning of the take's sound, in order, before it is finished."""
    engine = tiny.engine(kernel=kernel, early_sound=True, batch_size=2)
    seen = told(engine, request("hello world", "a b", "three", voice=voice))
    exact = say(tiny.engine(kernel=kernel), "hello world", "a b", "three", voice=voice)
    for row in range(3):
        at = [i for i, s in enumerate(seen) if s.row == row and s.sound is not None]
        end, take = next((i, s.take) for i, s in enumerate(seen) if s.row == row and s.take)
        assert len(at) > 2
        assert at[-1] < end
        assert {seen[i].sample_rate for i in at} == {16_000}
        early = np.concatenate([seen[i].sound for i in at])  # type: ignore[list-item]
        assert early.dtype == np.float32
        assert 0 < len(early) < len(take.audio)
        np.testing.assert_array_equal(early, take.audio[: len(early)])
        assert_legal(take)
        assert np.array_equal(take.semantic, exact[row].semantic)
        assert np.array_equal(take.coarse, exact[row].coarse)


def test_early_sound_is_off_by_default(tiny: Tiny) -> None:
    assert all(step.sound is None for step in told(tiny.engine(), request("hello")))


# ── Stop ──────────────────────────────────────────────────────────────────────────────────────


class Stop:
    """A report that raises Cancelled at the n-th call of a stage."""

    def __init__(self, stage: str, call: int) -> None:
        self.stage, self.left, self.raised = stage, call, False

    def __call__(self, step: Progress) -> None:
        assert not self.raised, "work went on after Stop"
        if step.stage == self.stage:
            self.left -= 1
            if self.left <= 0:
                self.raised = True
                raise Cancelled


STOPS = [
    ("load", 1),
    ("load", 2),
    ("semantic", 1),
    ("semantic", 40),
    ("coarse", 1),
    ("coarse", 60),
    ("fine", 1),
    ("fine", 5),
    ("codec", 1),
    ("codec", 3),
    ("rows", 1),
]


@pytest.mark.parametrize(("stage", "call"), STOPS)
def test_trap_17_stop_anywhere(tiny: Tiny, kernel: str, stage: str, call: int) -> None:
    """Trap 17. Cancelled passes through, the caches are given back, and the engine speaks again."""
    engine = tiny.engine(kernel=kernel, batch_size=2)
    stop = Stop(
        stage, min(call, 3) if kernel == "auto" else call
    )  # it draws many between two looks
    with pytest.raises(Cancelled):
        engine.generate(request("hello", "a b", "three"), stop)
    assert stop.raised
    if engine._stages is not None:
        for part in (engine._stages.semantic, engine._stages.coarse):
            assert part.cache is None
            assert part.rows == []
            assert part.slots.logits.numel() == 0
    assert_same(say(engine, "hello")[0], tiny.reference("hello"))


def test_caches_live_as_long_as_a_request(tiny: Tiny) -> None:
    engine = tiny.engine()
    say(engine, "hello")
    assert engine._stages is not None
    assert engine._stages.semantic.cache is None
    assert engine._stages.coarse.cache is None
    engine.close()
    assert engine._stages is None
    assert_same(say(engine, "hello")[0], tiny.reference("hello"))


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_stop_is_looked_at_between_all_pieces_of_work(
    tiny: Tiny, kernel: str, precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stop answers within 0.2 s because no two long pieces of work (a layer over a prompt or a
    window, a step, a layer of the codec) are done without asking between them, and tensors are read
    on another thread, which asks before each."""
    events: list[str] = []
    here, loading = threading.get_ident(), set[int]()
    get = Weights.get

    def note(self: Weights, *arguments: Any) -> Any:
        loading.add(threading.get_ident())
        return get(self, *arguments)

    def spy(owner: Any, name: str, event: str) -> None:
        original: Callable[..., Any] = getattr(owner, name)

        def count(*arguments: Any, **options: Any) -> Any:
            events.append(event)
            return original(*arguments, **options)

        monkeypatch.setattr(owner, name, count)

    engine = tiny.engine(kernel=kernel, precision=precision, batch_size=2)
    monkeypatch.setattr(Weights, "get", note)
    spy(Block, "read", "layer")
    if engine.compute.kernel is not None:
        spy(engine.compute.kernel, "read", "layer")
    spy(CausalStage, "advance", "step")
    spy(Recurrent, "stream", "codec")
    spy(UpConv, "stream", "codec")
    engine.generate(request("hello", "a b", "three"), lambda step: events.append("asked"))
    assert len(loading) == 1
    assert here not in loading
    assert set(events) == {"layer", "step", "codec", "asked"}
    for three in zip(events, events[1:], events[2:], strict=False):
        assert "asked" in three  # a last layer and the step after it may come together


def test_rows_that_come_while_it_works_are_spoken_as_alone(ending: Tiny, alone: list[Take]) -> None:
    waiting, asked = list(ROWS[1:]), list[int]()

    def more(room: int) -> list[SpeechRow]:
        asked.append(room)
        return [waiting.pop(0) for _ in range(min(room, len(waiting), 2))]

    engine = ending.engine(batch_size=3)
    told: list[Take] = []
    speech = engine.generate(
        SpeechRequest(rows=ROWS[:1], sampling=SAMPLED),
        lambda progress: told.append(progress.take) if progress.take is not None else None,
        more,
    )
    assert not waiting
    assert asked[0] == 2, "three together, of which one is there"
    assert max(asked) == 3
    assert len(told) == len(speech.takes) == len(ROWS)
    for take, own in zip(speech.takes, alone, strict=True):
        assert_same(take, own)
