"""What a decode step knows of its rows: tensors alone, of which none has to be read on the host.

Rows stand in slots, those in work in the first ones. `choose` and `advance` of a stage go from one
state to the next; who the rows are, and when one is finished, is the business of batch.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.bark.sampling import Sampler, Sampling

_SAMPLINGS = 16  # that are kept for static states


@dataclass(eq=False)
class State:
    """The rows of a step. All tensors: (rows, …).

    longest, shortest: positions that the rows see in this step; the host knows without asking.
    static: the shapes of the step hang on the number of rows and on `longest` alone, which is then
    at least what the rows see, so that the same operations serve many steps.
    """

    logits: Tensor  # float32 (rows, outputs), of the token that comes next
    position: Tensor  # int64: where that token will stand
    made: Tensor  # int64: tokens so far
    chosen: Tensor  # int64: the last of them, an id of the stage's embedding
    fixed: Tensor  # bool: the end may not come
    uniforms: Tensor  # float32 (rows, tokens at most)
    sampling: Sampling
    any_fixed: bool
    longest: int = 0
    shortest: int = 0
    static: bool = False

    @property
    def number(self) -> Tensor:
        """The random number of each row's next token: float32 (rows,)."""
        made = self.made
        if self.static:  # a row that is finished, and goes on until the host looks, has no more
            made = made.clamp_max(self.uniforms.shape[1] - 1)
        return self.uniforms.gather(1, made.unsqueeze(1)).squeeze(1)


class Slots:
    """The memory of states: a slot for each row that a stage has room for."""

    def __init__(self, slots: int, outputs: int, numbers: int, device: torch.device) -> None:
        """numbers: random numbers that a row can need."""
        whole = torch.zeros(slots, dtype=torch.int64, device=device)
        self.logits = torch.zeros(slots, outputs, device=device)
        self._position = whole.clone()
        self._made = whole.clone()
        self._chosen = whole.clone()
        self._fixed = torch.zeros(slots, dtype=torch.bool, device=device)
        self._uniforms = torch.zeros(slots, max(1, numbers), device=device)
        self._samplers: list[tuple[Sampler, bool]] = []
        self._state: State | None = None
        self._samplings: dict[tuple[Sampler, ...], Sampling] = {}  # of static states

    def add(self, uniforms: Tensor, sampler: Sampler, *, fixed: bool = False) -> None:
        """A new row in the next slot. uniforms: float32 (tokens of this row at most,)."""
        slot = len(self._samplers)
        self._samplers.append((sampler, fixed))
        self._made[slot] = 0
        self._fixed[slot] = fixed
        self._uniforms[slot, : len(uniforms)] = uniforms
        self._state = None

    def place(self, slot: int, position: int, made: int) -> None:
        """Where the next token of a row will stand, and how many it has."""
        self._position[slot] = position
        self._made[slot] = made

    def drop(self, slot: int) -> None:
        """Take a row out; the last one moves into its slot."""
        last = len(self._samplers) - 1
        if slot < last:
            vectors = self._position, self._made, self._chosen, self._fixed
            for kept in (self.logits, *vectors, self._uniforms):
                kept[slot] = kept[last]
            self._samplers[slot] = self._samplers[last]
        self._samplers.pop()
        self._state = None

    @property
    def state(self) -> State:
        """That of the rows in work: made once, until a row comes or goes."""
        if self._state is None:
            rows = len(self._samplers)
            self._state = State(
                *(self.logits[:rows], self._position[:rows], self._made[:rows]),
                *(self._chosen[:rows], self._fixed[:rows], self._uniforms[:rows]),
                Sampling([sampler for sampler, _ in self._samplers], self.logits.device),
                any(fixed for _, fixed in self._samplers),
            )
        return self._state

    def padded(self, rows: int, length: int) -> tuple[tuple[object, ...], State]:
        """A static state of so many rows, of which the last may be nobody's, that see so many
        positions; and what its operations hang on."""
        samplers = tuple(sampler for sampler, _ in self._samplers)
        if len(set(samplers)) == 1:
            samplers = samplers[:1]  # broadcast: another number of rows has the same operations
        else:
            samplers += samplers[:1] * (rows - len(samplers))
        any_fixed = any(fixed for _, fixed in self._samplers)
        if samplers not in self._samplings:
            if len(self._samplings) == _SAMPLINGS:  # graphs hold what they look at themselves
                self._samplings.clear()
            self._samplings[samplers] = Sampling(samplers, self.logits.device)
        state = State(
            *(self.logits[:rows], self._position[:rows], self._made[:rows]),
            *(self._chosen[:rows], self._fixed[:rows], self._uniforms[:rows]),
            self._samplings[samplers],
            any_fixed,
            length,
            static=True,
        )
        return (rows, length, any_fixed, samplers), state

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """What a step changes."""
        return self.logits, self._position, self._made, self._chosen

    def clear(self) -> None:
        """Forget all rows; what static states hold stays where it is."""
        self._samplers.clear()
        self._state = None
