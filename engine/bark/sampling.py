"""Logits → token: temperature, top-k, top-p, and one stream of random numbers for each row.

A row draws its random numbers before it starts, from a generator of its own for each (seed, take,
stage); a token is the inverse of the cumulative distribution at the row's next number. So a row
gets the same tokens alone and in any batch, in any order.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.api import StageSampling
from engine.errors import UserError


@dataclass(frozen=True, slots=True)
class Sampler:
    """How one stage chooses, with nothing left open. temperature 0 is greedy."""

    temperature: float
    top_k: int = 0
    top_p: float = 1.0

    @classmethod
    def of(cls, wanted: StageSampling, checkpoint_temperature: float) -> Sampler:
        """What the caller wants, filled up with what the checkpoint says."""
        temperature = wanted.temperature
        if temperature is None:
            temperature = checkpoint_temperature
        return cls(temperature, wanted.top_k, wanted.top_p)

    def __call__(self, logits: Tensor, uniforms: Tensor) -> Tensor:
        """Choose a token in each row.

        logits: float32 (rows, vocabulary), −inf for what may not come. uniforms: float32 (rows,)
        in [0, 1). Returns int64 (rows,).
        """
        if self.temperature == 0:
            return logits.argmax(-1)
        logits = logits / self.temperature
        if 0 < self.top_k < logits.shape[-1]:
            smallest = logits.topk(self.top_k).values[:, -1:]
            logits = logits.masked_fill(logits < smallest, -torch.inf)
        probabilities = logits.softmax(-1)
        if self.top_p < 1:
            ranked, order = probabilities.sort(descending=True, stable=True)
            # A token stays if the likelier ones do not fill p yet: the likeliest always does.
            ranked[ranked.cumsum(-1) - ranked >= self.top_p] = 0
            probabilities = torch.zeros_like(ranked).scatter_(-1, order, ranked)
        cumulative = probabilities.cumsum(-1)
        point = uniforms.unsqueeze(-1) * cumulative[:, -1:]
        tokens = torch.searchsorted(cumulative, point, right=True).squeeze(-1)
        # Rounding can put the point at the very end; the last token with a probability is meant.
        last = cumulative.argmax(-1)
        return torch.minimum(tokens, last)


def random_numbers(seed: int, take: int, stage: str, count: int) -> Tensor:
    """The random numbers of one row in one stage: float32 (count,) in [0, 1), on the processor."""
    digest = hashlib.sha256(f"{seed}/{take}/{stage}".encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:8], "little", signed=True))
    return torch.rand(count, generator=generator)


def must_be_finite(values: Tensor, precision: str) -> None:
    """Raises UserError for nan or infinity: a precision overflowed, or the weights are damaged."""
    if not bool(values.isfinite().all()):
        mend = "get the model again" if precision == "float32" else "choose --precision float32"
        raise UserError(f"the model's numbers overflowed in {precision}: {mend}")
