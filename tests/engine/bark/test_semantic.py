"""The semantic stage: its prompt, its end, its limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.api import SpeechRow, SpeechSampling, StageSampling
from engine.bark.semantic import SemanticStage
from engine.errors import UserError
from tests.engine.bark.conftest import Make, end_sometimes
from tests.engine.bark.reference import GREEDY, Tiny, assert_legal, assert_same, say
from tests.engine.bark.tiny import SEMANTIC_VOCAB

TEXTS = ("hello world", "a b", "one", "two words")


def end_probabilities(tiny: Tiny, text: str) -> list[float]:
    """How likely the end is at each step of a greedy row, by our own stage."""
    seen: list[float] = []
    step = SemanticStage.step

    def spy(self: SemanticStage, *arguments: Any) -> Any:
        seen.append(float(self.slots.logits[0].softmax(-1)[-1]))
        return step(self, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SemanticStage, "step", spy)
        say(tiny.engine(), text)
    return seen


def test_trap_1_min_eos_p_of_a_request(tiny: Tiny, kernel: str) -> None:
    """Trap 1. Equal to transformers when it is given the keyword."""
    ends = end_probabilities(tiny, "hello world")
    floor = sorted(ends)[-2] - 1e-6  # the second most likely end: reached in the middle of the row
    sampling = SpeechSampling(
        semantic=StageSampling(temperature=0.0),
        coarse=StageSampling(temperature=0.0),
        fine=StageSampling(temperature=0.0),
        min_eos_p=floor,
    )
    take = say(tiny.engine(kernel=kernel), "hello world", sampling=sampling)[0]
    assert take.ended
    assert len(take.semantic) == next(i for i, p in enumerate(ends) if p > floor)
    if len(take.semantic) > 2:
        assert_same(take, tiny.reference("hello world", min_eos_p=floor))


def test_trap_1_min_eos_p_of_the_generation_config(make: Make, tiny: Tiny) -> None:
    """Trap 1. transformers ignores what stands in the file; the request goes first."""
    ends = end_probabilities(tiny, "hello world")
    late = max(range(3, len(ends)), key=ends.__getitem__)
    floor = ends[late] - 1e-6
    cut = next(i for i, p in enumerate(ends) if p > floor)
    stored = make(semantic={"min_eos_p": floor})
    sampling = SpeechSampling(semantic=GREEDY.semantic, coarse=GREEDY.coarse, fine=GREEDY.fine)
    take = say(stored.engine(), "hello world", sampling=sampling)[0]
    assert take.ended
    assert len(take.semantic) == cut
    # 0 in the request turns it off, and then we equal transformers, which does not see it.
    whole = say(stored.engine(), "hello world")[0]
    assert not whole.ended
    assert_same(whole, stored.reference("hello world"))


def test_trap_2_no_top_k_unless_asked_for(make: Make) -> None:
    """Trap 2. transformers keeps the 50 likeliest when nobody asks; we keep all."""
    assert StageSampling().top_k == 0
    even = make(loud=0.01)  # all tokens are about equally likely
    hot = SpeechSampling(semantic=StageSampling(temperature=10.0))
    rows = tuple(SpeechRow(text="a", seed=seed) for seed in range(6))
    takes = say(even.engine(), rows=rows, sampling=hot, semantic_tokens=60)
    assert len({int(i) for take in takes for i in take.semantic}) > 75


@pytest.mark.parametrize("text", TEXTS)
def test_trap_4_text_is_padded_with_its_own_id(tiny: Tiny, text: str) -> None:
    """Trap 4. What fills up the text is `text_pad_token`; without a mask transformers reads it as a
    word piece."""
    take = say(tiny.engine(), text)[0]
    assert_same(take, tiny.reference(text))
    unmasked = tiny.reference(text, masked=False)
    assert not np.array_equal(take.semantic, unmasked.semantic)


def test_trap_5_text_over_the_limit_is_refused(tiny: Tiny) -> None:
    """Trap 5. transformers cuts it without a word."""
    assert len(say(tiny.engine(), "x " * 20)) == 1
    with pytest.raises(UserError, match=r"21 word pieces.*holds 20.*divided"):
        say(tiny.engine(), "fine", "x " * 21)


def test_trap_5_a_row_without_an_end_says_so(tiny: Tiny) -> None:
    """Trap 5. A row that ran into the limit was probably cut in the middle of the text."""
    take = say(tiny.engine(), "hello")[0]
    assert len(take.semantic) == 60
    assert not take.ended


def test_trap_13_an_immediate_end_is_an_empty_take(make: Make, kernel: str) -> None:
    """Trap 13. No crash and no sound."""

    def end_now(model: Any) -> None:
        norm = model.semantic.layernorm_final  # its output becomes the same at every position
        norm.weight.zero_()
        norm.bias.fill_(1.0)
        model.semantic.lm_head.weight[SEMANTIC_VOCAB] = 1.0

    mute = make(edit=end_now, bias=True)
    for take in say(mute.engine(kernel=kernel), "hello", "a b", voice="v1/anna"):
        assert_legal(take)
        assert take.ended
        assert take.semantic.shape == (0,)
        assert take.coarse.shape == (2, 0)
        assert take.fine.shape == (4, 0)
        assert take.audio.shape == (0,)
        assert take.audio.dtype == np.float32
        assert take.seconds == 0


def test_max_seconds_cuts(tiny: Tiny) -> None:
    whole, cut = (say(tiny.engine(), "hello", max_seconds=seconds)[0] for seconds in (None, 0.9))
    assert len(cut.semantic) == int(0.9 * 24.9) == 22
    assert not cut.ended
    assert np.array_equal(cut.semantic, whole.semantic[:22])
    assert cut.seconds <= 0.9
    assert len(say(tiny.engine(), "hello", max_seconds=1e-3)[0].semantic) == 1
    assert len(say(tiny.engine(), "hello", max_seconds=1e9)[0].semantic) == 60


def test_semantic_tokens_are_exact(ending: Tiny, kernel: str) -> None:
    """Neither the end nor min_eos_p stops a row of a benchmark."""
    free = say(ending.engine(kernel=kernel), *TEXTS)
    sampling = SpeechSampling(semantic=GREEDY.semantic, min_eos_p=1e-6)
    for take, before in zip(
        say(ending.engine(kernel=kernel), *TEXTS, semantic_tokens=50, sampling=sampling),
        free,
        strict=True,
    ):
        assert len(take.semantic) == 50
        assert SEMANTIC_VOCAB not in take.semantic
        common = min(50, len(before.semantic))
        assert np.array_equal(take.semantic[:common], before.semantic[:common])
    with pytest.raises(UserError, match="at most 60 semantic tokens"):
        say(ending.engine(), "a", semantic_tokens=61)


def test_the_limit_leaves_room_in_the_positions(make: Make) -> None:
    """A checkpoint whose max_new_tokens are more than its positions: no index out of range."""
    long = make(semantic={"max_new_tokens": 500})
    take = say(long.engine(), "hello")[0]
    assert len(take.semantic) == 96 - 21 + 1
    assert np.array_equal(take.semantic[:60], say(make().engine(), "hello")[0].semantic)


def test_end_is_raised_enough(make: Make) -> None:
    """The checkpoint with ends is one with ends: no test above passes for nothing."""
    assert any(take.ended for take in say(make(edit=end_sometimes).engine(), *TEXTS))


def test_text_without_a_known_piece(tiny: Tiny) -> None:
    """Only letters that the tokenizer drops: a sentence for the user."""
    with pytest.raises(UserError, match="nothing in this text"):
        say(tiny.engine(), "\u200b")


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u3000"])
def test_trap_13_whitespace_is_no_text(tiny: Tiny, text: str) -> None:
    """Trap 13. Refused where the request is made."""
    with pytest.raises(ValueError, match="no text to speak"):
        say(tiny.engine(), text)
