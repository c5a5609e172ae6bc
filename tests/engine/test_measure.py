"""Meter: seconds by stage, and the peak of memory while it ran."""

from __future__ import annotations

import ctypes
import mmap
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine import measure
from engine.api import Metrics
from engine.measure import Meter, keep_buffers, resident_bytes, return_buffers, return_libraries

MEGABYTE = 2**20


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock that stands still unless it is moved."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(measure.time, "perf_counter", lambda: clock.now)
    return clock


def test_stages_add_up_in_the_order_of_their_first_entry(clock: SimpleNamespace) -> None:
    with Meter() as meter:
        for stage, seconds in (("load", 1), ("b", 2), ("a", 4), ("b", 8), ("compile", 16)):
            with meter.stage(stage):
                clock.now += seconds
            clock.now += 1000  # between stages nothing counts
    metrics = meter.metrics()
    assert metrics.stages == {"load": 1, "b": 10, "a": 4, "compile": 16}
    assert list(metrics.stages) == ["load", "b", "a", "compile"]
    assert metrics.seconds == 14  # work without loading and compiling


def test_a_stage_that_fails_counts(clock: SimpleNamespace) -> None:
    meter = Meter()
    with pytest.raises(KeyError), meter, meter.stage("a"):
        clock.now += 3
        raise KeyError
    assert meter.metrics().stages == {"a": 3}


def test_metrics_do_not_change_afterwards(clock: SimpleNamespace) -> None:
    meter = Meter()
    before = meter.metrics()
    with meter.stage("a"):
        clock.now += 1
    assert before == Metrics(stages={}, host_bytes=before.host_bytes)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems give the peak of the process")
def test_peak_sees_an_allocation_and_forgets_the_one_before() -> None:
    size = 96 * MEGABYTE
    with Meter() as meter:
        held = bytearray(b"x") * size
        with_it = meter.metrics().host_bytes
        del held
        return_buffers()
        afterwards = meter.metrics().host_bytes
    assert with_it - resident_bytes() > size * 0.9
    assert afterwards > with_it - 4 * MEGABYTE, "a peak does not fall (the system rounds)"
    with Meter() as meter:
        assert meter.metrics().host_bytes < with_it - size * 0.9, "each meter has its own peak"


def test_device_bytes_without_a_device() -> None:
    with Meter("cpu") as meter:
        assert meter.metrics().device_bytes == 0


def test_cuda_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that is still running belongs to its stage."""
    import torch

    calls: list[str] = []
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: calls.append("wait"))
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda: calls.append("reset"))
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: 77)
    with Meter("cuda") as meter, meter.stage("a"):
        calls.append("work")
    assert calls == ["reset", "wait", "work", "wait"]
    assert meter.metrics().device_bytes == 77


def test_resident_bytes() -> None:
    before = resident_bytes()
    held = bytearray(b"x") * (64 * MEGABYTE)
    assert resident_bytes() - before > 48 * MEGABYTE
    del held


def test_buffers_of_a_system_without_these_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another C library: nothing happens."""

    def missing(name: object) -> object:
        return SimpleNamespace()

    monkeypatch.setattr(measure.ctypes, "CDLL", missing)
    keep_buffers(True)
    return_buffers()
    monkeypatch.setattr(measure.sys, "platform", "win32")
    monkeypatch.setattr(measure.ctypes, "CDLL", None)
    keep_buffers(False)
    return_buffers()


@pytest.mark.skipif(sys.platform != "linux", reason="madvise is used on Linux only")
def test_pages_of_libraries_are_given_back_and_nothing_is_lost(tmp_path: Path) -> None:
    size = 64 * mmap.PAGESIZE
    library = tmp_path / "package" / "lib" / "library.so"
    library.parent.mkdir(parents=True)
    library.write_bytes(b"x" * size)

    def resident(mapped: mmap.mmap) -> int:
        start = address_of(mapped)
        lines = iter(Path("/proc/self/smaps").read_text().splitlines())
        for line in lines:
            if line.startswith(f"{start:x}-"):
                return next(int(fact.split()[1]) for fact in lines if fact.startswith("Rss:"))
        raise AssertionError("the mapping is gone")

    def address_of(mapped: mmap.mmap) -> int:
        return int(np.frombuffer(mapped, np.uint8).ctypes.data)

    with library.open("rb") as file:
        clean = mmap.mmap(file.fileno(), size, mmap.MAP_PRIVATE, mmap.PROT_READ)
        relocated = mmap.mmap(file.fileno(), size, mmap.MAP_PRIVATE)
    relocated[:3] = b"abc"
    libc = ctypes.CDLL(None)
    libc.mprotect(ctypes.c_void_p(address_of(relocated)), ctypes.c_size_t(size), mmap.PROT_READ)
    assert clean[:] == b"x" * size
    assert resident(clean) > 0
    return_libraries(tmp_path / "other")
    assert resident(clean) > 0
    return_libraries(tmp_path / "package")
    assert resident(clean) == 0
    assert clean[:] == b"x" * size
    assert relocated[:4] == b"abcx"
