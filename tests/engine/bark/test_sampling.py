"""Logits → token: the probabilities, what top-k and top-p leave, ties, edges, random numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor
from transformers import TopKLogitsWarper, TopPLogitsWarper

from engine.api import StageSampling
from engine.bark.sampling import Sampler, Sampling, must_be_finite, random_numbers
from engine.errors import UserError

POINTS = 20_000
ALMOST_1 = math.nextafter(1.0, 0.0)


def shares(sampler: Sampler, logits: Tensor) -> np.ndarray:
    """How often each token is chosen over an even grid of random numbers: exact to 1 / POINTS."""
    grid = (torch.arange(POINTS) + 0.5) / POINTS
    chosen = sampler(logits.expand(POINTS, -1), grid)
    return torch.bincount(chosen, minlength=len(logits)).numpy() / POINTS


def some_logits(seed: int, count: int = 40) -> Tensor:
    return torch.randn(count, generator=torch.Generator().manual_seed(seed)) * 3


@pytest.mark.parametrize("temperature", [0.3, 0.7, 1.0, 2.5])
def test_probabilities(temperature: float) -> None:
    logits = some_logits(1)
    expected = (logits / temperature).softmax(-1).numpy()
    np.testing.assert_allclose(shares(Sampler(temperature), logits), expected, atol=3 / POINTS)


@pytest.mark.parametrize("k", [1, 2, 7, 39, 40, 100])
def test_top_k_as_transformers(k: int) -> None:
    logits = some_logits(2)
    kept = TopKLogitsWarper(k)(torch.zeros(1, 1), logits[None])[0].softmax(-1).numpy()
    np.testing.assert_allclose(shares(Sampler(1.0, top_k=k), logits), kept, atol=3 / POINTS)


@pytest.mark.parametrize("p", [0.01, 0.3, 0.7, 0.95, 0.999])
def test_top_p_as_transformers(p: float) -> None:
    logits = some_logits(3)
    kept = TopPLogitsWarper(p)(torch.zeros(1, 1), logits[None])[0].softmax(-1).numpy()
    np.testing.assert_allclose(shares(Sampler(1.0, top_p=p), logits), kept, atol=3 / POINTS)


@pytest.mark.parametrize(("p", "kept"), [(0.25, 1), (0.5, 2), (0.5000001, 3), (0.75, 3)])
def test_a_token_that_fills_p_exactly_is_the_last(p: float, kept: int) -> None:
    chosen = shares(Sampler(1.0, top_p=p), torch.zeros(4))  # each has a quarter, to the bit
    assert (chosen > 0).tolist() == [i < kept for i in range(4)]


def test_top_k_comes_before_top_p() -> None:
    """top_p looks at what top_k has left, as in transformers."""
    logits = torch.tensor([0.3, 0.25, 0.2, 0.15, 0.1]).log()
    kept = shares(Sampler(1.0, top_k=2, top_p=0.5), logits)  # 0.3 of 0.55 is over a half
    assert kept.tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("number", [0.0, 1e-7, 0.25, 0.5, 0.75, 1 - 1e-7, ALMOST_1])
def test_never_outside_the_set(number: float) -> None:
    """Whatever the number, what may not come does not come, at both ends of the vocabulary too."""
    random = np.random.default_rng(0)
    for seed in range(100):
        logits = some_logits(seed, 12)
        logits[[0, 1, 5, 11]] = -torch.inf
        k, p = int(random.integers(0, 12)), float(random.uniform(0.05, 1))
        temperature = float(random.uniform(0.05, 10))
        token = int(Sampler(temperature, k, p)(logits[None], torch.tensor([number])))
        assert token in {2, 3, 4, 6, 7, 8, 9, 10}
        ranked = logits.argsort(descending=True)
        rank = ranked.tolist().index(token)
        assert k == 0 or rank < k
        kept = logits[ranked[: k or 12]] / temperature
        assert kept.softmax(-1)[:rank].sum() < p + 1e-5, "the likelier ones fill p already"


def test_ties() -> None:
    """Equal logits are equally likely; greedy takes the first; top-k keeps all that are equal to
    the k-th, as transformers does."""
    logits = torch.tensor([1.0, 2.0, 2.0, 2.0, 0.0])
    assert int(Sampler(0.0)(logits[None], torch.tensor([0.9]))) == 1
    third = [0.0, 1 / 3, 1 / 3, 1 / 3, 0.0]
    np.testing.assert_allclose(shares(Sampler(1.0, top_k=2), logits), third, atol=2 / POINTS)


def test_edges_of_the_random_number() -> None:
    """0 is the first token that may come, the largest float below 1 the last."""
    logits = torch.tensor([[-torch.inf, 1.0, 1.0, 1.0, -torch.inf]])
    largest = float(np.nextafter(np.float32(1), np.float32(0)))
    assert int(Sampler(1.0)(logits, torch.tensor([0.0]))) == 1
    assert int(Sampler(1.0)(logits, torch.tensor([largest]))) == 3


def test_rows_do_not_touch_each_other() -> None:
    logits = torch.stack([some_logits(i) for i in range(9)])
    numbers = torch.rand(9, generator=torch.Generator().manual_seed(0))
    for sampler in (Sampler(0.7), Sampler(0.7, 5), Sampler(0.7, 0, 0.8), Sampler(0.0)):
        together = sampler(logits, numbers)
        alone = [int(sampler(logits[i : i + 1], numbers[i : i + 1])) for i in range(9)]
        assert together.tolist() == alone


MIXED = [
    *(Sampler(0.7), Sampler(0.0), Sampler(1.3, 3), Sampler(0.7, 0, 0.6), Sampler(0.5, 40, 0.9)),
    *(Sampler(0.0, 2), Sampler(2.0, 1000), Sampler(1.0, 1), Sampler(0.9, 0, 0.0)),
]


@pytest.mark.parametrize("count", range(1, 10))
def test_every_row_has_its_own_sampler(count: int) -> None:
    """Rows of different requests in one batch: each gets what it gets alone, to the bit."""
    device = torch.device("cpu")
    for seed in range(20):
        logits = torch.stack([some_logits(seed * 9 + i) for i in range(count)])
        numbers = torch.rand(count, generator=torch.Generator().manual_seed(seed))
        samplers = MIXED[seed % 9 :] + MIXED[: seed % 9]
        together = Sampling(samplers[:count], device).choose(logits, numbers)
        alone = [
            int(sampler(logits[i : i + 1], numbers[i : i + 1]))
            for i, sampler in enumerate(samplers[:count])
        ]
        assert together.tolist() == alone


def test_every_row_has_its_own_end() -> None:
    """`min_eos_p` is that of the row, and looks at the probability before temperature."""
    logits = torch.tensor([[2.0, 0.0, 1.0]]).expand(4, -1)  # the end: 0.24
    samplers = [Sampler(1.0, min_eos_p=p) for p in (0.2, 0.3, 0.0)] + [Sampler(0.01, min_eos_p=0.2)]
    sampling = Sampling(samplers, torch.device("cpu"))
    ended = sampling.end(logits, torch.zeros(4, dtype=torch.int64), 2)
    assert ended.tolist() == [2, 0, 0, 2]


def test_low_temperature_is_nearly_greedy() -> None:
    """The temperature at which floats end: no nan."""
    logits = some_logits(4)
    chosen = Sampler(1e-4)(logits[None], torch.tensor([0.999]))
    assert int(chosen) == int(logits.argmax())


def test_of() -> None:
    assert Sampler.of(StageSampling(), 0.7).temperature == 0.7
    assert Sampler.of(StageSampling(temperature=0.0), 0.7).temperature == 0.0
    assert Sampler.of(StageSampling(top_k=3, top_p=0.5), 0.0) == Sampler(0.0, 3, 0.5)


# ── random numbers ────────────────────────────────────────────────────────────────────────────


def test_trap_15_every_seed_take_and_stage_has_its_own_numbers() -> None:
    """Trap 15."""
    drawn = {
        (seed, take, stage): random_numbers(seed, take, stage, 100)
        for seed in (0, 1, 11, 2**63 - 1)
        for take in (0, 1, 11)
        for stage in ("semantic", "coarse", "fine/0", "fine/1")
    }
    stacked = torch.stack(list(drawn.values()))
    assert len(stacked.unique(dim=0)) == len(drawn)
    # Independent: no two streams are alike in their order either.
    correlation = torch.corrcoef(stacked).fill_diagonal_(0)
    assert correlation.abs().max() < 0.5


def test_numbers_come_again() -> None:
    again = random_numbers(5, 1, "coarse", 50)
    assert torch.equal(random_numbers(5, 1, "coarse", 50), again)
    assert bool(((again >= 0) & (again < 1)).all())


@pytest.mark.parametrize("count", [1, 15, 16, 17, 100])
def test_a_longer_draw_begins_the_same(count: int) -> None:
    """Another length limit does not change what comes before it."""
    long = random_numbers(3, 0, "semantic", 300)
    assert torch.equal(random_numbers(3, 0, "semantic", count), long[:count])


def test_the_global_stream_is_left_alone() -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    random_numbers(0, 0, "semantic", 10)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_trap_14_must_be_finite(bad: float) -> None:
    """Trap 14. The sentence names the way out."""
    with pytest.raises(UserError, match="bfloat16: choose --precision float32"):
        must_be_finite(torch.tensor([1.0, bad]), "bfloat16")
    with pytest.raises(UserError, match="float32: get the model again"):
        must_be_finite(torch.tensor([bad]), "float32")
    must_be_finite(torch.tensor([3e38]), "float32")
