"""The stage strip: pace and time left while it works, and afterwards where the time went."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.api import Metrics, Progress
from gui.widgets.outlook import Expected, Outlook
from gui.widgets.stages import TEXT, StageStrip


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
    qtbot.waitUntil(lambda: bool(strip._summary.text()))
    assert strip._summary.text() == "Semantic: at most 4 s left"
    assert facts(strip, "load") == "2.0 s"
    assert facts(strip, "semantic") == "2.0 s · 50 tokens/s"
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
    strip.advance(Progress(stage="rows", done=1, total=2))  # a take, and no work of its own
    assert "rows" not in strip._cells
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
    assert strip._shares.accessibleName() == ""
    assert strip._shares.isVisible()  # its place stays: nothing below it moves
    assert list(strip._cells) == list(TEXT)


def _differs(image: Any, x: int) -> bool:
    return bool(image.pixelColor(x, 4) != image.pixelColor(x - 1, 4))


def test_stopped_it_says_so_and_is_empty(strip: StageStrip, clock: Clock) -> None:
    clock.seconds = 1.0
    strip.advance(Progress(stage="semantic", done=50, total=300))
    strip.stop()
    assert strip._summary.text() == "Stopped."
    assert facts(strip, "semantic") == ""
    assert strip._cells["semantic"]._bar.value() == 0
    assert not strip._cells["semantic"]._name.font().bold()


def test_what_is_expected_fills_the_bars_and_tells_the_time_left(
    strip: StageStrip, clock: Clock, qtbot: QtBot
) -> None:
    """Three sentences of 2 s, on a machine that works half a second for one of sound."""
    expected = Expected(seconds=(2.0, 2.0, 2.0), speed=0.5, rates={"semantic": 50.0})
    strip.start(outlook=Outlook(expected, clock))
    strip.advance(Progress(stage="load", done=0, total=1, row=-1))
    clock.seconds = 9.0  # of loading, which is none of the work
    strip.advance(Progress(stage="semantic", done=75, total=9000, row=0))
    qtbot.waitUntil(lambda: strip._summary.text() == "Sentence 1 of 3 · about 3 s left")
    bar = strip._cells["semantic"]._bar
    assert bar.value() / bar.maximum() == 0.25
    clock.seconds = 13.0  # this sentence took four seconds
    strip.advance(Progress(stage="rows", done=1, total=3, row=0))
    strip.advance(Progress(stage="semantic", done=100, total=9000, row=1))
    qtbot.waitUntil(lambda: strip._summary.text() == "Sentence 2 of 3 · about 4 s left")
    strip.advance(Progress(stage="semantic", done=9000, total=9000, row=1))
    qtbot.waitUntil(lambda: bar.value() / bar.maximum() == 0.97)


def test_where_nothing_was_measured_no_time_is_told(
    strip: StageStrip, clock: Clock, qtbot: QtBot
) -> None:
    strip.start(outlook=Outlook(Expected(seconds=(2.0, 2.0), speed=0.0, rates={}), clock))
    clock.seconds = 1.0
    strip.advance(Progress(stage="semantic", done=1, total=9000, rows=(0, 1)))
    qtbot.waitUntil(lambda: strip._summary.text() == "0 of 2 sentences are made")


def test_a_stage_nobody_named_gets_its_place(strip: StageStrip) -> None:
    strip.advance(Progress(stage="compile", done=1, total=3))
    assert strip._cells["compile"]._name.text() == "Compile"
