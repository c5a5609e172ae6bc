"""Rows decoded together by one causal transformer: continuous batching.

A stage holds up to `slots` rows. Each step gives every row one token; a finished row leaves and the
last row takes its slot, so that the rows in work are always the first ones of the cache and the
next row can join at once. What is computed stands in state.py, as tensors; here is who they are.
"""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from torch import Tensor, nn

from engine.bark.decoder import Cache, Decoder, Tick
from engine.bark.linear import Compute
from engine.bark.one_thread import one_thread
from engine.bark.sampling import Sampler, must_be_finite
from engine.bark.state import Slots, State


class InFlight(Protocol):
    """What a stage must know of a row. position: how many of the cache it has filled. uniforms:
    float32 (tokens at most,). fixed: its end may not come."""

    position: int

    @property
    def uniforms(self) -> Tensor: ...
    @property
    def sampler(self) -> Sampler: ...
    @property
    def fixed(self) -> bool: ...


Row = TypeVar("Row", bound=InFlight)


class CausalStage(nn.Module, Generic[Row]):
    """A decoder, the embedding of what it says, and the rows in flight."""

    embedding: Tensor  # (ids, width)

    def __init__(self, decoder: Decoder, compute: Compute) -> None:
        super().__init__()
        self.decoder = decoder
        self.compute = compute
        self.rows: list[Row] = []
        self.cache: Cache | None = None
        self.slots = self._slots(0, 0)

    def _slots(self, count: int, numbers: int) -> Slots:
        return Slots(count, self.decoder.outputs, numbers, self.compute.device)

    def forward(self) -> CausalStage[Row]:
        """Does nothing: entering a stage is what offload hooks listen to."""
        return self

    def open(self, slots: int, positions: int, numbers: int) -> None:
        """Make room for rows. numbers: tokens that a row can have, and so random numbers."""
        positions = min(positions, self.decoder.config.block_size)
        self.cache = self.decoder.cache(slots, positions)
        self.slots = self._slots(slots, numbers)

    def close(self) -> None:
        """Forget all rows and give the cache back."""
        self.rows = []
        self.cache = None
        self.slots = self._slots(0, 0)

    @property
    def room(self) -> int:
        """Rows that can still join."""
        return 0 if self.cache is None else self.cache.rows - len(self.rows)

    # ── rows ──────────────────────────────────────────────────────────────────────────────────

    def join(self, row: Row, x: Tensor, tick: Tick) -> None:
        """Put a row in flight and read it from its first position on: x (positions, width)."""
        self.rows.append(row)
        self.slots.add(row.uniforms, row.sampler, fixed=row.fixed)
        self.read(len(self.rows) - 1, x, tick)

    def read(self, slot: int, x: Tensor, tick: Tick) -> None:
        """Read a row from its first position on: x (positions, width). Sets its logits."""
        logits = self.decoder.read(x, self.cache, slot, tick)
        must_be_finite(logits, self.compute.precision)
        self.slots.logits[slot] = logits
        self.slots.place(slot, len(x))
        self.rows[slot].position = len(x)

    def drop(self, slots: list[int]) -> list[Row]:
        """Take rows out; the last ones move into their slots, and their logits come anew with the
        next step. Returns the rows."""
        assert self.cache is not None
        gone = [self.rows[slot] for slot in slots]
        for slot in sorted(slots, reverse=True):
            last = self.rows.pop()
            self.slots.drop(slot)
            if slot < len(self.rows):
                self.cache.move(len(self.rows), slot, last.position)
                self.rows[slot] = last
        return gone

    # ── a step ────────────────────────────────────────────────────────────────────────────────

    def choose(self, logits: Tensor, state: State) -> Tensor:
        """The next id of each row, from its logits: int64 (rows,). Reads nothing on the host."""
        raise NotImplementedError

    def take(self) -> list[int]:
        """Choose for every row in flight, and tell the host."""
        state = self.slots.state
        with one_thread():
            chosen = self.choose(state.logits, state)
        state.chosen.copy_(chosen)
        state.made.add_(1)
        return chosen.tolist()

    def advance(self, state: State) -> None:
        """Give every row its next position, which holds the id that was chosen. Sets their logits.
        Reads nothing on the host."""
        with one_thread():
            x = self.embedding[state.chosen]
        self.decoder.step(x, self.cache, state)
        state.position.add_(1)

    def go_on(self) -> None:
        """`advance` every row in flight. Raises UserError where a number is none."""
        state = self.slots.state
        positions = [row.position for row in self.rows]
        state.longest, state.shortest = max(positions) + 1, min(positions) + 1
        self.advance(state)
        with one_thread():
            must_be_finite(state.logits, self.compute.precision)
        for row in self.rows:
            row.position += 1
