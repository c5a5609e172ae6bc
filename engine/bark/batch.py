"""Rows decoded together by one causal transformer: continuous batching.

A stage holds up to `slots` rows. Each step gives every row one token; a finished row leaves and the
last row takes its slot, so that the rows in work are always the first ones of the cache and the
next row can join at once.
"""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn

from engine.bark.kv_cache import KVCache
from engine.bark.linear import Compute, make_linear
from engine.bark.native import NativeStep
from engine.bark.sampling import must_be_finite
from engine.bark.transformer import Tick, Transformer


class InFlight(Protocol):
    """What a stage must know of a row: how many positions of the cache it has filled."""

    position: int


Row = TypeVar("Row", bound=InFlight)


class CausalStage(nn.Module, Generic[Row]):
    """A causal transformer, the part of its head that may come, and the rows in flight."""

    def __init__(self, transformer: Transformer, head: Tensor, compute: Compute) -> None:
        super().__init__()
        self.transformer = transformer
        self.compute = compute
        self.head = make_linear(head, None, compute)
        self.native = NativeStep.of(transformer, self.head)
        self.outputs = len(head)
        self.rows: list[Row] = []
        self.cache: KVCache | None = None
        self.logits = torch.empty(0)

    def forward(self) -> CausalStage[Row]:
        """Does nothing: entering a stage is what offload hooks listen to."""
        return self

    def open(self, slots: int, positions: int) -> None:
        """Make room for rows."""
        positions = min(positions, self.transformer.config.block_size)
        self.cache = self.transformer.cache(slots, positions)
        self.logits = torch.zeros(slots, self.outputs, device=self.compute.device)

    def close(self) -> None:
        """Forget all rows and give the cache back."""
        self.rows = []
        self.cache = None
        self.logits = torch.empty(0)

    @property
    def room(self) -> int:
        """Rows that can still join."""
        return 0 if self.cache is None else self.cache.rows - len(self.rows)

    def read(self, slot: int, x: Tensor, tick: Tick) -> None:
        """Read a row from its first position on: x (positions, width). Sets its logits."""
        hidden = self.transformer.read(x, tick, cache=self.cache, row=slot)
        self.logits[slot] = self.head(hidden)[0].float()
        must_be_finite(self.logits[slot], self.compute.precision)
        self.rows[slot].position = len(x)

    def advance(self, x: Tensor) -> None:
        """Give every row in flight its next position: x (rows, width). Sets their logits."""
        assert self.cache is not None
        positions = [row.position for row in self.rows]
        if self.native is not None:
            self.native.step(x, self.cache, positions, self.logits)
        else:
            hidden = self.transformer.step(x, self.cache, positions)
            self.logits[: len(self.rows)] = self.head(hidden).float()
        must_be_finite(self.logits[: len(self.rows)], self.compute.precision)
        for row in self.rows:
            row.position += 1

    def drop(self, slots: list[int]) -> list[Row]:
        """Take rows out; the last ones move into their slots, and their logits come anew with the
        next step. Returns the rows."""
        assert self.cache is not None
        gone = [self.rows[slot] for slot in slots]
        for slot in sorted(slots, reverse=True):
            last = self.rows.pop()
            if slot < len(self.rows):
                self.cache.move(len(self.rows), slot, last.position)
                self.rows[slot] = last
        return gone
