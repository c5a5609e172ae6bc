"""The memory's speed: a figure of this machine, or none."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engine.system import bandwidth


def test_it_is_measured_once() -> None:
    measured = bandwidth.read_bandwidth()
    assert 1e8 < measured < 1e14  # bytes a second, of any machine
    assert bandwidth.read_bandwidth() == measured


def test_without_memory_for_it_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    little = SimpleNamespace(available=2**20)
    monkeypatch.setattr(bandwidth.psutil, "virtual_memory", lambda: little)
    assert bandwidth.read_bandwidth.__wrapped__() == 0
