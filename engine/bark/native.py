"""The blocks of a stage as compiled code: kernel.c's step and read, called with plain pointers.

`load_transformer` makes the blocks of a stage, with this beside them where the machine can.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from engine.bark.checkpoint import Weights
from engine.bark.config import TransformerConfig
from engine.bark.kernel import Kernel, Layer, Matrix, Model, PackedMatrix, large_memory
from engine.bark.kv_cache import KVCache
from engine.bark.linear import Compute
from engine.bark.transformer import Transformer


def load_transformer(
    weights: Weights, prefix: str, config: TransformerConfig, compute: Compute
) -> Transformer:
    """The blocks of one stage, read by the kernel as well where `compute` has one."""
    transformer = Transformer(weights, prefix, config, compute)
    if compute.kernel is not None:
        transformer.native = NativeTransformer(transformer, compute.kernel)
    return transformer


class NativeTransformer:
    """The blocks of one stage as the kernel reads them: keeps what the pointers point to."""

    def __init__(self, transformer: Transformer, kernel: Kernel) -> None:
        config = transformer.config
        self.kernel = kernel
        self.config = config
        self.precision = transformer.compute.precision
        self._keep: list[object] = []
        self.layers = (Layer * config.num_layers)()
        if self.reads:
            self._gather(transformer)
        block: Any
        for layer, block in zip(self.layers, transformer.blocks, strict=True):
            for i, norm in ((1, block.norm_1), (2, block.norm_2)):
                setattr(layer, f"norm_{i}_weight", self.floats(norm.weight))
                setattr(layer, f"norm_{i}_bias", self.floats(norm.bias))
            for name in ("qkv", "out", "up", "down"):
                setattr(layer, name, self.matrix(getattr(block, name)))

    @property
    def reads(self) -> bool:
        """Whether whole rows are read here as well: int8. The others read with torch."""
        return self.precision == "int8"

    def _gather(self, transformer: Transformer) -> None:
        """Move the weights into one piece of memory, in the order in which a step reads them."""
        names = ("qkv", "out", "up", "down")
        found = [getattr(block, name).matrix for block in transformer.blocks for name in names]
        memory = large_memory(sum(matrix.weight.numel() for matrix in found))
        for matrix in found:
            size = matrix.weight.numel()
            matrix.move(memory[:size].view(torch.int8))
            memory = memory[size:]

    def floats(self, tensor: Tensor | None) -> int | None:
        """A pointer to a float32 copy."""
        if tensor is None:
            return None
        self._keep.append(tensor := tensor.float().contiguous())
        return tensor.data_ptr()

    def matrix(self, linear: Any) -> Matrix:
        """The matrix of a linear layer, shared with it where the forms agree."""
        packed: PackedMatrix = (
            linear.matrix
            if self.precision == "int8"
            else PackedMatrix(linear.weight, linear.bias, self.precision)
        )
        self._keep.append(packed)
        return packed.struct

    def read(self, x: Tensor, cache: KVCache | None, row: int, tick: Callable[[], None]) -> Tensor:
        """`Transformer.read` without the final norm: float32 (positions, width)."""
        x = x.float().contiguous()
        positions, width = x.shape
        heads, threads = self.config.num_heads, torch.get_num_threads()
        size = self.kernel.read_scratch(width, positions, threads)
        scratch = torch.empty(size, dtype=torch.uint8)
        for i, layer in enumerate(self.layers):
            tick()
            keys = values = scales = None
            capacity = first = 0
            if cache is not None:
                keys = cache.keys[i][row * heads].data_ptr()
                values = cache.values[i][row * heads].data_ptr()
                scales = cache.scales[i][row * heads].data_ptr()
                capacity = cache.positions
                first = positions - 1 if i == len(self.layers) - 1 else 0
            self.kernel.read(
                *(ctypes.byref(layer), width, heads, x.data_ptr(), positions, first),
                *(int(cache is not None), keys, values, scales, capacity, threads),
                scratch.data_ptr(),
            )
        tick()
        return x if cache is None else x[-1:]


class NativeStep:
    """`bark_step` of one causal stage."""

    def __init__(
        self, transformer: Transformer, native: NativeTransformer, head: nn.Module
    ) -> None:
        config = transformer.config
        self._native = native
        self._model = Model(
            *(native.layers, native.floats(transformer.norm.weight)),
            *(native.floats(transformer.norm.bias), native.matrix(head)),
            *(config.num_layers, config.hidden_size, config.num_heads),
            *(Kernel.TYPES[native.precision], torch.get_num_threads()),
        )
        self._positions = transformer.positions
        self._scratch = torch.empty(0, dtype=torch.uint8)

    @classmethod
    def of(cls, transformer: Transformer, head: nn.Module) -> NativeStep | None:
        """The native step of a stage, None where torch decodes."""
        native = transformer.native
        return cls(transformer, native, head) if isinstance(native, NativeTransformer) else None

    def step(self, x: Tensor, cache: KVCache, positions: list[int], logits: Tensor) -> None:
        """Advance the first rows of the cache by one position.

        x: embeddings (rows, width). logits: float32 (rows or more, outputs), written.
        """
        kernel, rows = self._native.kernel, len(positions)
        at = torch.tensor(positions)
        x = (x + self._positions[at]).float().contiguous()
        needed = kernel.scratch(ctypes.byref(self._model), rows, cache.positions)
        if len(self._scratch) < needed:
            self._scratch = torch.empty(needed, dtype=torch.uint8)
        kernel.step(
            *(ctypes.byref(self._model), x.data_ptr(), cache.key_pointers, cache.value_pointers),
            *(cache.scale_pointers, Kernel.CACHES[cache.keys[0].dtype], cache.positions),
            *(at.data_ptr(), rows, logits.data_ptr(), self._scratch.data_ptr()),
        )
