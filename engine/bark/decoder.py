"""What a causal stage asks of its transformer, whoever computes it.

`cache`, `read`, `step`: torch alone (transformer.py) and compiled code (native.py) both answer to
it, and `load.py` is the one place that chooses between them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Protocol

from torch import Tensor, nn

from engine.bark.config import TransformerConfig
from engine.bark.state import State

Tick = Callable[[], None]  # called between layers; raises Cancelled when the work is not wanted


class Cache(Protocol):
    """Keys and values of up to `rows` rows; only the decoder that made it looks inside."""

    rows: int
    positions: int

    def move(self, source: int, target: int, length: int) -> None:
        """Copy the first `length` positions of one row over those of another."""
        ...


class Decoder(nn.Module):
    """A causal transformer and the part of its head that may come: embeddings in, logits out."""

    def __init__(self, config: TransformerConfig, outputs: int) -> None:
        super().__init__()
        self.config = config
        self.outputs = outputs

    @abstractmethod
    def cache(self, rows: int, positions: int) -> Any:
        """An empty `Cache` for this decoder."""

    @abstractmethod
    def read(self, x: Tensor, cache: Any, row: int, tick: Tick) -> Tensor:
        """All positions of one row from 0 on, which fill its part of the cache: (positions, width)
        → logits of the last one, float32 (outputs,)."""

    @abstractmethod
    def step(self, x: Tensor, cache: Any, state: State) -> None:
        """One new position of each row of the state, at `state.position`: x (rows, width). Writes
        their logits."""


class Reader(Protocol):
    """A transformer in which every position sees all others."""

    def read(self, x: Tensor, tick: Tick) -> Tensor:
        """(positions, width) → the same, behind the final norm."""
        ...
