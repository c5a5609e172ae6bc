"""Meter: what a piece of work costs, in seconds by stage and in bytes at its peak."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

from engine.api import Metrics

_PROC = Path("/proc/self")
_SPANS = 256  # pairs of events that are held at most


class Meter:
    """Counts seconds and bytes while it is entered. One at a time in a process.

    device: "cuda" lets the device itself note when a stage begins and ends, so that nobody waits
    for it; "mps" waits before it reads the clock. Both report their peak; any other counts host
    memory alone, and torch is not looked at.
    """

    def __init__(self, device: str = "cpu") -> None:
        self._cuda, self._mps = device == "cuda", device == "mps"
        self._stages: dict[str, float] = {}
        self._spans: list[tuple[str, Any, Any]] = []  # stages and events of CUDA, not counted yet
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
        if self._cuda:
            with self._span(name):
                yield
            return
        self._stages.setdefault(name, 0.0)
        start = self._now()
        try:
            yield
        finally:
            self._stages[name] += self._now() - start

    @contextmanager
    def _span(self, name: str) -> Iterator[None]:
        import torch

        self._stages.setdefault(name, 0.0)
        if not self._spans or self._spans[-1][0] != name:  # else what lies between counts, too
            if len(self._spans) == _SPANS:
                self._count(_SPANS // 2)  # long done
            cuda: Any = torch.cuda  # its constructors have no types
            begin, end = (cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            self._spans.append((name, begin, end))
        try:
            yield
        finally:
            self._spans[-1][2].record()

    def _count(self, spans: int) -> None:
        """Add the first spans to their stages; waits for their ends."""
        for name, begin, end in self._spans[:spans]:
            end.synchronize()
            self._stages[name] += begin.elapsed_time(end) / 1000
        del self._spans[:spans]

    def _now(self) -> float:
        if self._mps:
            import torch

            torch.mps.synchronize()
        return time.perf_counter()

    def metrics(self, expected: int = 0) -> Metrics:
        """What has been counted so far. expected: bytes that the device was foretold."""
        self._count(len(self._spans))
        device = 0
        if self._cuda or self._mps:
            import torch

            device = (
                torch.cuda.max_memory_allocated()
                if self._cuda
                else torch.mps.driver_allocated_memory()
            )
        return Metrics(
            stages=dict(self._stages),
            host_bytes=_peak(),
            device_bytes=device,
            expected_bytes=expected,
        )


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
