"""The keyboard never goes to a neighbour by itself, and Enter presses what a dialog is for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QDir, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.history.export import Clip, ExportDialog
from gui.look.resources import RESOURCES
from gui.shell.about import MachineDialog, ProgramDialog
from gui.shell.crash import CrashDialog
from gui.shell.keyboard import KeyboardDialog
from gui.shell.preferences import Preferences
from gui.studio.context import Context
from gui.widgets.focus import FocusKeeper
from tests.fake import tone


class Page(QWidget):
    """A button that goes, its neighbours, and what takes the keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.stop, self.mute, self.home = (QPushButton(name) for name in ("Stop", "Mute", "Speak"))
        row = QHBoxLayout(self)
        for button in (self.home, self.stop, self.mute):
            row.addWidget(button)


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    window = QWidget()
    qtbot.addWidget(window)
    page = Page()
    QVBoxLayout(window).addWidget(page)
    page.keeper = FocusKeeper(window)  # type: ignore[attr-defined]
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return page


@pytest.mark.parametrize("goes", [lambda stop: stop.setEnabled(False), lambda stop: stop.hide()])
def test_a_button_that_goes_hands_the_keyboard_home(qtbot: QtBot, page: Page, goes: object) -> None:
    page.stop.setFocus()
    goes(page.stop)  # type: ignore[operator]
    qtbot.waitUntil(page.home.hasFocus)


def test_what_the_user_leaves_by_tab_is_left(qtbot: QtBot, page: Page) -> None:
    page.stop.setFocus()
    qtbot.keyClick(page.stop, Qt.Key.Key_Tab)
    qtbot.wait(0)
    assert page.mute.hasFocus()


def test_where_home_cannot_be_used_either_the_page_takes_it(qtbot: QtBot, page: Page) -> None:
    page.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    page.stop.setFocus()
    page.home.setEnabled(False)
    page.stop.setEnabled(False)
    qtbot.waitUntil(page.hasFocus)


def test_enter_presses_what_a_dialog_is_for(
    qtbot: QtBot, studio: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio.player, "refresh", lambda: None)
    QDir.addSearchPath("icons", str(RESOURCES / "icons"))
    clip = Clip(name="take", audio=tone(), sample_rate=24_000)
    export = ExportDialog([clip])
    dialogs: tuple[tuple[QDialog, str], ...] = (
        (Preferences(studio), "Close"),
        (MachineDialog(studio), "Close"),
        (ProgramDialog(), "Close"),
        (KeyboardDialog(), "Close"),
        (CrashDialog(), "Go on"),
        (export, "Export"),
    )
    for dialog, name in dialogs:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        dialog.show()
        pressed: list[str] = []
        for button in dialog.findChildren(QPushButton):
            button.pressed.connect(lambda button=button, into=pressed: into.append(button.text()))
        fields = [*dialog.findChildren(QLineEdit), *dialog.findChildren(QComboBox)]
        target = next((field for field in fields if field.isVisible()), dialog)
        export.name.setText("..")  # which is refused: nothing is written
        qtbot.keyClick(target, Qt.Key.Key_Return)
        assert [text.replace("&", "") for text in pressed] == [name], dialog
        dialog.hide()
