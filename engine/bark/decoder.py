"""What a causal stage asks of its transformer, whoever computes it.

`cache`, `read`, `step`: torch alone (transformer.py) and compiled code (native.py) both answer to
it, and `load.py` is the one place that chooses between them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
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
    """A causal transformer and the part of its head that may come: embeddings in, logits out.

    draws: whether `draw` ever finds a token.
    """

    draws = False

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

    def draw(self, meaning: Meaning, cache: Any, state: State, tokens: int) -> list[list[int]]:
        """Up to so many tokens of each row, chosen as `Sampling.choose` and `end` would, and the
        steps between them: outputs, (tokens, rows). Changes the state but for the step after the
        last token. Fewer, or none, where this decoder cannot, where one is in doubt or a number is
        none, and after the end of a row."""
        return []


@dataclass(frozen=True, eq=False)
class Meaning:
    """What the outputs of a stage are. embedding: (ids, width); an id is first + output. The books
    take turns, each with `size` outputs. end: the last output, where it ends a row, or −1."""

    embedding: Tensor
    first: int
    books: int
    size: int
    end: int = -1


class Reader(Protocol):
    """A transformer in which every position sees all others."""

    def read(self, x: Tensor, tick: Tick) -> Tensor:
        """(positions, width) → the same, behind the final norm."""
        ...
