"""Parts of an operation side by side, with the same bits for any number of threads.

How torch divides an operation among its threads decides in which order it sums, and so the last bit
of the result. Here the parts are fixed, and each is computed by one thread alone: more threads only
take more of them at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise

import torch
from torch import Tensor

PARTS = 4  # more hands than these find nothing to do
_CHANNELS = 16  # of a part at least: as many as one vector of the widest processors holds
# Products of numbers for which hands are called: a millisecond of one of them. Less is done sooner
# than they come, above all where other programs keep them from their cores.
FEW = 1 << 24

Part = Callable[[], Tensor]


def cut(channels: int) -> list[slice]:
    """Channels → the parts in which they are computed."""
    count = max(1, min(PARTS, channels // _CHANNELS))
    edges = [channels * i // count for i in range(count + 1)]
    return [slice(first, last) for first, last in pairwise(edges)]


class Team:
    """Computes parts; made by `team`."""

    def __init__(self, pool: ThreadPoolExecutor | None) -> None:
        self._pool = pool

    def compute(self, parts: Sequence[Part], products: int = FEW) -> list[Tensor]:
        """The results of all parts, in their order. products: of two numbers, in all parts; fewer
        than FEW are left to this thread. Else it does the last part itself, and then, from the end
        on, those that nobody has begun: it never waits for a hand that has not come, because other
        programs keep it from its core."""
        if self._pool is None or len(parts) == 1 or products < FEW:
            return [part() for part in parts]
        inference = torch.is_inference_mode_enabled()  # belongs to a thread

        def other(part: Part) -> Tensor:
            with torch.inference_mode(inference):
                return part()

        others = [self._pool.submit(other, part) for part in parts[:-1]]
        results = [parts[-1]()]
        for part, begun in zip(parts[-2::-1], others[::-1], strict=True):
            results.append(part() if begun.cancel() else begun.result())
        return results[::-1]


@contextmanager
def team(device: torch.device) -> Iterator[Team]:
    """As many hands as torch has threads, while each of torch's own operations takes one.

    On an accelerator torch does everything as it is: there the order does not hang on threads.
    """
    threads = torch.get_num_threads()
    if device.type != "cpu":
        yield Team(None)
        return
    torch.set_num_threads(1)
    hands = min(threads, PARTS) - 1
    pool = (
        ThreadPoolExecutor(hands, initializer=torch.set_num_threads, initargs=(1,))
        if hands
        else None
    )
    try:
        yield Team(pool)
    finally:
        if pool is not None:
            pool.shutdown()
        torch.set_num_threads(threads)
