"""The two About dialogs."""

from __future__ import annotations

from importlib import metadata

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from gui.look.theme import Theme
from gui.shell import about
from gui.shell.about import MachineDialog, ProgramDialog, packages
from gui.studio.context import Context
from tests.gui.fake_backend import FakeBackend


def test_the_report_comes_and_can_be_copied(studio: Context, qtbot: QtBot) -> None:
    dialog = MachineDialog(studio)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    assert not dialog.copy_button.isEnabled()
    qtbot.waitUntil(dialog.copy_button.isEnabled)
    assert dialog.bar.isHidden()
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Processor: a fake one\nMemory: enough"


def test_a_report_that_fails_says_why(
    studio: Context, backend: FakeBackend, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise UserError("this machine could not be examined")

    monkeypatch.setattr(backend, "examine", fail)
    dialog = MachineDialog(studio)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: "could not be examined" in dialog.text.toPlainText())


def test_a_dialog_closed_while_it_asks_harms_nothing(studio: Context, qtbot: QtBot) -> None:
    dialog = MachineDialog(studio)
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    errand = studio.downloads.ask(lambda: 1)
    with qtbot.waitSignal(errand.done):
        pass


def test_every_package_has_a_licence(monkeypatch: pytest.MonkeyPatch) -> None:
    required = ["numpy>=1", "PySide6-Essentials>=6; extra == 'x'", "no-such-package", "torch"]
    required.append('pytest>=8; extra == "test"')
    monkeypatch.setattr(metadata, "requires", lambda name: required)
    found = {name.lower().replace("_", "-"): licence for name, _, licence in packages()}
    assert set(found) == {"numpy", "pyside6-essentials", "torch"}
    assert "BSD" in found["numpy"]
    assert "LGPL" in found["pyside6-essentials"]
    assert all(licence != "–" for licence in found.values())


def test_the_program_names_its_version_and_licences(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    Theme(app, "light")  # knows where the icons are
    monkeypatch.setattr(about, "packages", lambda: [("numpy", "2", "BSD")])
    dialog = ProgramDialog()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    cells = [dialog.table.item(0, column) for column in range(3)]
    assert [cell.text() for cell in cells if cell is not None] == ["numpy", "2", "BSD"]
