"""Meter: what a piece of work costs, in seconds by stage and in bytes at its peak."""

from __future__ import annotations

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
