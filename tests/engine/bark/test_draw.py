"""Tokens that the compiled code draws itself are those of single steps, in every situation."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from engine.api import SpeechRequest, SpeechRow, SpeechSampling, StageSampling
from engine.bark.kernel import Kernel
from engine.bark.native import NativeDecoder
from engine.bark.sampling import Sampler
from engine.errors import UserError
from tests.engine.bark.conftest import Make, end_sometimes
from tests.engine.bark.reference import NO_KERNEL, Tiny, assert_same, say

pytestmark = pytest.mark.skipif(Kernel.build() is None, reason=NO_KERNEL)
ROWS = [SpeechRow(text=text, seed=seed) for seed, text in enumerate(("hello world", "a b", "one"))]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many tokens each call drew."""
    found, draw = [], NativeDecoder.draw

    def spy(self: NativeDecoder, *arguments: Any) -> list[list[int]]:
        drawn = draw(self, *arguments)
        found.append(len(drawn))
        return drawn

    monkeypatch.setattr(NativeDecoder, "draw", spy)
    return found


def sampling(temperature: float, **semantic: Any) -> SpeechSampling:
    each = StageSampling(temperature=temperature)
    return SpeechSampling(semantic=each, coarse=each, fine=each, **semantic)


@pytest.mark.parametrize(
    ("temperature", "floor", "rows"), [(0.7, 0.0, 3), (1.3, 0.05, 2), (0.0, 0.0, 3), (0.0, 0.05, 1)]
)
def test_tokens_are_those_of_single_steps(
    make: Make, counted: list[int], temperature: float, floor: float, rows: int
) -> None:
    """Books that take turns, rows that end at different steps, windows that slide."""
    tiny = make(edit=end_sometimes, coarse={"sliding_window_len": 7})
    chosen = sampling(temperature, min_eos_p=floor or None)
    asked = SpeechRequest(rows=tuple(ROWS[:rows]), sampling=chosen)
    one_by_one = tiny.engine(kernel="auto", batch_size=2)
    own = one_by_one.generate(asked).takes
    drawn = list(counted)
    assert sum(drawn) > 2 * len(drawn), "nearly all are drawn in long runs"
    counted.clear()
    for stage in (one_by_one._stages.semantic, one_by_one._stages.coarse):  # type: ignore[union-attr]
        stage.decoder.draws = False
    expected = one_by_one.generate(asked).takes
    assert counted == []
    for take, other in zip(own, expected, strict=True):
        assert_same(take, other)
        assert take.ended == other.ended


def test_what_is_left_to_torch(tiny: Tiny, counted: list[int]) -> None:
    """Top-k and top-p, which are its own, and precisions that have another step."""
    for settings, stage in (
        ({}, StageSampling(temperature=0.7, top_k=5)),
        ({}, StageSampling(temperature=0.7, top_p=0.9)),
        ({"precision": "int8"}, StageSampling(temperature=0.7)),
    ):
        counted.clear()
        chosen = SpeechSampling(semantic=stage, coarse=stage, fine=stage)
        say(tiny.engine(kernel="auto", **settings), "a b", sampling=chosen)
        assert sum(counted) == 0, (settings, stage)


def test_a_choice_that_rounding_could_turn_is_left_to_torch(tiny: Tiny) -> None:
    engine = tiny.engine(kernel="auto")
    say(engine, "a b")
    stage = engine._stages.coarse  # type: ignore[union-attr]
    with torch.inference_mode():
        for point, certain in ((0.5, False), (0.500001, False), (0.4, True), (0.9999999, False)):
            stage.open(1, 64, 4)
            row = stage.row(0, [1, 2], None, torch.full((4,), point), Sampler(1.0))
            stage.admit(row, lambda: None)
            logits = torch.full_like(stage.slots.logits[0], -30.0)
            logits[[3, 5]] = 1.0  # two of the first book, as likely as each other
            stage.slots.logits[0] = logits
            drawn = stage.decoder.draw(stage.meaning(), stage.cache, stage.slots.state, 2)
            assert bool(drawn) is certain, point
            if certain:
                assert drawn[0] == [3]
            stage.close()


def test_a_number_that_is_none_ends_the_request(tiny: Tiny) -> None:
    engine = tiny.engine(kernel="auto")
    say(engine, "a b")
    stage = engine._stages.coarse  # type: ignore[union-attr]
    with torch.inference_mode():
        stage.embedding[:] = torch.nan
    with pytest.raises(UserError, match="overflowed in float32"):
        say(engine, "a b")
