"""The fine stage: temperature, windows, and a row that no neighbour changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.api import GREEDY as GREEDY_STAGE
from engine.api import SpeechSampling, StageSampling
from tests.engine.bark.conftest import Make
from tests.engine.bark.reference import Tiny, assert_legal, assert_same, same, say
from tests.engine.bark.tiny import make_voice


def fine_only(stage: StageSampling) -> SpeechSampling:
    return SpeechSampling(semantic=GREEDY_STAGE, coarse=GREEDY_STAGE, fine=stage, min_eos_p=0.0)


@pytest.mark.parametrize("stored", [1.0, None, 0.0])
def test_trap_6_checkpoint_temperature(make: Make, tiny: Tiny, stored: float | None) -> None:
    """Trap 6. 1.0 and none at all mean the likeliest code; 0 means it too, and crashes
    transformers."""
    other = make(fine={"temperature": stored})
    take = say(other.engine(), "hello", sampling=fine_only(StageSampling()))[0]
    assert_same(take, tiny.reference("hello"))


def test_trap_6_temperatures_of_a_request_mean_themselves(make: Make) -> None:
    """Trap 6. 1.0 in a request is not greedy, and a checkpoint's 0.5 is used when nothing is
    asked."""
    other = make(fine={"temperature": 0.5})
    engine = other.engine()
    greedy, warm, stored, named = (
        say(engine, "hello", sampling=fine_only(stage))[0]
        for stage in (
            GREEDY_STAGE,
            StageSampling(temperature=1.0),
            StageSampling(),
            StageSampling(temperature=0.5),
        )
    )
    assert np.array_equal(greedy.coarse, warm.coarse)
    assert not np.array_equal(greedy.fine, warm.fine)
    assert not np.array_equal(greedy.fine, stored.fine)
    assert not np.array_equal(warm.fine, stored.fine)
    assert same(stored, named)


def test_trap_10_a_longer_neighbour_changes_nothing(ending: Tiny, kernel: str) -> None:
    """Trap 10. In transformers the padding behind a shorter row is seen by its fine stage, which is
    not causal."""
    texts = ("hello world", "a b", "one", "two words")
    engine = ending.engine(kernel=kernel)
    together = say(engine, *texts)
    lengths = [len(take.semantic) for take in together]
    assert min(lengths) < max(lengths)
    for text, take in zip(texts, together, strict=True):
        assert_same(take, ending.reference(text))

    theirs = ending.references(list(texts))
    alone = [ending.reference(text) for text in texts]
    assert any(
        not np.array_equal(row.fine, one.fine) for row, one in zip(theirs, alone, strict=True)
    ), "transformers has mended this: compare the whole batch with it"


def test_trap_12_a_short_clip_is_padded_to_a_window(tiny: Tiny) -> None:
    """Trap 12. The padding is attended to: without it the codes are others."""
    engine = tiny.engine()
    take = say(engine, "hello", semantic_tokens=6)[0]
    assert take.coarse.shape == (2, 12)
    assert_same(take, tiny.reference("hello", semantic_max_new_tokens=6))
    stages = engine._stages
    assert stages is not None
    seen: list[int] = []
    read = stages.fine.reader.read

    def spy(x: Any, tick: Any) -> Any:
        seen.append(len(x))
        return read(x, tick)

    stages.fine.reader.read = spy  # type: ignore[method-assign]
    say(engine, "hello", semantic_tokens=6)
    assert seen == [32, 32]  # one window, two codebooks to find


def test_unpadded_is_the_reference_with_a_window_as_long_as_the_clip(
    make: Make, tiny: Tiny, kernel: str
) -> None:
    fitting = make(fine={"max_fine_input_length": 12, "max_fine_history_length": 6})
    take = say(tiny.engine(kernel=kernel, unpadded=True), "hello", semantic_tokens=6)[0]
    assert_same(take, fitting.reference("hello", semantic_max_new_tokens=6))
    assert not np.array_equal(take.fine, say(tiny.engine(), "hello", semantic_tokens=6)[0].fine)


def test_a_precision_that_rounds_leaves_padding_out_by_itself(tiny: Tiny) -> None:
    for precision, automatic in (("float32", False), ("bfloat16", True)):
        spoken = {
            padding: say(tiny.engine(precision=precision, **given), "hello", semantic_tokens=6)[0]
            for padding, given in (
                ("", {}),
                ("with", {"unpadded": False}),
                ("no", {"unpadded": True}),
            )
        }
        chosen, other = ("no", "with") if automatic else ("with", "no")
        assert np.array_equal(spoken[""].fine, spoken[chosen].fine)
        assert not np.array_equal(spoken[""].fine, spoken[other].fine)


def test_unpadded_with_a_voice_is_the_reference_with_a_window_as_long_as_both(make: Make) -> None:
    hop = {"max_fine_history_length": 8}
    short = make(fine=hop).engine(unpadded=True)
    take = say(short, "hello", voice="v1/anna", semantic_tokens=6)[0]
    fitting = make(fine=hop | {"max_fine_input_length": 8 + take.fine.shape[1]})
    assert_same(take, fitting.reference("hello", make_voice(), semantic_max_new_tokens=6))


def test_unpadded_a_clip_of_several_windows_is_the_same(tiny: Tiny) -> None:
    long, usual = (
        say(tiny.engine(unpadded=unpadded), "hello", semantic_tokens=30)[0]
        for unpadded in (True, False)
    )
    assert long.fine.shape[1] > 32
    assert same(long, usual)


def test_unpadded_rows_do_not_see_each_other(ending: Tiny, kernel: str) -> None:
    texts = ("hello world", "a b", "one", "two words")
    engine = ending.engine(kernel=kernel, unpadded=True)
    alone = [say(engine, text, voice="v1/anna")[0] for text in texts]
    for one, row in zip(alone, say(engine, *texts, voice="v1/anna"), strict=True):
        assert_same(row, one)


def test_windows_cover_every_frame(tiny: Tiny) -> None:
    """Each frame is filled, none twice before it is known, and no window leaves the buffer."""
    engine = tiny.engine()
    say(engine, "a", semantic_tokens=1)
    stages = engine._stages
    assert stages is not None
    for history in (0, 1, 8, 15, 16):
        for frames in range(1, 80):
            total = max(history + frames, 32)
            filled: set[int] = set()
            for start, fill in stages.fine.windows(frames, history):
                assert 0 <= start <= fill <= total
                assert start + 32 <= total
                assert fill <= max([history, *(f + 1 for f in filled)]), "a gap"
                filled |= set(range(fill, start + 32))
            assert filled >= set(range(history, history + frames))


def test_sampled_codes_are_legal(tiny: Tiny) -> None:
    hot = fine_only(StageSampling(temperature=10.0))
    assert_legal(say(tiny.engine(), "hello", sampling=hot)[0])
