"""The probabilities of the last text, asked for when they are wanted."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui.write.view import WriteView
from tests.fake import WritingEngine
from tests.gui.write.test_view import finish


def cells(view: WriteView, line: int) -> list[str]:
    table = view.probabilities.table
    return [item.text() for place in range(3) if (item := table.item(line, place)) is not None]


def test_they_are_asked_and_shown(qtbot: QtBot, view: WriteView, writer: WritingEngine) -> None:
    shown = view.probabilities
    assert not shown.button.isEnabled()
    view.search.kind.setCurrentIndex(1)
    view.search.sampled.setValue(2)
    view.write_button.click()
    writer.step(4)
    finish(qtbot, view)
    assert "first text" in shown.about.text()
    shown.button.click()
    assert not view.write_button.isEnabled()
    writer.step()
    qtbot.waitUntil(lambda: not shown.busy)
    (asked,) = writer.scored
    assert asked.written == writer.requests[0]
    assert asked.tokens == (0, 1, 2, 3)
    assert shown.table.rowCount() == 4
    assert cells(view, 0) == ["␣a", "25.0 %", "␣b 50.0 % · ␣a 25.0 %"]
    assert cells(view, 1)[0] == "…"  # a part of a character
    assert view.write_button.isEnabled()
    view.write_button.click()  # another text has others
    writer.step(4)
    finish(qtbot, view)
    assert not shown.table.isVisible()


def test_they_are_stopped(qtbot: QtBot, view: WriteView, writer: WritingEngine) -> None:
    view.write_button.click()
    writer.step(4)
    finish(qtbot, view)
    view.probabilities.button.click()
    qtbot.waitUntil(lambda: bool(writer.scored))
    view.probabilities.button.click()
    qtbot.waitUntil(lambda: not view.probabilities.busy)
    assert view.probabilities.table.rowCount() == 0
