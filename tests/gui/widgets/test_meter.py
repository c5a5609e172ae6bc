"""The memory meter: it looks while it is seen, and shows an accelerator where there is one."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from engine.api import Metrics
from engine.models.info import DeviceMemory
from gui.widgets.meter import Meter


def test_main_memory_is_read_while_seen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    meter = Meter()
    qtbot.addWidget(meter)
    monkeypatch.setattr(meter._process, "memory_info", lambda: _Memory(rss=1_300_000_000))
    assert not meter._timer.isActive()
    meter.show()
    qtbot.waitUntil(lambda: len(meter.host._curve._points) >= 2)
    assert meter.host._held.text() == "1.3 GB"
    assert not meter.device.isVisible()
    assert meter._timer.interval() == 250
    meter.set_peak(Metrics(host_bytes=2_400_000_000))
    assert "last job 2.4 GB" in meter.host.accessibleName()
    meter.hide()
    assert not meter._timer.isActive()


class _Memory:
    def __init__(self, rss: int) -> None:
        self.rss = rss


def test_an_accelerator_shows_its_own(qtbot: QtBot) -> None:
    answers: list[DeviceMemory | None] = [None]
    meter = Meter(lambda: answers[0])
    qtbot.addWidget(meter)
    meter.show()
    assert not meter.device.isVisible()
    gb = 10**9
    answers[0] = DeviceMemory(
        name="A card",
        allocated=2 * gb,
        peak=3 * gb,
        free=4 * gb,
        total=10 * gb,
        others=gb,
        expected=5 * gb,
    )
    meter.look()
    assert meter.device.isVisible()
    assert meter.device.accessibleName() == (
        "A card: 2.0 GB, peak 3.0 GB · foretold 5.0 GB · 4.0 GB free · others 1.0 GB"
    )
