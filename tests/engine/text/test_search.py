"""Every kind of search gives what transformers' torch models and the eager path give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
import torch
import transformers

from engine.api import Greedy, Sampling, TextRequest
from engine.text.search import gumbel, penalise, rank, sample, threshold
from engine.text.writing import random_keys
from tests.engine.text.reference import PROMPTS, EngineOf, expected
from tests.engine.text.tiny import FAMILIES, make_tokenizer


@pytest.mark.parametrize(
    "family",  # compiling one takes seconds: the fast ring has time for one
    ["llama", *(pytest.param(f, marks=pytest.mark.slow) for f in FAMILIES if f != "llama")],
)
def test_greedy_equals_transformers(
    family: str, engine_of: EngineOf, torch_of: Callable[[str], Any]
) -> None:
    request = TextRequest(prompts=PROMPTS, max_new_tokens=40)
    fast = engine_of(family).generate(request)
    slow = engine_of(family, eager=True).generate(request)
    for prompt, tokens, eager in zip(PROMPTS, fast.tokens, slow.tokens, strict=True):
        [reference], _ = expected(torch_of(family), prompt, 40, do_sample=False)
        assert tokens.tolist() == reference
        assert eager.tolist() == reference


def test_a_prompt_longer_than_a_chunk_is_read_in_several(
    engine_of: EngineOf, torch_of: Callable[[str], Any]
) -> None:
    prompt = "ab" * 70  # 140 tokens, two chunks of 128
    result = engine_of().generate(TextRequest(prompts=(prompt, "c"), max_new_tokens=12))
    for tokens, text in zip(result.tokens, (prompt, "c"), strict=True):
        [reference], _ = expected(torch_of("llama"), text, 12, do_sample=False)
        assert tokens.tolist() == reference


@pytest.mark.parametrize("penalty", [1.3, 0.7])
def test_repetition_penalty_equals_transformers(
    penalty: float, engine_of: EngineOf, torch_of: Callable[[str], Any]
) -> None:
    request = TextRequest(
        prompts=PROMPTS[:1], search=Greedy(repetition_penalty=penalty), max_new_tokens=40
    )
    [reference], _ = expected(
        torch_of("llama"), PROMPTS[0], 40, do_sample=False, repetition_penalty=penalty
    )
    assert engine_of().generate(request).tokens[0].tolist() == reference


SAMPLINGS = [
    Sampling(seed=(1, 2)),
    Sampling(temperature=0.7, top_k=20, seed=(3, 4)),
    Sampling(temperature=1.5, top_p=0.8, repetition_penalty=1.2, seed=(5, 6)),
]


@pytest.mark.parametrize("search", SAMPLINGS)
def test_sampling_is_the_same_compiled_and_eager(search: Sampling, engine_of: EngineOf) -> None:
    request = TextRequest(prompts=PROMPTS, search=search, max_new_tokens=24)
    fast, slow = engine_of().generate(request), engine_of(eager=True).generate(request)
    assert [t.tolist() for t in fast.tokens] == [t.tolist() for t in slow.tokens]


def test_seeds_repeat_and_differ(engine_of: EngineOf) -> None:
    def write(*prompts: str, seed: tuple[int, int] = (1, 2), sequences: int = 3) -> list[list[int]]:
        search = Sampling(seed=seed, sequences=sequences)
        request = TextRequest(prompts=prompts, search=search, max_new_tokens=16)
        return [tokens.tolist() for tokens in engine_of().generate(request).tokens]

    first = write("the path")
    assert write("the path") == first
    assert write("the path", sequences=2) == first[:2]  # a sequence is its own, in any batch
    assert write("another", "the path")[3:] == first
    assert len({tuple(row) for row in first}) == 3
    assert write("the path", seed=(2, 1)) != first
    assert write("the path", seed=(1, 2**40)) != first


def test_temperature_zero_is_greedy(engine_of: EngineOf) -> None:
    greedy = engine_of().generate(TextRequest(prompts=PROMPTS, max_new_tokens=16))
    cold = engine_of().generate(
        TextRequest(prompts=PROMPTS, search=Sampling(temperature=0.0), max_new_tokens=16)
    )
    assert [t.tolist() for t in cold.tokens] == [t.tolist() for t in greedy.tokens]


def test_scores_are_the_models_log_probabilities(
    engine_of: EngineOf, torch_of: Callable[[str], Any]
) -> None:
    search = Sampling(temperature=0.6, top_k=9, seed=(8, 8))
    result = engine_of().generate(
        TextRequest(prompts=PROMPTS[:1], search=search, max_new_tokens=20)
    )
    prompt, text = make_tokenizer().encode(PROMPTS[0]).ids, result.tokens[0].tolist()
    with torch.no_grad():
        logits = torch_of("llama")(torch.tensor([prompt + text])).logits[0]
    gains = torch.log_softmax(logits, -1)[len(prompt) - 1 : -1]
    assert result.endings == ("length",)
    assert result.scores[0] == pytest.approx(gains[range(len(text)), text].mean().item(), abs=1e-3)


# ── the parts of sampling ─────────────────────────────────────────────────────────────────────


def test_rank_orders_as_the_floats_do() -> None:
    values = np.array([-np.inf, -3e30, -2.5, -1e-40, 0.0, 1e-40, 2.5, 3e30], np.float32)
    assert np.all(np.diff(rank(tf.constant(values)).numpy().astype(np.int64)) > 0)


@pytest.mark.parametrize("k", [1, 7, 300])
def test_threshold_of_counts_is_the_kth_largest(k: int) -> None:
    order = tf.constant(np.random.default_rng(k).integers(-(2**31), 2**31, (3, 300)), tf.int32)
    found = threshold(order, tf.ones_like(order), tf.constant(k)).numpy()[:, 0]
    assert found.tolist() == np.sort(order.numpy(), axis=1)[:, -k].tolist()


@pytest.mark.parametrize(("top_k", "top_p"), [(0, 1.0), (5, 1.0), (0, 0.6), (40, 0.9), (0, 1e-6)])
def test_only_tokens_that_transformers_keeps_are_drawn(top_k: int, top_p: float) -> None:
    logits = torch.randn(1, 64, generator=torch.Generator().manual_seed(1)) * 2
    kept = logits
    if top_k:
        kept = transformers.TopKLogitsWarper(top_k)(None, kept)
    if top_p < 1:
        kept = transformers.TopPLogitsWarper(top_p)(None, kept)
    allowed = set(torch.isfinite(kept[0]).nonzero()[:, 0].tolist())
    drawn = set(draw(logits.numpy(), 4000, top_k, top_p).tolist())
    assert drawn <= allowed
    likely = torch.softmax(kept[0], -1) > 0.01  # 4000 draws miss such a token once in 10^17
    assert set(likely.nonzero()[:, 0].tolist()) <= drawn


def test_draws_follow_the_probabilities() -> None:
    logits = np.random.default_rng(2).standard_normal((1, 16)).astype(np.float32)
    share = np.bincount(draw(logits, 20_000, 0, 1.0), minlength=16) / 20_000
    probability = np.exp(logits[0]) / np.exp(logits[0]).sum()
    assert np.abs(share - probability).max() < 5 * np.sqrt(0.25 / 20_000)


def draw(logits: Any, count: int, top_k: int, top_p: float) -> Any:
    from engine.text.search import Choice

    keys = random_keys((4, 2), 1).repeat(count, axis=0)
    keys[:, 0] += np.arange(count, dtype=np.uint32)
    choice = Choice(
        temperature=tf.constant(1.0),
        top_k=tf.constant(top_k),
        top_p=tf.constant(top_p),
        penalty=tf.constant(1.0),
        keys=tf.constant(keys),
        ends=tf.constant([-1]),
    )
    rows = tf.repeat(tf.constant(logits), count, axis=0)
    return sample(rows, tf.zeros(count, tf.int32), choice, tf.constant(0)).numpy()


def test_noise_differs_by_row_step_and_token() -> None:
    keys = tf.constant(random_keys((0, 0), 2))
    noise = np.stack([gumbel(keys, tf.constant(step), 500).numpy() for step in range(2)])
    assert np.all(np.isfinite(noise))
    assert len(np.unique(noise)) > 1990
    assert np.corrcoef(noise.reshape(4, -1))[0, 1:] == pytest.approx(0, abs=0.2)


def test_penalise_equals_transformers() -> None:
    logits = torch.randn(1, 20, generator=torch.Generator().manual_seed(3))
    seen = torch.tensor([[2, 5, 11]])
    reference = transformers.RepetitionPenaltyLogitsProcessor(1.4)(seen, logits.clone())
    mask = np.zeros((1, 20), bool)
    mask[0, seen[0]] = True
    ours = penalise(tf.constant(logits.numpy()), tf.constant(mask), tf.constant(1.4))
    assert ours.numpy() == pytest.approx(reference.numpy(), abs=1e-6)
