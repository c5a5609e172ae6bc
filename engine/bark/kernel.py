"""The compiled library of kernel.c: built at first use, its structures, and weights in its form.

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
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor

from engine.system.paths import cache_folder

SOURCE = Path(__file__).with_name("kernel.c")
# Without -fno-tree-pre gcc carries the sums from register to register: a fifth slower.
_FLAGS = ("-O3", "-fno-tree-pre", "-fPIC", "-fopenmp", "-mfma")
_NEEDED = ("f", "bw", "dq", "vl", "_vnni")


class Matrix(ctypes.Structure):
    """kernel.c's struct matrix."""

    _fields_ = (
        ("weight", ctypes.c_void_p),
        ("scale", ctypes.c_void_p),
        ("total", ctypes.c_void_p),
        ("bias", ctypes.c_void_p),
        ("outputs", ctypes.c_int64),
        ("inputs", ctypes.c_int64),
        ("padded", ctypes.c_int64),
    )


class Layer(ctypes.Structure):
    """kernel.c's struct layer."""

    _fields_ = (
        *((f"norm_{i}_{part}", ctypes.c_void_p) for i in (1, 2) for part in ("weight", "bias")),
        *((name, Matrix) for name in ("qkv", "out", "up", "down")),
    )


class Model(ctypes.Structure):
    """kernel.c's struct model."""

    _fields_ = (
        ("layers", ctypes.POINTER(Layer)),
        ("norm_weight", ctypes.c_void_p),
        ("norm_bias", ctypes.c_void_p),
        ("head", Matrix),
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
        self.struct = Matrix(
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


def _pointer(tensor: Tensor | None) -> int | None:
    return None if tensor is None else tensor.data_ptr()
