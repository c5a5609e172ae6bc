"""Rows decoded together by one causal transformer: continuous batching.

A stage holds up to `slots` rows. Each step gives every row one token; a finished row leaves and the
last row takes its slot, so that the rows in work are always the first ones of the cache and the
next row can join at once. What is computed stands in state.py, as tensors; here is who they are.

The host looks at every step, or, on an accelerator, at blocks of them (blocks.py).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic, Protocol, TypeVar

from torch import Tensor, nn

from engine.bark.blocks import SIZE, Blocks, bucket_of_rows, checked
from engine.bark.decoder import Cache, Decoder, Meaning, Tick
from engine.bark.graphs import Graphs
from engine.bark.linear import Compute
from engine.bark.one_thread import one_thread
from engine.bark.sampling import Sampler, all_finite, must_be_finite
from engine.bark.state import Slots, State


class InFlight(Protocol):
    """What a stage must know of a row. position: how many of the cache it has filled. left: tokens
    that it can still get. uniforms: float32 (tokens at most,). fixed: its end may not come."""

    position: int
    tokens: list[int]

    @property
    def left(self) -> int: ...
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
        self._places = 0
        self._blocks: Blocks | None = None
        self._numbers = 0

    def _slots(self, count: int, numbers: int) -> Slots:
        return Slots(count, self.decoder.outputs, numbers, self.compute.device)

    def forward(self) -> CausalStage[Row]:
        """Does nothing: entering a stage is what offload hooks listen to."""
        return self

    def open(self, slots: int, positions: int, numbers: int) -> None:
        """Make room for rows. numbers: tokens that a row can have, and so random numbers."""
        self._places = slots
        if self.compute.steps == "one":
            positions = min(positions, self.decoder.config.block_size)
            self.cache = self.decoder.cache(slots, positions)
            self.slots = self._slots(slots, numbers)
            return
        # What graphs look at stays where it is from one request to the next, if it is large enough.
        rows, kept = bucket_of_rows(slots), self._blocks
        if kept is None or len(kept.tokens) < rows or self._numbers < numbers:
            self.release()
            self.cache = self.decoder.cache(rows, self.decoder.config.block_size)
            self.slots = self._slots(rows, numbers)
            self._blocks = Blocks(rows, self.compute.device, Graphs.of(self.compute.steps))
            self._numbers = numbers

    def close(self) -> None:
        """Forget all rows, and give the cache back unless captured steps look at it."""
        if self.compute.steps == "captured" and self._blocks is not None:
            self.rows = []
            self.slots.clear()
        else:
            self.release()

    def release(self) -> None:
        """Give everything back but the weights."""
        self.forget_graphs()  # and they hold this stage
        self.rows = []
        self.cache = self._blocks = None
        self.slots = self._slots(0, 0)

    def forget_graphs(self) -> None:
        """Captured steps look at weights that go."""
        if self._blocks is not None:
            self._blocks.graphs.clear()

    @property
    def note(self) -> str:
        """A sentence, where the steps could not be captured."""
        return "" if self._blocks is None else self._blocks.graphs.note

    @property
    def room(self) -> int:
        """Rows that can still join."""
        return 0 if self.cache is None else self._places - len(self.rows)

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
        assert self.cache is not None
        row = self.rows[slot]
        self.slots.logits[slot] = logits
        self.slots.place(slot, min(len(x), self.cache.positions - 1), len(row.tokens))
        row.position = len(x)

    def drop(self, slots: list[int]) -> list[Row]:
        """Take rows out; the last ones move into their slots. Returns the rows."""
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

    @abstractmethod
    def choose(self, logits: Tensor, state: State) -> Tensor:
        """The next id of each row, from its logits: int64 (rows,). Reads nothing on the host."""

    def take(self) -> list[list[int]]:
        """The next tokens of every row in flight: one, or those of a block, of which some may lie
        behind the end of the row. Raises UserError where a number is none."""
        if self._blocks is not None:
            return self._take_block(self._blocks)
        state = self.slots.state
        if self.decoder.draws and (drawn := self._draw(state)):
            return drawn
        with one_thread():
            chosen = self.choose(state.logits, state)
        state.chosen.copy_(chosen)
        state.made.add_(1)
        return [[token] for token in chosen.tolist()]

    @abstractmethod
    def meaning(self) -> Meaning:
        """What the outputs of this stage are."""

    def certain(self, row: Row) -> int:
        """Tokens of a row after which the host has to look at it, at the latest."""
        return row.left

    def _draw(self, state: State) -> list[list[int]]:
        """The next tokens of every row by the decoder itself, if it can: all but the step after the
        last one."""
        assert self.cache is not None
        last = min(self.cache.positions, self.decoder.config.block_size) - 1
        tokens = min(min(self.certain(row), last - row.position + 2) for row in self.rows)
        drawn = self.decoder.draw(self.meaning(), self.cache, state, tokens)
        for row in self.rows:
            row.position += max(0, len(drawn) - 1)
        first = self.meaning().first
        return [[first + output for output in own] for own in zip(*drawn, strict=True)]

    def _take_block(self, blocks: Blocks) -> list[list[int]]:
        assert self.cache is not None
        steps = min(SIZE, max(row.left for row in self.rows))
        longest = max(row.position for row in self.rows) + steps
        rows = len(self.rows)
        blocks.run(self.slots, rows, steps, longest, self.cache.positions, self.static_step)
        for row in self.rows:
            row.position += steps
        return blocks.read(rows, steps)

    def static_step(self, state: State, blocks: Blocks) -> None:
        """Choose for every row of a static state, and give it its next position. Reads nothing on
        the host."""
        finite = all_finite(state.logits)
        chosen = self.choose(state.logits, state)
        state.chosen.copy_(chosen)
        state.made.add_(1)
        blocks.note(chosen, finite)
        self.advance(state)

    def token(self, token: int) -> int:
        """A token of `take` that belongs to a row. Raises UserError where it is none."""
        return checked(token, self.compute.precision)

    def advance(self, state: State) -> None:
        """Give every row its next position, which holds the id that was chosen. Sets their logits.
        Reads nothing on the host."""
        assert self.cache is not None
        chosen = state.chosen
        if state.static:  # an end has no embedding; what follows it is thrown away
            chosen = chosen.clamp_max(len(self.embedding) - 1)
        with one_thread():
            x = self.embedding[chosen]
        self.decoder.step(x, self.cache, state)
        state.position.add_(1)
        if state.static:
            state.position.clamp_max_(self.cache.positions - 1)

    def go_on(self) -> None:
        """`advance` every row in flight, where `take` has not. Raises UserError where a number is
        none."""
        if self._blocks is not None:
            return
        assert self.cache is not None
        last = min(self.cache.positions, self.decoder.config.block_size) - 1
        for slot, row in enumerate(self.rows):
            if row.position > last:  # its window has slid, and it is read anew after this step
                row.position = last
                self.slots.place(slot, last, len(row.tokens))
        state = self.slots.state
        positions = [row.position for row in self.rows]
        state.longest, state.shortest = max(positions) + 1, min(positions) + 1
        self.advance(state)
        with one_thread():
            must_be_finite(state.logits, self.compute.precision)
        for row in self.rows:
            row.position += 1
