"""The page of shortcuts says what the window does."""

from __future__ import annotations

from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QLabel
from pytestqt.qtbot import QtBot

from gui.script.view import ScriptView
from gui.shell.keyboard import KeyboardDialog
from gui.studio.context import Context
from gui.window import Window


def listed(dialog: KeyboardDialog) -> list[dict[str, str]]:
    """Key → what it does, of both halves."""
    found = []
    for grid in dialog.findChildren(QGridLayout):
        texts = []
        for line in range(1, grid.rowCount()):
            cells = [grid.itemAtPosition(line, column) for column in (0, 1)]
            if all(cells):
                key, what = (cell.widget() for cell in cells if cell is not None)
                assert isinstance(key, QLabel)
                assert isinstance(what, QLabel)
                texts.append((key.text(), what.text()))
        found.append(dict(texts))
    return found


def test_the_views_have_the_keys_that_are_listed(qtbot: QtBot, studio: Context) -> None:
    window = Window(studio)
    qtbot.addWidget(window)
    everywhere, script = listed(KeyboardDialog(window))
    views = {
        action.shortcut().toString(): action.text()
        for action in window.findChildren(QAction)
        if action.shortcut().toString() in ("Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+4", "Ctrl+5")
    }
    assert len(views) == 5
    assert {key: everywhere[key] for key in views} == views
    menu = {action.shortcut().toString() for action in window.findChildren(QAction)} - {""}
    assert menu <= everywhere.keys() | script.keys()


def test_every_key_of_a_script_is_listed(qtbot: QtBot, studio: Context) -> None:
    view = ScriptView(studio)
    qtbot.addWidget(view)
    everywhere, script = listed(KeyboardDialog(view))
    own = {shortcut.key().toString() for shortcut in view.findChildren(QShortcut)}
    same = {"Ctrl+Enter"}  # as Ctrl+Return
    assert own - same <= everywhere.keys() | script.keys()
    assert all(not QKeySequence(key).isEmpty() for key in script)
