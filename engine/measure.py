"""Meter: what a piece of work costs, in seconds by stage and in bytes at its peak."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import psutil

from engine.api import Metrics

_PROC = Path("/proc/self")


class Meter:
    """Counts seconds and bytes while it is entered. One at a time in a process.

    device: "cuda" waits for the device before it reads the clock and reports its peak; any other
    counts host memory alone. torch is looked at only for CUDA.
    """

    def __init__(self, device: str = "cpu") -> None:
        self._cuda = device == "cuda"
        self._stages: dict[str, float] = {}
        self._before = 0

    def __enter__(self) -> Meter:
        _reset_peak()
        self._before = _peak()
        if self._cuda:
            import torch

            torch.cuda.reset_peak_memory_stats()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of the block to a stage."""
        start = self._now()
        try:
            yield
        finally:
            self._stages[name] = self._stages.get(name, 0.0) + self._now() - start

    def _now(self) -> float:
        if self._cuda:
            import torch

            torch.cuda.synchronize()
        return time.perf_counter()

    def metrics(self) -> Metrics:
        """What has been counted so far."""
        device = 0
        if self._cuda:
            import torch

            device = torch.cuda.max_memory_allocated()
        return Metrics(stages=dict(self._stages), host_bytes=_peak(), device_bytes=device)


def resident_bytes() -> int:
    """Main memory that this process holds now."""
    return int(psutil.Process().memory_info().rss)


def _reset_peak() -> None:
    """Start a new peak, where the system can: Linux. Elsewhere it is that of the whole process."""
    with suppress(OSError):
        (_PROC / "clear_refs").write_text("5")


def _peak() -> int:
    """Highest resident memory of this process, in bytes."""
    with suppress(OSError, ValueError, IndexError):
        for line in (_PROC / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    memory = psutil.Process().memory_info()
    if hasattr(memory, "peak_wset"):  # Windows
        return int(memory.peak_wset)
    try:
        import resource
    except ImportError:
        return int(memory.rss)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else int(peak) * 1024


# glibc gives every large buffer back to the system when it is freed, and the next one is mapped and
# cleared page by page again: a third of the time of a matrix product with 384 rows. While a model
# is loaded that is right, though: what the conversion leaves behind would stay for good.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def keep_buffers(keep: bool) -> None:
    """Whether the C library keeps freed buffers for the next operation (glibc; else nothing)."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            libc = ctypes.CDLL(None)
            libc.mallopt(_M_MMAP_THRESHOLD, 2**26 if keep else 2**18)
            libc.mallopt(_M_TRIM_THRESHOLD, 2**31 - 1 if keep else 2**18)


def return_buffers() -> None:
    """Give freed memory back to the system, after a job or when an engine closes."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


_DONTNEED = 4  # of madvise


def return_libraries(folder: Path) -> None:
    """Give back what only the loading of a folder's libraries touched (Linux; else nothing).

    TensorFlow touches 0.35 GB of its own while it is imported and compiles, and works with a third
    of that. Only pages that are as they are in the file go, and come back from the system's cache
    when they are needed; what was relocated is memory of our own, though it is read-only too. The
    libraries must be such as are never unloaded, as Python's extensions are.
    """
    with suppress(OSError, AttributeError, TypeError):  # no such file, function or C library
        madvise = ctypes.CDLL(None).madvise
        clean: tuple[int, int] | None = None
        for line in (_PROC / "smaps").read_text().splitlines():
            words = line.split(maxsplit=5)
            if not words[0].endswith(":"):  # the first line of a mapping
                first, last = (int(end, 16) for end in words[0].split("-"))
                path = Path(words[5]) if len(words) > 5 else Path()
                fits = folder in path.parents and words[1] in ("r--p", "r-xp")
                clean = (first, last - first) if fits else None
            elif clean and words[:2] == ["Anonymous:", "0"]:
                madvise(ctypes.c_void_p(clean[0]), ctypes.c_size_t(clean[1]), _DONTNEED)
