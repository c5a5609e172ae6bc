"""Sequences of operations that an accelerator keeps: captured once, then one launch each.

What is captured may read nothing on the host and looks at the same memory every time: whatever
changes lies in tensors that stay. All graphs share one pool of memory; a caller who captures its
largest first lets the others find theirs in it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from engine.bark.lost_device import is_lost
from engine.bark.out_of_memory import is_out_of_memory

Work = Callable[[], object]


class Api(Protocol):
    """What a device can capture."""

    def warm_up(self, work: Work) -> None:
        """Do the work as it will be captured: libraries take their own memory the first time."""
        ...

    def capture(self, work: Work) -> Any:
        """Note down the operations of the work, and do none of them."""
        ...

    def replay(self, graph: Any) -> None:
        """Do what was noted down."""
        ...


class CudaApi:
    """CUDA's graphs on the device that is current."""

    def __init__(self) -> None:
        self._pool = torch.cuda.graph_pool_handle()
        cuda: Any = torch.cuda  # its constructors have no types
        self._stream = cuda.Stream()

    def warm_up(self, work: Work) -> None:
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream):
            work()
        torch.cuda.current_stream().wait_stream(self._stream)

    def capture(self, work: Work) -> Any:
        # Not torch.cuda.graph: that collects garbage and empties the allocator's cache each time.
        graph = torch.cuda.CUDAGraph()
        torch.cuda.synchronize()
        with torch.cuda.stream(self._stream):
            # Other threads of the program may do with the device what they like meanwhile.
            graph.capture_begin(pool=self._pool, capture_error_mode="thread_local")
            try:
                work()
            finally:
                graph.capture_end()
        return graph

    def replay(self, graph: Any) -> None:
        graph.replay()


class Graphs:
    """Graphs by key, the latest ones; without an api the work is done as it is, each time."""

    MOST = 64  # of a stage: rows 1 … 256 in powers of two, by some lengths

    def __init__(self, api: Api | None) -> None:
        self._api = api
        self._kept: OrderedDict[Hashable, tuple[Any, Work]] = OrderedDict()
        self.note = ""  # a sentence, where the device could not capture

    @classmethod
    def of(cls, steps: str) -> Graphs:
        """Those of a way to step, as in `Compute`."""
        return cls(CudaApi() if steps == "captured" else None)

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

    @property
    def captures(self) -> bool:
        """Whether graphs are kept at all."""
        return self._api is not None

    def run(self, key: Hashable, work: Work, changed: Sequence[Tensor] = ()) -> None:
        """Do the work of a key, which is captured the first time. changed: as in `capture`."""
        if self._api is not None and key not in self._kept:
            self.capture(key, work, changed)
        if self._api is None:
            work()
            return
        self._kept.move_to_end(key)
        self._api.replay(self._kept[key][0])

    def capture(self, key: Hashable, work: Work, changed: Sequence[Tensor] = ()) -> None:
        """Capture the work of a key. changed: tensors that it changes and that shall be afterwards
        as they were. Where the device cannot, `note` says so and all work is done as it is."""
        if self._api is None:
            return
        before = [tensor.clone() for tensor in changed]
        try:
            try:
                self._api.warm_up(work)
            finally:
                for tensor, value in zip(changed, before, strict=True):
                    tensor.copy_(value)
            # The work is kept as well: it holds what its operations look at.
            self._kept[key] = self._api.capture(work), work
        except RuntimeError as error:
            if is_out_of_memory(error) or is_lost(error):
                raise
            reason = str(error).strip().partition("\n")[0]
            self.note = (
                f"the steps could not be captured on this card ({reason}): they are slower, as "
                "single operations"
            )
            self._api = None
            self._kept.clear()
            return
        while len(self._kept) > self.MOST:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget all graphs: what they look at goes."""
        self._kept.clear()
