"""The compiled library of the folder c: the form for this processor, its structures, weights in its
form.

forms.py chooses the form, prebuilt.py has the libraries that come with the program. Where none of
them can be used, a C compiler of the machine makes one, in a second or two, once. Where there is
no form `Kernel.build` gives None and the stages use torch alone: same result up to rounding,
slower. Its threads are its own (c/team.h), as many as torch has.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import mmap
import os
import sys
from contextlib import suppress
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor

from engine.bark import forms, prebuilt
from engine.system.c_library import load_library
from engine.system.package_manager import system_command
from engine.system.programs import find_program

SOURCES = prebuilt.SOURCES
# Without -fno-tree-pre gcc carries the sums from register to register: a fifth slower. A sum is
# rounded where the source says so, whatever the compiler could contract.
_FLAGS = ("-O3", "-fno-tree-pre", "-ffp-contract=off", "-fPIC", "-pthread")


class Matrix(ctypes.Structure):
    """c/product.h's Matrix."""

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
    """c/layer.h's Layer."""

    _fields_ = (
        *((f"norm_{i}_{part}", ctypes.c_void_p) for i in (1, 2) for part in ("weight", "bias")),
        *((name, Matrix) for name in ("qkv", "out", "up", "down")),
    )


class Model(ctypes.Structure):
    """c/layer.h's Model."""

    _fields_ = (
        ("layers", ctypes.POINTER(Layer)),
        ("norm_weight", ctypes.c_void_p),
        ("norm_bias", ctypes.c_void_p),
        ("head", Matrix),
        *((name, ctypes.c_int64) for name in ("n_layers", "width", "heads", "type", "threads")),
    )


class Cache(ctypes.Structure):
    """c/cache.h's Cache."""

    _fields_ = (
        ("keys", ctypes.c_void_p),
        ("values", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("type", "rows", "capacity")),
    )


class Chooser(ctypes.Structure):
    """c/choice.h's Chooser."""

    _fields_ = (
        *((name, ctypes.c_float) for name in ("temperature", "floor")),
        *(("made", ctypes.c_uint64), ("may_end", ctypes.c_int64)),
    )


class Choices(ctypes.Structure):
    """c/choice.h's Choices."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("embedding", "places")),
        *((name, ctypes.c_int64) for name in ("ids", "positions", "first", "books", "size", "end")),
    )


class Kernel:
    """The compiled library. It may be called by any thread: where its own threads are at work for
    another caller, it works on the caller's thread alone."""

    WIDEST = 1024  # channels of a head, c/attention.h
    MOST_HEADS = 4096  # c/team.h's MOST_PIECES
    MOST_CHOICES = 1024  # c/choice.h

    TYPES: ClassVar[dict[str, int]] = {"float32": 0, "bfloat16": 1, "int8": 2}
    CACHES: ClassVar[dict[torch.dtype, int]] = {
        torch.float32: 0,
        torch.bfloat16: 1,
        torch.uint8: 2,
    }

    def __init__(self, library: ctypes.CDLL, form: str = "", why: str = "") -> None:
        """form: which instructions it uses, and whence it came. why: what a faster form lacks."""
        self.form, self.why = form, why
        pointer, number = ctypes.c_void_p, ctypes.c_int64

        def function(name: str, result: Any, *arguments: Any) -> Any:
            found = getattr(library, f"bark_{name}")
            found.restype, found.argtypes = result, arguments
            return found

        self.head_bytes = function("head_bytes", number, number, number)
        self.move = function("move", None, pointer, *[number] * 6)
        self.look = function("look", None, pointer, *[number] * 6, *[pointer] * 3)
        self.governors_bytes = function("governors_bytes", number)
        self.step_scratch = function("step_scratch", number, pointer, number, number)
        self.step = function(
            *("step", number, pointer, pointer, pointer, pointer, pointer),
            *(number, pointer, pointer),
        )
        self.draw_scratch = function("draw_scratch", number, pointer, number, number, number)
        self.draw = function(
            *("draw", number, pointer, pointer, pointer, pointer, pointer, number),
            *(pointer, number, number, pointer, pointer, pointer),
        )
        self.read_scratch = function("read_scratch", *[number] * 5)
        self.read = function(
            *("read", None, number, pointer, number, number, pointer, number, number),
            *(pointer, number, number, number, pointer),
        )
        self.product_scratch = function("product_scratch", number, pointer, number, number)
        self.product = function(
            *("product", None, pointer, number, pointer, number, pointer, number, pointer)
        )
        self.case = function("case", ctypes.c_uint64, pointer)
        # Waits until no late thread looks at what it was given: before that goes.
        self.rest = function("rest", None)
        atexit.register(self.rest)

    @staticmethod
    @functools.cache
    def find() -> Found:
        """Load what came with the program, or compile it, or find what was compiled before."""
        kind = forms.machine()
        instructions = forms.instructions(prebuilt.processor)
        form, why = forms.choose(kind, instructions)
        if form is None:
            return Found(None, f"the compiled step has no form for this processor ({why})", True)
        library, lacking = prebuilt.load(form.name)
        words, note = f"{form.label}, came with the program", ""
        if library is None:
            words = f"{form.label}, compiled here: {lacking}"
            compiler = find_program(os.environ.get("CC", "cc"), "gcc", "clang")
            if compiler is None:
                wanted = system_command("compiler")
                return Found(None, f"the compiled step needs a C compiler: {wanted}")
            library, note = load_library(SOURCES, compiler, [*_FLAGS, *form.flags])
        if library is None:
            return Found(None, note)
        try:
            return Found(Kernel(library, words, why), note)
        except AttributeError as error:
            return Found(None, f"the compiled step is not used: {error}")

    @staticmethod
    def build() -> Kernel | None:
        """The kernel of `find`. None where that cannot be."""
        return Kernel.find().kernel


class Found(NamedTuple):
    """kernel: None where torch takes each step. note: why, or why it is compiled at each start, as
    a sentence; "" where all is well. by_design: this machine is none that it was written for."""

    kernel: Kernel | None
    note: str
    by_design: bool = False


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


class Room:
    """Memory that a call of the kernel works in. It stays until a call needs more: a late thread
    may look at it when its work has long been done by another."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self._memory = torch.empty(0, dtype=torch.uint8)

    def of(self, size: int) -> Tensor:
        """So many bytes at least: uint8."""
        if len(self._memory) < size:
            self.kernel.rest()
            self._memory = torch.empty(size, dtype=torch.uint8)
        return self._memory

    def __del__(self) -> None:
        self.kernel.rest()


def large_memory(size: int) -> Tensor:
    """Zeros, uint8 (size,), in large pages where the system has them: what is read from one end to
    the other is then read a seventh faster. Memory that is never written is never taken.

    Raises MemoryError where it cannot be had.
    """
    try:
        if sys.platform == "win32":
            memory = mmap.mmap(-1, max(1, size))
        else:
            flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
            memory = mmap.mmap(-1, max(1, size), flags=flags)
    except OSError as error:
        raise MemoryError(str(error)) from error
    if sys.platform == "linux":
        with suppress(OSError):
            memory.madvise(mmap.MADV_HUGEPAGE)
    return torch.frombuffer(memory, dtype=torch.uint8)[:size]


def _pointer(tensor: Tensor | None) -> int | None:
    return None if tensor is None else tensor.data_ptr()
