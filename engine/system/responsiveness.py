"""Long work of Python beside a window, whose thread shall get its turn in time."""

from __future__ import annotations

import ctypes
import gc
import importlib
import importlib.util
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.system.threads import share_the_machine

_WORK, _REST = 0.001, 0.001  # seconds

# What the system maps when a package is imported, in this order; the first of torch for everybody.
_LIBRARIES = {
    "torch": (
        ("lib/libtorch_global_deps.so", "RTLD_GLOBAL"),
        ("lib/libtorch_cpu.so", "RTLD_LOCAL"),
        ("lib/libtorch_python.so", "RTLD_LOCAL"),
    ),
    "tensorflow": (
        ("libtensorflow_framework.so.2", "RTLD_LOCAL"),
        ("libtensorflow_cc.so.2", "RTLD_LOCAL"),
    ),
}


class Breath:
    """Called often, it rests now and then: while a loop in Python runs on, a window that is drawn
    waits for Python a thousand times."""

    def __init__(self) -> None:
        self._until = time.perf_counter() + _WORK

    def __call__(self) -> None:
        """Rest, if it is time."""
        if time.perf_counter() > self._until:
            time.sleep(_REST)
            self._until = time.perf_counter() + _WORK


# ── garbage: objects that point to each other, which Python looks for now and then ────────────

_FULL = 20.0  # seconds between two searches through everything, which can take a tenth of one

_lock = threading.Lock()
_holding = 0  # how many of the two below are at work


@contextmanager
def _no_search() -> Iterator[None]:
    global _holding
    with _lock:
        _holding += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _holding -= 1
            if not _holding:
                gc.enable()


@contextmanager
def undisturbed(*, stays: bool = False) -> Iterator[None]:
    """Python shall not look for garbage now: among the objects of torch or of 10 000 rows that
    stops all threads for a tenth of a second. stays: what there is then is left out of later
    searches."""
    with _no_search():
        try:
            yield
        finally:
            if stays:
                gc.freeze()


@contextmanager
def searched_here() -> Iterator[Callable[[], None]]:
    """Garbage is looked for on this thread alone, when the function that is given is called: now
    and then, a few times a second.

    Python itself looks on whatever thread asks for memory, and ends there what it finds. But an
    object of Qt must end on the thread it lives on: its timers run on elsewhere, without it, and
    take the program with them.
    """
    full = time.monotonic()

    def look() -> None:
        nonlocal full
        if _holding > 1:  # somebody shall be undisturbed
            return
        now, counts, limits = time.monotonic(), gc.get_count(), gc.get_threshold()
        if counts[2] > limits[2] and now - full > _FULL:
            full = now
            gc.collect()
        elif counts[1] > limits[1]:
            gc.collect(1)
        elif counts[0] > limits[0]:
            gc.collect(0)

    with _no_search():
        yield look


# ── imports ───────────────────────────────────────────────────────────────────────────────────


def import_gently(package: str) -> None:
    """Import torch or tensorflow on this thread, once. Python's own import would hold its lock for
    a second while the system maps their libraries, and again whenever it looks for garbage among
    the thousands of objects they make. Raises ImportError."""
    if package in sys.modules:
        return
    share_the_machine()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # without it the import does the same, in one go
            _map_libraries(package)
    with undisturbed(stays=True):
        importlib.import_module(package)


def _map_libraries(package: str) -> None:
    """Have the system map the libraries. A foreign function lets other threads run, unlike
    ctypes.CDLL before Python 3.13 and unlike an import in any."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        return
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
    for name, shared in _LIBRARIES[package]:
        path = Path(found.origin).parent / name
        if path.exists():
            dlopen(os.fsencode(path), os.RTLD_LAZY | getattr(os, shared))
