"""The blocks of a stage as compiled code: the kernel's step and read, by plain pointers."""

from __future__ import annotations

import ctypes
from typing import Any

import torch
from torch import Tensor, nn

from engine.bark.decoder import Decoder, Meaning, Tick
from engine.bark.kernel import (
    Choices,
    Chooser,
    Kernel,
    Layer,
    Matrix,
    Model,
    PackedMatrix,
    Room,
    large_memory,
)
from engine.bark.kv_cache import Int8Cache, KVCache
from engine.bark.one_thread import one_thread
from engine.bark.sampling import must_be_finite
from engine.bark.state import State
from engine.bark.transformer import Transformer

# Bytes of weights that are read between two looks at Stop, some 10 ms on an idle machine; tokens.
_AT_ONCE, _MOST_TOKENS = 1 << 29, 32


class Layers:
    """The blocks of a transformer as the kernel reads them: keeps what the pointers point to."""

    def __init__(self, transformer: Transformer, kernel: Kernel) -> None:
        self.kernel = kernel
        self.config = config = transformer.config
        self.precision = transformer.compute.precision
        self.type = Kernel.TYPES[self.precision]
        self._keep: list[object] = []
        self._room = Room(kernel)
        self.structs = (Layer * config.num_layers)()
        if self.precision == "int8":
            self._gather(transformer)
        block: Any
        for layer, block in zip(self.structs, transformer.blocks, strict=True):
            for i, norm in ((1, block.norm_1), (2, block.norm_2)):
                setattr(layer, f"norm_{i}_weight", self.floats(norm.weight))
                setattr(layer, f"norm_{i}_bias", self.floats(norm.bias))
            for name in ("qkv", "out", "up", "down"):
                setattr(layer, name, self.matrix(getattr(block, name)))

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
            if self.precision != "bfloat16"
            else PackedMatrix(linear.weight, linear.bias, self.precision)
        )
        self._keep.append(packed)
        return packed.struct

    def read(self, x: Tensor, cache: Any, row: int, tick: Tick) -> Tensor:
        """`Transformer.read` in float32 and int8, without the final norm: float32 (positions or,
        with a cache, 1, width)."""
        positions, width = x.shape
        heads, last = self.config.num_heads, len(self.structs) - 1
        scratch = self.kernel.read_scratch(self.type, width, heads, positions)
        memory = self._room.of(4 * x.numel() + scratch)
        own = memory[: 4 * x.numel()].view(torch.float32).view(positions, width)
        with one_thread():
            own.copy_(x)
        struct = None if cache is None else ctypes.byref(cache.struct)
        for i, layer in enumerate(self.structs):
            tick()
            first = positions - 1 if cache is not None and i == last else 0
            self.kernel.read(
                *(self.type, ctypes.byref(layer), width, heads, own.data_ptr(), positions, first),
                *(struct, i, row, torch.get_num_threads(), memory[4 * x.numel() :].data_ptr()),
            )
        tick()
        with one_thread():
            return own.clone() if cache is None else own[-1:].clone()

    def __del__(self) -> None:
        self.kernel.rest()


class NativeReader(nn.Module):
    """A `Reader` in float32 or int8."""

    def __init__(self, transformer: Transformer, kernel: Kernel) -> None:
        super().__init__()
        self.transformer = transformer
        self._layers = Layers(transformer, kernel)

    def read(self, x: Tensor, tick: Tick) -> Tensor:
        with one_thread():
            x = x + self.transformer.positions[: len(x)]
        x = self._layers.read(x, None, 0, tick)
        with one_thread():
            return self.transformer.norm(x)  # type: ignore[no-any-return]


class NativeDecoder(Decoder):
    """Steps in compiled code, all layers in one call, and reads, but for bfloat16, which torch
    reads as fast. In int8 keys and values lie in 8 bits."""

    def __init__(
        self, transformer: Transformer, head: nn.Module, outputs: int, kernel: Kernel
    ) -> None:
        config = transformer.config
        super().__init__(config, outputs)
        self._kernel = kernel
        self.transformer = transformer
        self.head = head
        self._layers = layers = Layers(transformer, kernel)
        self._model = Model(
            *(layers.structs, layers.floats(transformer.norm.weight)),
            *(layers.floats(transformer.norm.bias), layers.matrix(head)),
            *(config.num_layers, config.hidden_size, config.num_heads),
            *(Kernel.TYPES[layers.precision], torch.get_num_threads()),
        )
        self.draws = layers.precision == "float32"
        self._step_bytes = (
            48 * config.num_layers * config.hidden_size**2 + 4 * outputs * config.hidden_size
        )
        self._governors = torch.zeros(kernel.governors_bytes(), dtype=torch.uint8)
        self._room = Room(kernel)

    def cache(self, rows: int, positions: int) -> Any:
        if self._layers.precision == "int8":
            return Int8Cache(self.config, rows, positions, self._kernel)
        return KVCache(self.config, rows, positions, self.transformer.compute)

    def read(self, x: Tensor, cache: Any, row: int, tick: Tick) -> Tensor:
        if self._layers.precision == "bfloat16":
            hidden = self.transformer.read(x, tick, cache=cache, row=row)
            return self.head(hidden)[0].float()  # type: ignore[no-any-return]
        with one_thread():
            x = x + self.transformer.positions[: len(x)]
        x = self._layers.read(x, cache, row, tick)
        with one_thread():
            x = self.transformer.norm(x)
        return self.head(x)[0]  # type: ignore[no-any-return]

    def step(self, x: Tensor, cache: Any, state: State) -> None:
        kernel, rows = self._kernel, len(x)
        with one_thread():
            x = (x + self.transformer.positions[state.position]).float().contiguous()
        needed = kernel.step_scratch(ctypes.byref(self._model), rows, cache.positions)
        kernel.step(
            *(ctypes.byref(self._model), self._governors.data_ptr(), ctypes.byref(cache.struct)),
            *(x.data_ptr(), state.position.data_ptr(), rows, state.logits.data_ptr()),
            self._room.of(needed).data_ptr(),
        )

    def draw(self, meaning: Meaning, cache: Any, state: State, tokens: int) -> list[list[int]]:
        kernel, rows, model = self._kernel, len(state.position), self._model
        tokens = min(tokens, _MOST_TOKENS, _AT_ONCE // (rows * self._step_bytes))
        plain = state.sampling.plain and meaning.size <= kernel.MOST_CHOICES
        if tokens < 2 or not plain:
            return []
        places = self.transformer.positions
        self._drawn_from = meaning.embedding  # a late thread may look at it
        choices = Choices(
            *(meaning.embedding.data_ptr(), places.data_ptr(), len(meaning.embedding)),
            *(len(places), meaning.first, meaning.books, meaning.size, meaning.end),
        )
        choosers, made = (Chooser * rows)(), state.made.tolist()
        for row, own in enumerate(choosers):
            sampler = state.sampling.samplers[row]
            own.temperature, own.floor = sampler.temperature, sampler.min_eos_p
            own.made, own.may_end = made[row], not state.any_fixed or not bool(state.fixed[row])
        with one_thread():
            columns = state.made.unsqueeze(1) + torch.arange(tokens)
            uniforms = state.uniforms.gather(1, columns)
            drawn = torch.empty(tokens, rows, dtype=torch.int64)
        needed = kernel.draw_scratch(ctypes.byref(model), rows, cache.positions, tokens)
        count = kernel.draw(
            *(ctypes.byref(model), ctypes.byref(cache.struct), ctypes.byref(choices), choosers),
            *(uniforms.data_ptr(), tokens, state.position.data_ptr(), rows, tokens),
            *(state.logits.data_ptr(), drawn.data_ptr(), self._room.of(needed).data_ptr()),
        )
        if count < tokens:  # perhaps for a number that is none
            with one_thread():
                must_be_finite(state.logits, self._layers.precision)
        if count:
            with one_thread():
                state.position.add_(count - 1)
                state.made.add_(count)
                state.chosen.copy_(drawn[count - 1] + meaning.first)
        return drawn[:count].tolist()

    def __del__(self) -> None:
        self._kernel.rest()
