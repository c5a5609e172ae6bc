"""How fast this machine's memory is read, by all cores together."""

from __future__ import annotations

import ctypes
import functools
import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil

_BYTES = 256 * 2**20  # more than the caches of most processors hold
_ROUNDS = 12  # of which the middle one of the second half counts: threads may still be settling


@functools.cache
def read_bandwidth() -> float:
    """Bytes a second, measured once in this process, which takes 0.2 s. 0 where it cannot be: there
    is no memory for it, or no C library."""
    search = _search()
    if search is None or psutil.virtual_memory().available < 4 * _BYTES:
        return 0.0
    count = cores()
    size = _BYTES // count
    parts = [np.full(size, 1, np.uint8) for _ in range(count)]

    def read(part: np.ndarray) -> None:
        assert search is not None
        search(part.ctypes.data, 0, size)  # a byte that is not there: all of it is read

    speeds = []
    with ThreadPoolExecutor(count) as threads:
        for _ in range(_ROUNDS):
            start = time.perf_counter()
            list(threads.map(read, parts))
            speeds.append(count * size / (time.perf_counter() - start))
    return statistics.median(speeds[_ROUNDS // 2 :])


def cores() -> int:
    """As many as this process may have."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _search() -> ctypes._NamedFuncPointer | None:
    """C's memchr, which reads as fast as a core can, and lets other threads run meanwhile."""
    try:
        library = ctypes.CDLL("msvcrt" if os.name == "nt" else None)
        search = library.memchr
    except (OSError, AttributeError):
        return None
    search.argtypes, search.restype = (ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t), None
    return search
