"""Logits → token: temperature, top-k, top-p, and one stream of random numbers for each row.

A row draws its random numbers before it starts, from a generator of its own for each (seed, take,
stage); a token is the inverse of the cumulative distribution at the row's next number. So a row
gets the same tokens alone and in any batch, in any order. Each row has a sampler of its own, too:
rows of different requests can be in one batch.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.api import StageSampling
from engine.errors import UserError


@dataclass(frozen=True, slots=True)
class Sampler:
    """How one row chooses in one stage, with nothing left open. temperature 0 is greedy.

    min_eos_p: the row ends as soon as its end is at least this probable, before temperature; 0
    waits until the end is drawn. Of the stages only the semantic one has an end.
    """

    temperature: float
    top_k: int = 0
    top_p: float = 1.0
    min_eos_p: float = 0.0

    @classmethod
    def of(
        cls, wanted: StageSampling, checkpoint_temperature: float, min_eos_p: float = 0.0
    ) -> Sampler:
        """What the caller wants, filled up with what the checkpoint says."""
        temperature = wanted.temperature
        if temperature is None:
            temperature = checkpoint_temperature
        return cls(temperature, wanted.top_k, wanted.top_p, min_eos_p)

    def __call__(self, logits: Tensor, uniforms: Tensor) -> Tensor:
        """`Sampling.choose` where all rows have this sampler."""
        return Sampling([self], logits.device).choose(logits, uniforms)


class Sampling:
    """The samplers of rows as vectors, or that of all rows as vectors of one.

    Which of the rules are needed at all is known here, before any number is: the rest is a fixed
    sequence of operations on tensors. plain: whether all tokens of a vocabulary may come.
    """

    def __init__(self, samplers: Sequence[Sampler], device: torch.device) -> None:
        def column(values: Sequence[float]) -> Tensor:
            return torch.tensor(values, dtype=torch.float32, device=device).unsqueeze(1)

        greedy = [sampler.temperature == 0 for sampler in samplers]
        self._all_greedy = all(greedy)
        self._greedy = torch.tensor(greedy, device=device) if any(greedy) else None
        self._temperature = column([sampler.temperature or 1.0 for sampler in samplers])
        self._top_k = [sampler.top_k for sampler in samplers] if not self._all_greedy else []
        self._most = max(self._top_k, default=0)
        self._last_kept = torch.tensor([max(k - 1, 0) for k in self._top_k], device=device)
        self._keeps_all = torch.tensor([k == 0 for k in self._top_k], device=device).unsqueeze(-1)
        top_p = [sampler.top_p for sampler in samplers]
        # 1 keeps everything, also what rounding puts beyond 1.
        keep = [p if p < 1 else math.inf for p in top_p]
        self._top_p = column(keep) if min(top_p) < 1 else None
        floors = [sampler.min_eos_p or math.inf for sampler in samplers]
        self._min_eos_p = column(floors)[:, 0] if min(floors) < math.inf else None

        self.plain = self._all_greedy or (not self._most and self._top_p is None)
        self.samplers = tuple(samplers)

    def choose(self, logits: Tensor, uniforms: Tensor) -> Tensor:
        """Choose a token in each row.

        logits: float32 (rows, vocabulary), −inf for what may not come. uniforms: float32 (rows,)
        in [0, 1). Returns int64 (rows,).
        """
        if self._all_greedy:
            return logits.argmax(-1)
        scaled = logits / self._temperature
        if self._most:
            scaled = self._keep_top_k(scaled)
        probabilities = scaled.softmax(-1)
        if self._top_p is not None:
            ranked, order = probabilities.sort(descending=True, stable=True)
            # A token stays if the likelier ones do not fill p yet: the likeliest always does.
            ranked.masked_fill_(ranked.cumsum(-1) - ranked >= self._top_p, 0)
            probabilities = torch.zeros_like(ranked).scatter_(-1, order, ranked)
        cumulative = probabilities.cumsum(-1)
        point = uniforms.unsqueeze(-1) * cumulative[:, -1:]
        tokens = torch.searchsorted(cumulative, point, right=True).squeeze(-1)
        # Rounding can put the point at the very end; the last token with a probability is meant.
        tokens = torch.minimum(tokens, cumulative.argmax(-1))
        if self._greedy is not None:
            tokens = torch.where(self._greedy, logits.argmax(-1), tokens)
        return tokens

    def _keep_top_k(self, logits: Tensor) -> Tensor:
        rows, vocabulary = logits.shape
        most = min(self._most, vocabulary)
        kept = self._last_kept.clamp_max(most - 1).unsqueeze(-1).expand(rows, 1)
        smallest = logits.topk(most).values.gather(1, kept)
        return logits.masked_fill((logits < smallest) & ~self._keeps_all, -torch.inf)

    def end(self, logits: Tensor, chosen: Tensor, end: int) -> Tensor:
        """The tokens that were chosen, `end` where that is probable enough to be taken at once."""
        if self._min_eos_p is None:
            return chosen
        return chosen.masked_fill(logits.softmax(-1)[:, end] > self._min_eos_p, end)


def random_numbers(seed: int, take: int, stage: str, count: int) -> Tensor:
    """The random numbers of one row in one stage: float32 (count,) in [0, 1), on the processor."""
    digest = hashlib.sha256(f"{seed}/{take}/{stage}".encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:8], "little", signed=True))
    return torch.rand(count, generator=generator)


def overflowed(precision: str) -> UserError:
    """What is raised for nan or infinity: a precision overflowed, or the weights are damaged."""
    mend = "get the model again" if precision == "float32" else "choose --precision float32"
    return UserError(f"the model's numbers overflowed in {precision}: {mend}")


def all_finite(values: Tensor) -> Tensor:
    """Whether every value of a row is a number: (rows, values) → bool (rows,)."""
    # Smallest and largest are nan if any is, and ten times as fast as to look at each.
    return torch.stack(torch.aminmax(values, dim=-1)).isfinite().all(0)


def must_be_finite(values: Tensor, precision: str) -> None:
    """Raises UserError for nan or infinity."""
    if values.numel() and not bool(all_finite(values.reshape(1, -1))):
        raise overflowed(precision)
