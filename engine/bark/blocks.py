"""Steps of static shape, several between two looks of the host.

A row that ends, is full, or whose window slides in the middle of a block is found out afterwards:
what it made beyond that is thrown away. Rows are filled up to a power of two and lengths to whole
buckets, so that few captured graphs (graphs.py) serve all steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from engine.bark.graphs import Graphs
from engine.bark.sampling import overflowed
from engine.bark.state import Slots, State

SIZE = 8  # steps between two looks, for EOS and for Stop
LENGTH = 128  # positions of a bucket

Step = Callable[[State, "Blocks"], None]


def bucket_of_rows(rows: int) -> int:
    """The rows of the graph that serves so many."""
    return 1 << (rows - 1).bit_length()


def bucket_of_positions(positions: int, most: int) -> int:
    """The positions that a graph looks at where its rows see so many."""
    return min(-(-positions // LENGTH) * LENGTH, most)


class Blocks:
    """Blocks of one stage. tokens: int64 (rows, SIZE), −1 where the logits were no numbers."""

    def __init__(self, rows: int, device: torch.device, graphs: Graphs) -> None:
        self.tokens = torch.zeros(rows, SIZE, dtype=torch.int64, device=device)
        self.column = torch.zeros(1, dtype=torch.int64, device=device)  # of the next token
        self.graphs = graphs
        self._cuda = device.type == "cuda"
        self._host = torch.zeros(rows, SIZE, dtype=torch.int64, pin_memory=self._cuda)

    def note(self, chosen: Tensor, finite: Tensor) -> None:
        """Keep the tokens of a step for the host: int64 and bool (rows,)."""
        told = chosen.masked_fill(~finite, -1).unsqueeze(1)
        self.tokens[: len(chosen)].scatter_(1, self.column.expand(len(chosen), 1), told)
        self.column.add_(1)

    def run(
        self, slots: Slots, rows: int, steps: int, longest: int, capacity: int, step: Step
    ) -> None:
        """Do so many steps of the first rows. longest: positions that a row sees in the last of
        them. capacity: those that there are. Reads nothing on the host."""
        changed = (*slots.tensors, self.tokens, self.column)

        def work(state: State) -> Callable[[], None]:
            return lambda: step(state, self)

        if self.graphs.captures and not len(self.graphs):
            key, state = slots.padded(len(self.tokens), capacity)
            self.graphs.capture(key, work(state), changed)
        key, state = slots.padded(
            bucket_of_rows(rows), bucket_of_positions(min(longest, capacity), capacity)
        )
        do = work(state)
        self.column.zero_()
        for _ in range(steps):
            self.graphs.run(key, do, changed)

    def read(self, rows: int, steps: int) -> list[list[int]]:
        """The tokens of the last steps, by row: the one place where the host waits."""
        part = self._host[:rows]
        part.copy_(self.tokens[:rows], non_blocking=self._cuda)
        if self._cuda:
            cuda: Any = torch.cuda  # its constructors have no types
            event = cuda.Event()
            event.record()
            event.synchronize()
        return part[:, :steps].tolist()


def checked(token: int, precision: str) -> int:
    """The token. Raises UserError where there was none, since the logits were no numbers."""
    if token < 0:
        raise overflowed(precision)
    return token
