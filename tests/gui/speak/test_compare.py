"""Two takes side by side: the verdict in words, and the table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.settings import Settings
from gui.history.store import TakeRecord
from gui.speak.compare import CompareView, changes, verdict
from tests.gui.takes import make_record


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
        ((1.0, 1.02), (100, 101), {"offload": True}, "offload: as fast, the same memory"),
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


def test_a_machine_with_other_work_is_no_yardstick() -> None:
    before, after = pair((6.9, 1.0), (1000, 380), precision="int8")
    for busy in ((replace(before, busy=0.5), after), (before, replace(after, busy=0.5))):
        words = verdict(*busy)
        assert "busy" in words
        assert "faster" not in words
        assert "−62 % memory" in words


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
