"""The program's own decode step: built from kernel.c at first use, and called with plain pointers.

It needs x86-64 with AVX-512 VNNI, Linux, and a C compiler; it takes the compiler a second or two,
once. Everywhere else `Kernel.build` gives None and the stages use torch alone: same result up to
rounding, slower. Its threads are those of torch, whose OpenMP library is in the process already.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import mmap
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor, nn

from engine.system.paths import cache_folder

if TYPE_CHECKING:
    from engine.bark.transformer import KVCache, Transformer

SOURCE = Path(__file__).with_name("kernel.c")
# Without -fno-tree-pre gcc carries the sums from register to register: a fifth slower.
_FLAGS = ("-O3", "-fno-tree-pre", "-fPIC", "-fopenmp", "-mfma")
_NEEDED = ("f", "bw", "dq", "vl", "_vnni")


class _Matrix(ctypes.Structure):
    _fields_ = (
        ("weight", ctypes.c_void_p),
        ("scale", ctypes.c_void_p),
        ("total", ctypes.c_void_p),
        ("bias", ctypes.c_void_p),
        ("outputs", ctypes.c_int64),
        ("inputs", ctypes.c_int64),
        ("padded", ctypes.c_int64),
    )


class _Layer(ctypes.Structure):
    _fields_ = (
        *((f"norm_{i}_{part}", ctypes.c_void_p) for i in (1, 2) for part in ("weight", "bias")),
        *((name, _Matrix) for name in ("qkv", "out", "up", "down")),
    )


class _Model(ctypes.Structure):
    _fields_ = (
        ("layers", ctypes.POINTER(_Layer)),
        ("norm_weight", ctypes.c_void_p),
        ("norm_bias", ctypes.c_void_p),
        ("head", _Matrix),
        *((name, ctypes.c_int64) for name in ("n_layers", "width", "heads", "type", "threads")),
    )


class Kernel:
    """The compiled library. Used by one thread at a time; inside, it uses torch's threads."""

    TYPES: ClassVar[dict[str, int]] = {"float32": 0, "bfloat16": 1, "int8": 2}
    CACHES: ClassVar[dict[torch.dtype, int]] = {
        torch.float32: 0,
        torch.bfloat16: 1,
        torch.uint8: 2,
    }

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, number = ctypes.c_void_p, ctypes.c_int64
        self.scratch = library.bark_scratch
        self.scratch.restype = number
        self.scratch.argtypes = [pointer, number, number]
        self.step = library.bark_step
        self.step.restype = None
        self.step.argtypes = [
            *(pointer, pointer, pointer, pointer, pointer, number, number),
            *(pointer, number, pointer, pointer),
        ]
        self.read = library.bark_read
        self.read.restype = None
        self.read.argtypes = [
            *(pointer, number, number, pointer, number, number, number),
            *(pointer, pointer, pointer, number, number, pointer),
        ]
        self.read_scratch = library.bark_read_scratch
        self.read_scratch.restype = number
        self.read_scratch.argtypes = [number, number, number]
        self._product = library.bark_product
        self._product.restype = None
        self._product.argtypes = [pointer, pointer, number, pointer, pointer, pointer, number]

    def product(self, x: Tensor, matrix: PackedMatrix) -> Tensor:
        """int8 product: float32 (rows, inputs) → float32 (rows, outputs)."""
        x = x.contiguous()
        values = torch.empty(len(x), matrix.struct.padded, dtype=torch.uint8)
        scales = torch.empty(len(x))
        y = torch.empty(len(x), matrix.struct.outputs)
        self._product(
            *(ctypes.byref(matrix.struct), x.data_ptr(), len(x), values.data_ptr()),
            *(scales.data_ptr(), y.data_ptr(), torch.get_num_threads()),
        )
        return y

    @staticmethod
    @functools.cache
    def build() -> Kernel | None:
        """Compile kernel.c, or find what was compiled before. None where that cannot be."""
        compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc")
        instructions = _instructions()
        if compiler is None or not {f"avx512{x}" for x in _NEEDED} <= instructions:
            return None
        flags = [*_FLAGS, *(f"-mavx512{x.strip('_')}" for x in _NEEDED)]
        if "avx512_bf16" in instructions:
            flags.append("-mavx512bf16")
        key = hashlib.sha256(SOURCE.read_bytes() + " ".join([compiler, *flags]).encode())
        library = cache_folder() / f"kernel-{key.hexdigest()[:16]}.so"
        try:
            if not library.exists():
                _compile(compiler, flags, library)
            return Kernel(ctypes.CDLL(str(library)))
        except (OSError, AttributeError, subprocess.SubprocessError):
            return None


def _instructions() -> set[str]:
    """What this processor can do, in the words of Linux; nothing known elsewhere."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("flags"):
                return set(line.split())
    except OSError:
        pass
    return set()


def _compile(compiler: str, flags: list[str], library: Path) -> None:
    library.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=library.parent) as folder:
        built = Path(folder) / "kernel.o"
        command = [compiler, *flags, "-c", str(SOURCE), "-o", str(built)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        # Linked without -fopenmp: a second OpenMP library would bring threads of its own, which
        # fight with torch's for the same cores. torch's is found when the library is loaded.
        shared = Path(folder) / "kernel.so"
        command = [compiler, "-shared", str(built), "-o", str(shared), "-lm"]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        shared.replace(library)


class PackedMatrix:
    """A weight as the kernel reads it: (outputs, inputs), rows padded with zeros to 64 values."""

    def __init__(self, weight: Tensor, bias: Tensor | None, precision: str) -> None:
        """weight: (outputs, inputs), float32 or, for the plain types, the type itself: then a
        matrix that needs no padding shares the memory of its linear layer."""
        outputs, inputs = weight.shape
        padded = -(-inputs // 64) * 64
        self.scale = self.total = None
        if precision == "int8":
            self.scale = weight.abs().amax(1).clamp_min_(1e-12).div_(127)
            weight = (weight / self.scale.unsqueeze(1)).round_().to(torch.int8)
            self.total = weight.sum(1, dtype=torch.int32)
        self.weight = torch.nn.functional.pad(weight, (0, padded - inputs)).contiguous()
        if padded == inputs:
            self.weight = weight.contiguous()
        self.bias = None if bias is None else bias.float()
        self.struct = _Matrix(
            *(self.weight.data_ptr(), _pointer(self.scale), _pointer(self.total)),
            *(_pointer(self.bias), outputs, inputs, padded),
        )

    def move(self, memory: Tensor) -> None:
        """Copy the weight to a place of the same size and type, and read it from there."""
        self.weight = memory.view(self.weight.shape).copy_(self.weight)
        self.struct.weight = self.weight.data_ptr()


def large_memory(size: int) -> Tensor:
    """Zeros, uint8 (size,), in large pages where the system has them: what is read from one end to
    the other is then read a seventh faster. Memory that is never written is never taken."""
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    memory = mmap.mmap(-1, max(1, size), flags=flags)
    with suppress(OSError):
        memory.madvise(mmap.MADV_HUGEPAGE)
    return torch.frombuffer(memory, dtype=torch.uint8)[:size]


class NativeTransformer:
    """The blocks of one stage as the kernel reads them: keeps what the pointers point to."""

    def __init__(self, transformer: Transformer, kernel: Kernel) -> None:
        config = transformer.config
        self.kernel = kernel
        self.config = config
        self.precision = transformer.compute.precision
        self._keep: list[object] = []
        self.layers = (_Layer * config.num_layers)()
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

    def matrix(self, linear: Any) -> _Matrix:
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
        self._model = _Model(
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
        return None if native is None else cls(transformer, native, head)

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


def _pointer(tensor: Tensor | None) -> int | None:
    return None if tensor is None else tensor.data_ptr()
