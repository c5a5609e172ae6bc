"""The compiled library of the folder c: built at first use, and its structures.

It needs x86-64 with AVX2, Linux, and a C compiler; AVX-512 VNNI makes it faster and changes no bit.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
from pathlib import Path
from typing import Any, NamedTuple

from engine.system.c_library import load_library
from engine.system.instructions import left_out, listed
from engine.system.package_manager import system_command
from engine.system.programs import find_program

SOURCES = Path(__file__).parent.with_name("c")
_SHARED = Path(__file__).parents[2] / "bark" / "c"  # whose threads are compiled into it as well
_FLAGS = ("-O3", "-fno-tree-pre", "-ffp-contract=off", "-fPIC", "-pthread")
_NEEDED = {"avx2": "avx2", "fma": "fma", "f16c": "f16c"}  # Linux's name → the compiler's
_FASTER = {f"avx512{x}": f"avx512{x.strip('_')}" for x in ("f", "bw", "dq", "vl", "_vnni")}
_FOREIGN = "it needs Linux and an x86-64 processor with AVX2"

# GGUF's numbers of the types that are read as they lie → weights and bytes of a block.
BLOCKS = {
    2: (32, 18),  # Q4_0
    3: (32, 20),  # Q4_1
    6: (32, 22),  # Q5_0
    7: (32, 24),  # Q5_1
    8: (32, 34),  # Q8_0
    12: (256, 144),  # Q4_K
    13: (256, 176),  # Q5_K
    14: (256, 210),  # Q6_K
}
Q8_0 = 8
CACHES = {"float32": 0, "float16": 1, "int8": 2}  # types of keys and values
LONGEST = 1 << 17  # numbers of a row of weights

_pointer, _number = ctypes.c_void_p, ctypes.c_int64


class Blocks(ctypes.Structure):
    """c/blocks.h's Blocks."""

    _fields_ = (
        ("data", _pointer),
        ("bias", _pointer),
        *((name, _number) for name in ("type", "outputs", "inputs", "row_bytes")),
    )


class Layer(ctypes.Structure):
    """c/step.h's TextLayer."""

    _fields_ = (
        *((name, _pointer) for name in ("norm_1", "norm_1_bias", "norm_2", "norm_2_bias")),
        *((name, Blocks) for name in ("query", "key", "value", "out", "gate", "up", "down")),
    )


class Model(ctypes.Structure):
    """c/step.h's TextModel."""

    _fields_ = (
        ("layers", ctypes.POINTER(Layer)),
        *((name, _pointer) for name in ("norm", "norm_bias")),
        *((name, Blocks) for name in ("embedding", "head")),
        *((name, _pointer) for name in ("positions", "angles")),
        *((name, _number) for name in ("n_layers", "width", "inner", "heads", "key_heads")),
        *((name, _number) for name in ("head_width", "neighbours", "threads")),
        ("epsilon", ctypes.c_double),
    )


class KeyValues(ctypes.Structure):
    """c/attend.h's KeyValues."""

    _fields_ = (
        *((name, _pointer) for name in ("keys", "values", "scales")),
        *((name, _number) for name in ("type", "layers", "slots", "heads", "capacity", "width")),
    )


class Library:
    """Its functions."""

    def __init__(self, library: ctypes.CDLL) -> None:
        def function(name: str, result: Any, *arguments: Any) -> Any:
            found = getattr(library, name)
            found.restype, found.argtypes = result, arguments
            return found

        self.governors_bytes = function("bark_governors_bytes", _number)
        self.scratch = function("text_scratch", _number, _pointer, _number, _number)
        self.step = function(
            "text_step", _number, *[_pointer] * 6, _number, _number, _pointer, _pointer
        )
        self.product = function("text_product", None, *[_pointer] * 2, _number, *[_pointer] * 2)
        self.product_bytes = function("text_product_bytes", _number, _number, _number)
        self.row = function("text_row", None, _pointer, _number, _pointer)
        # Waits until no late thread looks at what it was given: before that goes.
        self.rest = function("bark_rest", None)


class Found(NamedTuple):
    """library: None where there is none. note: why, or why it is compiled at each start, as a
    sentence; "" where all is well."""

    library: Library | None
    note: str = ""


@functools.cache
def find() -> Found:
    """Compile it, or find what was compiled before."""
    instructions = (listed() or set()) - left_out()
    if not _NEEDED.keys() <= instructions:
        return Found(None, _FOREIGN)
    compiler = find_program(os.environ.get("CC", "cc"), "gcc")
    if compiler is None:
        return Found(None, f"it needs a C compiler: {system_command('compiler')}")
    faster = _FASTER.keys() <= instructions
    names = (_NEEDED | _FASTER if faster else _NEEDED).values()
    shared = b"".join(path.read_bytes() for path in sorted(_SHARED.glob("*.[ch]")))
    flags = [*_FLAGS, *(f"-m{name}" for name in names)]
    # So that the library's name covers what it includes from elsewhere.
    flags.append(f"-DSHARED={int(hashlib.sha256(shared).hexdigest()[:7], 16)}")
    library, note = load_library(SOURCES, compiler, flags)
    try:
        return Found(None if library is None else Library(library), note)
    except AttributeError as error:
        return Found(None, str(error))
