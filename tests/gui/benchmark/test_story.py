"""The source texts beside us: three columns, and what a measurement of them takes."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.figures.plan import Notice
from gui.benchmark.story import StoryDialog
from gui.studio.context import Context
from tests.engine.figures import real
from tests.gui.fake_backend import FakeBackend


def test_a_real_story_stands_in_three_columns(qtbot: QtBot, studio: Context) -> None:
    dialog = StoryDialog(studio, real.story(), "starter")
    qtbot.addWidget(dialog)
    table = dialog.table
    rows = [[table.item(row, c).text() for c in range(5)] for row in range(table.rowCount())]  # type: ignore[union-attr]
    assert rows[0] == [
        "Bark: as it comes",
        "9.38 s, 1.9 GB",
        "0.507 s, 471 MB",
        "0.159 s, 341 MB",
        "3.2×",
    ]
    assert ["Bark: offload", "8.98 s, 1.3 GB", "refused", "refused", "–"] in rows
    assert any(row[:2] == ["XLA: a step, first call", "3951 ms"] for row in rows)
    assert "TITAN RTX" in dialog.notes.text()
    assert "Offload needs an accelerator" in dialog.notes.text()


def test_before_it_is_measured_it_says_what_that_takes(
    qtbot: QtBot, studio: Context, backend: FakeBackend
) -> None:
    dialog = StoryDialog(studio, None, "starter")
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.table.isVisible()
    assert "70 MB to download" in dialog.status.text()
    backend.bench.hears = [Notice("other", "making an environment")]
    backend.measured = real.report()
    dialog.measure_button.click()
    qtbot.waitUntil(lambda: dialog.status.text() == "making an environment")
    assert dialog.stop_button.isVisible()
    with qtbot.waitSignal(dialog.measured):
        backend.measuring_goes_on.set()
    assert dialog.measure_button.isVisible()


def test_a_damaged_story_is_a_sentence(qtbot: QtBot, studio: Context) -> None:
    dialog = StoryDialog(studio, {**real.story(), "bark": [3], "file": "x.json"}, "starter")
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.status.text() == "X.json is damaged: measure again."
    assert not dialog.table.isVisible()
