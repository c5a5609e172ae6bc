"""The figures: the stage strip, the memory meter, and two takes side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.api import Metrics, Progress
from engine.settings import Settings
from gui.backend import DeviceMemory
from gui.compare import CompareView, changes, verdict
from gui.history import TakeRecord
from gui.meter import Meter
from gui.stages import TEXT, StageStrip
from tests.gui.takes import make_record

# ── stages ────────────────────────────────────────────────────────────────────────────────────


class Clock:
    """A clock that the test winds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def strip(qtbot: QtBot, clock: Clock) -> StageStrip:
    strip = StageStrip(now=clock)
    qtbot.addWidget(strip)
    strip.resize(800, 120)
    strip.show()
    strip.start()
    return strip


def facts(strip: StageStrip, stage: str) -> str:
    return strip._cells[stage]._facts.text()


def test_a_stage_fills_with_its_rate_and_the_time_left(
    strip: StageStrip, clock: Clock, qtbot: QtBot
) -> None:
    clock.seconds = 2.0
    strip.advance(Progress(stage="load", done=1, total=1))
    for done in range(1, 101):
        clock.seconds += 0.02
        strip.advance(Progress(stage="semantic", done=done, total=300))
    qtbot.waitUntil(lambda: "left" in facts(strip, "semantic"))
    assert facts(strip, "load") == "2.0 s"
    assert facts(strip, "semantic") == "2.0 s · 50 tokens/s · at most 4 s left"
    bar = strip._cells["semantic"]._bar
    assert (bar.value(), bar.maximum()) == (100, 300)
    assert strip._cells["semantic"]._name.font().bold()
    assert not strip._cells["load"]._name.font().bold()


def test_seconds_belong_to_the_stage_that_used_them(
    strip: StageStrip, clock: Clock, qtbot: QtBot
) -> None:
    for stage, seconds in (("semantic", 1.0), ("coarse", 3.0), ("semantic", 1.0)):
        clock.seconds += seconds
        strip.advance(Progress(stage=stage, done=10, total=20))
    strip.advance(Progress(stage="rows", done=1, total=2))
    qtbot.waitUntil(lambda: facts(strip, "coarse").startswith("3.0 s"))
    assert facts(strip, "semantic").startswith("2.0 s")


def test_while_nothing_is_known_the_bar_does_not_pretend(strip: StageStrip, qtbot: QtBot) -> None:
    strip.advance(Progress(stage="load", done=0, total=1))
    bar = strip._cells["load"]._bar
    qtbot.waitUntil(lambda: bar.maximum() == 0)  # a bar that only moves
    strip.stop()
    assert bar.maximum() == 1


def test_afterwards_it_shows_where_the_time_went(strip: StageStrip, clock: Clock) -> None:
    clock.seconds = 1.0
    strip.advance(Progress(stage="semantic", done=300, total=300))
    strip.finish(Metrics(stages={"load": 8.0, "semantic": 3.0, "coarse": 1.0}), 2.0)
    assert facts(strip, "semantic") == "3.00 s · 100 tokens/s"
    assert facts(strip, "fine") == "–"
    assert strip._summary.text() == "4.00 s of work · 2.00 s of sound · real-time factor 2.00"
    assert strip._shares.isVisible()
    image = strip._shares.grab().toImage()
    ratio = image.devicePixelRatio()
    borders = [x for x in range(1, image.width()) if _differs(image, x)]
    # Loading has two thirds, semantic a quarter, coarse the rest.
    for share in (8 / 12, 11 / 12):
        assert any(abs(x / ratio / strip._shares.width() - share) < 0.01 for x in borders)
    strip.start(TEXT)
    assert not strip._shares.isVisible()
    assert list(strip._cells) == list(TEXT)


def _differs(image: Any, x: int) -> bool:
    return bool(image.pixelColor(x, 4) != image.pixelColor(x - 1, 4))


def test_a_stage_nobody_named_gets_its_place(strip: StageStrip) -> None:
    strip.advance(Progress(stage="compile", done=1, total=3))
    assert strip._cells["compile"]._name.text() == "Compile"


# ── memory ────────────────────────────────────────────────────────────────────────────────────


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
        name="A card", allocated=2 * gb, peak=3 * gb, free=4 * gb, total=10 * gb, others=gb
    )
    meter.look()
    assert meter.device.isVisible()
    assert meter.device.accessibleName() == (
        "A card: 2.0 GB, peak 3.0 GB · 4.0 GB free · others 1.0 GB"
    )


# ── two takes ─────────────────────────────────────────────────────────────────────────────────


def pair(factors: tuple[float, float], memory: tuple[int, int], **changed: Any) -> list[TakeRecord]:
    settings = Settings()
    return [
        make_record(settings=chosen, real_time_factor=factor, host_bytes=held)
        for chosen, factor, held in zip(
            (settings, settings.replace(**changed)), factors, memory, strict=True
        )
    ]


@pytest.mark.parametrize(
    ("factors", "memory", "changed", "words"),
    [
        ((6.9, 1.0), (1000, 380), {"precision": "int8"}, "int8: 6.9× faster, −62 % memory"),
        ((1.0, 2.5), (100, 150), {"kernel": "torch"}, "torch kernel: 2.5× slower, +50 % memory"),
        ((1.0, 1.02), (100, 101), {"offload": True}, "CPU offload: as fast, the same memory"),
        ((30.0, 1.0), (0, 0), {"batch_size": 16}, "batch of 16: 30× faster"),
        (
            (2.0, 1.0),
            (100, 50),
            {"precision": "bfloat16", "long_window": True},
            "bfloat16 + long window: 2.0× faster, −50 % memory",
        ),
        ((1.0, 1.0), (100, 100), {}, "The same settings: as fast, the same memory"),
        ((float("inf"), 1.0), (0, 0), {"precision": "int8"}, "int8"),
    ],
)
def test_the_verdict(
    factors: tuple[float, float], memory: tuple[int, int], changed: dict[str, Any], words: str
) -> None:
    assert verdict(*pair(factors, memory, **changed)) == words


def test_another_model_is_a_change_too() -> None:
    before = make_record()
    assert changes(before, replace(before, model="suno/bark")) == ["suno/bark"]


def test_both_takes_stand_side_by_side(qtbot: QtBot) -> None:
    view = CompareView()
    qtbot.addWidget(view)
    assert view.isHidden()
    view.show_takes(*pair((6.9, 1.0), (10**9, 4 * 10**8), precision="int8", offload=True))
    labels = view._table.findChildren(QLabel)
    qtbot.waitUntil(lambda: all(label.isVisible() for label in labels))
    shown = [label.text() for label in labels]
    for words in ("float32", "int8", "6.90", "1.00", "1.0 GB", "400 MB", "off", "on"):
        assert words in shown
    view.clear()
    assert view.isHidden()
