"""The inspector: models, pages, and a wheel that only scrolls."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.speak.inspector import Inspector
from gui.studio.context import Context
from tests.gui.fake_backend import FakeBackend


@pytest.fixture
def inspector(qtbot: QtBot, studio: Context) -> Inspector:
    inspector = Inspector(studio)
    qtbot.addWidget(inspector)
    inspector.resize(344, 700)
    inspector.show()
    return inspector


def models(inspector: Inspector) -> list[str]:
    return [inspector.model.itemText(i) for i in range(inspector.model.count())]


def test_the_models_that_are_here_can_be_chosen(
    qtbot: QtBot, inspector: Inspector, studio: Context, backend: FakeBackend
) -> None:
    assert models(inspector) == ["starter", "Get a model…"]
    backend.download("suno/bark-small", lambda done, total: None)
    studio.models_changed.emit()
    assert models(inspector) == ["starter", "suno/bark-small", "Get a model…"]
    inspector.model.setCurrentIndex(1)
    inspector.model.activated.emit(1)
    assert studio.model == "suno/bark-small"
    qtbot.waitUntil(lambda: studio.facts is not None)


def test_getting_a_model_shows_the_page_of_models(
    qtbot: QtBot, inspector: Inspector, studio: Context
) -> None:
    inspector.model.setCurrentIndex(1)
    with qtbot.waitSignal(studio.show_requested) as shown:
        inspector.model.activated.emit(1)
    assert shown.args == ["models"]
    assert inspector.model.currentText() == "starter"


def test_a_model_that_is_removed_is_no_longer_chosen(
    inspector: Inspector, studio: Context, backend: FakeBackend
) -> None:
    backend.download("suno/bark-small", lambda done, total: None)
    backend.remove("starter")
    studio.models_changed.emit()
    assert studio.model == "suno/bark-small"
    assert models(inspector) == ["suno/bark-small", "Get a model…"]


def test_a_wheel_that_passes_over_changes_no_value(inspector: Inspector) -> None:
    device = inspector.options.device
    device.setCurrentIndex(1)

    def turn() -> None:
        event = QWheelEvent(
            QPointF(5, 5),
            QPointF(5, 5),
            QPoint(0, -120),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(device, event)

    turn()
    assert device.currentIndex() == 1
    device.setFocus()
    turn()
    assert device.currentIndex() == 2


def test_the_takes_are_on_the_other_page(inspector: Inspector) -> None:
    inspector.show_page(1)
    assert inspector.takes.isVisible()
    assert not inspector.options.isVisible()


def test_a_long_name_of_a_voice_pushes_nothing_beyond_the_edge(
    inspector: Inspector, studio: Context
) -> None:
    before = inspector.minimumSizeHint().width(), inspector.voices.minimumSizeHint().width()
    name = "the lighthouse keeper of the old harbour " * 5
    inspector.voices.set_value(f"/home/mira/{name}.npz")
    QApplication.processEvents()
    assert inspector.voices.voice.toolTip() == name
    after = inspector.minimumSizeHint().width(), inspector.voices.minimumSizeHint().width()
    assert after[0] == before[0]
    assert after[1] <= inspector.width()
    assert inspector.voices.voice.geometry().right() < inspector.voices.width()
