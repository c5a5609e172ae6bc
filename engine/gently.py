"""Importing torch beside a window: no other thread stands still meanwhile.

Python's own import would hold its lock for half a second while the system maps torch's libraries,
and again whenever the garbage collector looks through the thousands of objects that torch makes.
"""

from __future__ import annotations

import ctypes
import gc
import importlib.util
import os
import sys
from contextlib import suppress
from pathlib import Path

_LIBRARIES = ("libtorch_global_deps.so", "libtorch_cpu.so", "libtorch_python.so")  # in this order


def import_torch() -> None:
    """Import torch on this thread, once. What it has made is no longer looked through for garbage,
    now and while the engine works."""
    if "torch" in sys.modules:
        return
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # without it the import does the same, in one go
            _map_libraries()
    collecting = gc.isenabled()
    gc.disable()
    try:
        import torch  # noqa: F401
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


def _map_libraries() -> None:
    """Have the system map the libraries. A foreign function lets other threads run, unlike
    ctypes.CDLL before Python 3.13 and unlike an import in any."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
    for name in _LIBRARIES:
        path = Path(found.origin).parent / "lib" / name
        shared = os.RTLD_GLOBAL if name == _LIBRARIES[0] else os.RTLD_LOCAL  # as torch does
        if path.exists():
            dlopen(os.fsencode(path), os.RTLD_LAZY | shared)
