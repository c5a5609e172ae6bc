"""The drawer: both where there is room, the panel over the view where there is none."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gui.studio.context import Context
from gui.widgets.drawer import Drawer
from gui.widgets.side import SidePanel


@pytest.fixture
def drawer(qtbot: QtBot, studio: Context) -> Drawer:
    drawer = Drawer("some view", QLabel("the view"), QLabel("the panel"), studio.state)
    qtbot.addWidget(drawer)
    drawer.resize(1200, 500)
    drawer.show()
    return drawer


def labels(drawer: Drawer) -> tuple[QLabel, QLabel]:
    view, panel = sorted(drawer.findChildren(QLabel), key=lambda label: label.text() != "the view")
    return view, panel


def test_both_are_seen_where_there_is_room(drawer: Drawer) -> None:
    view, panel = labels(drawer)
    assert view.isVisible()
    assert panel.isVisible()
    assert drawer.toggle.isHidden()


def test_a_narrow_one_shows_the_panel_when_it_is_asked_for(drawer: Drawer) -> None:
    drawer.resize(640, 500)
    view, panel = labels(drawer)
    assert not panel.isVisible()
    wide = view.width()
    assert wide > 500
    drawer.toggle.click()
    assert panel.isVisible()
    assert view.width() == wide  # nothing moves: it lies over the view
    assert drawer.rect().contains(drawer._panel.geometry())
    drawer.toggle.click()
    assert not panel.isVisible()
    drawer.resize(1200, 500)
    assert panel.isVisible()


def test_large_letters_get_a_wider_panel_and_fold_it_sooner(qtbot: QtBot, studio: Context) -> None:
    button = QPushButton("w" * 70)
    drawer = Drawer("some view", QLabel("the view"), SidePanel([button]), studio.state)
    qtbot.addWidget(drawer)
    drawer.resize(1200, 500)
    drawer.show()
    assert not drawer.folded
    needed = button.minimumSizeHint().width()
    assert drawer._panel.width() >= min(needed, 560) > 344
    drawer.resize(950, 500)
    assert drawer.folded
    panel = drawer.findChild(SidePanel)
    assert panel is not None
    assert panel.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAsNeeded


def test_the_width_is_remembered(qtbot: QtBot, drawer: Drawer, studio: Context) -> None:
    drawer._split.setSizes([700, 486])
    drawer._on_moved(0, 1)
    later = Drawer("some view", QLabel("the view"), QLabel("the panel"), studio.state)
    qtbot.addWidget(later)
    later.resize(1200, 500)
    later.show()
    assert later._panel.width() == drawer._panel.width()
    studio.state.reset(())
    assert later._panel.width() == 344
