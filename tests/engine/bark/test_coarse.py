"""The coarse stage: which ids may come, windows, and how a voice is continued."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import LogitsProcessor
from transformers.models.bark import modeling_bark

from engine.bark.coarse import CoarseStage
from tests.engine.bark.conftest import Make
from tests.engine.bark.reference import Tiny, assert_legal, assert_same, say
from tests.engine.bark.tiny import CODES, SEMANTIC_VOCAB, make_voice


class SunoRange(LogitsProcessor):
    """The rule of the original: the codebooks take turns over the whole row, and of each only its
    own ids may come (suno-ai/bark, `generate_coarse`)."""

    def __init__(self, steps: Iterator[int]) -> None:
        self._steps = steps

    def __call__(self, ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        first = SEMANTIC_VOCAB + next(self._steps) % 2 * CODES
        allowed = torch.full_like(scores, -torch.inf)
        allowed[:, first : first + CODES] = scores[:, first : first + CODES]
        return allowed


@pytest.fixture
def suno(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Call it before each reference: transformers then follows the original."""

    def follow() -> None:
        steps = itertools.count()
        monkeypatch.setattr(
            modeling_bark, "AlternatingCodebooksLogitsProcessor", lambda *_: SunoRange(steps)
        )

    return follow


def favour_strangers(model: Any) -> None:
    """The ids behind the last codebook become the likeliest."""
    head = model.coarse_acoustics.lm_head.weight
    head[SEMANTIC_VOCAB + 2 * CODES :] *= 5


@pytest.mark.parametrize("voice", [None, "v1/anna"])
def test_trap_8_only_codes_come(make: Make, kernel: str, voice: str | None, suno: Any) -> None:
    """Trap 8. transformers lets the last codebook run on into ids that are none and folds them
    later into wrong codes; we equal the original, which forbids them."""
    wide = make(coarse_outputs=SEMANTIC_VOCAB + 2 * CODES + 16, edit=favour_strangers)
    take = say(wide.engine(kernel=kernel), "hello", voice=voice)[0]
    assert_legal(take)
    history = make_voice() if voice else None
    assert (wide.reference("hello", history).coarse >= CODES).any(), "transformers' fault is gone"
    suno()
    assert_same(take, wide.reference("hello", history))


@pytest.mark.parametrize("length", [1, 7, 11])
def test_trap_8_an_odd_window_keeps_the_turns(
    make: Make, kernel: str, length: int, suno: Any
) -> None:
    """Trap 8. transformers begins every window with the first codebook."""
    odd = make(coarse={"sliding_window_len": length})
    take = say(odd.engine(kernel=kernel), "hello", voice="v1/anna")[0]
    assert_legal(take)
    suno()
    assert_same(take, odd.reference("hello", make_voice()))


@pytest.mark.parametrize("semantic", [2, 3, 4, 5, 8, 9, 10, 11, 19, 20, 21, 40, 41, 300])
def test_trap_9_any_length_of_voice(tiny: Tiny, tmp_path: Path, kernel: str, semantic: int) -> None:
    """Trap 9. Shorter and longer than each of the three histories, odd and even."""
    voice = make_voice(semantic=semantic, seed=semantic)
    np.savez(tmp_path / "voice.npz", **voice)
    path = str(tmp_path / "voice.npz")
    take = say(tiny.engine(kernel=kernel), "hello", voice=path, max_seconds=0.7)[0]
    assert_same(take, tiny.reference("hello", voice, semantic_max_new_tokens=17))


@pytest.mark.parametrize(("more", "fewer"), [(0, 5), (0, 4), (5, 0), (4, 0)])
def test_trap_9_parts_of_unequal_length(tiny: Tiny, tmp_path: Path, more: int, fewer: int) -> None:
    """Trap 9. The shorter part of a voice says how much of the longer one is used."""
    voice = make_voice(semantic=20, seed=more + fewer)
    voice["semantic_prompt"] = voice["semantic_prompt"][: 20 - fewer]
    voice["coarse_prompt"] = voice["coarse_prompt"][:, : 40 - 2 * more]
    np.savez(tmp_path / "voice.npz", **voice)
    path = str(tmp_path / "voice.npz")
    take = say(tiny.engine(), "hello", voice=path, max_seconds=0.7)[0]
    assert_same(take, tiny.reference("hello", voice, semantic_max_new_tokens=17))


def test_a_voice_of_one_semantic_id(tiny: Tiny, tmp_path: Path) -> None:
    """Too short to continue in the coarse stage: it starts from nothing there. (The original and
    transformers take all of it by accident, since x[-0:] is everything.)"""
    np.savez(tmp_path / "voice.npz", **make_voice(semantic=1))
    assert_legal(say(tiny.engine(), "hello", voice=str(tmp_path / "voice.npz"))[0])


def test_the_cache_of_a_window_is_used_again(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as neither end of the window slides, nothing is read again."""
    reads: list[int] = []
    read = CoarseStage.read

    def spy(self: CoarseStage, slot: int, x: torch.Tensor, tick: Any) -> None:
        reads.append(len(self.rows[slot].tokens))
        read(self, slot, x, tick)

    monkeypatch.setattr(CoarseStage, "read", spy)
    take = say(tiny.engine(), "hello", semantic_tokens=9)[0]
    assert take.coarse.size == 36  # three windows
    # round(24 / 4.016) = 6 semantic ids are behind at the third window, and up to 9 are history.
    assert reads == [0]
    reads.clear()
    say(tiny.engine(), "hello", semantic_tokens=20)
    assert reads[0] == 0
    assert reads[1:] == list(range(48, 80, 12))


def test_long_window(make: Make, kernel: str) -> None:
    """Fewer windows are read, tokens stay legal, the positions suffice, the first window is the
    same."""
    roomy = make(sizes={"num_layers": 2})
    exact = say(roomy.engine(kernel=kernel), "hello", voice="v1/anna")[0]
    engine = roomy.engine(kernel=kernel, long_window=True)
    take = say(engine, "hello", voice="v1/anna")[0]
    assert_legal(take)
    stages = engine._stages
    assert stages is not None
    stage = stages.coarse
    assert 12 < stage.window <= 24
    assert stage.positions - 1 <= stage.decoder.config.block_size
    assert np.array_equal(take.semantic, exact.semantic)
    assert np.array_equal(take.coarse[:, :6], exact.coarse[:, :6])
    assert take.coarse.shape == exact.coarse.shape


@pytest.mark.parametrize("spare", [0, 1, 2, 5])
def test_long_window_stays_within_the_positions(make: Make, spare: int) -> None:
    """A checkpoint with hardly a position to spare: the window grows by as much as there is."""
    tight = make(coarse={"max_coarse_history": 72 - 16 - 12 - spare})
    take = say(tight.engine(long_window=True), "hello", voice="v1/anna")[0]
    assert_legal(take)
