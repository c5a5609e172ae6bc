"""Keys and values of the positions that a causal stage has read, allocated once."""

from __future__ import annotations

import ctypes
import math

import torch
from torch import Tensor

from engine.bark.config import TransformerConfig
from engine.bark.kernel import large_memory
from engine.bark.linear import Compute


class KVCache:
    """Keys and values of up to `rows` rows: for each layer (rows · heads, positions, head width).

    Allocated once, as zeros: what is masked must still be a number. The operating system hands out
    zero pages as they are written, so room that is never used costs no memory on the processor.
    """

    def __init__(
        self, config: TransformerConfig, rows: int, positions: int, compute: Compute
    ) -> None:
        self.heads = config.num_heads
        self.rows = rows
        self.positions = positions
        self._allocate(config, compute)
        pointers = ctypes.c_void_p * config.num_layers  # for the native step
        self.key_pointers = pointers(*(layer.data_ptr() for layer in self.keys))
        self.value_pointers = pointers(*(layer.data_ptr() for layer in self.values))
        self.scale_pointers = pointers(*(layer.data_ptr() for layer in self.scales))

    def _allocate(self, config: TransformerConfig, compute: Compute) -> None:
        width = config.hidden_size // config.num_heads
        shape = (config.num_layers, self.rows * self.heads, self.positions, width)
        self.keys = torch.zeros(shape, dtype=compute.keys, device=compute.device).unbind()
        self.values = torch.zeros(shape, dtype=compute.keys, device=compute.device).unbind()
        self.scales: tuple[Tensor, ...] = ()

    def move(self, source: int, target: int, length: int) -> None:
        """Copy the first `length` positions of one row over those of another."""
        if source == target:
            return
        a, b, h = source * self.heads, target * self.heads, self.heads
        for layer in (*self.keys, *self.values):
            layer[b : b + h, :length] = layer[a : a + h, :length]


class Int8Cache(KVCache):
    """Keys and values of kernel.c in 8 bits, each position of a head with scales of its own: half
    of what a step reads at many rows.

    For each layer: keys uint8 (rows · heads, positions, head width up to a multiple of 64), 0 as
    128; values int8 (rows · heads, positions / 4, head width up to a multiple of 16, 4); scales
    float32 (rows · heads, 2, positions). positions is rounded up to a multiple of 16.
    """

    def _allocate(self, config: TransformerConfig, compute: Compute) -> None:
        width = config.hidden_size // config.num_heads
        self.positions = positions = -(-self.positions // 16) * 16
        layers, heads = config.num_layers, self.rows * self.heads

        def zeros(*shape: int) -> tuple[Tensor, ...]:
            return large_memory(layers * math.prod(shape)).view(layers, *shape).unbind()

        self.keys = zeros(heads, positions, -(-width // 64) * 64)
        values = zeros(heads, positions // 4, -(-width // 16) * 16, 4)
        self.values = tuple(layer.view(torch.int8) for layer in values)
        self.scales = torch.zeros(layers, heads, 2, positions).unbind()

    def move(self, source: int, target: int, length: int) -> None:
        if source == target:
            return
        a, b, h = source * self.heads, target * self.heads, self.heads
        length = -(-length // 4) * 4
        for keys, values, scales in zip(self.keys, self.values, self.scales, strict=True):
            keys[b : b + h, :length] = keys[a : a + h, :length]
            values[b : b + h, : length // 4] = values[a : a + h, : length // 4]
            scales[b : b + h, :, :length] = scales[a : a + h, :, :length]
