"""Meter: seconds by stage, and the peak of memory while it ran."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from engine.api import Metrics
from engine.system import meter
from engine.system.memory import return_buffers
from engine.system.meter import Meter, resident_bytes

MEGABYTE = 2**20


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock that stands still unless it is moved."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(meter.time, "perf_counter", lambda: clock.now)
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


@pytest.mark.skipif(sys.platform != "linux", reason="system: others give the peak of the process")
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


class Events:
    """The events of a device that works on its own time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import torch

        self.now, self.waits = 0.0, 0
        monkeypatch.setattr(torch.cuda, "Event", lambda enable_timing: Event(self))
        monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda: None)
        monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: 77)


class Event:
    def __init__(self, owner: Events) -> None:
        self.owner, self.at = owner, -1.0

    def record(self) -> None:
        self.at = self.owner.now

    def synchronize(self) -> None:
        self.owner.waits += 1

    def elapsed_time(self, other: Event) -> float:
        return (other.at - self.at) * 1000


def test_cuda_notes_its_own_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that is still running belongs to its stage, and nobody waits before the figures are
    asked for. A stage that is entered again at once goes on."""
    events = Events(monkeypatch)
    with Meter("cuda") as meter:
        for name, seconds in (("a", 2), ("b", 1), ("b", 4), ("a", 8)):
            with meter.stage(name):
                events.now += seconds
        assert events.waits == 0
        metrics = meter.metrics(99)
        assert metrics.stages == pytest.approx({"a": 10, "b": 5})
        assert (metrics.device_bytes, metrics.expected_bytes, events.waits) == (77, 99, 3)
        with meter.stage("b"):
            events.now += 1
        assert meter.metrics().stages == pytest.approx({"a": 10, "b": 6})


def test_events_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    events = Events(monkeypatch)
    with Meter("cuda") as meter:
        for i in range(1000):
            with meter.stage("ab"[i % 2]):
                events.now += 1
        assert len(meter._spans) <= 256
        assert meter.metrics().stages == pytest.approx({"a": 500, "b": 500})


def test_mps_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    calls: list[str] = []
    monkeypatch.setattr(torch.mps, "synchronize", lambda: calls.append("wait"))
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: 55)
    with Meter("mps") as meter, meter.stage("a"):
        calls.append("work")
    assert calls == ["wait", "work", "wait"]
    assert meter.metrics().device_bytes == 55


def test_resident_bytes() -> None:
    before = resident_bytes()
    held = bytearray(b"x") * (64 * MEGABYTE)
    assert resident_bytes() - before > 48 * MEGABYTE
    del held
