"""Keys and values of the positions that a causal stage has read, allocated once."""

from __future__ import annotations

import ctypes

import torch

from engine.bark.config import TransformerConfig
from engine.bark.kernel import Cache, Kernel, large_memory
from engine.bark.linear import Compute


class KVCache:
    """Keys and values of up to `rows` rows: for each layer (rows · heads, positions, head width).

    Allocated once, as zeros: what is masked must still be a number. The operating system hands out
    zero pages as they are written, so room that is never used costs no memory on the processor.
    """

    def __init__(
        self, config: TransformerConfig, rows: int, positions: int, compute: Compute
    ) -> None:
        self._kernel = compute.kernel  # first of all: `__del__` needs it, whatever fails here
        self.heads = config.num_heads
        self.rows = rows
        self.positions = positions
        width = config.hidden_size // config.num_heads
        shape = (config.num_layers, rows * self.heads, positions, width)
        keys = torch.zeros(shape, dtype=compute.keys, device=compute.device)
        values = torch.zeros(shape, dtype=compute.keys, device=compute.device)
        self.keys, self.values = keys.unbind(), values.unbind()
        # For the native step.
        self.struct: Cache | None = None
        if keys.dtype in Kernel.CACHES:
            kind = Kernel.CACHES[keys.dtype]
            self.struct = Cache(keys.data_ptr(), values.data_ptr(), kind, rows, positions)

    def __del__(self) -> None:
        if self._kernel is not None:
            self._kernel.rest()

    def move(self, source: int, target: int, length: int) -> None:
        """Copy the first `length` positions of one row over those of another."""
        if source == target:
            return
        a, b, h = source * self.heads, target * self.heads, self.heads
        for layer in (*self.keys, *self.values):
            layer[b : b + h, :length] = layer[a : a + h, :length]


class Int8Cache:
    """Keys and values in 8 bits, each position of a head with scales of its own: half of what a
    step reads at many rows. How they lie, only c/cache.h says."""

    def __init__(
        self, config: TransformerConfig, rows: int, positions: int, kernel: Kernel
    ) -> None:
        self._kernel = kernel
        self.rows = rows
        self.positions = -(-positions // 16) * 16
        self._layers, self._heads = config.num_layers, config.num_heads
        self._width = config.hidden_size // config.num_heads
        heads = config.num_layers * rows * config.num_heads
        self._memory = large_memory(heads * kernel.head_bytes(self.positions, self._width))
        self.struct = Cache(
            *(self._memory.data_ptr(), None, Kernel.CACHES[torch.uint8], rows, self.positions)
        )

    def __del__(self) -> None:
        self._kernel.rest()

    def move(self, source: int, target: int, length: int) -> None:
        """Copy the first `length` positions of one row over those of another."""
        if source != target:
            self._kernel.move(
                *(ctypes.byref(self.struct), self._layers, self._heads, self._width),
                *(source, target, length),
            )

    def look(self, layer: int, row: int, head: int, length: int) -> tuple[torch.Tensor, ...]:
        """What the first positions of a head hold: keys, values float32 (length, head width) as
        whole numbers, and scales (2, length) of the keys and of the values."""
        keys, values = (torch.empty(length, self._width) for _ in range(2))
        scales = torch.empty(2, length)
        self._kernel.look(
            *(ctypes.byref(self.struct), layer, row, self._heads, head, self._width, length),
            *(keys.data_ptr(), values.data_ptr(), scales.data_ptr()),
        )
        return keys, values, scales
